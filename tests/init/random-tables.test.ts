// Whatever a file holds: where a draft is made of it, the draft is a spec without mistakes, in the one style, without advice
// that it could have heeded, and the rows that it was made from can be read with it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { init } from "../../runtime/driver/init.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { runs } from "../support/how-often.ts";
import { refusal } from "./refusal.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-init-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Said of the data, whatever a draft does: that nothing in it is of the user, or of the item. */
const OF_THE_DATA = ["prediction-ignores-user", "prediction-ignores-candidate"];
/** Why there may be no draft. */
const NO_DRAFT =
  /DIN(0616 no-column-names|0617 no-label-found|0560 other-separator|0619 nothing-to-learn-from|0541|0540|0542|0543|05\d\d malformed-data-file)/;

const header = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      ...[
        "user_id",
        "item_id",
        "cate_id",
        "price",
        "label",
        "click",
        "hist_item_id",
        "hist_price",
        "hist_cate_id",
      ],
      ...[
        "clicked_items",
        "timestamp",
        "gender",
        "age",
        "hour",
        "genres",
        "hist_genres",
        "title",
        "position",
        "is_buy",
      ],
      ...[
        "clicks",
        "interest",
        "candidate",
        "history",
        "dwell",
        "image",
        "shop",
        "hist_shop",
        "step",
        "rating",
      ],
    ),
    weight: 6,
  },
  fc.constantFrom(
    ...[
      "model",
      "features",
      "let",
      "net",
      "train",
      "sum",
      "concat",
      "mlp",
      "sigmoid",
      "attend_softmax",
      "mean",
      "from",
    ],
    ...[
      "Item ID",
      "itemId",
      "price (USD)",
      "Größe",
      "价格",
      "a.b",
      "2nd",
      "_id",
      "x y",
      "draft",
      "auc",
      "d",
      "embed",
    ],
    ...[
      'say "hi"',
      "a,b",
      "toString",
      "__proto__",
      "constructor",
      "",
      "user",
      "item",
      "context",
      "binary",
      "id",
    ],
  ),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/[\n\r]/.test(text)),
);

const one = (...values: readonly string[]) => fc.constantFrom(...values);
const cell = fc.oneof(
  { arbitrary: fc.constant("id"), weight: 3 },
  one(
    "number",
    "whole",
    "decimal",
    "flag",
    "texts",
    "words",
    "time",
    "epoch",
    "constant",
    "any",
    "list",
    "list2",
  ),
  one(
    "list",
    "spaced",
    "caret",
    "vector",
    "rownumber",
    "negative",
    "huge",
    "bool",
    "mixed",
    "bracket",
    "label",
  ),
);

function value(kind: string, row: number, draw: (n: number) => number): string {
  const list = (separator: string, length: number) =>
    Array.from({ length }, () => `i${draw(12)}`).join(separator);
  switch (kind) {
    case "id":
      return `i${draw(12)}`;
    case "number":
      return String(draw(1000) / 7);
    case "whole":
      return String(draw(30));
    case "decimal":
      return `${draw(9)}.0`;
    case "flag":
    case "label":
      return String(draw(2));
    case "texts":
      return ["red", "green", "blue", "a b", 'quo"te', "ä\\n"][draw(6)]!;
    case "words":
      return Array.from({ length: 3 + draw(5) }, () => ["new", "shoes", "for", "men", "x"][draw(5)]!).join(
        " ",
      );
    case "time":
      return `2024-01-${10 + draw(19)} 12:00:0${draw(10)}`;
    case "epoch":
      return String(1_700_000_000 + draw(100_000));
    case "constant":
      return "same";
    case "list":
      return list("|", draw(5));
    case "list2":
      return list("|", 1 + (row % 4));
    case "spaced":
      return list(" ", draw(4));
    case "caret":
      return list("^", draw(4));
    case "vector":
      return [draw(100) / 9, draw(100) / 9, draw(100) / 9].join("|");
    case "rownumber":
      return String(row);
    case "negative":
      return String(draw(200) - 100);
    case "huge":
      return ["1e300", "123456789012345678901234567890", "1e-9", "-5"][draw(4)]!;
    case "bool":
      return draw(2) === 0 ? "true" : "False";
    case "mixed":
      return ["1", "2.0", "x", "0x10", " 7"][draw(5)]!;
    case "bracket":
      return `[${draw(5)}, ${draw(5)}]`;
    default:
      return ["", " ", "a\nb", "'", ",", ";", "NULL", "\u{1F600}", "{x}", "//", "é"][draw(11)]!;
  }
}

const table = fc.record({
  columns: fc.array(fc.record({ header, kind: cell, gaps: fc.constantFrom(0, 0, 0, 0.2) }), {
    minLength: 1,
    maxLength: 7,
  }),
  rows: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 20, max: 150 })),
  seed: fc.integer({ min: 1, max: 1 << 30 }),
  label: fc.constantFrom("label", "click", "is_click", null),
});

function quoted(text: string): string {
  return /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvOf({
  columns,
  rows,
  seed,
  label,
}: typeof table extends fc.Arbitrary<infer T> ? T : never): string {
  let state = seed;
  const draw = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  const all = label === null ? columns : [...columns, { header: label, kind: "label", gaps: 0 }];
  const lines = [all.map(({ header: name }) => quoted(name)).join(",")];
  for (let row = 0; row < rows; row++)
    lines.push(
      all
        .map(({ kind, gaps }) => quoted(gaps > 0 && draw(10) < 10 * gaps ? "" : value(kind, row, draw)))
        .join(","),
    );
  return `${lines.join("\n")}\n`;
}

test("a draft of any table is right, formatted, and reads the table", { timeout: 600_000 }, async () => {
  let drafts = 0;
  await fc.assert(
    fc.asyncProperty(table, async (made) => {
      const data = join(folder, "rows.csv");
      writeFileSync(data, csvOf(made));
      const said = await refusal(() => init({ folder, data, force: true }));
      if (said !== null) {
        expect(said).toMatch(NO_DRAFT);
        return;
      }
      drafts++;
      const text = readFileSync(join(folder, "model.din"), "utf8");
      const file = sourceFile("model.din", text);
      expect(formatStrictly(file)).toEqual({ value: text, diagnostics: [] });
      const { value: model, diagnostics } = check(file);
      const found = [...diagnostics, ...lint(file)].filter(({ name }) => !OF_THE_DATA.includes(name));
      expect(renderPretty(found)).toBe("");
      const config = await readConfig(join(folder, "dinc.yaml"));
      const badRows = new BadRowReport(config.data!.onBadRow ?? undefined);
      expect(await refusal(() => readTraining(model!, config.data!, { badRows }))).toBeNull();
    }),
    { numRuns: runs(50) },
  );
  expect(drafts).toBeGreaterThan(runs(16));
});
