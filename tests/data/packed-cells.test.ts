// Cells are read from the memory of DuckDB without becoming JavaScript's values where that is possible. Readers give the
// same rows and the same messages as for the decoded cells, whatever the cells are.

import fc from "fast-check";
import { expect, it } from "vitest";
import { ColumnReader, memoryStore } from "../../compiler/data/columns.ts";
import { ExampleReader } from "../../compiler/data/example-reader.ts";
import { Findings } from "../../compiler/data/findings.ts";
import { fit } from "../../compiler/data/fit-rows.ts";
import { fitSourceOf } from "../../compiler/data/fitted-rows.ts";
import { DecodedColumn, type RawChunk } from "../../compiler/data/raw-values.ts";
import type { ReadPiece } from "../../compiler/data/row-stages.ts";
import { rowsOfPiece } from "../../compiler/data/rows-of-piece.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { listFormatOf, separatorsOf } from "../../compiler/frontend/config/config.ts";
import { type Encoders, FittedEncoders, FittingEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import type { DataFile, SqlColumn } from "../../runtime/data/formats/data-file.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { runs } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";
import { modelOf } from "./models.ts";

const model = modelOf(`model shop
features user { user_id : id(missing: unknown)  embed 2  plan : enum("a", "b", "1", missing: unknown)  embed 2 }
features item {
  item_id : id(min_count: 2)  embed 2
  shop : id(hash: 8, missing: unknown)  embed 2
  size : int(0..9, missing: unknown)  embed 2
  price : number(missing: 0) |> log1p |> standardize
  level : number(missing: 1) |> quantiles(3)  embed 2
}
history clicks(max: 3) {
  item_id <-> hist_item_id
  price <-> hist_price
}
label click : binary
net {
  let item = concat(item_id, shop, size, price, level)
  predict click = concat(user_id, plan, item, mean(clicks)) |> dense(1) |> sigmoid
}
train { batch 4  epochs 1  metrics auc, gauc(by: user_id) }
`);

/** Texts that are ids, numbers or neither, up to and beyond the twelve bytes of a short text. */
const ids = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", "1", "7", "12", "twelve bytes", "thirteen byte") },
  fc.constantFrom(
    "007",
    "1.0",
    "3.00",
    "-0",
    " 7",
    "7 ",
    "é",
    "eééééé",
    "日本語",
    "日本語a",
    "😀😀😀",
    "😀😀😀a",
  ),
  fc.constantFrom("[1,2]", "[]", '{"a":1}', "{a}", "[x", "1|2", "\uFEFFa", "a,b", 'say "a"', "null", "NaN"),
  fc.stringMatching(/^[0-9a-f]{0,14}$/),
);
const numbers = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 99_999 }).map(String) },
  fc.constantFrom(
    "0.1",
    "-3",
    "1e3",
    "1e400",
    "0x10",
    "1_000",
    "1,5",
    " 7 ",
    "abc",
    "-0",
    "+5",
    "5.",
    "007",
    "0.30000000001",
    "1.25",
    "-",
    "nan",
    "123456789012345678",
    ".5",
  ),
  fc.double({ min: 0, max: 1e9, noNaN: true }).map(String),
);
const label = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("0", "1") },
  fc.constantFrom("1.0", "true", "2"),
);
const missing = <T>(cell: fc.Arbitrary<T>) => fc.option(cell, { freq: 6 });
/** Cells of rows without mistakes, which are also fitted. */
const plainIds = fc.oneof(fc.integer({ min: 0, max: 40 }).map(String), fc.stringMatching(/^[a-z]{1,15}$/));
const plainNumbers = fc.integer({ min: 0, max: 9 }).map(String);

const wholeIds = fc.constantFrom("1", "2", "3.0", "1234567890123");
const styles = {
  odd: { id: ids, number: numbers },
  plain: { id: plainIds, number: plainNumbers },
  whole: { id: wholeIds, number: plainNumbers },
};

const rowOf = (style: keyof typeof styles) => {
  const { id, number } = styles[style];
  const isOdd = style === "odd";
  return fc.record({
    user_id: missing(id),
    plan: isOdd ? missing(id) : fc.constantFrom("a", "b", null),
    item_id: isOdd ? missing(id) : id,
    shop: missing(id),
    size: missing(number),
    price: missing(number),
    level: missing(number),
    click: isOdd ? missing(label) : fc.constantFrom("0", "1"),
    steps: fc.array(fc.tuple(isOdd ? missing(id) : id, missing(number)), { maxLength: 5 }),
  });
};
type Step = readonly [string | null, string | null];
type Row = typeof rowOf extends (style: keyof typeof styles) => fc.Arbitrary<infer T> ? T : never;

const NAMES = ["user_id", "plan", "item_id", "shop", "size", "price", "level", "click"] as const;

const quoted = (text: string | null) => (text === null ? "NULL" : `'${text.replaceAll("'", "''")}'`);

function csvOf(rows: readonly Row[]): string {
  const cell = (text: string | null) => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);
  const lines = rows.map(({ steps, ...own }) =>
    [
      ...NAMES.map((name) => own[name]),
      ...[0, 1].map((at) => steps.map((step) => step[at] ?? "").join("|")),
    ].map(cell),
  );
  return [[...NAMES, "hist_item_id", "hist_price"], ...lines].map((line) => `${line.join(",")}\n`).join("");
}

