// What single columns are taken for, where their names and values once misled: each as a person had it.

import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { guess } from "../../compiler/tools/init/guess.ts";
import type { DraftPlan } from "../../compiler/tools/init/plan.ts";
import type { DraftCell, DraftTable } from "../../compiler/tools/init/table.ts";
import { draftTexts } from "../../compiler/tools/init/write.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";
import { TestFolder } from "../data/files.ts";

type Columns = Readonly<Record<string, (row: number) => DraftCell>>;

const spread = (row: number, n: number) => Math.floor(((row * 0.618034) % 1) * n);
const click = (row: number) => String(spread(row * 7 + 3, 2));
const lists = (of: (i: number) => string) => (row: number) =>
  Array.from({ length: row % 5 }, (_, step) => of(row * 3 + step));

function tableOf(columns: Columns, rows = 400): DraftTable {
  return {
    ...{ path: "rows.parquet", rows, total: rows, ambiguous: [] },
    columns: Object.entries(columns).map(([header, value]) => {
      const cells = Array.from({ length: rows }, (_, row) => value(row));
      return { header, typeName: cells.some(Array.isArray) ? "VARCHAR[]" : "text", cells };
    }),
  };
}

function planOf(columns: Columns, rows = 400): DraftPlan {
  const guessed = guess(tableOf({ ...columns, label: click }, rows), "label");
  if (guessed.kind !== "plan") throw new Error(guessed.kind);
  return guessed.plan;
}
const kindOf = ({ features }: DraftPlan, name: string) =>
  features.find((each) => each.name === name)?.kind.text;
const scopeOf = ({ features }: DraftPlan, name: string) => features.find((each) => each.name === name)?.scope;
const bindings = ({ histories }: DraftPlan) =>
  histories.flatMap(({ fields }) => fields.map(({ target, column }) => `${target} <-> ${column}`));

const item = (row: number) => `p${spread(row, 60)}`;
const user = (row: number) => `u${spread(row * 5 + 1, 150)}`;

test("ratings are no prices, though prices contain them", () => {
  const plan = planOf({
    ...{ user_id: user, item_id: item, hist_item_id: lists(item) },
    price: (row) => (spread(row, 120) / 2).toFixed(1),
    hist_rating: lists((i) => `${1 + spread(i, 5)}.0`),
  });
  expect(bindings(plan)).toEqual(["item_id <-> hist_item_id", "null <-> hist_rating"]);
});

test("whole numbers are bound by name, or where they lie far apart", () => {
  const dense = (i: number) => String(spread(i, 200));
  const sparse = (i: number) => String(100_000 + 7919 * spread(i, 200));
  const levels = { user_id: user, hist_level: lists(dense) };
  expect(bindings(planOf({ ...levels, item_id: dense }))).toEqual([]);
  expect(bindings(planOf({ ...levels, item_id: sparse, hist_level: lists(sparse) }))).toEqual([
    "item_id <-> hist_level",
  ]);
  expect(bindings(planOf({ user_id: user, item_id: dense, hist_video_id: lists(dense) }))).toEqual([
    "item_id <-> hist_video_id",
  ]);
  expect(bindings(planOf({ user_id: user, item_id: dense, history: lists(dense) }))).toEqual([
    "item_id <-> history",
  ]);
});

test("a customer who pays for ads is not the user", () => {
  const ad = (row: number) => spread(row, 100);
  const plan = planOf({
    customer: (row) => String((ad(row) * 7) % 90),
    userid: (row) => String(spread(row * 3, 40)),
    adgroup_id: (row) => String(ad(row)),
  });
  expect(plan.user).toBe("userid");
  expect([scopeOf(plan, "userid"), scopeOf(plan, "customer")]).toEqual(["user", "item"]);
});

test("the last item shares the table of items", () => {
  const whole = (row: number) => String(7 * spread(row, 60));
  const plan = planOf({ user_id: user, item_id: whole, last_item: (row) => whole(row * 3 + 1) });
  expect(kindOf(plan, "last_item")).toBe("id share item_id");
  expect(scopeOf(plan, "last_item")).toBe("user");
  // What is shared shares nothing itself.
  const chain = planOf({
    item_id: whole,
    last_item: (row) => whole(row + 1),
    last_item_id: (row) => whole(row + 2),
  });
  expect([kindOf(chain, "last_item"), kindOf(chain, "last_item_id")]).toEqual([
    "id share item_id",
    "id share item_id",
  ]);
  // Numbers share nothing.
  const prices = planOf({
    item_id: item,
    price: (row) => `${row % 90}.5`,
    last_price: (row) => `${row % 80}.5`,
  });
  expect(kindOf(prices, "last_price")).toMatch(/^number/);
});

