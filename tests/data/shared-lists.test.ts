// Rows in memory that share the lists of a history, as a user's rows do, are read as rows with lists of their own.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { encodeRows, fitRows } from "../../compiler/data/encode.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { modelOf } from "./models.ts";

const NOTHING = { vocabularies: new Map(), transforms: new Map() };

/** A history of single values, which are taken again, and one with sets, which are read again. */
const single = `item_id <-> items
  image <-> images
  price : number |> standardize`;
const withSets = `item_id <-> items
  tags <-> tag_lists`;

function spec(steps: string): string {
  return `model shared
features item {
  item_id : id embed 2
  ${steps === single ? "image : vector(2)" : "tags : set(id, max: 2) embed 2"}
}
history clicks(max: 3) {
  ${steps}
}
label click : binary
net { predict click = concat(item_id, ${steps === single ? "image" : "tags"}, mean(clicks)) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer sgd(learning_rate: 0.1)  batch 4  epochs 1  metrics auc }
`;
}

const id = fc.constantFrom("a", "b", "c", "", "0");
const step = fc.record({
  items: id,
  images: fc.constantFrom<readonly (number | null)[]>([1, 2], [0.5, 0], [3, null]),
  price: fc.constantFrom<number | string | null>(1, 2.5, "3", "x", null),
  tag_lists: fc.array(id, { maxLength: 3 }),
});
const rows = fc.record({
  lists: fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
  /** The list of each row. */
  chosen: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 8 }),
  latestFirst: fc.boolean(),
  padding: fc.constantFrom(undefined, ["0"]),
});

it.each([single, withSets])("%s", (steps) => {
  const model = modelOf(spec(steps));
  fc.assert(
    fc.property(rows, ({ lists, chosen, latestFirst, padding }) => {
      const columns = lists.map((list) => ({
        ...{ items: list.map(({ items }) => items), images: list.map(({ images }) => images) },
        ...{ price: list.map(({ price }) => price), tag_lists: list.map(({ tag_lists }) => tag_lists) },
      }));
      const shared = chosen.map((which, row) => ({
        ...{ item_id: "a", image: [1, 2], tags: ["a"], click: row % 2 },
        ...columns[which % columns.length],
      }));
      const format = { latestFirst, ...(padding === undefined ? {} : { padding }) };
      const read = (given: typeof shared) => {
        try {
          const { fitted, counts, rows } = fitRows(model, NOTHING, given, "rows", format);
          return {
            fitted,
            counts,
            rows,
            again: encodeRows(model, fitted, given, "rows", { ...format, labels: "required" }),
          };
        } catch (error) {
          if (error instanceof DiagnosticError) return error.diagnostics;
          throw error;
        }
      };
      expect(read(shared)).toEqual(read(shared.map((row) => structuredClone(row))));
    }),
    { numRuns: 300 },
  );
});
