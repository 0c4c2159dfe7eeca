// Random logs, with zones, clock changes, gaps and late rows, that grow between calls of `--each`, which are cut off
// now and then: each row is in the window of one run, or told to be late, and the runs have the weights of one call.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Period } from "../../compiler/common/calendar.ts";
import type { DriverEvent } from "../../runtime/driver/events.ts";
import { type TrainedPeriods, trainEach } from "../../runtime/index.ts";
import { runs, timeout } from "../support/how-often.ts";
import { Log, type LogRow } from "./log.ts";

const log = new Log("  time: at\n");
afterAll(() => log.remove());

/** A zone, and an hour before its clocks change: forward, back, over midnight, by half an hour. */
const changes = [
  ["UTC", "2026-10-24T20:00Z"],
  ["Europe/Berlin", "2026-03-28T21:00Z"],
  ["Europe/Berlin", "2026-10-24T20:00Z"],
  ["Africa/Cairo", "2026-04-23T18:00Z"],
  ["America/Havana", "2026-11-01T02:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T12:00Z"],
] as const;

/** Hours that rows are spread over, so that there are a few periods. */
const HOURS: Readonly<Record<Period, number>> = { hour: 5, day: 80, week: 500, month: 1600 };

interface Case {
  readonly each: Period;
  readonly zone: string;
  readonly begin: number;
  /** When they are, as a share of all the time, in the order in which they come. */
  readonly places: readonly number[];
  /** Rows that come when so many others are there. */
  readonly late: readonly (readonly [place: number, after: number])[];
  /** How many rows there are at each call. */
  readonly calls: readonly number[];
  /** At which event each of the first calls is cut off, and how. */
  readonly kills: readonly {
    readonly event: number;
    readonly of: "all" | "checkpoint";
    readonly isSudden: boolean;
  }[];
}

const share = fc.integer({ min: 0, max: 9999 }).map((n) => n / 10_000);

