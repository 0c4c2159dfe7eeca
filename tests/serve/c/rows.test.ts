// Rows of files with every kind of column, of which any cell may be missing or hostile: a library in C gives each row the logit
// of `dinc predict`, or refuses it for the same reason in the same column.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { train } from "../../../runtime/cli/commands/train.ts";
import { chooseBackend } from "../../../runtime/engines/choose.ts";
import { type OpenRun, openRun } from "../../../runtime/run/open-run.ts";
import { openScorer } from "../../../runtime/run/score-run.ts";
import type { Scorer } from "../../../runtime/run/scorer.ts";
import { trainedModelOf } from "../../../runtime/run/trained-model.ts";
import { compilerNames } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { runs } from "../../support/how-often.ts";
import { differences, predicted, rankedInC, refusals, silent } from "../predicted-rows.ts";
import type { Driver } from "./answers.ts";

const SPEC = `model rich
features user {
  user_id : id  embed 2
  age     : number(missing: 30) |> standardize
  visits  : number |> log1p |> min_max
}
features context {
  now   : time
  shown : weekday(zone: "Asia/Kolkata")  embed 2
}
features item {
  item_id : id(min_count: 2)       embed 2
  maker   : id(missing: unknown)   embed 2
  bucket  : id(hash: 31)           embed 2
  gender  : enum("f", "m", "ü")    embed 2
  hour    : int(0..23)             embed 2
  price   : number |> quantiles(4) embed 2
  tags    : set(id, max: 3)        embed 2
  title   : text(hash: 50, max: 4) embed 2
  image   : vector(2)
  added   : hour_of_week(zone: "Europe/Berlin", missing: unknown)  embed 2
  both    : cross(user_id, hour, hash: 31)  embed 2
}
history clicks(max: 3) {
  item_id <-> hist_item_id
  at      : time
  dwell   : number
}
label click : binary
net {
  let rest = concat(user_id, age, visits, shown, item_id, maker, bucket, gender, hour, price, tags, title, image, added, both)
  predict click = concat(rest, sum((now - clicks.at) / 1e9 * clicks)) |> dense(6, relu) |> dense(1) |> sigmoid
}
train { batch 16  epochs 1 }
`;

const NUMBERS = ["age", "visits", "price"] as const;
const IDS = ["user_id", "item_id", "maker", "bucket", "gender", "hour"] as const;
const TIMES = ["now", "shown", "added"] as const;
const LISTS = ["tags", "image"] as const;
const STEPS = { hist_item_id: "item_id", at: "at", dwell: "dwell" } as const;
type Cell = (typeof NUMBERS)[number] | (typeof IDS)[number] | (typeof TIMES)[number] | "title";
/** The texts of a row's cells; an empty one is missing. */
interface Row {
  readonly cells: Readonly<Record<Cell, string>>;
  readonly lists: Readonly<Record<(typeof LISTS)[number], readonly string[]>>;
  readonly steps: readonly Readonly<Record<keyof typeof STEPS, string>>[];
}

const number = fc
  .oneof(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0, max: 1e4, noNaN: true }))
  .map(String);
const between = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((seconds) => new Date(1000 * seconds).toISOString());
const time = fc.oneof(
  between(1_772_323_200, 1_788_220_800),
  fc.constantFrom("2026-03-29T01:00:00+02:00", "2026-10-25 00:30:00", "2026-03-04", "1774747800"),
);
/** After the steps: what lies in the future of a row is refused, in rows alone. */
const later = fc.oneof(between(1_800_000_000, 1_850_000_000), fc.constantFrom("2027-03-28", "1800000000123"));
const id = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((i) => `i${i}`),
  fc.constantFrom("7", "-7", "9007199254740993", "i1 ", "ü", "😀", "null"),
);
const good = {
  user_id: id,
  ...{ age: number, visits: number, price: number },
  ...{ item_id: id, maker: id, bucket: id },
  gender: fc.constantFrom("f", "m", "ü"),
  hour: fc.integer({ min: 0, max: 23 }).map(String),
  ...{ now: later, shown: time, added: time },
  title: fc.constantFrom("Red hat", "Ünïcode  ΑΣ", "a-b_c 12½", "x"),
};
const wrong = fc.constantFrom(
  ...[
    "",
    "x",
    "-0",
    "-1",
    "-0.5",
    "24",
    "1e39",
    "-1e39",
    "1e309",
    "5e-324",
    "NaN",
    "Infinity",
    "9.5",
    "01",
    "1e1",
  ],
  ...[
    "2100-01-01",
    "2026-02-29",
    "1989-12-31",
    "2026-03-29T01:00+24",
    "631151999",
    "F",
    "\u0000",
    "é",
    "日本",
  ],
);
const usual: fc.Arbitrary<Row> = fc.record({
  cells: fc.record(good),
  lists: fc.record({
    tags: fc.array(id, { maxLength: 5 }),
    image: fc.array(number, { minLength: 2, maxLength: 2 }),
  }),
  steps: fc.array(fc.record({ hist_item_id: id, at: time, dwell: number }), { maxLength: 5 }),
});

