// A window of an event log: its events are the training targets, and everything else is as without it.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { readTimePoint } from "../../compiler/frontend/config/time-points.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import { runHere } from "../cli/run-here.ts";
import { runs } from "../support/how-often.ts";
import { eventsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const SPEC = `model shop
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 4) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(user_id, item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1  metrics auc }
`;
const model = modelOf(SPEC);
const START = Date.UTC(2026, 10, 1) / 1000;

/** By positive row its item and the steps of its history, as values; a value that the training rows lack is unknown. */
function positives(rows: MemoryRows, { vocabularies }: Fitted): string[] {
  const items = vocabularies.get("item_id")!;
  const value = (id: number) => items[id - 2] ?? "unknown";
  const { start, end, steps } = rows.histories.get("clicks")!;
  return [...rows.labels.get("click")!].flatMap((label, row) => {
    const history = steps.get("item_id")!.subarray(start[row], end[row]);
    return label === 1 ? [[rows.ids.get("item_id")![row]!, ...history].map(value).join(" ")] : [];
  });
}

describe("a window of an event log", () => {
  it("begins and ends to the microsecond, however times are written", async () => {
    const start = Date.UTC(2026, 2, 28, 23, 20) / 1000;
    const forms = {
      nanoseconds: (t: number) => `${start}${String(t).padStart(6, "0")}000`,
      microseconds: (t: number) => `${start}${String(t).padStart(6, "0")}`,
      seconds: (t: number) => `${start}.${String(t).padStart(6, "0")}`,
      texts: (t: number) => `2026-03-28T23:20:00.${String(t).padStart(6, "0")}Z`,
    };
    const within = fc.integer({ min: 1, max: 999_990 });
    await fc.assert(
      fc.asyncProperty(within, fc.constantFrom(...Object.values(forms)), async (since, form) => {
        const folder = new TestFolder();
        const times = [0, since - 1, since, since + 1, since + 2, since + 3, since + 9];
        const lines = times.map((t, i) => `u,${"abcdefg"[i]},${form(t)}`);
        const items = folder.csv("items.csv", "item_id", ..."abcdefgh");
        const config = eventsOf(folder.csv("log.csv", "user_id,item_id,t", ...lines), items);
        const bound = (t: number) => readTimePoint(forms.texts(t))!;
        const window = {
          time: "t",
          since: bound(since),
          until: bound(since + 3),
          timeZone: null,
          location: noLocation,
        };
        const { train, fitted } = await readTraining(model, { ...config, window });
        expect(positives(train, fitted).map((row) => row[0])).toEqual(["c", "d", "e"]);
        rmSync(folder.path, { recursive: true });
      }),
      // A double of nanoseconds is not the same time as one of seconds.
      { numRuns: runs(5), examples: [[2000, forms.nanoseconds]] },
    );
  });

  it("has the targets that are in it, with all of their past", async () => {
    const cases = fc.record({
      // Hours, by user; each event has an item of its own.
      users: fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 4, maxLength: 9 }), {
        minLength: 2,
        maxLength: 4,
      }),
      since: fc.integer({ min: 0, max: 12 }),
      hours: fc.integer({ min: 2, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ users, since, hours }) => {
        const logs = users.map((times, user) =>
          times.toSorted((a, b) => a - b).map((t, i) => ({ user, t, item: `${user}.${i}` })),
        );
        const isIn = (t: number) => t >= since && t < since + hours;
        const targets = logs.flatMap((log) =>
          log
            .slice(1, -1)
            .map(({ t, item }, i) => ({ t, item, past: log.slice(0, i + 1).map((e) => e.item) })),
        );
        const wanted = targets.filter(({ t }) => isIn(t));
        fc.pre(wanted.length > 0);
        const folder = new TestFolder();
        const lines = logs
          .flat()
          .map(({ user, t, item }) => `u${user},${item},${START + 3600 * t}`)
          .toSorted();
        const log = folder.csv("log.csv", "user_id,item_id,t", ...lines);
        const bound = (hour: number) => readTimePoint(new Date((START + 3600 * hour) * 1000).toISOString());
        const window = {
          time: "t",
          since: bound(since),
          until: bound(since + hours),
          timeZone: null,
          location: noLocation,
        };
        const data = { ...eventsOf(log), window };
        const { fitted, fingerprint } = await readTraining(model, data);
        expect(fingerprint.window?.since).toBe(
          new Date((START + 3600 * since) * 1000).toISOString().replace(".000", ""),
        );
        const train = (await readSplit(model, fitted, data, "train"))!;
        const known = new Set(fitted.vocabularies.get("item_id"));
        const value = (item: string) => (known.has(item) ? item : "unknown");
        expect(positives(train, fitted)).toEqual(
          wanted.map(({ item, past }) => [item, ...past.slice(-4)].map(value).join(" ")),
        );
        // Every item of a target or of its past was learned.
        expect(positives(train, fitted).join(" ")).not.toContain("unknown");
        // Test rows are those without a window.
        const test = (await readSplit(model, fitted, data, "test"))!;
        const without = (await readSplit(model, fitted, { ...data, window: null }, "test"))!;
        expect(positives(test, fitted)).toEqual(positives(without, fitted));
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(6) },
    );
  });

  it("is trained day by day; a day without events is left out", async () => {
    const folder = new TestFolder();
    folder.write("model.din", SPEC);
    const lines = Array.from({ length: 60 }, (_, i) => {
      const day = i < 40 ? Math.floor(i / 20) : 3;
      return `u${i % 5},i${i % 23},2026-11-0${1 + day} ${String(i % 20).padStart(2, "0")}:00`;
    });
    folder.csv("log.csv", "user_id,item_id,at", ...lines);
    folder.write(
      "dinc.yaml",
      `spec: model.din
data:
  events: { path: log.csv, user: user_id, item: item_id, order: at }
  since: 2026-11-01
  until: 2026-11-05
`,
    );
    const ran = await runHere(["train", "-c", "dinc.yaml", "--each", "day", "--complete", "--out", "days"], {
      cwd: folder.path,
    });
    expect(ran.code, ran.err).toBe(0);
    const rows = [...(ran.err + ran.out).matchAll(/^(2026-11-0\d) +(\S+) /gm)].map(([, day, count]) => [
      day,
      count,
    ]);
    // Of 60 events 5 are first ones and 5 last ones; each target has a negative.
    expect(rows).toEqual([
      ["2026-11-01", "30"],
      ["2026-11-02", "40"],
      ["2026-11-04", "30"],
    ]);
  });

  it("says which times there are where it is empty", async () => {
    const folder = new TestFolder();
    const log = folder.csv("log.csv", "user_id,item_id,t", "u,a,1", "u,b,2", "u,c,3", "v,a,1", "v,d,2");
    const window = {
      time: "t",
      since: { kind: "number", value: 5 },
      until: null,
      timeZone: null,
      location: noLocation,
    } as const;
    expect(await folder.said(() => readTraining(model, { ...eventsOf(log), window }))).toMatchInlineSnapshot(`
      "error[DIN0809 window-empty]: no row is from 5 on: \`t\` of its 5 rows is 1 to 3
       --> log.csv, column t
        = help: choose other times for \`data.since\` and \`data.until\`, or the file of that day
      "
    `);
  });
});
