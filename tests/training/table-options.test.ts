// What is said of a table holds when it is trained: where it begins, whether it changes, whose it is.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { widthFor } from "../../compiler/frontend/check/embedding.ts";
import { exportEmbeddings } from "../../runtime/driver/export-embeddings.ts";
import { TestFolder } from "../data/files.ts";
import { wholeWay } from "../support/whole-way.ts";

test("embed auto follows the number of values, from 4 to 64 by 4", () => {
  expect([1, 2, 10, 100, 1000, 10_000, 1_000_000, 1e8].map(widthFor)).toEqual([
    ...[8, 8, 12, 20, 32, 60, 64, 64],
  ]);
});

const spec = (embed: string) => `model small
features user { last_item : id  share item_id }
features item {
  item_id : id  ${embed}
  cate_id : id  embed 2
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(last_item, item_id * cate_id, sum(clicks)) |> dense(1) |> sigmoid }
train { optimizer adam(learning_rate: 0.05)  batch 8  epochs 2  regularize mini_batch_aware(0.1) }`;

function rows(): string {
  const lines = ["last_item,item_id,cate_id,clicked,click"];
  for (let i = 0; i < 64; i++) {
    const steps = Array.from({ length: i % 3 }, (_, k) => `i${(i + k) % 7}`);
    lines.push(`i${(i * 2) % 9},i${i % 7},c${i % 2},${steps.join("|")},${i % 2}`);
  }
  return `${lines.join("\n")}\n`;
}

const csv = { "train.csv": rows() };

/** A file of NumPy with this header and so many bytes of zeros. */
function npy(type: string, shape: string, bytes: number, byColumns = "False"): Uint8Array {
  const header = `{'descr': '${type}', 'fortran_order': ${byColumns}, 'shape': ${shape}, }\n`;
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY\x01\0"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    Buffer.alloc(bytes),
  ]);
}

/** With a word2vec header, ids that no row has, all three ways to separate, and a tab after an id. */
const VECTORS = "4 2\ni0 1 2\ni1\t3,4\nno such item\t9 9\ni8, 5, -6e-1\r\n";

