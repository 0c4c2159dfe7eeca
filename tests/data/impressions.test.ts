// Histories that are made of logs. What is read is compared with a definition in plain loops, for random logs: of several
// behaviours, with ties, delays, windows and gaps, in several files in any order, with times written in any way. No future
// event is in any history.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { seenAt } from "../../runtime/data/impressions/past-steps.ts";
import { SharedLogs } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { runs } from "../support/how-often.ts";
import { configOf, TestFolder } from "./files.ts";
import { readSplit, readTraining, shownSteps } from "./in-memory.ts";
import { modelOf } from "./models.ts";
import {
  event,
  model,
  numbered,
  ofTimes,
  type Scale,
  SHOWN,
  START,
  type StepRule,
  scales,
  shown,
  shownLine,
  spans,
  stepsOf,
  time,
  valuesOf,
  writeLog,
} from "./random-logs.ts";

describe("histories of impressions", () => {
  const cases = fc.record({
    events: fc.array(event, { minLength: 8, maxLength: 40 }).map(numbered),
    rows: fc.array(shown, { minLength: 2, maxLength: 12 }),
    cuts: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3 }),
    clicks: spans,
    carts: spans,
    scale: fc.oneof(
      fc.constant<readonly [Scale, Scale]>(["numbers", "numbers"]),
      fc.tuple(fc.constantFrom(...ofTimes), fc.constantFrom(...ofTimes)),
    ),
    memory: fc.constantFrom(1e9, 64e6),
    // Read for several trainings.
    isShared: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  });

  it("are the events strictly before each, by the definition", async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        async ({ events, rows, cuts, clicks, carts, scale: [ofRows, ofLog], memory, isShared }) => {
          const folder = new TestFolder();
          folder.csv("shown.csv", SHOWN, ...rows.map(shownLine(ofRows)));
          writeLog(folder, "log", events, cuts, ofLog);
          const span = (key: string, value: number | null) =>
            value === null ? "" : `, ${key}: ${scales[ofLog].span(value)}`;
          const said = ({ delay, window, gap }: typeof clicks) =>
            `${span("delay", delay)}${span("window", window)}${span("gap", gap)}`;
          const data = configOf(
            folder,
            `data:
  train: shown.csv
  impressions:
    user: user_id
    item: item_id
    time: shown_at
    log: { path: log, user: who, time: at }
    histories:
      clicks: { where: { kind: click }${said(clicks)} }
      carts: { where: { kind: [cart, view] }${said(carts)} }
`,
          );
          const own = await readTraining(model, { ...data, memory }, { badRows: new BadRowReport() });
          const { train } = own;
          const logs = new SharedLogs();
          for (const badRows of isShared ? [new BadRowReport(), new BadRowReport()] : [])
            expect(await readTraining(model, { ...data, memory }, { badRows, logs })).toEqual(own);
          logs.close();
          if (isShared)
            expect(await shownSteps(model, own.fitted, data, "clicks")).toEqual(
              rows.map((row) =>
                stepsOf(row, events, { kinds: ["click"], ...clicks, max: 3 }).map(({ n, item }) => ({
                  n: String(n),
                  item_id: String(item),
                })),
              ),
            );
          const wanted = (asked: StepRule) =>
            rows.map((row) => stepsOf(row, events, asked).map(({ n }) => n));
          expect(valuesOf(train, "clicks", "n")).toEqual(wanted({ kinds: ["click"], ...clicks, max: 3 }));
          expect(valuesOf(train, "carts", "m")).toEqual(
            wanted({ kinds: ["cart", "view"], ...carts, max: 5 }),
          );
          // Said again without the definition: what is in a history was before the row.
          for (const [row, steps] of valuesOf(train, "clicks", "n").entries())
            for (const n of steps) {
              const { user: who, t } = events[n - 1]!;
              expect(who).toBe(rows[row]!.user);
              expect(t).toBeLessThan(rows[row]!.t);
              expect(rows[row]!.t - t).toBeGreaterThanOrEqual(clicks.delay);
            }
          rmSync(folder.path, { recursive: true });
        },
      ),
      { numRuns: runs(4) },
    );
  });

  it("do not depend on the order of files and rows, but for events of one time", async () => {
    const distinct = fc
      .uniqueArray(event, { minLength: 2, maxLength: 12, selector: ({ t }) => t })
      .map(numbered)
      .chain((events) =>
        fc.record({
          events: fc.constant(events),
          shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
          cuts: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 }),
          rows: fc.array(shown, { minLength: 2, maxLength: 8 }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(distinct, async ({ events, shuffled, cuts, rows }) => {
        const folder = new TestFolder();
        folder.csv("shown.csv", SHOWN, ...rows.map(shownLine("seconds")));
        writeLog(folder, "one", events, [], "seconds");
        writeLog(folder, "other", shuffled, cuts, "seconds");
        const read = async (log: string) => {
          const yaml = `data: { train: shown.csv, impressions: { user: user_id, time: shown_at, log: { path: ${log}, user: who, time: at } } }`;
          const { train } = await readTraining(model, configOf(folder, yaml));
          return [valuesOf(train, "clicks", "n"), valuesOf(train, "carts", "m")];
        };
        expect(await read("other")).toEqual(await read("one"));
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(3) },
    );
  });

  it("come from a file of each behaviour, too, and from the rows themselves", async () => {
    const folder = new TestFolder();
    folder.csv("train.csv", `${SHOWN},n`, "ann,1,10,1,,1", "ann,2,20,0,,2", "bo,1,20,1,,3", "ann,1,20,1,,4");
    folder.csv("test.csv", `${SHOWN},n`, "ann,0,30,1,,5", "bo,0,21,0,,6", "eve,0,40,0,,7");
    folder.csv("carts.csv", "user_id,price,at,m", "ann,1,15,1", "ann,2,30,2", "bo,1,20,3");
    const data = configOf(
      folder,
      `data:
  train: train.csv
  test: test.csv
  impressions:
    user: user_id
    time: shown_at
    histories:
      clicks: { where: { click: 1 } }
      carts: { log: carts.csv, time: at }
`,
    );
    const { train, test } = await readTraining(model, data);
    expect(valuesOf(train, "clicks", "n")).toEqual([[], [1], [], [1]]);
    expect(valuesOf(train, "carts", "m")).toEqual([[], [1], [], [1]]);
    expect(valuesOf(test!, "clicks", "n")).toEqual([[1, 4], [3], []]);
    expect(valuesOf(test!, "carts", "m")).toEqual([[1], [3], []]);
  });

  it("leave out rows and events as what they cannot be, and tell each once", async () => {
    const folder = new TestFolder();
    folder.csv(
      "train.csv",
      `${SHOWN},n,m`,
      ...[
        "ann,1,10,1,,1,1",
        "ann,2,20,,,2,2",
        "ann,1,30,0,,,3",
        "ann,1,,1,,4,4",
        "ann,1,40,1,,5,5",
        "ann,1,,1,,6,6",
      ],
    );
    const yaml =
      "data: { train: train.csv, on_bad_row: skip, impressions: { user: user_id, time: shown_at, histories: { carts: { where: { user_id: ann } }, clicks: { where: { item_id: 1 } } } } }";
    const badRows = new BadRowReport("skip");
    const { train } = await readTraining(model, configOf(folder, yaml), { badRows });
    // The second row has no label, and is a step; the third has no `n`, and is a row.
    expect(valuesOf(train, "carts", "m")).toEqual([[], [1, 2], [1, 2]]);
    expect(valuesOf(train, "clicks", "n")).toEqual([[], [1], [1]]);
    const told = badRows.leftOut.map(({ as, bad, kinds }) => [
      ...[as, bad],
      kinds.map(({ column, rows }) => [column, rows]),
    ]);
    expect(told).toEqual([
      [
        "events",
        3,
        [
          ["n", 1],
          ["shown_at", 2],
        ],
      ],
      [
        undefined,
        3,
        [
          ["click", 1],
          ["shown_at", 2],
        ],
      ],
    ]);
    expect(badRows.warnings.map(({ message }) => message.replace(/ \(.*/, ""))).toEqual([
      "1 event is left out",
      "2 events are left out",
      "1 row is left out",
      "2 rows are left out",
    ]);
  });

  it("say only that a time is missing, where one is", async () => {
    const folder = new TestFolder();
    folder.csv("train.csv", `${SHOWN},n,m`, "ann,1,2026-03-01T10:00Z,1,,1,1", "ann,1,,0,,2,2");
    const read = (settings: string, badRows: BadRowReport) =>
      readTraining(
        model,
        configOf(
          folder,
          `data: { train: train.csv, on_bad_row: ${badRows.policy}, impressions: { user: user_id, time: shown_at, histories: { carts: , clicks: { ${settings} } } } }`,
        ),
        { badRows },
      );
    // Nothing is known of the kind of a column whose only event lacks its time.
    const { train } = await read("where: { click: 0 }, delay: 1 h", new BadRowReport("skip"));
    expect(valuesOf(train, "clicks", "n")).toEqual([[]]);
    expect(await folder.said(() => read("delay: 1 h", new BadRowReport()))).toMatchInlineSnapshot(`
      "error[DIN0545 missing-value]: \`shown_at\` has no value here
       --> train.csv, row 2, column shown_at
      "
    `);
  });

  it("are found in one reading of a log that all of them have their steps in", async () => {
    const folder = new TestFolder();
    folder.csv("train.csv", SHOWN, "ann,1,10,1,", "ann,2,20,0,", "bo,1,20,1,");
    folder.csv("log.csv", "user_id,item_id,price,at,kind,n,m", "ann,1,2.5,5,click,1,", "ann,2,3,15,cart,,2");
    const data = configOf(
      folder,
      `data:
  train: train.csv
  impressions:
    user: user_id
    time: shown_at
    histories:
      clicks: { log: log.csv, time: at, where: { kind: click } }
      carts: { log: log.csv, time: at, where: { kind: cart }, delay: 5 }
`,
    );
    const scan = vi.spyOn(DataFiles.prototype, "scan");
    const { train } = await readTraining(model, data);
    const read = scan.mock.calls.map(([{ path }, columns]) => [path.slice(-8), columns.length]);
    scan.mockRestore();
    // user_id, item_id, price, at, kind, n and m, each once.
    expect(read).toEqual([["/log.csv", 7]]);
    expect(valuesOf(train, "clicks", "n")).toEqual([[1], [1], []]);
    expect(valuesOf(train, "carts", "m")).toEqual([[], [2], []]);
  });

  it("reach back beyond the window of rows, and never beyond a row", async () => {
    const cut = fc.record({
      events: fc.array(event, { minLength: 1, maxLength: 30 }).map(numbered),
      rows: fc.array(shown, { minLength: 4, maxLength: 16 }),
      since: time,
      days: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ events, rows, since, days }) => {
        const within = rows.filter(({ t }) => t >= since && t < since + days);
        fc.pre(within.length > 0);
        const folder = new TestFolder();
        folder.csv("shown.csv", SHOWN, ...rows.map(shownLine("texts")));
        writeLog(folder, "log", events, [7], "seconds");
        const [from, to] = [since, since + days].map(scales.texts.at);
        const yaml = `data: { train: shown.csv, since: "${from}", until: "${to}", impressions: { user: user_id, time: shown_at, log: { path: log, user: who, time: at }, histories: { clicks: , carts: } } }`;
        const { train } = await readTraining(model, configOf(folder, yaml));
        const all: StepRule = { kinds: ["click", "cart", "view"], delay: 0, window: null, gap: null, max: 3 };
        expect(valuesOf(train, "clicks", "n")).toEqual(
          within.map((row) => stepsOf(row, events, all).map(({ n }) => n)),
        );
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(3) },
    );
  });

  it("have the ids that a trained model knows", async () => {
    const known = modelOf(`model known
features item { item_id : id(min_count: 2)  embed 2 }
history clicks(max: 3) { item_id <-> clicked_item }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    folder.csv("log.csv", "user_id,item_id,at", "u,a,1", "u,b,2", "u,c,3", "u,late,30");
    folder.csv("train.csv", SHOWN, "u,a,2,1,", "u,b,3,0,", "u,b,4,1,");
    folder.csv("test.csv", SHOWN, "u,a,40,1,");
    const yaml =
      "data: { train: train.csv, test: test.csv, impressions: { user: user_id, time: shown_at, log: { path: log.csv, time: at } } }";
    const data = configOf(folder, yaml);
    const { train, test, fitted } = await readTraining(known, data);
    // c stands in one place of the training rows, and `late` in none.
    expect(fitted.vocabularies.get("item_id")).toEqual(["a", "b"]);
    const ids = (rows: MemoryRows) => valuesOf(rows, "clicks", "item_id");
    expect(ids(train)).toEqual([[2], [2, 3], [2, 3, 1]]);
    expect(ids(test!)).toEqual([[3, 1, 1]]);
    expect(ids((await readSplit(known, fitted, data, "test"))!)).toEqual(ids(test!));
    expect(ids((await readSplit(known, fitted, data, "train"))!)).toEqual(ids(train));
  });

  it("may have vectors, sets and texts in their steps", async () => {
    const wide = modelOf(`model wide
features item { item_id : id  embed 2  tags : set(id, max: 3)  embed 2  face : vector(2) }
history clicks(max: 2) { item_id <-> a  tags <-> b  face <-> c }
label click : binary
net { predict click = concat(item_id, tags, face, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    const header = "user_id,item_id,tags,face,shown_at,click";
    const lines = ["u,a,x|y,1|2,1,1", "u,b,,3|4,2,1", "u,c,y,5|6,3,0", "u,a,x,7|8,4,1"];
    folder.csv("rows.csv", header, ...lines);
    const yaml = "data: { train: rows.csv, impressions: { user: user_id, time: shown_at } }";
    for (const memory of [1e9, 64e6]) {
      const { train, fitted } = await readTraining(wide, { ...configOf(folder, yaml), memory });
      expect(valuesOf(train, "clicks", "item_id").map(({ length }) => length)).toEqual([0, 1, 2, 2]);
      const { start, end, sets, numbers } = train.histories.get("clicks")!;
      const faces = Array.from(start, (from, row) => [
        ...numbers.get("face")!.subarray(2 * from, 2 * end[row]!),
      ]);
      expect(faces).toEqual([[], [1, 2], [1, 2, 3, 4], [3, 4, 5, 6]]);
      const tags = sets.get("tags")!;
      const [x, y] = ["x", "y"].map((tag) => 2 + fitted.vocabularies.get("tags")!.indexOf(tag));
      const last = Array.from({ length: 2 }, (_, i) => start[3]! + i).map((step) => [
        ...tags.ids.subarray(tags.start[step], tags.end[step]),
      ]);
      expect(last).toEqual([[], [y]]);
      const first = start[1]!;
      expect([...tags.ids.subarray(tags.start[first], tags.end[first])]).toEqual([x, y]);
      const steps = await shownSteps(wide, fitted, configOf(folder, yaml), "clicks");
      expect(steps[3]).toEqual([
        { item_id: "b", tags: [], face: ["3", "4"] },
        { item_id: "c", tags: ["y"], face: ["5", "6"] },
      ]);
    }
  });

  it("may have ids that hold the sign between steps of lists", async () => {
    const folder = new TestFolder();
    folder.csv("train.csv", SHOWN, "ann,Fish|Chips,10,1,", "ann,Tea,20,0,");
    const named = modelOf(`model named
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 3) { item_id <-> clicked_item }
label click : binary
net { predict click = concat(user_id, item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const yaml = "data: { train: train.csv, impressions: { user: user_id, time: shown_at } }";
    const { train } = await readTraining(named, configOf(folder, yaml));
    expect([...train.ids.get("item_id")!]).toEqual([2, 3]);
    expect(valuesOf(train, "clicks", "item_id")).toEqual([[], [2]]);
  });

  it("have the times of their events where no column has them, and rows their own", async () => {
    const aged = modelOf(`model aged
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
features context { now : time }
history clicks(max: 3) { item_id <-> clicked_item  at : time }
label click : binary
net { predict click = concat(user_id, item_id, sum(log(1 + (now - clicks.at)))) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const cases = fc.record({
      // Hours that the clocks of the file are ahead of UTC.
      zone: fc.constantFrom(["UTC", 0], ["Etc/GMT-1", 1], ["Etc/GMT+2", -2] as const),
      minutes: fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 8 }),
      // Columns of times say what they say.
      columns: fc.subarray(["now", "at"]),
    });
    const secondsOf = (numbers: ArrayLike<number>, i: number) =>
      Date.UTC(2000, 0) / 1000 + numbers[2 * i]! * 86_400 + numbers[2 * i + 1]!;
    await fc.assert(
      fc.asyncProperty(cases, async ({ zone: [zone, hours], minutes, columns }) => {
        const folder = new TestFolder();
        const instants = minutes.map((minute) => START + 60 * minute);
        const earlier = columns.includes("at") ? 7 : 0;
        folder.csv(
          "rows.csv",
          ["user_id,item_id,shown_at,click", ...columns].join(","),
          ...instants.map((instant) => {
            const clock = new Date((instant + 3600 * hours) * 1000).toISOString().slice(0, 19);
            const own = columns.map((column) => (column === "at" ? instant - earlier : instant));
            return ["ann,a", clock, 1, ...own].join(",");
          }),
        );
        const yaml = `data: { train: rows.csv, impressions: { user: user_id, time: shown_at, time_zone: ${zone} } }`;
        const data = configOf(folder, yaml);
        const { train, fitted } = await readTraining(aged, data);
        const shown = await shownSteps(aged, fitted, data, "clicks");
        const { start, end, numbers } = train.histories.get("clicks")!;
        for (const [row, instant] of instants.entries()) {
          expect(secondsOf(train.numbers.get("now")!, row)).toBe(instant);
          const steps = instants.filter((other) => other < instant).sort((a, b) => a - b);
          const found = Array.from({ length: end[row]! - start[row]! }, (_, i) =>
            secondsOf(numbers.get("at")!, start[row]! + i),
          );
          expect(found).toEqual(steps.slice(-3).map((step) => step - earlier));
          expect(shown[row]!.map(({ at }) => Number(at))).toEqual(found);
        }
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(4) },
    );
  });

  it("are seen by one rule, whatever delay and window are", () => {
    const span = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(fc.array(time), time, span, span, (events, t, delay, window) => {
        const times = Float64Array.from(events.toSorted((a, b) => a - b));
        const [from, to] = seenAt(times, t, delay, window);
        const seen = [...times].filter((e) => e < t && t - e >= delay && t - e <= window);
        expect([...times.subarray(from, to)]).toEqual(seen);
      }),
      { numRuns: runs(500) },
    );
  });
});
