// `dinc prepare` and `--rows` on the command line: runs, metrics and predictions are bit by bit those of the
// raw data, which need not be there any more; what does not fit, or is damaged, is one diagnostic.

import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import type { PreparedDescription } from "../../runtime/prepared/prepared-folder.ts";
import { runHere } from "../cli/run-here.ts";

const SPEC = `model tasks
features user { user_id : id  city : enum("a", "b", missing: unknown)  embed 3 }
features item {
  item_id : id(min_count: 2)  embed 4
  price   : number(missing: 3) |> log1p |> standardize
  new     : enum("true", "false")  embed 2
  tags    : set(id, max: 2)  embed 4
}
history clicks(max: 4) {
  item_id <-> hist_item_id
  dwell : number |> standardize
}
label click : binary
label buy   : binary
net {
  let score = concat(city, item_id, price, new, tags, sum(softmax(dot(item_id, clicks.item_id)) * clicks)) |> batch_norm |> dense(8, dice) |> dropout(0.2)
  predict click = score |> dense(1) |> sigmoid
  predict buy = score |> dense(1) |> sigmoid
}
train {
  optimizer adam(learning_rate: 1e-2)
  regularize mini_batch_aware(1e-2)
  batch 16  epochs 2
  metrics auc, gauc(by: user_id)
}
`;

const LOG_SPEC = `model log
features user { user_id : id  embed 2 }
features item { item_id : id  embed 4  cate_id : id  embed 2 }
history seen(max: 5) { item_id <-> hist_item  cate_id <-> hist_cate }
label click : binary
net { predict click = concat(item_id, cate_id, user_id, mean(seen)) |> dense(4, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 1  metrics auc, gauc(by: user_id) }
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const json = (...parts: string[]) => JSON.parse(readFileSync(at(...parts), "utf8"));
const dinc = (...args: string[]) => runHere(args, { cwd: folder });
async function done(...args: string[]): Promise<string> {
  const { code, err, out } = await dinc(...args);
  expect(code, err).toBe(0);
  return out;
}
/** The only thing that is said, without colours and without paths of the machine. */
async function said(...args: string[]): Promise<string> {
  const { code, err } = await dinc(...args);
  expect(code, err).toBe(1);
  expect(err.match(/^error/gm)).toHaveLength(1);
  return err.slice(err.indexOf("error"));
}

function exampleRows(count: number, seed: number): string {
  const random = Random.of(seed, "prepared rows");
  const lines = Array.from({ length: count }, () => {
    const [user, item, steps] = [random.integer(9), random.integer(20), random.integer(6)];
    const list = (value: () => string | number) => Array.from({ length: steps }, value).join("|");
    const item_ids = list(() => `i${random.integer(20)}`);
    return [
      ...[`u${user}`, ["a", "b", ""][user % 3], `i${item}`, item % 4 === 0 ? "" : item * 1.5],
      ...[item % 2 === 0, item % 3 === 0 ? "" : `t${item % 5}|t${item % 2}`],
      ...[item_ids, list(() => random.integer(90)), random.integer(2), random.integer(2), `Item no. ${item}`],
    ].join(",");
  });
  return `user_id,city,item_id,price,new,tags,hist_item_id,dwell,click,buy,item_title\n${lines.join("\n")}\n`;
}

const wasm = ["--backend", "wasm"];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-prepared-"));
  writeFileSync(at("model.din"), SPEC);
  writeFileSync(at("train.csv"), exampleRows(300, 1));
  writeFileSync(at("test.csv"), exampleRows(90, 2));
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata:\n  train: train.csv\n  test: test.csv\n  validate: { share: 0.2, rows: random }\n",
  );
  writeFileSync(at("log.din"), LOG_SPEC);
  const events = Array.from({ length: 400 }, (_, i) => `u${(i * i) % 23},i${(i * 7 + (i % 5)) % 30},${i}`);
  writeFileSync(at("events.csv"), `user_id,item_id,t\n${events.join("\n")}\n`);
  writeFileSync(
    at("items.csv"),
    `item_id,cate_id\n${Array.from({ length: 31 }, (_, i) => `i${i},c${i % 4}\n`).join("")}`,
  );
  writeFileSync(
    at("log.yaml"),
    `spec: log.din