describe("vectors of a file", () => {
  test("are where their ids begin; frozen they are where these end, and what others begin as is drawn", async () => {
    const { opened, comparison, said } = await wholeWay(spec('embed(2, from: "v.txt", freeze)'), {
      ...csv,
      "v.txt": VECTORS,
    });
    expect(comparison).toMatchObject({ rows: 64, beyondTolerance: 0 });
    expect(said.join("\n")).toContain(
      "item_id: 3 of 9 values begin with vectors of v.txt, 6 with random ones; 1 vectors are for other values",
    );
    const values = opened.run.fitted.vocabularies.get("item_id")!;
    const table = opened.tables.get("item_id")!.values;
    const rowOf = (id: string) => [
      ...table.subarray(2 * (2 + values.indexOf(id)), 2 * (3 + values.indexOf(id))),
    ];
    expect([rowOf("i0"), rowOf("i1"), rowOf("i8")]).toEqual([
      [1, 2],
      [3, 4],
      [5, Math.fround(-0.6)],
    ]);
    expect(Math.abs(rowOf("i2")[0]!)).toBeLessThan(0.1);
    expect(opened.run.manifest.tables["item_id"]).toEqual({ rows: 11, width: 2, trained: false, given: 3 });
    expect(opened.run.manifest.tables["cate_id"]).toEqual({ rows: 4, width: 2, trained: true, given: 0 });
  });

  test.each(["vectors.parquet", "vectors.npy"])(
    "of %s are those that dinc export embeddings wrote",
    async (name) => {
      const first = await wholeWay(spec('embed(2, from: "v.txt", freeze)'), { ...csv, "v.txt": VECTORS });
      const folder = new TestFolder();
      const path = join(folder.path, name);
      await exportEmbeddings(first.opened, path, { table: "item_id" });
      const { opened, said } = await wholeWay(spec(`embed(2, from: ${JSON.stringify(path)}, freeze)`), csv);
      expect(said.join("\n")).toContain(
        `item_id: 9 of 9 values begin with vectors of ${path}, 0 with random ones`,
      );
      const valuesOf = ({ tables }: typeof opened) => [...tables.get("item_id")!.values];
      expect(valuesOf(opened)).toEqual(valuesOf(first.opened));
    },
  );

  test.each([
    ["no matrix", "vectors.npy", "hello", "it isn't a NumPy file"],
    ["a matrix of whole numbers", "vectors.npy", npy("<i8", "(1, 2)", 16), "its numbers are `<i8`"],
    ["a matrix by columns", "vectors.npy", npy("<f4", "(1, 2)", 8, "True"), "stored by columns"],
    ["one row of numbers", "vectors.npy", npy("<f4", "(2,)", 8), "its shape is (2,)"],
    ["a matrix cut short", "vectors.npy", npy("<f4", "(2, 2)", 8), "instead of"],
    ["a matrix of more rows than ids", "vectors.npy", npy("<f4", "(3, 2)", 24), "it has 3 rows"],
  ])("%s is an error where the spec names it", async (_, name, bytes, message) => {
    const folder = new TestFolder();
    const path = folder.write(name, bytes);
    folder.write("vectors.ids.json", '["i0", "i1"]');
    const work = wholeWay(spec(`embed(2, from: ${JSON.stringify(path)})`), csv);
    const error: unknown = await work.catch((reason) => reason);
    const [diagnostic] = (error as DiagnosticError).diagnostics;
    expect(diagnostic).toMatchObject({ code: "DIN0353", location: { kind: "text" } });
    expect(diagnostic!.message).toContain(message);
  });

  test("of Parquet are checked like lines, by the column of the feature's name", async () => {
    const folder = new TestFolder();
    const query = (rows: string) => `SELECT * FROM (VALUES ${rows}) AS t(item_id, title, image)`;
    const path = await folder.parquet(
      "v.parquet",
      query("('i0', 'a', [1::FLOAT, 2]), ('i1', 'b', [3]), ('i0', 'a', [1, 2])"),
    );
    const work = wholeWay(spec(`embed(2, from: ${JSON.stringify(path)})`), csv);
    const error: unknown = await work.catch((reason) => reason);
    const messages = (error as DiagnosticError).diagnostics.map(({ message }) => message);
    expect(messages).toEqual([
      "a vector of 1 number, but `item_id` is embedded 2 wide",
      'a second vector for "i0"; the first one is in row 1',
    ]);
    const other = await folder.parquet("w.parquet", "SELECT 1 AS a, 2 AS b, [1::FLOAT, 2] AS c");
    const refused: unknown = await wholeWay(spec(`embed(2, from: ${JSON.stringify(other)})`), csv).catch(
      (reason) => reason,
    );
    expect((refused as DiagnosticError).diagnostics[0]!.message).toContain(
      "its columns are `a` (INTEGER), `b` (INTEGER), `c` (FLOAT[])",
    );
  });

  test("begin and freeze a table of the network as they do that of a feature", async () => {
    const net = spec("").replace("item_id * cate_id", 'embed(item_id, 2, from: "v.txt", freeze) * cate_id');
    const own = net
      .replace("last_item : id  share item_id", "last_item : id  embed 2")
      .replace(", sum(clicks)", "")
      .replace("history clicks(max: 5) { item_id <-> clicked }\n", "");
    const { opened, comparison, said } = await wholeWay(own, { ...csv, "v.txt": VECTORS });
    expect(comparison).toMatchObject({ rows: 64, beyondTolerance: 0 });
    expect(said.join("\n")).toContain("2 of 7 values begin with vectors of v.txt");
    const row = 2 * (2 + opened.run.fitted.vocabularies.get("item_id")!.indexOf("i1"));
    expect([...opened.tables.get("item_id.embed_2")!.values.subarray(row, row + 2)]).toEqual([3, 4]);
    expect(opened.run.manifest.tables["item_id.embed_2"]).toMatchObject({
      width: 2,
      trained: false,
      given: 2,
    });
  });

  test("go on learning where they are not frozen", async () => {
    const { opened } = await wholeWay(spec('embed(2, from: "v.txt")'), { ...csv, "v.txt": VECTORS });
    const id = 2 + opened.run.fitted.vocabularies.get("item_id")!.indexOf("i0");
    const [a, b] = opened.tables.get("item_id")!.values.subarray(2 * id);
    expect([a, b]).not.toEqual([1, 2]);
    expect(Math.hypot(a! - 1, b! - 2)).toBeLessThan(2);
  });

  test.each([
    ["another width", "i0 1 2\ni1 3 4 5\ni2 1\n", "DIN0570", "a vector of 3 numbers", 2],
    ["what is no number", "i0 1 two\n", "DIN0571", '"two" is not a number', 1],
    ["what is not finite", "i0 1 Infinity\n", "DIN0571", '"Infinity"', 1],
    [
      "an id twice",
      "i0 1 2\n\ni0 1 2\n",
      "DIN0572",
      'a second vector for "i0"; the first one is in line 1',
      3,
    ],
    ["nothing but other ids", "0 1 2\n1 3 4\n", "DIN0573", "none of its 2 vectors", undefined],
    ["nothing", "", "DIN0573", "none of its 0 vectors", undefined],
  ])("%s is an error at its line", async (_, text, code, message, line) => {
    const training = wholeWay(spec('embed(2, from: "v.txt")'), { ...csv, "v.txt": text });
    const error: unknown = await training.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DiagnosticError);
    const [diagnostic] = (error as DiagnosticError).diagnostics;
    expect(diagnostic).toMatchObject({ code, location: { kind: "data" } });
    expect(diagnostic!.message).toContain(message);
    expect(diagnostic!.location.kind === "data" && diagnostic!.location.data.row).toBe(line ?? undefined);
    expect(diagnostic!.related.map(({ label }) => label)).toEqual(["named here"]);
  });

  test("a file that is not there is named where the spec names it", async () => {
    const error: unknown = await wholeWay(spec('embed(2, from: "none.txt")'), csv).catch((reason) => reason);
    const [diagnostic] = (error as DiagnosticError).diagnostics;
    expect(diagnostic!.message).toContain("none.txt");
    expect(diagnostic!.location.kind).toBe("text");
  });
});

describe("features that share", () => {
  test("have one vocabulary, which counts the ids of all, and one table in run and module", async () => {
    const { opened, comparison, typescript } = await wholeWay(spec("embed 2"), csv);
    expect(comparison).toMatchObject({ rows: 64, beyondTolerance: 0 });
    expect([...opened.tables.keys()].sort()).toEqual(["cate_id", "item_id"]);
    expect([...opened.run.fitted.vocabularies.keys()].sort()).toEqual(["cate_id", "item_id"]);
    // i7 and i8 stand in `last_item` alone.
    expect([...opened.run.fitted.vocabularies.get("item_id")!].sort()).toEqual(
      Array.from({ length: 9 }, (_, i) => `i${i}`),
    );
    expect(
      opened.tables
        .get("item_id")!
        .values.subarray(4)
        .every((value) => value !== 0),
    ).toBe(true);
    expect(typescript.match(/file\.vocabulary\("item_id"\)\)/g)).toHaveLength(1);
  });
});