test("ids that are another column's share its table", () => {
  const whole = (row: number) => String(7 * spread(row, 60));
  const plan = planOf({
    item_id: whole,
    seed_item_id: (row) => whole(row + 1),
    page_item: (row) => whole(row + 2),
  });
  expect([kindOf(plan, "seed_item_id"), kindOf(plan, "page_item")]).toEqual([
    "id share item_id",
    "id share item_id",
  ]);
  expect(scopeOf(plan, "seed_item_id")).toBe("item");
  const city = (row: number) => `city ${spread(row, 90)}`;
  const travel = planOf({ origin: city, destination: (row) => city(row * 3), item_id: item });
  expect(
    travel.features.filter(({ kind }) => kind.text.includes("share")).map(({ name }) => name),
  ).toHaveLength(1);
  // Few texts, other values, and numbers that measure something.
  const few = (row: number) => ["small", "medium", "large"][spread(row, 3)]!;
  const apart = planOf({
    ...{ shirt_size: few, trouser_size: (row) => few(row * 3) },
    ...{ item_id: item, source_item_id: (row) => `q${spread(row, 60)}` },
    ...{ price: (row) => `${spread(row, 90)}.5`, list_price: (row) => `${spread(row * 3, 90)}.5` },
  });
  expect(apart.features.filter(({ kind }) => kind.text.includes("share"))).toEqual([]);
});

test.each([
  ["a column of yes and no", (row: number) => (spread(row, 2) === 0 ? "True" : "False"), "id"],
  ["digits with zeros in front", (row: number) => `0${1000 + spread(row, 80)}`, "id(min_count: 2)"],
  [
    "digits that no number holds",
    (row: number) => `${9_007_199_254_740_993n + BigInt(spread(row, 80))}`,
    "id(min_count: 2)",
  ],
  ["a bid", (row: number) => (spread(row, 300) / 100).toFixed(2), "number |> quantiles(12)"],
  ["few whole numbers", (row: number) => String(spread(row, 5)), "id"],
] as const)("%s", (_, value, kind) => {
  expect(kindOf(planOf({ item_id: item, bid: value }), "bid")).toBe(kind);
});

test("columns that are of one request are left out", () => {
  const { leftOut } = planOf({ item_id: item, impression_id: (row) => String(row >> 2) });
  expect(leftOut.map(({ column }) => column)).toEqual(["impression_id"]);
});

test("validation fits what the network knows of users", () => {
  const of = (columns: Columns, rows = 2000) => {
    const { rows: kept } = planOf(columns, rows);
    return kept.kind === "rows" ? kept.validation.kind : null;
  };
  const ids = { user_id: user, item_id: item };
  expect(of(ids)).toBe("random");
  expect(of({ item_id: item })).toBe("random");
  expect(of({ ...ids, hist_item_id: lists(item) })).toBe("users");
  // Another table that tells users apart.
  expect(of({ ...ids, hist_item_id: lists(item), customer: (row) => `c${user(row)}` })).toBe("random");
  const times: Columns = {
    numbers: (row) => String(1_700_000_000 + row),
    unsorted: (row) => String(1_700_000_000 + ((row * 37) % 2000)),
    texts: (row) => `2026-11-${10 + (row % 10)} 10:00`,
  };
  for (const ts of Object.values(times)) expect(of({ ...ids, hist_item_id: lists(item), ts })).toBe("latest");
  // No time in more than 1 % of the rows, or half of the rows at one.
  expect(of({ ...ids, ts: (row) => (row % 90 === 7 ? null : String(1_700_000_000 + row)) })).toBe("random");
  expect(of({ ...ids, ts: (row) => `2026-11-2${row % 2}` })).toBe("random");
  expect(of(ids, 400)).toBe("none");
});

test("a header of numbers is read as training reads it", async () => {
  const folder = new TestFolder();
  const rows = Array.from({ length: 50 }, (_, i) => `${i % 2},${100 + (i % 9)},${(i * 7) % 40}`).join("\n");
  const path = folder.write("fields.csv", "");
  writeFileSync(path, `click,101,853\n${rows}\n`);
  const guessed = guess(await sampleTable(path), null);
  expect(guessed.kind === "plan" && guessed.plan.features.map(({ name, kind }) => [name, kind.text])).toEqual(
    [
      ["column_101", "id"],
      ["column_853", "id(min_count: 2)"],
    ],
  );
});

