// `data.since` and `data.until`: the training rows of a window of time are those that a file with them alone
// would give, whatever form times have.

import { describe, expect, test } from "vitest";
import { instantOf, isBackward, readTimePoint } from "../../compiler/frontend/config/time-points.ts";
import { rowsOf, Shop, weightsOf } from "./shop.ts";

const shop = new Shop();
const DAY = 86_400;
const FIRST = Date.UTC(2026, 10, 1) / 1000;

/** The rows of three days as one file in which days are mixed, with their times as `shown`. */
function timed(shown: (seconds: number) => string | number): string {
  const days = [0, 1, 2].map((day) => rowsOf(day).trimEnd().split("\n"));
  const head = `${days[0]![0]},at`;
  const lines = days[0]!
    .slice(1)
    .flatMap((_, i) => days.map((lines, day) => `${lines[i + 1]},${shown(FIRST + day * DAY + i)}`));
  return `${[head, ...lines].join("\n")}\n`;
}

const forms = {
  "epoch seconds": (seconds: number) => seconds,
  "epoch milliseconds": (seconds: number) => seconds * 1000,
  timestamps: (seconds: number) => new Date(seconds * 1000).toISOString(),
  "timestamps without an offset": (seconds: number) =>
    new Date(seconds * 1000).toISOString().replace("T", " ").replace(".000Z", ""),
};

const windowed = (...set: string[]) => ({
  set: [`data.train=${shop.at("all.csv")}`, "data.time=at", ...set],
});

describe("the rows of one day", () => {
  test.each(Object.entries(forms))(
    "by %s, mixed with others, train as a file of them alone",
    async (name, shown) => {
      shop.write("all.csv", timed(shown));
      const alone = await shop.train(`${name}-alone`, 1);
      const window = windowed("data.since=2026-11-02", "data.until=2026-11-03");
      const { run } = await shop.train(`${name}-window`, 1, window);
      expect(weightsOf(run)).toEqual(weightsOf(alone.run));
      expect(run.manifest.data.trainRows).toBe(200);
      const since = "2026-11-02T00:00:00Z";
      expect(run.manifest.data.window).toEqual({ time: "at", since, until: "2026-11-03T00:00:00Z" });
    },
  );

  test("by plain numbers, and with a limit", async () => {
    shop.write(
      "all.csv",
      timed((seconds) => (seconds - FIRST) / DAY),
    );
    const alone = await shop.train("number-alone", 1, { limit: 50 });
    const { run } = await shop.train("number-window", 1, {
      ...windowed("data.since=1", "data.until=2"),
      limit: 50,
    });
    expect(weightsOf(run)).toEqual(weightsOf(alone.run));
    await expect(shop.train("none", 1, windowed("data.since=2026-11-02"))).rejects.toThrow(
      /which is not a time in any unit/,
    );
    await expect(shop.train("none", 1, windowed("data.since=3"))).rejects.toThrow(
      /no row is from 3 on: `at` of its 600 rows is 0 to 2\.0/,
    );
  });

  test("are all that is looked at: what is wrong with others is no mistake", async () => {
    const text = timed(forms["epoch seconds"]).split("\n");
    text[1] = text[1]!.replace(/^u0/, "").replace(/,[01],(\d+)$/, ",7,$1");
    shop.write("all.csv", text.join("\n"));
    const window = windowed("data.since=2026-11-02");
    await shop.train("others-wrong", 1, window);
    await expect(shop.train("wrong", 1, windowed("data.until=2026-11-02"))).rejects.toThrow(/row|label/);
  });
});

describe("a moment", () => {
  const now = Date.parse("2026-11-27T03:30:00Z");
  const at = (text: unknown, zone: string | null = null) => {
    const moment = readTimePoint(text);
    return moment === null || moment.kind === "number"
      ? moment
      : new Date(1000 * instantOf(moment, zone, now)).toISOString();
  };
  test("is a time, a day from today on a zone's clock, or a number", () => {
    expect(at("2026-11-26")).toBe("2026-11-26T00:00:00.000Z");
    expect(at("2026-11-26T12:00+02:00")).toBe("2026-11-26T10:00:00.000Z");
    expect(at("today")).toBe("2026-11-27T00:00:00.000Z");
    expect(at("yesterday", "America/New_York")).toBe("2026-11-25T05:00:00.000Z");
    expect(at("7 days ago", "Europe/Berlin")).toBe("2026-11-19T23:00:00.000Z");
    expect(at("2026-11-26", "Asia/Tokyo")).toBe("2026-11-25T15:00:00.000Z");
    expect(at(12)).toEqual({ kind: "number", value: 12 });
    for (const none of ["soon", "03/04/2026", "2026-02-30", true, null])
      expect(readTimePoint(none)).toBeNull();
  });
  test("is before another or not", () => {
    const backward = (since: unknown, until: unknown) =>
      isBackward(readTimePoint(since)!, readTimePoint(until)!);
    expect([backward("2026-11-27", "2026-11-27"), backward("today", "yesterday"), backward(3, 2)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([
      backward("2026-11-26", "2026-11-27"),
      backward("yesterday", "today"),
      backward("2026-01-01", "today"),
    ]).toEqual([false, false, false]);
  });
});
