// One rule for both sides: what `dinc predict` gives for a row and what the compiled module gives for it are
// the same score, or both refuse it for the same reason, in every form that a module computes in.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { train } from "../../runtime/cli/commands/train.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { openScorer } from "../../runtime/run/score-run.ts";
import { trainedModelOf } from "../../runtime/run/trained-model.ts";
import { compilerNames } from "../support/c-code.ts";
import { CModule } from "../support/c-module.ts";
import { emittedBy } from "../support/emitted.ts";
import type { Generated } from "./compiled.ts";
import { loadModule } from "./load-module.ts";
import {
  differences,
  predicted,
  type Ranked,
  ranked,
  rankedInC,
  refusals,
  silent,
} from "./predicted-rows.ts";

const [compiler] = compilerNames;

const FEATURES = `features user { age : number |> buckets(10, 20, 1000000)  embed 2 }
features item {
  item_id : id  embed 4
  bucket  : int(0..9)  embed 2
  price   : number |> log1p |> standardize
  raw     : number
  scaled  : number |> min_max
  tame    : number |> standardize |> clip(-3, 3)
  pair    : vector(2)
}
history clicks(max: 4) {
  item_id <-> clicked
  dwell : number
}
label click : binary
`;
const ALL = "concat(age, item_id, bucket, price, raw, scaled, tame, pair)";

/** Networks in which a number that is far too large does different things. */
const networks: Readonly<Record<string, string>> = {
  "a sum": `predict click = ${ALL} |> dense(1) |> sigmoid`,
  "relu layers": `predict click = concat(${ALL}, mean(clicks)) |> dense(8, relu) |> dense(4, relu) |> dense(1) |> sigmoid`,
  "dice and attention": `let interest = sum(softmax(dense(concat(clicks, item_id), 1)) * clicks)
  predict click = concat(${ALL}, interest) |> dense(8, dice) |> dense(1) |> sigmoid`,
  "tanh, which saturates": `predict click = concat(${ALL}, mean(clicks)) |> dense(8, tanh) |> dense(1) |> sigmoid`,
  normalisers: `predict click = concat(${ALL}, max(clicks)) |> dense(8) |> layer_norm |> dense(8, relu) |> batch_norm |> dense(1) |> sigmoid`,
  products: `let x = ${ALL} |> dense(4)
  predict click = concat(x * x, x / (1 + x * x)) |> dense(1) |> sigmoid`,
};

const COLUMNS = [
  "age",
  "item_id",
  "bucket",
  "price",
  "raw",
  "scaled",
  "tame",
  "pair",
  "clicked",
  "dwell",
] as const;
type Column = (typeof COLUMNS)[number];
/** A row's cells as a CSV has them. */
type Cells = Readonly<Record<Column, string>>;

const plain = (i: number): Cells => ({
  age: String(i % 40),
  item_id: `i${i % 7}`,
  bucket: String(i % 10),
  price: String((i * i) % 13),
  raw: String((i % 5) / 2 - 1),
  scaled: String(i % 3),
  tame: String(i % 11),
  pair: `${i % 2}|${(i % 3) - 1}`,
  clicked: Array.from({ length: i % 5 }, (_, step) => `i${(i + step) % 7}`).join("|"),
  dwell: Array.from({ length: i % 5 }, (_, step) => String(step / 2)).join("|"),
});

const NUMBERS = [
  ...["0", "-0", "1e-45", "-1e-45", "1e-38", "1e-310", "5e-324", "1", "-1", "1e4", "-1e4"],
  ...["1e30", "1e38", "-1e38", "3.4028234663852886e38", "3.4028235677973366e38", "1e39", "-1e39"],
  ...["1e308", "-1e308", "1e309", "Infinity", "-Infinity", "NaN", "", "x"],
];
const IDS = [
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "",
  "i1 ",
  "01",
  "1e1",
  "-0",
  "9.5",
];

/** Rows with one value, or several, at their ends. */
function extremeRows(): Cells[] {
  const rows: Cells[] = [];
  const add = (change: Partial<Cells>) => rows.push({ ...plain(rows.length + 1), ...change });
  for (const x of NUMBERS) {
    for (const column of ["age", "price", "raw", "scaled", "tame"] as const) add({ [column]: x });
    add({ pair: `1|${x}` });
    add({ clicked: "i1|i2", dwell: `1|${x}` });
    if (Number.isFinite(Math.fround(Number(x))) && x !== "") add({ raw: x, scaled: x, pair: `${x}|${x}` });
  }
  for (const id of IDS) {
    add({ item_id: id });
    add({ bucket: id });
    add({ clicked: `i1|${id}`, dwell: "1|1" });
  }
  add({ raw: "1e38", scaled: "-1e38" });
  add({ raw: "3e38", scaled: "3e38", pair: "3e38|-3e38", price: "3e38" });
  for (const steps of [0, 1, 3, 4, 5, 100])
    add({
      clicked: Array.from({ length: steps }, (_, i) => `i${i % 9}`).join("|"),
      dwell: Array.from({ length: steps }, (_, i) => (i === 0 ? "1e39" : "1")).join("|"),
    });
  return rows;
}

