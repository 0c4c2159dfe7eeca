// One rule for both sides: what `dinc predict` gives for a row and what the compiled module gives for it are the same score, or
// both refuse it for the same reason, in every form that a module computes in.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { train } from "../../compiler/cli/commands/train.ts";
import type { Terminal } from "../../compiler/cli/terminal.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { compileModel } from "../../runtime/compile/compile-model.ts";
import { BadRows } from "../../runtime/data/bad-rows.ts";
import { rowPieces } from "../../runtime/data/read-data.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { openScorer, type Scorer } from "../../runtime/run/score-run.ts";
import { Unscored } from "../../runtime/run/unscored.ts";
import { isClose, TOLERANCE } from "../../runtime/serve/golden.ts";
import { chooseBackend } from "../../runtime/train/backends/choose.ts";
import type { Generated, Ranker } from "./compiled.ts";
import { loadModule } from "./load-module.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

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
    add({ raw: x, scaled: x, pair: `${x}|${x}` });
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
  const number = (text: string) => (text === "" ? null : text === "x" ? "x" : Number(text));
  const list = (text: string) => (text === "" ? [] : text.split("|"));
  const dwell = list(row.dwell);
  const { age, clicked, pair, item_id, bucket, ...numbers } = row;
  const id = (text: string) => (text === "" ? null : text);
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

/** A logit, or why there is none and where. */
type Outcome = number | { readonly reason: string; readonly column: string | null };

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
  expect(await train(spec, { out, set, backend: "cpu", checkpointEvery: 60, force: true }, silent)).toBe(0);
  return openRun(out);
}

/** What `dinc predict` does with the rows of a file, each by itself where it is refused. */
async function predicted(opened: OpenRun, scorer: Scorer, rows: readonly Cells[]): Promise<Outcome[]> {
  const path = join(folder, "rows.csv");
  const { model, run } = opened;
  const format = run.manifest.data.lists!;
  const scored = async (text: string, policy: "skip" | "fail") => {
    await writeFile(path, text);
    const badRows = new BadRows(policy);
    const unscored = new Unscored(badRows, path);
    const found: (number | null)[] = [];
    let done = 0;
    for await (const piece of rowPieces(model, run.fitted, path, { ...format, badRows }, 2048).pieces) {
      const logits = await scorer.score(piece);
      const without = unscored.check(logits, piece, done);
      for (let i = 0; i < piece.rows; i++) {
        while (badRows.rowsLeftOut(path).includes(found.length)) found.push(null);
        found.push(without.has(i) ? null : logits.get("click")![i]!);
      }
      done += piece.rows;
    }
    return found;
  };
  const all = await scored(`${HEAD}\n${csvOf(rows)}`, "skip");
  const outcomes: Outcome[] = [];
  for (const [i, row] of rows.entries()) {
    const logit = all[i] ?? null;
    if (logit !== null) outcomes.push(logit);
    else
      outcomes.push(
        await scored(`${HEAD}\n${csvOf([row])}`, "fail").then(
          () => Number.NaN,
          (error: unknown) => {
            if (!(error instanceof DiagnosticError)) throw error;
            const [{ name, place }] = error.diagnostics as [(typeof error.diagnostics)[number]];
            return { reason: name, column: place.kind === "data" ? (place.data.column ?? null) : null };
          },
        ),
      );
  }
  return outcomes;
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
    const { model, program, tables, parameters, run } = opened;
    const trained = { run: null, model, fitted: run.fitted, predict: program.predict, parameters, tables };
    const { files } = await compileModel(trained, "test", 1);
    const { createRanker } = await loadModule<Generated>(files.get("model.js") as string);
    const weights = files.get("model.weights.bin");
    const rankers = await Promise.all(
      (["auto", "simd", "typescript"] as const).map((backend) => createRanker({ weights, backend })),
    );
    const rows = extremeRows();
    const wrong: string[] = [];
    let [scored, refused] = [0, 0];
    for (const backend of ["cpu", ...(nativeAvailable() ? ["node" as const] : [])] as const) {
      const scorer = await openScorer(opened, await chooseBackend(backend));
      const outcomes = await predicted(opened, scorer, rows);
      await scorer.close();
      for (const [i, outcome] of outcomes.entries())
        for (const ranker of rankers) {
          const found = ranked(ranker, rows[i]!);
          if (typeof outcome === "number") scored++;
          else refused++;
          const isSame =
            typeof outcome === "number"
              ? typeof found === "number" && isClose(found, outcome, TOLERANCE)
              : typeof found !== "number" &&
                reasons[outcome.reason]?.test(found.message) === true &&
                (outcome.reason === "row-without-score" || isAt(found.field, outcome.column!));
          if (!isSame)
            wrong.push(
              `${backend}, ${ranker.backend}: ${JSON.stringify(rows[i])} ${JSON.stringify(outcome)} ${JSON.stringify(found)}`,
            );
        }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(scored).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(300);
  });
});

/** Whether a field of a request is what a column has. */
function isAt(field: string, column: string): boolean {
  const name = column === "clicked" ? "item_id" : column;
  return new RegExp(`\\.${name}\\b`).test(field);
}
