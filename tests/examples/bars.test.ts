// The runs of examples/bars: each trains on a few drawn rows with the columns of its set, the table has all of them, and files
// with another MD5 are refused.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { runHere } from "../cli/run-here.ts";
import { sweepKinds } from "../support/how-often.ts";
import { copyOf } from "./commands.ts";

interface Run {
  readonly set: string;
  readonly config: string;
  readonly variant: string | null;
  /** Vectors of pictures. */
  readonly vectors?: string;
  readonly auc: string;
}

const { folder: copies, path: folder } = copyOf("bars");
const { runs } = JSON.parse(readFileSync(join(folder, "runs.json"), "utf8")) as {
  readonly runs: Readonly<Record<string, Run>>;
};

const random = new Random(1);
const id = () => String(random.integer(30));
const number = () => random.next().toFixed(3);
/** Ids of hexadecimal digits: `000001e5` is an id and not a number. */
const hex = () => (random.integer(5) === 0 ? "" : random.integer(30).toString(16).padStart(8, "0"));
const whole = () => ["", "-1.0", "0.0", "2.0", "3.0", "4711.0"][random.integer(6)]!;
/** Three histories of one row have equally many steps. */
const past = () => Array.from({ length: 4 }, id).join("^");
const some = () => Array.from({ length: random.integer(6) }, id).join("^");
const bit = () => String(random.integer(2));
const numbered = (prefix: string, count: number, cell: () => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i + 1}`, cell]));
const of = (cell: () => string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, cell]));

/** By set: its columns besides the label, each with a cell that is drawn. */
const columns: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  Frappe_x1: of(
    ...([
      id,
      "user",
      "item",
      "daytime",
      "weekday",
      "isweekend",
      "homework",
      "cost",
      "weather",
      "country",
      "city",
    ] as const),
  ),
  MovielensLatest_x1: of(id, "user_id", "item_id", "tag_id"),
  Criteo_x1: { ...numbered("I", 13, number), ...numbered("C", 26, id) },
  Criteo_x4: { ...numbered("I", 13, whole), ...numbered("C", 26, hex) },
  Avazu_x4: {
    ...of(hex, "id"),
    hour: () => `14102${1 + random.integer(9)}${String(random.integer(24)).padStart(2, "0")}`,
    ...of(hex, "C1", "banner_pos", "site_id", "site_domain", "site_category", "app_id", "app_domain"),
    ...of(hex, "app_category", "device_id", "device_ip", "device_model", "device_type", "device_conn_type"),
    ...of(hex, "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21"),
  },
  AmazonElectronics_x1: {
    ...of(id, "user_id", "item_id", "cate_id"),
    ...of(past, "item_history", "cate_history"),
  },
  KuaiVideo_x1: {
    ...of(id, "timestamp", "user_id", "item_id"),
    ...of(bit, "is_like", "is_follow"),
    pos_items: past,
    neg_items: some,
  },
  "MicroVideo1.7M_x1": {
    ...of(id, "user_id", "item_id", "cate_id"),
    ...of(past, "clicked_items", "clicked_categories"),
    timestamp: id,
  },
  TaobaoAd_x1: {
    ...of(id, "userid", "cms_segid", "cms_group_id", "final_gender_code", "age_level", "pvalue_level"),
    ...of(id, "shopping_level", "occupation", "new_user_class_level", "adgroup_id", "cate_id", "campaign_id"),
    ...of(id, "customer", "brand", "pid", "btag"),
    price: number,
    ...of(past, "cate_his", "brand_his", "btag_his"),
  },
};

const labels: Readonly<Record<string, string>> = {
  Criteo_x4: "Label",
  Avazu_x4: "click",
  TaobaoAd_x1: "clk",
  KuaiVideo_x1: "is_click",
  "MicroVideo1.7M_x1": "is_click",
};

/** By set: what its query makes of drawn cells. */
const fittedValues: Readonly<Record<string, (of: (feature: string) => readonly number[]) => void>> = {
  Criteo_x4(of) {
    // ⌊ln² 3⌋ is 1, and ⌊ln² 4711⌋ is 71.
    expect(of("I1")).toEqual([-1, 0, 1, 2, 71]);
  },
  Avazu_x4(of) {
    expect(of("weekend")).toEqual([0, 1]);
    expect(Math.max(...of("hour"))).toBe(23);
  },
};

beforeAll(() => {
  for (const [set, cells] of Object.entries(columns)) {
    mkdirSync(join(folder, set));
    const label = labels[set] ?? "label";
    for (const [file, rows] of [
      ["train", 240],
      ["valid", 60],
      ["test", 60],
    ] as const) {
      const lines = Array.from({ length: rows }, () =>
        [String(random.integer(2)), ...Object.values(cells).map((cell) => cell())].join(","),
      );
      writeFileSync(
        join(folder, set, `${file}.csv`),
        `${[[label, ...Object.keys(cells)].join(","), ...lines].join("\n")}\n`,
      );
    }
  }
});
/** Writes vectors of 30 ids as numpy does, and returns the absolute path of the file, as train.mjs gives it. */
function vectorsOf(set: string, name: string): string {
  const path = join(folder, set, name);
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (30, 64), }".padEnd(117);
  const values = Float32Array.from({ length: 30 * 64 }, () => random.normal() / 10);
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, "latin1"),
      Buffer.from(values.buffer),
    ]),
  );
  writeFileSync(
    path.replace(/npy$/, "ids.json"),
    JSON.stringify(Array.from({ length: 30 }, (_, i) => String(i))),
  );
  return path;
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

const drawn = sweepKinds(Object.entries(runs), ([, { set }]) => set);

describe.each(drawn)("%s", (name, { set, config, variant, vectors }) => {
  test("trains on rows of the set's columns, with all rows of tables in each step", async () => {
    // A step of these layers takes seconds.
    const epochs = ["Avazu_x4", "KuaiVideo_x1"].includes(set) ? 1 : 2;
    const small = ["--set", `data.dir=${set}`, "--set", "train.batch=240", "--set", `train.epochs=${epochs}`];
    const given = [
      "train",
      "-c",
      config,
      ...(variant === null ? [] : ["--variant", variant]),
      ...(vectors === undefined
        ? []
        : ["--param", "videos=30", "--param", `vectors=${vectorsOf(set, vectors)}`]),
      ...small,
      "--backend",
      "wasm",
      "--out",
      name,
    ];
    const { code, err } = await runHere(given, { cwd: folder });
    expect(code, err).toBe(0);
    const { settings, metrics } = JSON.parse(readFileSync(join(folder, name, "manifest.json"), "utf8"));
    expect(settings).toMatchObject({
      schedule: { kind: "plateau" },
      optimizer: { rows: "all" },
    });
    // DeepFM has no L2 on Avazu.
    if (name !== "avazu-deepfm") expect(settings).toMatchObject({ l2: { rows: "all" } });
    expect(Object.values(metrics)).not.toContain(null);
    fittedValues[set]?.((feature) =>
      readFileSync(join(folder, name, "vocab", `${feature}.jsonl`), "utf8")
        .trim()
        .split("\n")
        .map((line) => Number(JSON.parse(line)))
        .sort((a, b) => a - b),
    );
  });
});

test.each(Object.entries(runs))("%s has a row in the table", (name, { set, auc }) => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  expect(readme).toContain(`| ${name} | ${set} | ${auc} |`);
});

test("other files are refused by their MD5", () => {
  const command = ["train.mjs", "frappe-deepfm", "--data", "Frappe_x1"];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^train\.csv is not that of Frappe_x1: its MD5 is [0-9a-f]{32}, and BARS trained on ba7306e6/,
  );
});