test("columns whose names count are a range, of a kind that fits the values of all", () => {
  const amount = (n: number) => (row: number) => String(Math.floor(2 ** spread(row + n, 12 + n)));
  const code = (n: number, count: number) => (row: number) => `x${n}-${spread(row * 3 + n, count)}`;
  const columns = {
    ...{ user_id: user, item_id: item },
    ...{ I1: amount(1), I2: amount(2), I3: (row: number) => (row % 9 === 0 ? null : amount(3)(row)) },
    I4: (row: number) => String(spread(row, 60) - 30.5),
    ...{ C1: code(1, 30), C2: code(2, 40), C3: (row: number) => (row === 5 ? null : code(3, 3)(row)) },
    ...{ d1: code(4, 9), d3: code(5, 9), d4: code(6, 9) },
    ...{ f08: code(7, 9), f09: code(8, 9), f10: code(9, 9) },
  };
  const plan = planOf(columns);
  const written = plan.features.map(({ name, kind }) => `${name} : ${kind.text} embed ${kind.embed}`);
  expect(written).toEqual([
    "user_id : id(min_count: 5) embed 8",
    "item_id : id(min_count: 2) embed 8",
    "i1..i4 : number(missing: unknown) |> quantiles(12) embed 8",
    // The widest of the three, and what C3 alone lacks.
    "c1..c3 : id(min_count: 2, missing: unknown) embed 8",
    ...["d1 : id embed 8", "d3 : id embed 8", "d4 : id embed 8"],
    "f08..f10 : id embed 8",
  ]);
  const told = plan.guesses.find(({ column }) => column === "C1..C3");
  expect(told?.reason).toMatch(
    /^3 columns of 3 to 40 values; new ones, .* share a vector; 1 missing, which count as unknown; may differ/,
  );
  const { spec } = draftTexts(plan, tableOf({ ...columns, label: click }), {
    spec: "model.din",
    data: "rows.csv",
  });
  expect(spec).toMatch(
    /^ {2}c1\.\.c3 +: id\(min_count: 2, missing: unknown\) +embed 8 +\/\/ `C1\.\.C3`: 3 columns/m,
  );
  const { value, diagnostics } = check(sourceFile("model.din", spec));
  expect(diagnostics).toEqual([]);
  expect([...value!.features.keys()].slice(-9)).toEqual([
    "c1",
    "c2",
    "c3",
    "d1",
    "d3",
    "d4",
    "f08",
    "f09",
    "f10",
  ]);
});

test("a label that is named may be a rating or an amount", () => {
  const amounts: Columns = {
    ...{ user_id: user, item_id: item, hour: (row) => String(row % 24) },
    stars: (row) => String(1 + spread(row * 3, 5)),
    seconds: (row) => (spread(row * 3, 400) / 2).toFixed(1),
  };
  const drafted = (label: string) => {
    const { model, spec } = draftOf(tableOf(amounts), label);
    return {
      type: model.labels.get(label)!.type,
      metrics: model.train.metrics.map(({ kind }) => kind),
      spec,
    };
  };
  const stars = drafted("stars");
  expect(stars.type).toEqual({ kind: "int", low: 1, classes: ["1", "2", "3", "4", "5"] });
  expect(stars.metrics).toEqual(["log_loss", "accuracy"]);
  const seconds = drafted("seconds");
  expect(seconds.type).toEqual({ kind: "number", transforms: [] });
  expect(seconds.spec).toContain("dense(1)\n");
  expect(() => drafted("item_id")).toThrow("bad-label");
});

/** The draft of a table, which has no mistakes, and its dinc.yaml. */
function draftOf(table: DraftTable, label: string | null) {
  const guessed = guess(table, label);
  if (guessed.kind !== "plan") throw new Error(guessed.kind);
  const texts = draftTexts(guessed.plan, table, { spec: "model.din", data: "rows.parquet" });
  const { value, diagnostics } = check(sourceFile("model.din", texts.spec));
  expect(diagnostics).toEqual([]);
  return { ...texts, model: value!, plan: guessed.plan };
}