const drawn: fc.Arbitrary<Case> = fc
  .record({
    change: fc.constantFrom(...changes),
    each: fc.constantFrom<Period>("hour", "day", "week", "month"),
    places: fc.array(share, { minLength: 24, maxLength: 40 }),
    // Nothing happens for a while.
    gap: fc.tuple(share, share),
    late: fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 3 }),
    calls: fc.array(share, { minLength: 2, maxLength: 3 }),
    kills: fc.array(
      fc.record({
        event: fc.integer({ min: 1, max: 5 }),
        of: fc.constantFrom("all" as const, "checkpoint" as const),
        isSudden: fc.boolean(),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  })
  .map(({ change: [zone, begin], places, gap: [from, to], late, calls, kills, each }) => {
    const kept = places.filter((place) => place < from || place >= to).sort((a, b) => a - b);
    const some = kept.length < 10 ? places.toSorted((a, b) => a - b) : kept;
    return {
      ...{ each, zone, begin: Date.parse(begin) / 1000, places: some },
      // One is at the first checkpoint of the last call.
      kills: [{ event: 1, of: "checkpoint" as const, isSudden: kills[0]!.isSudden }, ...kills.slice(1)],
      // One comes at the very end, for an early period.
      late: [
        [0.3 * (late[0]?.[0] ?? 0), some.length] as const,
        ...late.slice(1).map(([place, after]) => [place, Math.ceil(after * some.length)] as const),
      ],
      calls: [...calls, 0.95].map((call) => Math.max(1, Math.ceil(call * some.length))).sort((a, b) => a - b),
    };
  });

/** The rows in the order in which they come. */
function rowsOf({
  each,
  begin,
  places,
  late,
}: Case): (LogRow & { readonly instant: number; readonly isLate: boolean })[] {
  const row = (place: number, n: number, isLate: boolean) => {
    const instant = begin + Math.floor(place * HOURS[each] * 3600);
    return { instant, at: new Date(instant * 1000).toISOString(), n, isLate };
  };
  const rows = places.map((place, n) => row(place, n, false));
  for (const [i, [place, after]] of [...late].sort((a, b) => b[1] - a[1]).entries()) {
    // Late only where rows after it are there.
    rows.splice(after, 0, row(place * Math.min(1, after / places.length), 1000 + i, true));
  }
  return rows;
}

class Killed extends Error {}

/** What happened in all cases. */
const seen = { late: 0, cut: 0, resumed: 0 };

describe("a log that grows", () => {
  const options = ({ each, zone, begin }: Case, out: string) => ({
    ...{
      each,
      out: log.at(out),
      config: log.at("dinc.yaml"),
      backend: "wasm" as const,
      threads: 1,
      checkpointSeconds: 0,
    },
    set: [`data.time_zone=${zone}`, `data.since=${new Date(begin * 1000).toISOString()}`],
  });

  async function call(drawnCase: Case, kill: Case["kills"][number] | null, complete = false) {
    const stop = new AbortController();
    let events = 0;
    const late: string[] = [];
    const onEvent = (event: DriverEvent) => {
      if (event.kind === "diagnostics")
        late.push(
          ...event.diagnostics.filter(({ code }) => code === "DIN0814").map(({ message }) => message),
        );
      if (event.kind === "training" && event.from !== null) seen.resumed += 1;
      if (kill === null || (kill.of !== "all" && kill.of !== event.kind) || ++events !== kill.event) return;
      if (kill.isSudden) throw new Killed();
      stop.abort();
    };
    const result = await trainEach(null, {
      ...options(drawnCase, "runs"),
      onEvent,
      complete,
      signal: stop.signal,
    }).catch((error: Error): TrainedPeriods | null => {
      if (kill === null || !(error instanceof Killed || error.name === "Stopped")) throw error;
      seen.cut += 1;
      return null;
    });
    return { result, late };
  }

  test("ends with each row in one run, or told to be late", { timeout: 4 * timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (drawnCase) => {
        rmSync(log.at("runs"), { recursive: true, force: true });
        rmSync(log.at("once"), { recursive: true, force: true });
        const rows = rowsOf(drawnCase);
        const { calls, kills } = drawnCase;
        for (const [i, count] of calls.entries()) {
          log.put(rows.slice(0, count));
          // The last ones are cut off; after the very last one the log has not grown.
          const cut = await call(drawnCase, kills[calls.length - 1 - i] ?? null);
          if (cut.result === null && i === calls.length - 1) await call(drawnCase, null);
        }
        log.put(rows);
        const { result } = await call(drawnCase, null, true);
        const { late } = await call(drawnCase, null, true);
        expect(result!.outside).toEqual({ before: 0, after: 0 });

        const windows = log.runs().map((name) => ({ name, ...log.manifest(name) }));
        const isIn = (instant: number) =>
          windows.filter(({ data: { window } }) => {
            const [since, until] = [window!.since, window!.until].map((text) => Date.parse(text!) / 1000);
            return since! <= instant && instant < until!;
          });
        for (const { instant, isLate } of rows) {
          const [own, ...others] = isIn(instant);
          expect(others).toEqual([]);
          if (!isLate) expect(own).toBeDefined();
          if (own !== undefined && drawnCase.each !== "week")
            expect(shownIn(drawnCase.zone, instant)).toContain(own.name.slice(0, 13));
        }
        const inRuns = windows.reduce((sum, { data }) => sum + data.trainRows, 0);
        const told = late
          .map((message) => Number(/^([\d,]+) rows? came/.exec(message)![1]))
          .reduce((sum, rows) => sum + rows, 0);
        expect(inRuns + told).toBe(rows.length);
        // Rows that come in the order of their times never are.
        expect(told).toBeLessThanOrEqual(drawnCase.late.length);

        // The same of one call on the rows that were trained, which are the first ones of each window.
        const left = new Map(windows.map(({ name, data }) => [name, data.trainRows]));
        const timely = rows.filter(({ instant }) => {
          const name = isIn(instant)[0]?.name ?? "";
          const rest = left.get(name) ?? 0;
          left.set(name, rest - 1);
          return rest > 0;
        });
        expect(timely).toHaveLength(inRuns);
        seen.late += told;
        log.put(timely);
        await trainEach(null, { ...options(drawnCase, "once"), complete: true });
        expect(log.weights()).toEqual(log.weights("once"));
      }),
      { numRuns: runs(3) },
    );
    expect(seen.late).toBeGreaterThan(0);
    // Other draws may cut off none in the middle.
    if (process.env["FUZZ_SEED"] === undefined)
      for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0);
  });
});

/** What clocks show: `2026-10-25T02`. */
function shownIn(zone: string, instant: number): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return format.format(instant * 1000).replace(" ", "T");
}
