// Different raw ids are different ids, of any size and spelling, from every file format, in training and in generated
// code; and pandas' `1.0` for whole numbers is not taken for an id of its own without a word.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { compiledFrom, trainedOf } from "../serve/compiled.ts";
import { runs } from "../support/how-often.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { dinModel, flatModel } from "./models.ts";

const MODEL =
  "model ids\nfeatures item { item_id : id }\nlabel click : binary\nnet { predict click = weight(item_id) |> sigmoid }\n";

/** A model whose logits are the ids: the weight of each is itself. */
function idsAsLogits(vocabulary: readonly string[]): TrainedModel {
  const trained = trainedOf(MODEL);
  const values = Float32Array.from({ length: vocabulary.length + 2 }, (_, id) => id);
  const fitted = { vocabularies: new Map([["item_id", vocabulary]]), transforms: new Map() };
  return { ...trained, fitted, tables: new Map([["item_id.weight", { width: 1, values }]]) };
}

async function idsInGeneratedCode(vocabulary: readonly string[], raw: readonly unknown[]): Promise<number[]> {
  const { ranker } = await compiledFrom(idsAsLogits(vocabulary));
  return [...(ranker.logits({ candidates: raw.map((item_id) => ({ item_id })) }) as Float32Array)];
}

const idsOf = ({ ids }: MemoryRows) => [...ids.get("item_id")!];

