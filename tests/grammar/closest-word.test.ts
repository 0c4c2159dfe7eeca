// Which known name a misspelt one most likely means.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distance, isMisspelling, suggest } from "../../grammar/closest-word.ts";

describe("did you mean", () => {
  const known = ["user_id", "item_id", "hist_item_id", "price", "concat", "dense", "activation_unit"];
  test.each([
    ["itm_id", "item_id"],
    ["item_di", "item_id"],
    ["ITEM_ID", "item_id"],
    ["conact", "concat"],
    ["desne", "dense"],
    ["prices", "price"],
    ["activation", "activation_unit"],
    ["concatenate", "concat"],
    ["actvation_unti", "activation_unit"],
  ])("%s → %s", (name, expected) => {
    expect(suggest(name, known)).toBe(expected);
  });

  test.each(["gender", "x", "id", "cnct", "", "quantity"])("%j is near to nothing", (name) => {
    expect(suggest(name, known)).toBeNull();
  });

  test("the nearest wins, the first of equals", () => {
    expect(suggest("abcd", ["bacd", "abcx", "abcdef"])).toBe("bacd");
  });

  test("a name is no suggestion for itself", () => {
    expect(suggest("price", ["price", "prize"])).toBe("prize");
  });
});

describe("a misspelling is certain", () => {
  const known = [
    "user_id",
    "item_id",
    "min_price",
    "tower_b",
    "concat",
    "activation_unit",
    "clicks",
    "click",
    "embedding_2",
  ];
  test.each([
    ["itm_id", "item_id"],
    ["itme_id", "item_id"],
    ["item_idd", "item_id"],
    ["ITEM_ID", "item_id"],
    ["itemid", "item_id"],
    ["conact", "concat"],
    ["concta", "concat"],
    ["actvation_unti", "activation_unit"],
  ])("%s → %s", (name, meant) => {
    expect(isMisspelling(name, meant, known)).toBe(true);
  });

  test.each([
    ["max_price", "min_price", "another word within the name"],
    ["tower_a", "tower_b", "one of a series"],
    ["embedding_3", "embedding_2", "counted differently"],
    ["user_ip", "user_id", "a short word"],
    ["clicsk", "click", "as near to another one"],
    ["onact", "concat", "begins otherwise"],
    ["con", "concat", "only the beginning"],
  ])("%s is not certainly %s: %s", (name, meant) => {
    expect(isMisspelling(name, meant, known)).toBe(false);
  });
});

/** The definition, without a limit and without haste. */
function reference(a: string, b: string): number {
  const memo = new Map<string, number>();
  const d = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i},${j}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    let cost = Math.min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
      cost = Math.min(cost, d(i - 2, j - 2) + 1);
    memo.set(key, cost);
    return cost;
  };
  return d(a.length, b.length);
}

test("the distance is the restricted Damerau-Levenshtein distance up to its limit", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 8 }), (a, b, limit) => {
      expect(distance(a, b, limit)).toBe(Math.min(reference(a, b), limit + 1));
    }),
    { numRuns: 2000 },
  );
});