/** The rows as a query; numbers have their own types if `isTyped`. */
function queryOf(rows: readonly Row[], isTyped: boolean): string {
  const typed = isTyped
    ? {
        size: "INTEGER",
        price: "DOUBLE",
        level: "FLOAT",
        click: "TINYINT",
        item_id: "BIGINT",
        user_id: "INTEGER",
      }
    : {};
  const types: Readonly<Record<string, string>> = typed;
  const lists = (steps: readonly Step[], at: 0 | 1, type: string) =>
    `CAST([${steps.map((step) => quoted(step[at])).join(", ")}] AS VARCHAR[])::${type}[]`;
  const selects = rows.map(({ steps, ...own }) =>
    [
      ...NAMES.map((name) => `TRY_CAST(${quoted(own[name])} AS ${types[name] ?? "VARCHAR"}) AS ${name}`),
      `${
        isTyped
          ? lists(
              steps.map(([a, b]) => [/^\d{1,9}$/.test(a ?? "") ? a : "5", b]),
              0,
              "BIGINT",
            )
          : lists(steps, 0, "VARCHAR")
      } AS hist_item_id`,
      `${
        isTyped
          ? lists(
              steps.map(([a, b]) => [a, /^\d{1,9}$/.test(b ?? "") ? b : "5"]),
              1,
              "FLOAT",
            )
          : lists(steps, 1, "VARCHAR")
      } AS hist_price`,
    ].join(", "),
  );
  return selects.map((select) => `SELECT ${select}`).join(" UNION ALL ");
}

/** Reads chunks of a file. */
class ChunkReader {
  readonly encoders: Encoders;
  readonly example: ExampleReader<SqlColumn>;
  readonly pieces: ReadPiece[] = [];
  private readonly findings = new Findings("rows");

  constructor(file: DataFile, encoders: Encoders) {
    this.encoders = encoders;
    const format = listFormatOf({ ...separatorsOf(), latestFirst: false });
    const options = { ...format, labels: "required", outside: "error", areTrainedOn: true } as const;
    this.example = new ExampleReader(file, { model, encoders }, options, this.findings);
  }

  read(chunk: RawChunk): void {
    this.example.read(chunk);
    this.pieces.push(this.example.taken(chunk.rows, "drain"));
  }

  /** The messages. */
  said(): string {
    this.example.end();
    const remarks = this.findings.remarks();
    try {
      this.findings.throwIfAny();
      return renderPretty(remarks);
    } catch (error) {
      if (error instanceof DiagnosticError) return renderPretty([...error.diagnostics, ...remarks]);
      throw error;
    }
  }
}

/** Reads the file from packed and from decoded cells. */
async function readTwice(path: string, encoders: () => Encoders): Promise<ChunkReader[]> {
  const files = await DataFiles.open();
  try {
    const file = await files.file(path);
    const readers = [new ChunkReader(file, encoders()), new ChunkReader(file, encoders())];
    await files.scan(file, readers[0]!.example.columns, (chunk) => {
      readers[0]!.read(chunk);
      readers[1]!.read({ ...chunk, columns: chunk.columns.map(({ cells }) => new DecodedColumn(cells)) });
    });
    return readers;
  } finally {
    await files.close();
  }
}

it("reads packed cells as decoded ones", { timeout: 300_000 }, async () => {
  const folder = new TestFolder();
  const cases = fc.record({
    format: fc.constantFrom("csv", "texts", "types"),
    rows: fc
      .constantFrom<keyof typeof styles>("odd", "plain", "whole")
      .chain((style) => fc.array(rowOf(style), { minLength: 2, maxLength: 30 })),
    repeats: fc.constantFrom(1, 1, 90),
  });
  let [number, sound] = [0, 0];
  await fc.assert(
    fc.asyncProperty(cases, async ({ format, rows, repeats }) => {
      const name = `rows-${number++}`;
      const all = Array.from({ length: repeats }, () => rows).flat();
      const path =
        format === "csv"
          ? folder.write(`${name}.csv`, csvOf(all))
          : await folder.parquet(
              `${name}.parquet`,
              `SELECT own.* FROM (${queryOf(rows, format === "types")}) own, range(${repeats}) times(t) ORDER BY t`,
            );
      const [packed, decoded] = await readTwice(path, () => new FittingEncoders());
      expect(packed!.pieces).toEqual(decoded!.pieces);
      const said = packed!.said();
      expect(said).toBe(decoded!.said());
      if (/^error/m.test(said)) return;
      sound += 1;
      const [fitted, same] = [packed!, decoded!].map(({ encoders, pieces }) => {
        const memory = { store: memoryStore, reader: new ColumnReader() };
        const train = rowsOfPiece(model, pieces[0]!);
        return fit(model, encoders as FittingEncoders, fitSourceOf(model, train, [], memory));
      });
      expect(fitted).toEqual(same);
      const again = await readTwice(path, () => new FittedEncoders(fitted!.fitted));
      expect(again[0]!.pieces).toEqual(again[1]!.pieces);
      expect(again[0]!.said()).toBe(again[1]!.said());
    }),
    { numRuns: runs(24) },
  );
  expect(sound).toBeGreaterThan(2);
});