/** Texts that other systems take for the same number, number or not. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 6 }).map((value) => value.replace(/[\r\n\0]/g, "")),
  fc.constantFrom(
    "1",
    "01",
    "1.0",
    "1.00",
    "+1",
    " 1",
    "1 ",
    "1e0",
    "0x1",
    "-0",
    "0",
    "-1",
    "é",
    "e\u0301",
    "null",
    "NULL",
    "NaN",
    "true",
  ),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String),
  fc.bigInt({ min: 2n ** 53n - 2n, max: 2n ** 53n + 5n }).map(String),
);
const texts = fc
  .uniqueArray(text, { minLength: 2, maxLength: 30 })
  .map((values) => ["x", ...values.filter((value) => value !== "x" && value !== "")]);

describe("different raw ids are different ids", () => {
  it("as texts of a CSV, in training and in generated code", async () => {
    const folder = new TestFolder();
    let file = 0;
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;
        const path = folder.csv(
          `t${file++}.csv`,
          "item_id,click",
          ...values.map((value, i) => `${cell(value)},${i % 2}`),
        );
        const { train, fitted } = await readTraining(flatModel(), rowsOf(path));
        const ids = idsOf(train);
        expect(new Set(ids).size).toBe(values.length);
        expect(Math.min(...ids)).toBe(2);
        expect(await idsInGeneratedCode(fitted.vocabularies.get("item_id")!, values)).toEqual(ids);
      }),
      { numRuns: runs(3) },
    );
  });

  it.each(["BIGINT", "UBIGINT", "DECIMAL(38,0)", "VARCHAR"])(
    "as %s of a Parquet file, given as bigint or as text",
    async (type) => {
      const folder = new TestFolder();
      const least = type === "UBIGINT" ? 0n : -(2n ** 63n);
      const most = type === "UBIGINT" ? 2n ** 64n - 1n : 2n ** 63n - 1n;
      const big = 2n ** 53n;
      const numbers = fc.uniqueArray(
        fc.oneof(fc.bigInt({ min: least, max: most }), fc.bigInt({ min: big - 3n, max: big + 3n })),
        { minLength: 2, maxLength: 40 },
      );
      let file = 0;
      await fc.assert(
        fc.asyncProperty(numbers, async (values) => {
          const rows = values.map((value, i) => `(CAST('${value}' AS ${type}), ${i % 2})`);
          const path = await folder.parquet(
            `${file++}.parquet`,
            `SELECT * FROM (VALUES ${rows.join(", ")}) AS t(item_id, click)`,
          );
          const { train, fitted } = await readTraining(flatModel(), rowsOf(path));
          const ids = idsOf(train);
          expect(new Set(ids).size).toBe(values.length);
          const vocabulary = fitted.vocabularies.get("item_id")!;
          expect(await idsInGeneratedCode(vocabulary, values)).toEqual(ids);
          expect(await idsInGeneratedCode(vocabulary, values.map(String))).toEqual(ids);
        }),
        { numRuns: runs(1) },
      );
    },
  );

  it("including the empty text, where the file distinguishes it from a missing value", async () => {
    const folder = new TestFolder();
    const path = await folder.parquet(
      "e.parquet",
      "SELECT * FROM (VALUES ('', 1), ('0', 0), (NULL, 0)) AS t(item_id, click)",
    );
    const { train, fitted } = await readTraining(
      flatModel("item_id : id(missing: unknown)  embed 2"),
      rowsOf(path),
    );
    const ids = idsOf(train);
    expect(ids[2]).toBe(1);
    expect(new Set(ids).size).toBe(3);
    expect(await idsInGeneratedCode(fitted.vocabularies.get("item_id")!, ["", "0", 0])).toEqual([
      ids[0],
      ids[1],
      ids[1],
    ]);
  });

  it("numbers that are no longer exact are refused, not rounded", async () => {
    const folder = new TestFolder();
    const path = await folder.parquet(
      "d.parquet",
      "SELECT * FROM (VALUES (9007199254740993::DOUBLE, 1)) AS t(item_id, click)",
    );
    expect(await folder.said(() => readTraining(flatModel(), rowsOf(path)))).toContain("DIN0549 not-an-id");
    await expect(idsInGeneratedCode(["9007199254740992"], [2 ** 53])).rejects.toThrow(
      "too large to be exact as a number",
    );
  });
});

describe("whole numbers written as 1.0", () => {
  const said = (kind: string, ...values: readonly string[]) => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", "item_id,click", ...values.map((value, i) => `${value},${i % 2}`));
    return folder.said(() => readTraining(flatModel(`item_id : ${kind}  embed 2`), rowsOf(path)));
  };

  it("are an error whose message explains their origin", async () => {
    expect(await said("id(missing: unknown)", "7", "12.0", "", "3.0")).toMatchInlineSnapshot(`
      "error[DIN0578 whole-numbers-as-decimals]: \`item_id\` has whole numbers written as decimals, like 12.0, and these are different ids (and 1 more like this)
       --> train.csv, row 2, column item_id
       ::: model.din:3:3
        |
      3 |   item_id : id(missing: unknown)  embed 2
        |   ------- declared here
        = help: write 12; in pandas: \`df["item_id"] = df["item_id"].astype("Int64")\` before \`to_csv\`
      "
    `);
  });

  it.each(["id(hash: 10)", "id(size: 20)", "int(0..20)", 'enum("7", "12")'])(
    "are one for %s",
    async (kind) => {
      expect(await said(kind, "7", "12.0")).toContain("DIN0578");
    },
  );

  it("are an error in histories and in the keys of an event log too", async () => {
    const folder = new TestFolder();
    const header = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";
    const path = folder.csv("train.csv", header, "u,1,x,2.0|3.0,x|y,1", "v,2,x,,,0");
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(path)))).toContain("DIN0578");
    const log = folder.csv("log.csv", "user_id,item_id,t", "1.0,a,1", "1.0,b,2", "2.0,c,3");
    expect(await folder.said(() => readTraining(flatModel(), eventsOf(log)))).toContain("DIN0578");
  });

  it("are no error among other texts, such as versions, nor where an enum lists them", async () => {
    const folder = new TestFolder();
    const csv = (...values: readonly string[]) =>
      folder.csv(`${values.length}.csv`, "item_id,click", ...values.map((value) => `${value},1`));
    const versions = await readTraining(flatModel(), rowsOf(csv("1.0", "1.1", "2.0", "2")));
    expect(new Set(idsOf(versions.train)).size).toBe(4);
    const listed = await readTraining(
      flatModel('item_id : enum("1.0", "1")  embed 2'),
      rowsOf(csv("1.0", "1")),
    );
    expect(idsOf(listed.train)).toEqual([2, 3]);
  });
});
