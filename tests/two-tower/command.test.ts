// `dinc compile --target two-tower` and `dinc export items`, as a user runs them: an index of item vectors
// finds the items that the whole model ranks first, in their order.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportItems, predict } from "../../runtime/index.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import type { Generated, Ranker } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";

const SPEC = `model towers
features user { user_id : id  embed 6 }
features item {
  item_id : id  embed 6
  price   : number |> log1p |> standardize
  tags    : set(id, max: 3)  embed 4
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let user = concat(user_id, mean(clicks)) |> mlp([16, 8], relu)
  let item = concat(item_id, price, tags) |> mlp([16, 8], relu)
  predict click = (dot(user, item) + dense(item, 1)) |> sigmoid
}
train { batch 64  epochs 2  optimizer adam(learning_rate: 1e-2) }
`;
const ITEMS = 300;
const item = (i: number) => ({
  item_id: `i${i}`,
  price: ((i * 37) % 90) + 0.5,
  tags: [`t${i % 7}`, `t${i % 4}`],
});
const past = (i: number) => [`i${(i * 5) % ITEMS}`, `i${(i * 11) % ITEMS}`];
const line = ({ item_id, price, tags }: ReturnType<typeof item>) => `${item_id},${price},${tags.join("|")}`;

interface UserRanker extends Ranker {
  userVector(request: unknown): Float32Array;
}

