// What a spec calls columns whose own names are none of the language.

import fc from "fast-check";
import { expect, test } from "vitest";
import { nameOfColumn } from "../../compiler/frontend/model/column-names.ts";

test.each([
  ["Item ID", "item_id"],
  ["itemId", "item_id"],
  ["item.id", "item_id"],
  ["prix d'été (€)", "prix_d_ete"],
  ["2nd", "column_2nd"],
  ["価格", "u4fa1_u683c"],
  ["HTTPCode", "http_code"],
  ["_id", "_id"],
  ["let", "let"],
  ["", null],
  ["?!", null],
] as const)("%s is %s", (column, name) => {
  expect(nameOfColumn(column)).toBe(name);
});

test("any name becomes one of the language or none, and stays it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (column) => {
      const name = nameOfColumn(column);
      if (name === null) return;
      expect(name).toMatch(/^_*[a-z][a-z0-9_]*$/);
      expect(nameOfColumn(name)).toBe(name);
    }),
  );
});