const csvOf = (rows: readonly Cells[], more: (i: number) => string = () => "") =>
  rows.map((row, i) => `${COLUMNS.map((column) => row[column]).join(",")}${more(i)}\n`).join("");
const HEAD = COLUMNS.join(",");

/** The raw request of a row, as a caller makes one of the same values. */
function requestOf(row: Cells): object {
  const number = (text: string) => (text === "" ? undefined : text === "x" ? "x" : Number(text));
  const list = (text: string) => (text === "" ? [] : text.split("|"));
  const dwell = list(row.dwell);
  const { age, clicked, pair, item_id, bucket, ...numbers } = row;
  const id = (text: string) => (text === "" ? undefined : text);
  return {
    user: { age: number(age) },
    history: { clicks: list(clicked).map((item, i) => ({ item_id: id(item), dwell: number(dwell[i]!) })) },
    candidates: [
      {
        ...{ item_id: id(item_id), bucket: id(bucket) },
        ...Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, number(text)])),
        pair: pair.split("|").map(number),
      },
    ],
  };
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-extremes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function trainedOn(network: string): Promise<OpenRun> {
  const spec = join(folder, "model.din");
  const rows = join(folder, "train.csv");
  await writeFile(spec, `model extremes\n${FEATURES}net {\n  ${network}\n}\ntrain { batch 16  epochs 2 }\n`);
  const good = Array.from({ length: 120 }, (_, i) => plain(i));
  await writeFile(rows, `${HEAD},click\n${csvOf(good, (i) => `,${(i * i) % 7 > 3 ? 1 : 0}`)}`);
  const out = join(folder, "run");
  const set = [`data.train=${rows}`];
  expect(await train(spec, { out, set, backend: "wasm", checkpointEvery: 60, force: true }, silent)).toBe(0);
  return openRun(out);
}

describe.each(Object.entries(networks))("%s", (_, network) => {
  test("a row has one outcome, wherever it is scored", async () => {
    const opened = await trainedOn(network);
    const trained = await trainedModelOf(opened);
    const { files } = await emittedBy("ts", trained);
    const { createRanker } = await loadModule<Generated>(files.get("model.js") as string);
    const weights = files.get("model.weights.bin");
    const rankers = await Promise.all(
      (["auto", "simd", "typescript"] as const).map((backend) => createRanker({ weights, backend })),
    );
    const rows = extremeRows();
    const requests = rows.map(requestOf);
    const modules = new Map<string, readonly Ranked[]>(
      rankers.map((ranker) => [ranker.backend, requests.map((each) => ranked(ranker, each))] as const),
    );
    if (network === networks["a sum"] && compiler !== undefined) {
      const module = await CModule.of(trained);
      modules.set("C", rankedInC(module, module.driver(compiler, "-O0"), requests));
      module.remove();
    }
    const path = join(folder, "rows.csv");
    await writeFile(path, `${HEAD}\n${csvOf(rows)}`);
    const wrong: string[] = [];
    const counts = { scored: 0, unreadable: 0, "no score": 0 };
    for (const backend of ["wasm", ...(nativeAvailable() ? ["node" as const] : [])] as const) {
      const scorer = await openScorer(opened, await chooseBackend(backend));
      const { outcomes, refused } = await predicted(opened, scorer, path);
      await scorer.close();
      expect(outcomes).toHaveLength(rows.length);
      for (const outcome of outcomes) counts[typeof outcome === "number" ? "scored" : outcome]++;
      for (const [name, found] of modules) {
        for (const i of differences(outcomes, found))
          wrong.push(`${backend}, ${name}: ${JSON.stringify([rows[i], outcomes[i], found[i]])}`);
        // What is said of the rows that cannot be read: the same reasons, in the same columns of the same rows.
        expect([name, refusals(outcomes, found, columnIn)]).toEqual([name, refused]);
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(Math.min(counts.scored, counts.unreadable)).toBeGreaterThan(30);
    expect(counts["no score"] > 0).toBe(!network.includes("tanh"));
  });
});

function columnIn(field: string): string {
  const name = /\.(\w+)(\[\d+\])?$/.exec(field)![1]!;
  return field.startsWith("history") && name === "item_id" ? "clicked" : name;
}