test("a log with a rating is drafted as one, whether the rating is named or found; earlier ratings are its history", () => {
  const log: Columns = {
    ...{ user_id: user, item_id: item, stars: (row) => String(1 + spread(row * 3, 5)) },
    timestamp: (row) => String(1_700_000_000 + 60 * row),
  };
  for (const label of [null, "stars"]) {
    const { model, config } = draftOf(tableOf(log), label);
    expect(model.labels.get("stars")!.type.kind).toBe("int");
    expect([...model.histories.values()][0]!.fields.map(({ name }) => name)).toEqual(["item_id", "stars"]);
    expect(config).toContain("order: timestamp\n");
    expect(config).not.toContain("negatives");
  }
  const { stars: _, ...clicks } = log;
  expect(draftOf(tableOf(clicks), null).config).toContain("negatives: { per_positive: 1");
});

test("what is predicted of events does not put them in order, whatever its name", () => {
  const log: Columns = {
    ...{ user_id: user, item_id: item, watch_time: (row) => (spread(row * 3, 400) / 2).toFixed(1) },
    timestamp: (row) => String(1_700_000_000 + 60 * row),
  };
  const { model, config } = draftOf(tableOf(log), "watch_time");
  expect(config).toContain("order: timestamp\n");
  expect([...model.histories.values()][0]!.fields.map(({ name }) => name)).toEqual(["item_id", "watch_time"]);
});

test("a column of a table beside a log belongs to what the table is of, whatever its values follow", () => {
  const log = tableOf({
    ...{ user_id: user, item_id: item, timestamp: (row) => String(1_700_000_000 + 60 * row) },
    kind: (row) => (row === 7 ? "a" : "b"),
  });
  const scopeWith = (of: "items" | "users") => {
    const columns = log.columns.map((column) => (column.header === "kind" ? { ...column, of } : column));
    return draftOf({ ...log, columns }, null).model.features.get("kind")?.scope;
  };
  expect([scopeWith("items"), scopeWith("users")]).toEqual(["item", "user"]);
});

test("positions and weights of rows are known in training only", () => {
  const columns: Columns = {
    ...{ user_id: user, item_id: item, click },
    position: (row) => String(1 + (row % 20)),
    sample_weight: (row) => (1 + spread(row, 3) / 2).toFixed(1),
  };
  const { model, spec } = draftOf(tableOf(columns), "click");
  const twice = draftOf(tableOf({ ...columns, importance_weight: columns["sample_weight"]! }), "click");
  expect(twice.plan.leftOut.find(({ column }) => column === "importance_weight")?.reason).toBe(
    "rows are weighed by `sample_weight` already",
  );
  const { position, sample_weight } = Object.fromEntries(model.features);
  expect([position!.scope, sample_weight!.scope]).toEqual(["training", "training"]);
  expect(position!.served).toBeCloseTo(Math.log1p(1), 6);
  expect(model.labels.get("click")!.weight!.name).toBe("sample_weight");
  expect(spec).toMatch(/concat\([^)]*\bposition\b/);
  expect(spec).toMatch(/position +: .*no request has it: all candidates are scored as if at 1/);
  // Neither is any column of such a name: what a parcel weighs, and places that are not numbers.
  const other = {
    ...columns,
    position: (row: number) => `top ${row % 3}`,
    sample_weight: () => "1",
    weight: columns["sample_weight"]!,
  };
  const { plan } = draftOf(tableOf(other), "click");
  expect(plan.features.map(({ scope }) => scope)).not.toContain("training");
});

test("narrow whole numbers are codes, wherever they begin; many are where neighbours are not alike", () => {
  const columns = {
    user_id: user,
    daytime: (row: number) => String(5039 + spread(row, 7)),
    // Each teacher has as many students as they like; of ages, those that are close are about equally many.
    teacher: (row: number) => String(1 + ((Math.floor(spread(row, 60) ** 2 / 60) * 37) % 60)),
    age: (row: number) => String(18 + spread(row, 40)),
    price: (row: number) => String(100 + spread(row, 7)),
  };
  const plan = planOf(columns, 4000);
  expect(kindOf(plan, "daytime")).toBe("id");
  expect(kindOf(plan, "teacher")).toBe("id(min_count: 2)");
  expect(kindOf(plan, "age")).toBe("number |> quantiles(12)");
  expect(kindOf(plan, "price")).toBe("number |> quantiles(12)");
});

test("a draft without histories crosses its fields, and stops by log loss", () => {
  const columns = { user_id: user, item_id: item, price: (row: number) => String(spread(row, 3000) / 8) };
  const table = tableOf({ ...columns, label: click }, 4000);
  const { spec } = draftTexts(planOf(columns, 4000), table, { spec: "model.din", data: "rows.csv" });
  expect(spec).toContain("let fields    = [user_id, item_id, price]");
  expect(spec).toContain("predict label = linear(flatten(fields), 1) + fm(fields) + deep |> sigmoid");
  expect(spec).toContain("stop       early(metric: log_loss");
});