let folder = "";
const at = (name: string) => join(folder, name);
const dinc = (...args: string[]) => runHere(args, { cwd: folder });
const all = Array.from({ length: ITEMS }, (_, i) => item(i));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-two-tower-"));
  writeFileSync(at("model.din"), SPEC);
  const row = (i: number) =>
    `u${i % 20},${line(item((i * 7) % ITEMS))},${past(i).join("|")},${(i * i) % 3 === 0 ? 1 : 0}`;
  const rows = Array.from({ length: 3000 }, (_, i) => row(i));
  writeFileSync(at("rows.csv"), `user_id,item_id,price,tags,clicked,click\n${rows.join("\n")}\n`);
  writeFileSync(at("items.csv"), `item_id,price,tags\n${all.map(line).join("\n")}\n`);
  writeFileSync(at("items.jsonl"), all.map((each) => `${JSON.stringify(each)}\n`).join(""));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
  for (const command of [
    "train -c dinc.yaml --backend wasm --out run",
    "compile run --target two-tower --out user",
    "export items run --data items.csv --out vectors.npy",
    "export items run --data items.jsonl --keep item_id --keep price --out vectors.parquet",
  ]) {
    const { code, err } = await dinc(...command.split(" "));
    expect(code, err).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ranker(): Promise<UserRanker> {
  const module = await loadModule<Generated>(readFileSync(at("user/model.js"), "utf8"));
  const weights = readFileSync(at("user/model.weights.bin"));
  return (await module.createRanker({ weights, verify: true })) as UserRanker;
}

function matrix(name: string): Float32Array {
  const bytes = readFileSync(at(name));
  const numbers = bytes.subarray(10 + bytes.readUInt16LE(8));
  return new Float32Array(Uint8Array.from(numbers).buffer);
}

async function rowsOf(query: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

test("vectors rank all items as `dinc predict` does, for every user", async () => {
  const vectors = matrix("vectors.npy");
  const width = vectors.length / ITEMS;
  const user = await ranker();
  const ids = JSON.parse(readFileSync(at("vectors.ids.json"), "utf8")) as string[];
  expect(ids).toEqual(all.map(({ item_id }) => item_id));
  for (const u of [0, 3, 19]) {
    const lines = all.map((each) => `u${u},${line(each)},${past(u).join("|")}`);
    writeFileSync(at("candidates.csv"), `user_id,item_id,price,tags,clicked\n${lines.join("\n")}\n`);
    const expected: number[] = [];
    for await (const { logits } of predict(at("run"), { data: at("candidates.csv"), steps: "latest_last" }))
      expected.push(...logits.get("click")!);
    const request = {
      user: { user_id: `u${u}` },
      history: { clicks: past(u).map((item_id) => ({ item_id })) },
    };
    const own = user.userVector(request);
    const found = all.map((_, i) => own.reduce((sum, x, k) => sum + x * vectors[i * width + k]!, 0));
    for (const [i, logit] of expected.entries()) expect(found[i]).toBeCloseTo(logit, 4);
    const ranked = (scores: readonly number[]) =>
      [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
    const best = (order: readonly number[]) => order.slice(0, 50);
    const whole = best(ranked(expected));
    const top = user.topK({ ...request, candidates: { columns: { vector: vectors } } }, 50);
    for (const order of [best(ranked(found)), top.map(({ index }) => index)]) {
      expect(new Set(order)).toEqual(new Set(whole));
      // Items that are nearer to each other than rounding may change places.
      for (const [place, i] of order.entries()) expect(expected[i]).toBeCloseTo(expected[whole[place]!]!, 4);
    }
  }
});

test("a later run's weights go into the module that is there", async () => {
  const compile = "compile later --target two-tower --out";
  for (const command of [
    "train -c dinc.yaml --backend wasm --set train.epochs=1 --out later",
    "compile run --target two-tower --out served",
    `${compile} served --weights-only`,
    `${compile} fresh`,
  ]) {
    const { code, err } = await dinc(...command.split(" "));
    expect(code, err).toBe(0);
  }
  for (const file of ["model.weights.bin", "model.golden.json"])
    expect(readFileSync(at(`served/${file}`)).equals(readFileSync(at(`fresh/${file}`)))).toBe(true);
  expect(
    readFileSync(at("served/model.weights.bin")).equals(readFileSync(at("user/model.weights.bin"))),
  ).toBe(false);
});

test("Parquet has the vectors of NumPy, beside the columns that are kept, with their types", async () => {
  const vectors = matrix("vectors.npy");
  const width = vectors.length / ITEMS;
  const rows = (await rowsOf(`SELECT * FROM '${at("vectors.parquet")}'`)) as {
    item_id: string;
    price: number;
    vector: number[];
  }[];
  expect(rows.map(({ item_id, price }) => ({ item_id, price }))).toEqual(
    all.map(({ item_id, price }) => ({ item_id, price })),
  );
  expect(rows.flatMap(({ vector }) => vector)).toEqual([...vectors]);
  expect(rows[0]!.vector).toHaveLength(width);
});

test("the documentation's commands are these, and its module says the same run as the vectors' run", async () => {
  const docs = readFileSync(join(root, "docs/commands.md"), "utf8");
  expect(docs).toContain("dinc compile my-run --target two-tower --out user");
  expect(docs).toContain("dinc export items my-run --data items.csv --out vectors.parquet");
  const manifest = JSON.parse(readFileSync(at("run/manifest.json"), "utf8")) as {
    files: Record<string, { hash: string }>;
  };
  const { about } = await ranker();
  expect(manifest.files["weights.safetensors"]!.hash).toContain(about.run!);
  expect(readFileSync(at("user/README.md"), "utf8")).toContain(`run ${about.run}`);
});

test("rows that cannot be read are left out with their names", async () => {
  writeFileSync(at("some.csv"), `item_id,price,tags\n${line(item(1))}\ni2,cheap,t1\n${line(item(3))}\n`);
  const options = { data: at("some.csv") };
  await expect(exportItems(at("run"), at("some.npy"), options)).rejects.toMatchObject({
    diagnostics: [{ name: "not-a-number" }],
  });
  const found = await exportItems(at("run"), at("some.npy"), { ...options, onBadRow: "skip" });
  expect(found).toMatchObject({ vectors: 2, keep: ["item_id"] });
  expect(JSON.parse(readFileSync(at("some.ids.json"), "utf8"))).toEqual(["i1", "i3"]);
  const width = matrix("vectors.npy").length / ITEMS;
  expect(matrix("some.npy").slice(width)).toEqual(matrix("vectors.npy").slice(3 * width, 4 * width));
});

test.each([
  [["--data", "items.csv", "--out", "x.csv"], 2, "written as .parquet or .npy, not as x.csv"],
  [["--data", "items.csv", "--keep", "vector", "--out", "x.npy"], 2, "has a column of that name already"],
  [["--data", "items.csv", "--keep", "name", "--out", "x.npy"], 1, "no column `name`, which `--keep` names"],
  [["--data", "nothing.csv", "--out", "x.npy"], 1, "nothing.csv"],
  [["--data", "vectors.parquet", "--out", "vectors.parquet"], 1, "DIN0612"],
  [["--data", "vec*.parquet", "--out", "vectors.parquet"], 1, "DIN0612"],
])("%j is refused", async (options, code, words) => {
  const found = await dinc("export", "items", "run", ...options);
  expect(found.err).toContain(words);
  expect(found.code).toBe(code);
});

test("a model that mixes user and item is refused before anything is written", async () => {
  mkdirSync(at("mixed"));
  writeFileSync(
    at("mixed/model.din"),
    SPEC.replace(
      /predict click = .*/,
      "predict click = concat(user, item) |> mlp([4], relu) |> dense(1) |> sigmoid",
    ),
  );
  const { code, err } = await dinc(
    "compile",
    "mixed/model.din",
    "--target",
    "two-tower",
    "--out",
    "mixed/out",
  );
  expect(code).toBe(1);
  expect(err).toContain("error[DIN0882 two-tower-mixed]");
  expect(err).toContain("mlp([4], relu)");
});
