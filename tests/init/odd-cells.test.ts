// A few cells that are unlike the others of their column change nothing in a draft, and are told: with the row of the first
// one, what training does with them, and the setting that would have it otherwise.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Drafted, draft } from "../../compiler/tools/init/draft.ts";
import type { DraftCell, DraftTable } from "../../compiler/tools/init/table.ts";
import { runs } from "../support/how-often.ts";

interface Kind {
  readonly names: readonly string[];
  value(row: number, draw: (n: number) => number): string;
  /** Whether a text is odd in such a column, and so is to be told. */
  isOdd(text: string): boolean;
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
const NOTHINGS = ["N/A", "n/a", "NULL", "-", "nan"];
const any = () => true;
const noNumber = (text: string) => !isNumber(text);
const nothing = (text: string) => NOTHINGS.includes(text);
const never = () => false;
const time = (row: number) => new Date(1_772_358_660_000 + 61_000 * row).toISOString();
const listOf = (row: number, value: (step: number) => string) =>
  Array.from({ length: (row * 7) % 5 }, (_, step) => value(step)).join("|");

const kinds = {
  texts: { names: ["shop", "brand_id", "city"], value: (_row, draw) => `b${draw(40)}`, isOdd: nothing },
  words: {
    names: ["colour", "gender"],
    value: (_row, draw) => ["red", "green", "blue"][draw(3)]!,
    isOdd: nothing,
  },
  codes: { names: ["zip", "code_1"], value: (_row, draw) => `0${1000 + draw(60)}`, isOdd: noNumber },
  whole: { names: ["age", "stock_count"], value: (_row, draw) => String(18 + draw(60)), isOdd: noNumber },
  few: { names: ["hour", "level"], value: (_row, draw) => String(draw(7)), isOdd: noNumber },
  price: {
    names: ["price", "bid"],
    value: (_row, draw) => (draw(9000) / 100 + 0.5).toFixed(2),
    isOdd: noNumber,
  },
  tail: { names: ["views", "income"], value: (_row, draw) => (1.4 ** draw(30)).toFixed(1), isOdd: noNumber },
  boolean: { names: ["is_new", "premium"], value: (_row, draw) => ["true", "false"][draw(2)]!, isOdd: any },
  title: {
    names: ["title", "headline"],
    value: (_row, draw) => Array.from({ length: 3 + draw(4) }, () => `w${draw(90)}`).join(" "),
    isOdd: never,
  },
  iso: { names: ["shown_at", "time"], value: time, isOdd: any },
  date: { names: ["day_date", "ts"], value: (row) => time(row * 400).slice(0, 10), isOdd: any },
  epoch: { names: ["timestamp"], value: (row) => String(1_772_358_660 + 61 * row), isOdd: any },
  position: { names: ["position"], value: (_row, draw) => String(1 + draw(20)), isOdd: noNumber },
  rownumber: { names: ["row_id"], value: String, isOdd: never },
  items: { names: ["hist_item_id"], value: (row, draw) => listOf(row, () => `i${draw(60)}`), isOdd: never },
  prices: {
    names: ["hist_price"],
    value: (row, draw) => listOf(row, () => (draw(9000) / 100 + 0.5).toFixed(2)),
    isOdd: never,
  },
  tags: {
    names: ["tags"],
    value: (_row, draw) => Array.from({ length: 1 + draw(3) }, () => `t${draw(12)}`).join("|"),
    isOdd: never,
  },
  user: { names: ["user_id"], value: (row) => `u${(row * 31) % 97}`, isOdd: nothing },
  item: { names: ["item_id"], value: (_row, draw) => `i${draw(60)}`, isOdd: nothing },
  label: { names: ["clicked"], value: (_row, draw) => String(Number(draw(3) === 0)), isOdd: any },
  outcome: { names: ["bought"], value: (_row, draw) => String(Number(draw(9) === 0)), isOdd: never },
} as const satisfies Record<string, Kind>;
type KindName = keyof typeof kinds;

/** More than an early stop asks for. */
const ROWS = 2400;
/** Of each column, at most. */
const MOST_ODD = ROWS / 100;

const column = fc
  .constantFrom(...(Object.keys(kinds) as KindName[]))
  .chain((kind) => fc.record({ kind: fc.constant(kind), header: fc.constantFrom(...kinds[kind].names) }));

interface Recipe {
  readonly columns: readonly { readonly kind: KindName; readonly header: string }[];
  readonly seed: number;
}

const recipe: fc.Arbitrary<Recipe> = fc
  .record({
    columns: fc.uniqueArray(column, { minLength: 1, maxLength: 6, selector: ({ header }) => header }),
    seed: fc.integer({ min: 1, max: 1 << 30 }),
  })
  .map(({ columns, seed }) => {
    const fixed = (["user", "item", "label"] as const).map((kind) => ({
      kind,
      header: kinds[kind].names[0],
    }));
    const more = columns.filter(({ header }) => fixed.every((each) => each.header !== header));
    return { columns: [...fixed, ...more], seed };
  });

/** Of a column of the recipe; a row of it, and what it has there. A text of blanks is the cell's own with one behind it. */
const oddCell = fc.record({
  column: fc.nat({ max: 20 }),
  row: fc.nat({ max: ROWS - 1 }),
  text: fc.constantFrom(...NOTHINGS, "", "", "abc", "12", " "),
});
type OddCell = typeof oddCell extends fc.Arbitrary<infer T> ? T : never;

function tableOf({ columns, seed }: Recipe): DraftTable {
  let state = seed;
  const draw = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  return {
    ...{ path: "rows.csv", rows: ROWS, total: ROWS, ambiguous: [] },
    columns: columns.map(({ kind, header }) => {
      const { value }: Kind = kinds[kind];
      const cells = Array.from({ length: ROWS }, (_, row) => value(row, draw) || null);
      return { header, typeName: "text", cells };
    }),
  };
}

/** The table with odd cells in it, and by column which of them are to be told. */
function spoilt(
  table: DraftTable,
  { columns }: Recipe,
  odd: readonly OddCell[],
): { readonly table: DraftTable; readonly told: ReadonlyMap<string, readonly number[]> } {
  const told = new Map<string, number[]>();
  const cells = table.columns.map((each): DraftCell[] => [...each.cells]);
  const changed = new Map<number, Set<number>>();
  for (const { column: at, row, text } of odd) {
    const place = at % columns.length;
    const { header, kind } = columns[place]!;
    const rows = changed.get(place) ?? new Set();
    if (rows.has(row) || rows.size === MOST_ODD) continue;
    changed.set(place, rows.add(row));
    const own = cells[place]![row]!;
    cells[place]![row] = text === " " ? (own === null ? null : `${own} `) : text || null;
    const isTold = text !== "" && text !== " " && kinds[kind].isOdd(text);
    if (isTold) told.set(header, [...(told.get(header) ?? []), row]);
  }
  return {
    table: { ...table, columns: table.columns.map((each, i) => ({ ...each, cells: cells[i]! })) },
    told,
  };
}

const drafted = (table: DraftTable): Drafted => draft(table, null, { spec: "model.din", data: "rows.csv" });

/** Without comments, and without the options for values that are missing. */
function bare({ spec, config }: Drafted): string {
  return `${spec}\n${config}`
    .replaceAll(/ *(?:\/\/|#).*$/gm, "")
    .replaceAll(/, missing: [^,)]+|missing: [^,)]+, |\(missing: [^,)]+\)/g, "")
    .replace(/^ {2}on_bad_row: skip\n/m, "")
    .replaceAll(/ +/g, " ")
    .replaceAll(/\n+/g, "\n");
}

