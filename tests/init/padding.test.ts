// Lists that are filled up to one length: `init` finds them exactly where they are, drafts what it drafts without the filling,
// and leaves out the column that says how long they are without it.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { guess } from "../../compiler/tools/init/guess.ts";
import type { DraftPlan } from "../../compiler/tools/init/plan.ts";
import type { DraftCell, DraftTable } from "../../compiler/tools/init/table.ts";
import { draftTexts } from "../../compiler/tools/init/write.ts";
import { runs, timeout } from "../support/how-often.ts";

interface Shape {
  readonly rows: number;
  readonly seed: number;
  /** Null where nothing fills lists up. */
  readonly value: string | null;
  readonly end: "front" | "back";
  /** Steps beyond the longest history. */
  readonly more: number;
  /** In a text with separators, or in real lists. */
  readonly isText: boolean;
  /** Rows whose lists are otherwise, as a mistake of the file. */
  readonly odd: number;
}

const LONGEST = 8;

function tableOf(shape: Shape): DraftTable {
  const random = Random.of(shape.seed, "padded table");
  const rows = Array.from({ length: shape.rows }, (_, row) => {
    const steps = Array.from({ length: random.integer(LONGEST + 1) }, () => 1 + random.integer(40));
    const fill = Array.from(
      { length: shape.value === null ? 0 : LONGEST + shape.more - steps.length },
      () => shape.value!,
    );
    const list = (values: readonly string[]): DraftCell => {
      const all = shape.end === "front" ? [...fill, ...values] : [...values, ...fill];
      // An odd row has a value too many in each list.
      const cells = row < shape.odd ? [...all, "9"] : all;
      return shape.isText ? cells.join("|") : cells;
    };
    return {
      user_id: `u${random.integer(30)}`,
      item_id: String(1 + random.integer(40)),
      // Each item has its price; some cost nothing.
      price: String(random.integer(40) % 7),
      hist_item_id: list(steps.map(String)),
      hist_price: list(steps.map((item) => String(item % 7))),
      seq_length: String(steps.length),
      click: String(random.integer(2)),
    };
  });
  return {
    ...{ path: "rows.csv", rows: shape.rows, total: shape.rows, ambiguous: [] },
    columns: Object.keys(rows[0]!).map((header) => {
      const cells = rows.map((row) => row[header as keyof (typeof rows)[0]]);
      return { header, typeName: cells.some(Array.isArray) ? "VARCHAR[]" : "text", cells };
    }),
  };
}

function planOf(table: DraftTable): DraftPlan {
  const guessed = guess(table, "click");
  if (guessed.kind !== "plan") throw new Error(guessed.kind);
  return guessed.plan;
}

const shape = fc.record({
  rows: fc.integer({ min: 120, max: 400 }),
  seed: fc.nat(),
  end: fc.constantFrom<Shape["end"]>("front", "back"),
  more: fc.integer({ min: 0, max: 3 }),
  isText: fc.boolean(),
  odd: fc.constantFrom(0, 1),
});

test(
  "padding is found where it is, and the draft is that of the lists without it",
  () => {
    fc.assert(
      fc.property(shape, fc.constantFrom("0", "-1", "0.0"), (drawn, value) => {
        // A fraction between whole ids is another mistake.
        const some = value === "0.0" ? { ...drawn, odd: 0 } : drawn;
        const plain = planOf(tableOf({ ...some, value: null }));
        expect(plain.histories.map(({ padding }) => padding)).toEqual([undefined]);
        const padded = planOf(tableOf({ ...some, value }));
        expect(padded.histories.map(({ padding }) => padding?.values)).toEqual([
          [value === "0.0" ? "0" : value],
        ]);
        const bare = ({ histories }: DraftPlan) => histories.map(({ padding: _, ...history }) => history);
        // An odd row has zeros between its steps, which count.
        if (some.odd === 0) expect(bare(padded)).toEqual(bare(plain));
        // What says how long lists are is no feature, and why is said.
        const isLength = ({ name }: { readonly name: string }) => name === "seq_length";
        const named = ({ features }: DraftPlan) =>
          features.filter((each) => !isLength(each)).map(({ name }) => name);
        expect(named(padded)).toEqual(named(plain));
        expect(padded.features.some(isLength)).toBe(false);
        expect(padded.leftOut.map(({ column }) => column)).toContain("seq_length");
      }),
      { numRuns: runs(15) },
    );
  },
  timeout,
);

const SHAPE: Shape = { rows: 300, seed: 1, value: "0", end: "back", more: 2, isText: true, odd: 0 };

test("dinc.yaml has the padding with its reason, and the output too", () => {
  const table = tableOf(SHAPE);
  const plan = planOf(table);
  const { config } = draftTexts(plan, table, { spec: "model.din", data: "rows.csv" });
  expect(config).toContain(
    "  # Steps that only fill lists up are left out.\n  padding:\n    clicks: 0 # hist_item_id has 10 values a row, and 300 of 300 rows end with 0, which is nowhere else\n",
  );
  expect(plan.guesses.filter(({ is }) => is.startsWith("padding"))).toEqual([
    {
      column: "clicks",
      is: "padding: 0",
      reason: "hist_item_id has 10 values a row, and 300 of 300 rows end with 0, which is nowhere else",
      change: "`padding: { clicks: [] }` in dinc.yaml if it is an item",
    },
  ]);
});

test("a value that many candidates have is an item", () => {
  const table = tableOf(SHAPE);
  const columns = table.columns.map((column) =>
    column.header === "item_id"
      ? { ...column, cells: column.cells.map((cell, row) => (row % 10 === 0 ? "0" : cell)) }
      : column,
  );
  const plan = planOf({ ...table, columns });
  expect(plan.histories.map(({ padding }) => padding)).toEqual([undefined]);
  expect(plan.features.map(({ name }) => name)).toContain("seq_length");
});

test("lists of one length that end alike by their order are not filled up", () => {
  const table = tableOf({ ...SHAPE, value: null });
  // Days since, from the first step to the last: the last ones are today.
  const sorted = Array.from({ length: SHAPE.rows }, (_, row) =>
    [30, 12, 7, 3, 1, 1].map((days) => String(Math.max(0, days - (row % 9)))).join("|"),
  );
  const columns = [...table.columns, { header: "hist_days", typeName: "text", cells: sorted }];
  for (const { padding } of planOf({ ...table, columns }).histories) expect(padding).toBeUndefined();
});