/** The row with another text at one of its places, or with one number more in its vector: then one thing at most is wrong. */
function changed(row: Row, place: number, text: string): Row {
  const { cells, lists, steps } = row;
  const names = Object.keys(cells);
  const withText = <T extends object>(record: T, name: string) => ({ ...record, [name]: text });
  const ways: readonly (() => Row)[] = [
    ...names.map((name) => () => ({ ...row, cells: withText(cells, name) })),
    ...LISTS.flatMap((name) =>
      lists[name].map((_, i) => () => ({ ...row, lists: { ...lists, [name]: lists[name].with(i, text) } })),
    ),
    ...steps.flatMap((step, i) =>
      Object.keys(STEPS).map((name) => () => ({ ...row, steps: steps.with(i, withText(step, name)) })),
    ),
    () => ({ ...row, lists: { ...lists, image: [...lists.image, "1"] } }),
  ];
  return ways[place % ways.length]!();
}
const anyRow = fc
  .tuple(usual, fc.nat(), fc.option(wrong, { freq: 2 }))
  .map(([row, place, text]) => (text === null ? row : changed(row, place, text)));

type Format = "csv" | "jsonl";

function fileText(rows: readonly Row[], format: Format, labels: readonly number[] | null): string {
  const columns = (row: Row): (readonly [name: string, value: string | readonly string[]])[] => [
    ...Object.entries(row.cells),
    ...Object.entries(row.lists),
    ...Object.keys(STEPS).map(
      (name) => [name, row.steps.map((step) => step[name as keyof typeof STEPS])] as const,
    ),
  ];
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row, i) => {
    const label = labels === null ? [] : [["click", String(labels[i]!)] as const];
    const all = [...columns(row), ...label];
    if (format === "csv")
      return all.map(([, value]) => quoted(typeof value === "string" ? value : value.join("|"))).join(",");
    const given = (text: string) => (text === "" ? null : text);
    return JSON.stringify(
      Object.fromEntries(
        all.map(([name, value]) => [name, typeof value === "string" ? given(value) : value.map(given)]),
      ),
    );
  });
  const head = [...columns(rows[0]!).map(([name]) => name), ...(labels === null ? [] : ["click"])];
  return [...(format === "csv" ? [head.join(",")] : []), ...lines, ""].join("\n");
}

/** The request of a row, as a server makes one of the same values. */
function requestOf({ cells, lists, steps }: Row): object {
  const text = (value: string) => (value === "" ? undefined : value);
  const numeric = (value: string) => {
    if (value === "") return undefined;
    return value.trim() === "" || (Number.isNaN(Number(value)) && value !== "NaN") ? value : Number(value);
  };
  const { user_id, age, visits, now, shown, price, title, ...ids } = cells;
  return {
    user: { user_id: text(user_id), age: numeric(age), visits: numeric(visits) },
    context: { now: text(now), shown: text(shown) },
    history: {
      clicks: steps.map(({ hist_item_id, at, dwell }) => ({
        item_id: text(hist_item_id),
        at: text(at),
        dwell: numeric(dwell),
      })),
    },
    candidates: [
      {
        ...Object.fromEntries(Object.entries(ids).map(([name, value]) => [name, text(value)])),
        ...{ price: numeric(price), title, tags: lists.tags.map(text), image: lists.image.map(numeric) },
      },
    ],
  };
}

function columnIn(field: string): string {
  const [, name] = /\.(\w+)(?:\[\d+\])?$/.exec(field)!;
  const step = Object.entries(STEPS).find(([, own]) => own === name);
  return field.startsWith("history") && step !== undefined ? step[0] : name!;
}

const [compiler = ""] = compilerNames;

describe.skipIf(compiler === "")("rows of a file", () => {
  let folder: string;
  let opened: OpenRun;
  let scorer: Scorer;
  let module: CModule;
  let run: Driver;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dinc-c-rows-"));
    const [spec, rows, out] = [join(folder, "model.din"), join(folder, "train.csv"), join(folder, "run")];
    const known = fc.sample(usual, 150);
    await writeFile(spec, SPEC);
    await writeFile(
      rows,
      fileText(
        known,
        "csv",
        known.map((_, i) => ((i * i) % 3) % 2),
      ),
    );
    const options = { out, set: [`data.train=${rows}`], backend: "wasm", checkpointEvery: 60 } as const;
    expect(await train(spec, options, silent)).toBe(0);
    opened = await openRun(out);
    scorer = await openScorer(opened, await chooseBackend("wasm"));
    module = await CModule.of(await trainedModelOf(opened));
    run = module.driver(compiler, "-O0");
  });
  afterAll(async () => {
    await scorer?.close();
    module?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(["csv", "jsonl"] as const)("%s", async (format) => {
    const counts = { scored: 0, unreadable: 0, "no score": 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 40, maxLength: 60 }), async (rows) => {
        const path = join(folder, `rows.${format}`);
        await writeFile(path, fileText(rows, format, null));
        const { outcomes, refused } = await predicted(opened, scorer, path);
        const found = rankedInC(module, run, rows.map(requestOf));
        const differ = differences(outcomes, found);
        expect(differ.map((i) => JSON.stringify([rows[i], outcomes[i], found[i]]))).toEqual([]);
        expect(refusals(outcomes, found, columnIn)).toEqual(refused);
        for (const outcome of outcomes) counts[typeof outcome === "number" ? "scored" : outcome]++;
      }),
      { numRuns: runs(8), endOnFailure: true },
    );
    expect(Math.min(counts.scored, counts.unreadable)).toBeGreaterThan(50);
  });
});