test("of a number that most rows have in common, the others have ranges by how many rows there are", () => {
  const gain = (row: number) => String(row % 10 === 0 ? 1 + spread(row, 5000) : 0);
  expect(kindOf(planOf({ user_id: user, gain }, 4000), "gain")).toBe("number |> quantiles(200)");
  expect(kindOf(planOf({ user_id: user, gain }, 20_000), "gain")).toBe("number |> quantiles(2000)");
});

test("a column may have more distinct numbers than arguments have room on the stack", () => {
  const plan = planOf({ user_id: user, price: (row) => `${row}.5` }, 150_000);
  expect(kindOf(plan, "price")).toBe("number |> quantiles(20)");
});

test("vectors are pulled towards 0 where ids are rare; with few rows and no rare ids, layers are narrow", () => {
  const specOf = (total: number, shop: (row: number) => string) => {
    const table = { ...tableOf({ shop, size: (row) => `z${spread(row, 9)}`, label: click }, 4000), total };
    const guessed = guess(table, "label");
    if (guessed.kind !== "plan") throw new Error(guessed.kind);
    return draftTexts(guessed.plan, table, { spec: "model.din", data: "rows.csv" }).spec;
  };
  const [rare, usual] = [(row: number) => `s${row % 2000}`, (row: number) => `s${spread(row, 12)}`];
  expect(specOf(40_000, rare)).toMatch(/mini_batch_aware[\s\S]*epochs 20/);
  expect(specOf(40_000, rare)).toContain("adam(learning_rate: 1e-3), adam(learning_rate: 1e-2, for: tables)");
  expect(specOf(40_000, usual)).toMatch(/optimizer adam\(learning_rate: 3e-3\)\n[\s\S]*epochs 6/);
  expect(specOf(15_000, usual)).toMatch(/optimizer adam\(learning_rate: 3e-3\)\n[\s\S]*epochs 10/);
  expect(specOf(40_000, usual)).not.toContain("regularize");
  expect(specOf(40_000, usual)).toContain("mlp([64, 32], relu)");
  expect(specOf(15_000, usual)).toContain("mlp([32, 16], relu)");
  expect(specOf(15_000, rare)).toContain("mlp([64, 32], relu)");
});

test("labels are smoothed where many rows with rare ids are gone through often, unless one of both is rare", () => {
  const specOf = (total: number, label: (row: number) => string, shops = 2000) => {
    const table = { ...tableOf({ shop: (row) => `s${row % shops}`, user_id: user, label }, 4000), total };
    const guessed = guess(table, "label");
    if (guessed.kind !== "plan") throw new Error(guessed.kind);
    return draftTexts(guessed.plan, table, { spec: "model.din", data: "rows.csv" });
  };
  const rare = (row: number) => String(Number(spread(row * 7 + 3, 10) === 0));
  const smoothed = /binary_cross_entropy\(smoothing: 0\.02\)/;
  expect(specOf(50_000, click).spec).toMatch(smoothed);
  expect(specOf(50_000, rare).spec).not.toMatch(smoothed);
  expect(specOf(50_000, click, 12).spec).not.toMatch(smoothed);
  expect(specOf(9000, click).spec).not.toMatch(smoothed);
  expect(specOf(500_000, click).spec).not.toMatch(smoothed);
  expect(specOf(50_000, click).config).toContain("share: 0.05");
  expect(specOf(10_000, click).config).toContain("share: 0.1,");
});

test("sets have weights only where all of their values have one, and it measures something", () => {
  const tag = (i: number) => ["comedy", "drama", "romance"][spread(i, 3)]!;
  const tags = (weight: (i: number) => string, odd = "") =>
    kindOf(
      planOf({
        ...{ user_id: user, item_id: item },
        tags: (row) =>
          row === 7 && odd !== "" ? odd : [0, 1].map((i) => `${tag(row + i)}${weight(row + i)}`).join("|"),
      }),
      "tags",
    );
  const share = (i: number) => `:0.${1 + spread(i, 9)}`;
  expect(tags(share)).toBe("set(id, max: 2, weighted)");
  expect(tags(share, "comedy|drama:0.2")).toBe("set(id, max: 2)");
  expect(tags(share, "comedy:-0.5|drama:0.2")).toBe("set(id, max: 2)");
  // `comedy:17` may be a name and a code.
  expect(tags((i) => `:${spread(i, 40)}`)).toBe("set(id, max: 2)");
});
