// One rule for both sides: what `dinc predict` gives for a row and what the compiled module gives for it are
// the same score, or both refuse it for the same reason, in every form that a module computes in.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inputsOf } from "../../compiler/data/graph-inputs.ts";
import { isClose, TOLERANCE } from "../../compiler/serve/golden.ts";
import { train } from "../../runtime/cli/commands/train.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { rowPieces } from "../../runtime/data/row-pieces.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { openScorer, type Scorer } from "../../runtime/run/score-run.ts";
import { Unscored } from "../../runtime/run/unscored.ts";
import { emittedBy } from "../support/emitted.ts";
import type { Generated, Ranker } from "./compiled.ts";
import { loadModule } from "./load-module.ts";

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

/** What is wrong with a row, by the name of its diagnostic, in the words of a module. */
const reasons: Readonly<Record<string, RegExp>> = {
  "number-out-of-range-of-floats": /out of the range of 32-bit floats|in the range of 32-bit floats/,
  "not-a-number": /must be finite|must hold finite|must be a number|must hold numbers/,
  "negative-under-log1p": /must not be negative/,
  "row-without-score": /has no score/,
  "missing-value": /is missing|must be a number|must be a string/,
  "not-an-id": /whole number|too large to be exact/,
};

/** A logit, or why there is none: the row cannot be read, or has no score. */
type Outcome = number | "unreadable" | "no score";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-extremes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const silent: Terminal = {
  ...{ out: () => {}, progress: () => {}, say: () => {} },
  ...{ color: { messages: false, data: false }, interactive: false },
};

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

/** What `dinc predict --on-bad-row skip` does with rows, and what it says of those that it leaves out. */
async function predicted(opened: OpenRun, scorer: Scorer, rows: readonly Cells[]) {
  const path = join(folder, "rows.csv");
  await writeFile(path, `${HEAD}\n${csvOf(rows)}`);
  const { model, run, predict } = opened;
  const badRows = new BadRowReport("skip");
  const unscored = new Unscored(badRows, path);
  const options = { ...run.manifest.data.lists!, badRows, inputs: inputsOf(predict) };
  const outcomes: Outcome[] = [];
  let done = 0;
  const fill = () => {
    while (badRows.rowsLeftOut(path).includes(outcomes.length)) outcomes.push("unreadable");
  };
  for await (const piece of rowPieces(model, run.fitted, path, options, 2048).pieces) {
    const logits = (await scorer.score(piece)).get("click")!;
    const without = unscored.check(new Map([["click", logits]]), piece, done);
    for (let i = 0; i < piece.rows; i++) {
      fill();
      outcomes.push(without.has(i) ? "no score" : logits[i]!);
    }
    done += piece.rows;
  }
  fill();
  return { outcomes, kinds: badRows.leftOut.flatMap(({ kinds }) => kinds) };
}

/** What a module does with a row. */
function ranked(ranker: Ranker, row: Cells): number | { readonly field: string; readonly message: string } {
  try {
    return (ranker.logits(requestOf(row)) as Float32Array)[0]!;
  } catch (error) {
    const { name, field, message } = error as Error & { field: string };
    expect(name).toBe("RankerInputError");
    return { field, message };
  }
}

describe.each(Object.entries(networks))("%s", (_, network) => {
  test("a row has one outcome, wherever it is scored", async () => {
    const opened = await trainedOn(network);
    const { model, predict, tables, parameters, run } = opened;
    const none = { run: null, calibration: null, usual: null, padding: null };
    const trained = { ...none, model, fitted: run.fitted, predict, parameters, tables };
    const { files } = await emittedBy("ts", trained);
    const { createRanker } = await loadModule<Generated>(files.get("model.js") as string);
    const weights = files.get("model.weights.bin");
    const rankers = await Promise.all(
      (["auto", "simd", "typescript"] as const).map((backend) => createRanker({ weights, backend })),
    );
    const rows = extremeRows();
    const wrong: string[] = [];
    const counts = { scored: 0, unreadable: 0, "no score": 0 };
    for (const backend of ["wasm", ...(nativeAvailable() ? ["node" as const] : [])] as const) {
      const scorer = await openScorer(opened, await chooseBackend(backend));
      const { outcomes, kinds } = await predicted(opened, scorer, rows);
      await scorer.close();
      expect(outcomes).toHaveLength(rows.length);
      for (const ranker of rankers) {
        const refused = new Map<string, { rows: number; first: number }>();
        for (const [i, outcome] of outcomes.entries()) {
          const found = ranked(ranker, rows[i]!);
          counts[typeof outcome === "number" ? "scored" : outcome]++;
          if (!isSame(outcome, found))
            wrong.push(`${backend}, ${ranker.backend}: ${JSON.stringify([rows[i], outcome, found])}`);
          if (typeof found === "number" || outcome !== "unreadable") continue;
          const key = `${reasonOf(found.message)} in ${columnOf(found.field)}`;
          const { rows: before, first } = refused.get(key) ?? { rows: 0, first: i + 1 };
          refused.set(key, { rows: before + 1, first });
        }
        // What is said of the rows that cannot be read: the same reasons, in the same columns of the same rows.
        const said = kinds.filter(({ name }) => name !== "row-without-score");
        expect(
          Object.fromEntries(
            said.map(({ name, column, rows, first }) => [`${name} in ${column}`, { rows, first }]),
          ),
        ).toEqual(Object.fromEntries(refused));
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(Math.min(counts.scored, counts.unreadable)).toBeGreaterThan(30);
    expect(counts["no score"] > 0).toBe(!network.includes("tanh"));
  });
});

function isSame(outcome: Outcome, found: ReturnType<typeof ranked>): boolean {
  if (typeof outcome === "number") return typeof found === "number" && isClose(found, outcome, TOLERANCE);
  return (
    typeof found !== "number" &&
    (reasonOf(found.message) === "row-without-score") === (outcome === "no score")
  );
}

function reasonOf(message: string): string | undefined {
  return Object.keys(reasons).find((name) => reasons[name]!.test(message));
}

/** The column that has what a request has in a field. */
function columnOf(field: string): string {
  const name = /\.(\w+)(\[\d+\])?$/.exec(field)![1]!;
  return field.startsWith("history") && name === "item_id" ? "clicked" : name;
}
