// Vectors in data: from CSV, Parquet, JSON Lines and event logs to the network, in training and in generated code.

import { beforeAll, describe, expect, it } from "vitest";
import { type Compiled, compiled } from "../serve/compiled.ts";
import { wholeWay } from "../support/whole-way.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { flatModel, modelOf } from "./models.ts";

const model = flatModel("image : vector(3)", "image");
const SPEC = `model seen
features user { taste : vector(2, missing: 0.5) }
features item {
  item_id : id  embed 2
  image   : vector(3)
}
label click : binary
net { predict click = weight(image) + (concat(item_id, taste, image |> dense(2)) |> dense(1)) |> sigmoid }
`;

const columnOf = async (path: string, of = model) => [
  ...(await readTraining(of, rowsOf(path))).train.numbers.get("image")!,
];

describe("a column of vectors", () => {
  const wanted = [1, 2.5, -3, 4, 5, 6e3];

  it("is read from texts with separators", async () => {
    const folder = new TestFolder();
    expect(await columnOf(folder.csv("a.csv", "image,click", "1|2.5|-3,1", "4|5|6e3,0"))).toEqual(wanted);
  });

  it.each(["FLOAT[]", "DOUBLE[3]", "FLOAT[3]", "DECIMAL(9,1)[]"])(
    "is read from %s of a Parquet file",
    async (type) => {
      const folder = new TestFolder();
      const values = `VALUES (CAST([1, 2.5, -3] AS ${type}), 1), (CAST([4, 5, 6000] AS ${type}), 0)`;
      const path = await folder.parquet("a.parquet", `SELECT * FROM (${values}) AS t(image, click)`);
      expect(await columnOf(path)).toEqual(wanted);
    },
  );

  it("is read from JSON Lines", async () => {
    const folder = new TestFolder();
    const path = folder.write(
      "a.jsonl",
      '{"image": [1, 2.5, -3], "click": 1}\n{"image": [4, 5, 6000], "click": 0}\n',
    );
    expect(await columnOf(path)).toEqual(wanted);
  });

  it("may be missing where the feature says what counts", async () => {
    const folder = new TestFolder();
    const path = folder.csv("a.csv", "image,click", "1|2.5|-3,1", ",0");
    expect(await columnOf(path, flatModel("image : vector(3, missing: -1)", "image"))).toEqual([
      1, 2.5, -3, -1, -1, -1,
    ]);
    expect(await folder.said(() => readTraining(model, rowsOf(path)))).toContain("DIN0545 missing-value");
  });

  it("is gathered by item for rows that are made from an event log", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t",
      ...["a", "b", "c"].map((item, t) => `u,${item},${t}`),
    );
    const items = folder.csv("items.csv", "item_id,image", "a,1|1|1", "b,2|2|3", "c,3|3|5", "d,4|4|7");
    const spec = flatModel("item_id : id embed 2\n  image : vector(3)", "item_id, image");
    const { train, fitted } = await readTraining(spec, eventsOf(log, items));
    const images = train.numbers.get("image")!;
    expect(images.length).toBe(3 * train.rows);
    const by = new Map([
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["d", 4],
    ]);
    for (let row = 0; row < train.rows; row++) {
      const id = train.ids.get("item_id")![row]!;
      if (id < 2) continue;
      const place = by.get(fitted.vocabularies.get("item_id")![id - 2]!)!;
      expect([...images.subarray(3 * row, 3 * row + 3)]).toEqual([place, place, 2 * place - 1]);
    }
  });

  it("goes the whole way, with batches of rows in another order", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      ...{ item_id: `i${i % 5}`, image: [i, i / 7, -1 - i].map((x) => x / 10), click: i % 2 },
      taste: i % 3 === 0 ? null : [0.1 * i, 0.3],
    }));
    const { comparison } = await wholeWay(`${SPEC}train { batch 7 epochs 2 }\n`, {
      "train.json": JSON.stringify(rows),
    });
    expect(comparison).toMatchObject({ rows: 40, beyondTolerance: 0 });
  });
});

describe("what is wrong with a column of vectors", () => {
  const said = (...values: readonly string[]) => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", "image,click", ...values.map((value, i) => `${value},${i % 2}`));
    return folder.said(() => readTraining(model, rowsOf(path)));
  };

  it("is reported with its row: another length, a value that is not a number", async () => {
    expect(await said("1|2|3", "1|2", "1|x|3")).toMatchInlineSnapshot(`
      "error[DIN0579 vector-length]: \`image\` has 2 numbers here, but \`image : vector(3)\` has 3
       --> train.csv, row 2, column image
       ::: model.din:3:3
        |
      3 |   image : vector(3)
        |   ----- declared here

      error[DIN0550 not-a-number]: \`image\` is "x", which is not a finite number
       --> train.csv, row 3, column image
       ::: model.din:3:3
        |
      3 |   image : vector(3)
        |   ----- declared here
      "
    `);
  });

  it("is reported where numbers stand for vectors", async () => {
    const folder = new TestFolder();
    const path = await folder.parquet("a.parquet", "SELECT 1.5::DOUBLE AS image, 1 AS click");
    expect(await folder.said(() => readTraining(model, rowsOf(path)))).toContain(
      "must hold 3 numbers a row, but is DOUBLE",
    );
  });
});

describe("a vector in a request", () => {
  let subject: Compiled;
  beforeAll(async () => {
    subject = await compiled(SPEC);
  });
  const rank = (image: unknown, taste: unknown = [1, 2]) =>
    subject.ranker.rank({
      user: { taste },
      candidates: [
        { item_id: "1", image: [1, 2, 3] },
        { item_id: "1", image },
      ],
    });

  it("is an array of numbers, plain or typed", () => {
    const plain = rank([0.5, 1, 2]);
    expect(rank(Float32Array.of(0.5, 1, 2))).toEqual(plain);
    expect(rank(Float64Array.of(0.5, 1, 2))).toEqual(plain);
    expect(rank([1, 2, 3])).not.toEqual(plain);
    expect(rank([0.5, 1, 2], null)).toEqual(rank([0.5, 1, 2], [0.5, 0.5]));
  });

  it.each([
    [[1, 2], "candidates[1].image must have 3 numbers, but has 2"],
    [[1, 2, 3, 4], "candidates[1].image must have 3 numbers, but has 4"],
    [[1, Number.NaN, 3], "candidates[1].image must hold finite numbers, but [1] is NaN"],
    [[1, 2, 1e300], "candidates[1].image must hold numbers in the range of 32-bit floats, but [2] is 1e+300"],
    [["1", 2, 3], "candidates[1].image must hold numbers, but [0] is none"],
    ["1|2|3", "candidates[1].image must be an array of 3 numbers"],
    [undefined, "candidates[1].image is missing"],
    [null, "candidates[1].image must be an array of 3 numbers"],
  ])("%j: %s", (image, message) => {
    expect(() => rank(image)).toThrow(message);
  });

  it("of the user is checked too", () => {
    expect(() => rank([1, 2, 3], [1])).toThrow("user.taste must have 2 numbers, but has 1");
  });
});

it("a vector stands in a spec by its width", () => {
  expect(modelOf(SPEC).features.get("image")!.kind).toEqual({ kind: "vector", width: 3, missing: null });
});