function requireSame(made: Recipe, odd: readonly OddCell[]): void {
  const clean = tableOf(made);
  const { table, told } = spoilt(clean, made, odd);
  const [before, after] = [drafted(clean), drafted(table)];
  expect(bare(after)).toBe(bare(before));
  const { plan } = after;
  const isUsed = (header: string) => !plan.leftOut.some((each) => each.column === header);
  for (const [header, rows] of told) {
    const isTime =
      plan.rows.kind === "rows" && "by" in plan.rows.validation && plan.rows.validation.by === header;
    if (!isUsed(header) && !isTime) continue;
    const named = plan.exceptions.filter((each) => each.column === header).flatMap((each) => each.rows);
    expect({ header, missing: rows.filter((row) => !named.includes(row)) }).toEqual({ header, missing: [] });
  }
}

test("a few odd cells change nothing in a draft, and are told with their rows", () => {
  fc.assert(fc.property(recipe, fc.array(oddCell, { minLength: 1, maxLength: 3 * MOST_ODD }), requireSame), {
    numRuns: runs(15),
  });
});

/** Each changed a draft once. */
test.each<[KindName, string]>([
  ["price", "N/A"],
  ["price", "nan"],
  ["tail", "abc"],
  ["whole", "abc"],
  ["few", "-"],
  ["few", " "],
  ["codes", " "],
  ["boolean", "N/A"],
  ["words", "abc"],
  ["iso", "n/a"],
  ["iso", ""],
  ["date", "12"],
  ["epoch", "N/A"],
  ["epoch", ""],
  ["position", ""],
  ["prices", "N/A"],
  ["tags", "12"],
  ["label", ""],
  ["label", "NULL"],
  ["label", "12"],
])("one cell of a column of %s is %j", (kind, text) => {
  const named = [...(["user", "item", "label", "outcome"] as const)];
  const columns = [...named, kind].map((each) => ({ kind: each, header: kinds[each].names[0] }));
  const at = kind === "label" ? 2 : 4;
  requireSame({ columns: columns.slice(0, at === 2 ? 4 : 5), seed: 7 }, [{ column: at, row: 5, text }]);
});

test("empty cells of a history are histories without steps", () => {
  const columns = (["user", "item", "label", "items"] as const).map((kind) => ({
    kind,
    header: kinds[kind].names[0],
  }));
  const { plan, config } = drafted(tableOf({ columns, seed: 7 }));
  expect(plan.histories).toHaveLength(1);
  expect(plan.exceptions).toEqual([]);
  expect(config).not.toContain("on_bad_row");
});

test("an odd first time that training would go by is to be mended, not skipped", () => {
  const columns = (["user", "item", "label", "iso"] as const).map((kind) => ({
    kind,
    header: kinds[kind].names[0],
  }));
  const made = { columns, seed: 7 };
  const { plan, config } = drafted(spoilt(tableOf(made), made, [{ column: 3, row: 0, text: "12" }]).table);
  expect(plan.exceptions).toMatchObject([
    { column: "shown_at", isRefused: false, change: "mend the first of them" },
  ]);
  expect(config).not.toContain("on_bad_row");
});
