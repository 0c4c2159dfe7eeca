// Predictions as text and as chunks for Parquet: column by column, with the cells that a row-by-row writer gives.

import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCount } from "../../compiler/common/format-count.ts";
import { probabilitiesOf } from "../../compiler/frontend/labels/predicted-values.ts";
import { PredictionChunks } from "../../runtime/driver/prediction-parquet.ts";
import { CHUNK_ROWS } from "../../runtime/duckdb/streamed.ts";
import type { WrittenCell } from "../../runtime/prepared/shard-writer.ts";
import { nineDigits, PredictionText } from "../../runtime/run/predictions-file.ts";
import { ScoreColumns } from "../../runtime/run/score-columns.ts";

const labels = {
  click: { name: "click", type: { kind: "binary" } },
  price: { name: "price", type: { kind: "number" } },
  stars: { name: "stars", type: { kind: "int", classes: ["1", "2", "3"] } },
} as const;
const model = {
  labels: new Map(Object.entries(labels)),
  predictions: Object.keys(labels).map((label) => ({ label })),
  outputs: [{ name: "uplift", width: 1 }],
} as unknown as ConstructorParameters<typeof ScoreColumns>[0];

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const logit = fc.oneof(fc.float({ noNaN: true, min: -30, max: 30 }), float);

/** Pieces of rows, some without a score, beside rows that were left out of the file. */
const files = fc.record({
  pieces: fc.array(
    fc.record({
      rows: fc.integer({ min: 0, max: 2 * CHUNK_ROWS + 5 }),
      seed: fc.integer({ min: 1, max: 1000 }),
      unscored: fc.array(fc.nat(5000), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  leftOut: fc.uniqueArray(fc.nat(CHUNK_ROWS + 3), { maxLength: 5 }),
});

function piecesOf({ pieces, leftOut }: typeof files extends fc.Arbitrary<infer T> ? T : never) {
  const made = pieces.map(({ rows, seed, unscored }) => {
    const numbers = (width: number) =>
      Float32Array.from({ length: rows * width }, (_, i) => Math.sin(seed + i) * 10 ** ((seed + i) % 7));
    return {
      rows,
      logits: new Map([
        ["click", numbers(1)],
        ["price", numbers(1)],
        ["stars", numbers(3)],
        ["uplift", numbers(1)],
      ]),
      unscored: new Set(unscored.filter((row) => row < rows)),
      kept: [Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? null : `item ${i}`))],
    };
  });
  const all = made.reduce((sum, { rows }) => sum + rows, 0) + leftOut.length;
  return { made, leftOut: leftOut.filter((row) => row < all).sort((a, b) => a - b) };
}

/** The table row by row: null for an omitted row, otherwise the kept cell and the scores. */
function rowsOf({ made, leftOut }: ReturnType<typeof piecesOf>): WrittenCell[][] {
  const table: WrittenCell[][] = [];
  const omitted = new Set(leftOut);
  const skip = () => {
    while (omitted.has(table.length)) table.push([BigInt(table.length + 1), ...Array(9).fill(null)]);
  };
  for (const { rows, logits, unscored, kept } of made) {
    const stars = probabilitiesOf(labels.stars as never, logits.get("stars")!);
    const click = probabilitiesOf(labels.click as never, logits.get("click")!);
    for (let row = 0; row < rows; row++) {
      skip();
      const own = [...stars.subarray(3 * row, 3 * row + 3)];
      const scores = [
        logits.get("click")![row]!,
        click[row]!,
        logits.get("price")![row]!,
        String(1 + own.indexOf(Math.max(...own))),
        ...own,
        own[0]! + 2 * own[1]! + 3 * own[2]!,
        logits.get("uplift")![row]!,
      ];
      const cells = unscored.has(row) ? Array(9).fill(null) : scores;
      table.push([BigInt(table.length + 1), kept[0]![row]!, ...cells]);
    }
  }
  skip();
  return table;
}

test("chunks for Parquet have the cells of each row, whatever is left out or has no score", () => {
  fc.assert(
    fc.property(files, (drawn) => {
      const given = piecesOf(drawn);
      const chunks = new PredictionChunks(new ScoreColumns(model));
      chunks.columns([{ name: "item", type: "text" }]);
      const columns: WrittenCell[][] = Array.from({ length: 11 }, () => []);
      const take = (chunk: readonly ArrayLike<WrittenCell>[]) => {
        for (const [i, cells] of chunk.entries()) columns[i]!.push(...Array.from(cells));
      };
      for (const piece of given.made) for (const chunk of chunks.rows(piece, given.leftOut)) take(chunk);
      for (const chunk of chunks.rest(given.leftOut)) take(chunk);
      const table = rowsOf(given);
      const rounded = (cell: WrittenCell, column: number) =>
        typeof cell === "number" && column > 1 ? Math.fround(cell) : cell;
      for (const [i, cells] of columns.entries())
        expect(cells).toEqual(table.map((row) => rounded(row[i] ?? null, i)));
    }),
    { numRuns: 15 },
  );
});

test("texts have the same cells, line by line", () => {
  fc.assert(
    fc.property(files, (drawn) => {
      const given = piecesOf(drawn);
      const text = new PredictionText(new ScoreColumns(model), "jsonl", ["item"]);
      const parts = given.made.flatMap(({ logits, rows, unscored, kept }) => [
        ...text.rows(logits, rows, given.leftOut, unscored, kept),
      ]);
      const lines = [...parts, text.skip(given.leftOut)].join("").split("\n").slice(0, -1);
      const names = ["row", "item", ...new ScoreColumns(model).names];
      expect(lines).toEqual(
        rowsOf(given).map((row) => {
          const cell = (value: WrittenCell) =>
            typeof value === "number"
              ? String(Number(value.toPrecision(9)))
              : typeof value === "bigint"
                ? String(value)
                : JSON.stringify(value ?? null);
          return `{${names.map((name, i) => `${JSON.stringify(name)}:${cell(row[i] ?? null)}`).join(",")}}`;
        }),
      );
    }),
    { numRuns: 10 },
  );
});

test("nine digits of a number are its shortest text of that precision", () => {
  const plain = (value: number) => String(Number(value.toPrecision(9)));
  const numbers = fc.oneof(
    logit,
    float,
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, 1e-6, 1e9, 1e21, 0.5),
  );
  fc.assert(
    fc.property(numbers, (value) => void expect(nineDigits(value)).toBe(plain(value))),
    { numRuns: 2000 },
  );
});

test("counts have their digits in groups, as Intl writes them", () => {
  const counts = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.double());
  fc.assert(fc.property(counts, (count) => void expect(formatCount(count)).toBe(count.toLocaleString("en"))));
});