data:
  events: { path: events.csv, user: user_id, item: item_id, order: t }
  items: { path: items.csv, key: item_id }
  examples: { negatives: { per_positive: 2 } }
  validate: { share: 0.3 }
`,
  );
  await done("prepare", "--out", "rows", "--shards", "3");
  await done("train", ...wasm, "--out", "raw");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Files of a run that say how long something took, without that. */
function contents(run: string, name: string): string {
  const text = readFileSync(at(run, name), "latin1");
  if (name === "report.html")
    return text
      .replaceAll(/[\d.,]+ (samples\/s|s\b|ms|min|GB|MB)/g, "… $1")
      .replaceAll(/<td>[\d,]+<\/td>\s*<td>[\d.]+<\/td><\/tr>/g, "");
  if (name === "metrics.jsonl") return text.replaceAll(/"train_seconds":[\d.e-]+/g, "");
  if (name !== "manifest.json") return text;
  const { checksum: _, timings: _2, peakMemory: _3, files: _4, ...manifest } = JSON.parse(text);
  return JSON.stringify(manifest);
}

function expectSameRun(a: string, b: string): void {
  const names = (run: string) => readdirSync(at(run), { recursive: true }).map(String).sort();
  expect(names(a)).toEqual(names(b));
  for (const name of names(a)) if (name !== "vocab") expect(contents(a, name), name).toBe(contents(b, name));
}

describe("a training on prepared rows", () => {
  test("is the one on ready rows, and needs neither them nor dinc.yaml", async () => {
    for (const name of ["train.csv", "test.csv"]) renameSync(at(name), at(`gone-${name}`));
    try {
      await done("train", "-c", "dinc.yaml", "--rows", "rows", ...wasm, "--out", "same");
      expect(contents("raw", "report.html")).toContain("Item no. ");
      expectSameRun("raw", "same");
      renameSync(at("dinc.yaml"), at("gone.yaml"));
      await done("train", "model.din", "--rows", "rows", ...wasm, "--out", "without");
      renameSync(at("gone.yaml"), at("dinc.yaml"));
      expectSameRun("raw", "without");
    } finally {
      for (const name of ["train.csv", "test.csv"]) renameSync(at(`gone-${name}`), at(name));
    }
  });

  test("is the one on an event log", async () => {
    await done("prepare", "-c", "log.yaml", "--out", "log-rows");
    await done("train", "-c", "log.yaml", ...wasm, "--out", "raw-log");
    await done("train", "-c", "log.yaml", "--rows", "log-rows", ...wasm, "--out", "log-run");
    expectSameRun("raw-log", "log-run");
    expect(json("log-rows", "prepared.json").data).toEqual(json("raw-log", "manifest.json").data);
    for (const split of ["train", "valid", "test"])
      expect(await done("predict", "log-run", "--rows", "log-rows", "--split", split, "--out", "-")).toBe(
        await done("predict", "log-run", "-c", "log.yaml", "--split", split, "--out", "-"),
      );
  });

  test("may have another network, and other settings of training", async () => {
    writeFileSync(
      at("wide.din"),
      SPEC.replace("dense(8, dice)", "dense(12, relu)").replace("embed 4", "embed 8"),
    );
    const settings = ["--set", "train.epochs=1", "--seed", "5", ...wasm];
    await done("train", "wide.din", "-c", "dinc.yaml", "--rows", "rows", ...settings, "--out", "wide");
    await done("train", "wide.din", "-c", "dinc.yaml", ...settings, "--out", "raw-wide");
    expectSameRun("raw-wide", "wide");
  });
});

describe.each(["train", "valid", "test"])("scoring prepared %s rows", (split) => {
  test("gives what the raw rows give", async () => {
    const raw = ["raw", "-c", "dinc.yaml", "--split", split];
    const rows = ["raw", "--rows", "rows", "--split", split];
    expect(await done("eval", ...rows, "--format", "json")).toBe(
      await done("eval", ...raw, "--format", "json"),
    );
    expect(await done("predict", ...rows, "--out", "-")).toBe(await done("predict", ...raw, "--out", "-"));
  });
});

test("rows in the order of training are in that of the first epoch, the parts of batches in a shard each", async () => {
  const numbers = async (out: string): Promise<number[][]> => {
    const { splits }: PreparedDescription = json(out, "prepared.json");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const shards: number[][] = [];
    for (const { file } of splits.train.shards) {
      const read = await connection.runAndReadAll(`SELECT "row/number" FROM '${at(out, file)}'`);
      shards.push(read.getColumns()[0] as number[]);
    }
    connection.closeSync();
    instance.closeSync();
    return shards;
  };
  for (const count of ["1", "3"])
    await done("prepare", "--order", "trained", "--shards", count, "--out", `trained-${count}`);
  const [[whole], parts] = [await numbers("trained-1"), await numbers("trained-3")];
  const { seed, batch, splits }: PreparedDescription = json("trained-1", "prepared.json");
  const { rows } = splits.train;
  expect(rows % batch).toBeGreaterThan(0);
  expect(whole).toEqual([...Random.of(seed, "epoch 1").order(rows)]);
  const expected: number[][] = [[], [], []];
  for (let first = 0; first < rows; first += batch) {
    const some = whole!.slice(first, first + batch);
    for (const [k, part] of expected.entries())
      part.push(...some.slice(Math.floor((k * some.length) / 3), Math.floor(((k + 1) * some.length) / 3)));
  }
  expect(parts).toEqual(expected);
  const shuffled = (await numbers("rows")).flat();
  expect(shuffled).not.toEqual(whole);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
});

test("ids are counted where the regularisation divides by their numbers", async () => {
  const { counts, tables }: PreparedDescription = json("rows", "prepared.json");
  expect(Object.keys(counts).sort()).toEqual(tables.map(({ name }) => name).sort());
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const ask = async (query: string) => (await connection.runAndReadAll(query)).getRows();
  const found = await ask(`SELECT count FROM '${at("rows", counts["item_id"]!.file)}'`);
  const stored = `SELECT item_id AS id FROM '${at("rows", "train/*.parquet")}'
    UNION ALL SELECT unnest("clicks.item_id") FROM '${at("rows", "train/*.parquet")}'`;
  const expected = new Map(
    (await ask(`SELECT id, count(*)::INTEGER FROM (${stored}) GROUP BY id`)) as [number, number][],
  );
  expect(found.map(([count]) => count)).toEqual(found.map((_, id) => expected.get(id) ?? 0));
  expect(found).toHaveLength(tables.find(({ name }) => name === "item_id")!.rows);
  connection.closeSync();
  instance.closeSync();
});

describe("what does not fit is said at once", () => {
  test("a shard that is missing, or is not the one that was written", async () => {
    cpSync(at("rows"), at("broken"), { recursive: true });
    writeFileSync(at("broken/train/part-00001.parquet"), readFileSync(at("rows/train/part-00002.parquet")));
    const train = ["train", "--rows", "broken", ...wasm, "--out", "none"];
    expect(await said(...train)).toMatch(
      /damaged: broken\/train\/part-00001.parquet has \d+ bytes instead of \d+/,
    );
    rmSync(at("broken/train/part-00001.parquet"));
    expect(
      await said(...train),
    ).toBe(`error[DIN0651 prepared-damaged]: the prepared rows are damaged: broken/train/part-00001.parquet is missing
  = help: copy the folder again, or prepare again: \`dinc prepare -c dinc.yaml --out broken --force\`
`);
    // The rows that are scored are there.
    await done("eval", "raw", "--rows", "broken", "--split", "test");
  });

  test.each([
    ["a feature", ["price   : number(missing: 3) |> log1p", "price   : number(missing: 3)"]],
    ["the length of a history", ["clicks(max: 4)", "clicks(max: 3)"]],
    ["a field of a history", ["dwell : number |> standardize", "dwell : number"]],
    ["what metrics group by", ["gauc(by: user_id)", "gauc(by: city)"]],
    ["a label", ["label buy   : binary\n", ""]],
  ])("rows of another spec: %s", async (_, [from, to]) => {
    const text = SPEC.replace(from!, to!).replace(to === "" ? / {2}predict buy.*\n/ : /$^/, "");
    expect(text).not.toBe(SPEC);
    writeFileSync(at("other.din"), text);
    const other = await said("train", "other.din", "--rows", "rows", ...wasm, "--out", "none");
    expect(other).toMatch(/^error\[DIN0653 prepared-differs\]: the rows in rows were prepared with /);
    if (to !== "") expect(other).toMatch(/ --> other.din:\d+:\d+/);
  });

  test("rows of other settings", async () => {
    const set = (...sets: string[]) =>
      said("train", "--rows", "rows", ...wasm, "--out", "none", ...sets.flatMap((each) => ["--set", each]));
    expect(await set("data.separator=;")).toContain(
      "were prepared with `data.separator` as `|`, which is now `;`",
    );
    expect(await set("data.validate.share=0.3")).toContain("were prepared with `data.validate` as");
    writeFileSync(at("latest.yaml"), `${readFileSync(at("dinc.yaml"), "utf8")}  steps: latest_first\n`);
    expect(await said("train", "-c", "latest.yaml", "--rows", "rows", ...wasm, "--out", "none")).toContain(
      "--> latest.yaml:2:1",
    );
  });

  test("rows with other ids than a run's", async () => {
    await done("prepare", "--limit", "100", "--out", "few");
    expect(await said("eval", "raw", "--rows", "few")).toContain("DIN0654 prepared-of-others");
  });

  test("a split that the folder has not", async () => {
    writeFileSync(at("train-only.yaml"), "spec: model.din\ndata: { train: train.csv }\n");
    await done("prepare", "-c", "train-only.yaml", "--out", "train-only");
    await done("train", "-c", "train-only.yaml", "--rows", "train-only", ...wasm, "--out", "unmeasured");
    expect(await said("eval", "unmeasured", "--rows", "train-only")).toContain(
      "train-only gives no test rows",
    );
  });

  test.each([
    [["train", "--rows", "rows", "--limit", "5", "--out", "none"], "--limit is about raw rows"],
    [["train", "--rows", "rows", "--on-bad-row", "skip", "--out", "none"], "--on-bad-row is about raw rows"],
    [["eval", "raw", "--rows", "rows", "--data", "test.csv"], "name the rows: --data FILE"],
    [["eval", "raw", "--rows", "rows", "--on-bad-row", "skip"], "prepared ones have no bad rows"],
    [
      ["prepare", "--order", "trained", "--shards", "17", "--out", "none"],
      "a batch of 16 rows has at most so many parts",
    ],
    [["prepare", "--order", "sorted", "--out", "none"], "Allowed choices are shuffled, trained"],
  ])("options: %j", async (args, words) => {
    const { code, err } = await dinc(...args);
    expect([code, err.includes(words)], err).toEqual([2, true]);
  });
});

test("a folder is replaced only when asked, and only by a complete one", async () => {
  await done("prepare", "--out", "twice", "--shards", "2");
  expect(await said("prepare", "--out", "twice")).toContain("DIN0656");
  const before = readFileSync(at("twice/prepared.json"), "utf8");
  expect(await said("prepare", "--out", "twice", "--force", "--set", "data.test=model.din")).toContain(
    "model.din",
  );
  expect(readFileSync(at("twice/prepared.json"), "utf8")).toBe(before);
  await done("prepare", "--out", "twice", "--force");
  expect(readdirSync(at("twice/train"))).toHaveLength(8);
  expect(readdirSync(folder).filter((name) => name.startsWith("twice"))).toEqual(["twice"]);
  writeFileSync(at("twice/prepared.json"), readFileSync(at("rows/prepared.json")));
  expect(await said("train", "--rows", "twice", ...wasm, "--out", "none")).toContain("DIN0651");
});
