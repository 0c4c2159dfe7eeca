// Histories that are made of logs, and tables as of a time. What is read is compared with a definition in
// plain loops, for random logs: of several behaviours, with ties, delays, windows and gaps, in several files
// in any order, with times written in any way. No future event is in any history.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import type { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { seenAt } from "../../runtime/data/impressions/past-steps.ts";
import { SharedLogs } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { runs } from "../support/how-often.ts";
import { configOf, TestFolder } from "./files.ts";
import { readSplit, readTraining, shownSteps } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const model = modelOf(`model past
features user { user_id : id(missing: unknown)  embed 2 }
features item { item_id : id(size: 9)  embed 2  price : number(missing: 0) }
history clicks(max: 3) { n : number  item_id <-> clicked_item }
history carts(max: 5) { m : number  price <-> carted_price }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks), mean(carts)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

interface Event {
  readonly user: string | null;
  readonly item: number;
  readonly t: number;
  readonly kind: "click" | "cart" | "view";
  /** Tells events apart. */
  readonly n: number;
}

interface Shown {
  readonly user: string | null;
  readonly item: number;
  readonly t: number;
}

interface Asked {
  readonly kinds: readonly Event["kind"][];
  readonly delay: number;
  readonly window: number | null;
  readonly gap: number | null;
  readonly max: number;
}

/** The definition: the log is in the order of its files and rows. */
function stepsOf({ user, t }: Shown, log: readonly Event[], asked: Asked): Event[] {
  const { kinds, delay, window, gap, max } = asked;
  const own = log.filter((event) => user !== null && event.user === user && kinds.includes(event.kind));
  const counted: Event[] = [];
  for (const event of own.toSorted((a, b) => a.t - b.t)) {
    const last = counted.findLast(({ item }) => item === event.item);
    if (gap === null || last === undefined || event.t - last.t >= gap) counted.push(event);
  }
  const seen = counted.filter(
    (event) => event.t < t && t - event.t >= delay && (window === null || t - event.t <= window),
  );
  return seen.slice(-max);
}

const time = fc.integer({ min: 0, max: 12 });
const user = fc.constantFrom("ann", "7");
const event = fc.record({
  user: fc.option(user, { freq: 6 }),
  item: fc.integer({ min: 0, max: 2 }),
  t: time,
  kind: fc.constantFrom<Event["kind"]>("click", "cart", "view"),
});
const shown: fc.Arbitrary<Shown> = fc.record({
  user: fc.option(user, { freq: 9 }),
  item: fc.integer({ min: 0, max: 2 }),
  t: time,
});
const optional = fc.option(fc.integer({ min: 0, max: 6 }));
const spans = fc.record({ delay: fc.integer({ min: 0, max: 4 }), window: optional, gap: optional });

/** A scale: how times are written, and how time spans are. */
const START = Date.UTC(2026, 2, 29) / 1000 - 20;
const scales = {
  numbers: { at: (t: number) => String(t - 20), span: (t: number) => String(t) },
  seconds: { at: (t: number) => String(START + t), span: (t: number) => `${t} s` },
  milliseconds: { at: (t: number) => `${START + t}000`, span: (t: number) => `${t * 1000} ms` },
  nanoseconds: { at: (t: number) => `${START + t}000000000`, span: (t: number) => `${t} s` },
  texts: {
    at: (t: number) => new Date((START + t) * 1000).toISOString(),
    span: (t: number) => `${t / 60} min`,
  },
  offsets: {
    at: (t: number) => new Date((START + t + 3600) * 1000).toISOString().replace("Z", "+01:00"),
    span: (t: number) => `${t} s`,
  },
} as const;
type Scale = keyof typeof scales;
const ofTimes: readonly Scale[] = ["seconds", "milliseconds", "nanoseconds", "texts", "offsets"];

/** By row the values of a field. */
function valuesOf(rows: MemoryRows, history: string, field: string): number[][] {
  const { start, end, numbers, steps } = rows.histories.get(history)!;
  const values = numbers.get(field) ?? steps.get(field)!;
  return Array.from(start, (from, row) => [...values.subarray(from, end[row])]);
}

const shownLine = (scale: Scale) => (each: Shown, i: number) =>
  `${each.user ?? ""},${each.item},${scales[scale].at(each.t)},${i % 2},`;
const SHOWN = "user_id,item_id,shown_at,click,price";

/** Writes a log into as many files as there are `cuts`, and one. */
function writeLog(
  folder: TestFolder,
  name: string,
  log: readonly Event[],
  cuts: readonly number[],
  scale: Scale,
  price = "price",
) {
  const bounds = [0, ...cuts.map((cut) => Math.min(cut, log.length)).sort((a, b) => a - b), log.length];
  for (let i = 0; i + 1 < bounds.length; i++)
    folder.csv(
      `${name}/${i}.csv`,
      `who,item_id,at,kind,n,m,${price}`,
      ...log
        .slice(bounds[i], bounds[i + 1])
        .map(
          ({ user: who, item, t, kind, n }) =>
            `${who ?? ""},${item},${scales[scale].at(t)},${kind},${n},${n},`,
        ),
    );
}

const numbered = (events: readonly Omit<Event, "n">[]): Event[] =>
  events.map((each, n) => ({ ...each, n: n + 1 }));

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
          const wanted = (asked: Asked) => rows.map((row) => stepsOf(row, events, asked).map(({ n }) => n));
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
        const all: Asked = { kinds: ["click", "cart", "view"], delay: 0, window: null, gap: null, max: 3 };
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

describe("tables as of a time", () => {
  it("tell a bad cell with its own file and row, and a missing key once", async () => {
    const stocked = modelOf(`model stocked
features user { user_id : id }
features item { item_id : id  embed 2  price : number }
history clicks(max: 2) { item_id <-> a  stock : number }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    folder.csv("rows.csv", "user_id,item_id,shown_at,click", "u,a,1,1", "u,b,2,1", "u,,3,0");
    folder.csv("items.csv", "item_id,price,stock", "a,1,3", "b,2,none");
    const yaml = `data:
  train: rows.csv
  impressions: { user: user_id, time: shown_at, tables: { items: { path: items.csv, key: item_id } } }
`;
    const told = async () => {
      const failed = await readTraining(stocked, configOf(folder, yaml)).catch((error: unknown) => error);
      const { diagnostics } = failed as DiagnosticError;
      return diagnostics.map(({ code, location }) =>
        location.kind === "data" ? [code, location.data.path.split("/").at(-1), location.data.row] : [code],
      );
    };
    const [[, file, row] = []] = await told();
    expect([file, row]).toEqual(["items.csv", 2]);
    folder.csv("items.csv", "item_id,price,stock", "a,1,3", "b,2,4");
    expect(await told()).toEqual([["DIN0545", "rows.csv", 3]]);
  });

  it("leave a time that cannot be read to its own finding", async () => {
    const priced = modelOf(`model priced
features item { item_id : id  embed 2  price : number }
label click : binary
net { predict click = concat(item_id, price) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    folder.csv("rows.csv", "user_id,item_id,shown_at,click", "u,a,5,1", "u,a,soon,0");
    folder.csv("items.csv", "item_id,since,price", "a,1,2");
    const yaml = `data:
  train: rows.csv
  impressions: { user: user_id, time: shown_at, tables: { items: { path: items.csv, key: item_id, as_of: since } } }
`;
    const failed = await readTraining(priced, configOf(folder, yaml)).catch((error: unknown) => error);
    const { diagnostics } = failed as DiagnosticError;
    expect(diagnostics.map(({ location }) => location.kind === "data" && location.data.column)).toEqual([
      "shown_at",
    ]);
  });

  it("give rows, and events, the newest row that is not later", async () => {
    const change = fc.record({
      item: fc.integer({ min: 0, max: 2 }),
      t: time,
      price: fc.integer({ min: 1, max: 99 }),
    });
    const cases = fc.record({
      changes: fc.uniqueArray(change, {
        minLength: 1,
        maxLength: 12,
        selector: ({ item, t }) => `${item} ${t}`,
      }),
      events: fc.array(event, { minLength: 1, maxLength: 20 }).map(numbered),
      rows: fc.array(shown, { minLength: 2, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ changes, events, rows }) => {
        const folder = new TestFolder();
        folder.csv("shown.csv", SHOWN.replace("price", "was"), ...rows.map(shownLine("seconds")));
        writeLog(folder, "log", events, [], "texts", "was");
        folder.csv(
          "prices.csv",
          "item_id,price,since",
          ...changes.map(({ item, t, price }) => `${item},${price},${scales.milliseconds.at(t)}`),
        );
        const data = configOf(
          folder,
          `data:
  train: shown.csv
  impressions:
    user: user_id
    time: shown_at
    log: { path: log, user: who, time: at }
    tables:
      prices: { path: prices.csv, key: item_id, as_of: since }
`,
        );
        const { train } = await readTraining(model, data);
        const priceAt = (item: number, t: number) =>
          changes
            .filter((each) => each.item === item && each.t <= t)
            .toSorted((a, b) => a.t - b.t)
            .at(-1)?.price ?? 0;
        expect([...train.numbers.get("price")!]).toEqual(rows.map(({ item, t }) => priceAt(item, t)));
        const all: Asked = { kinds: ["click", "cart", "view"], delay: 0, window: null, gap: null, max: 5 };
        expect(valuesOf(train, "carts", "price")).toEqual(
          rows.map((row) => stepsOf(row, events, all).map(({ item, t }) => priceAt(item, t))),
        );
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(4) },
    );
  });
});
