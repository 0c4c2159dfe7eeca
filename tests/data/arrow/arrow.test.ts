// Arrow's files and streams have the rows of Parquet: the same columns, types and cells, however they are compressed.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import { runHere } from "../../cli/run-here.ts";
import { runs, seed } from "../../support/how-often.ts";
import { columnsIn, saidOfFile } from "../columns-in.ts";

const folder = import.meta.dirname;

function columnsOf(name: string) {
  return columnsIn(join(folder, name));
}

describe("the same columns as in Parquet", () => {
  test.each([
    ["clicks-none.arrow", "clicks.parquet"],
    ["clicks-lz4.arrow", "clicks.parquet"],
    ["clicks-zstd.arrow", "clicks.parquet"],
    ["clicks-stream.arrows", "clicks.parquet"],
    ["clicks-stream-lz4.arrows", "clicks.parquet"],
    ["clicks.feather", "clicks.parquet"],
    ["clicks-polars.arrow", "clicks.parquet"],
    ["clicks-polars-zstd.arrow", "clicks.parquet"],
    ["clicks-polars-lz4.arrow", "clicks.parquet"],
    ["clicks-polars-lz4.arrows", "clicks.parquet"],
    ["types.arrow", "types.parquet"],
    ["types-zstd.arrow", "types.parquet"],
    ["views.arrow", "views.parquet"],
    ["pandas-index.feather", "pandas-index.parquet"],
  ])("%s", async (name, asParquet) => {
    expect(await columnsOf(name)).toEqual(await columnsOf(asParquet));
  });
});

describe("the same prepared rows as from Parquet, bit by bit", () => {
  const spec = `model clicks

features user { user_id : id(min_count: 1)  embed 4   age : number }
features item {
  item_id : id(min_count: 1, missing: unknown)  embed 4
  city    : id(min_count: 1)  embed 4
  price   : number(missing: 0)
  tags    : set(id(min_count: 1), max: 4)  embed 4
}
label click : binary

net { predict click = dense(concat(user_id, item_id, city, age, price, tags), 1) |> sigmoid }
`;
  const scratch = mkdtempSync(join(tmpdir(), "dinc-arrow-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  writeFileSync(join(scratch, "model.din"), spec);

  let folders = 0;

  async function prepared(data: string): Promise<Record<string, string>> {
    const out = join(scratch, `rows-${folders++}`);
    const rows = JSON.stringify(join(folder, data));
    writeFileSync(join(scratch, "dinc.yaml"), `spec: model.din\ndata: { train: ${rows}, valid: ${rows} }\n`);
    const { code, err } = await runHere(["prepare", "-c", "dinc.yaml", "--out", out], { cwd: scratch });
    expect(code, err).toBe(0);
    const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".parquet"),
    );
    expect(files.length).toBeGreaterThan(1);
    return Object.fromEntries(files.map((path) => [path, readFileSync(join(out, path)).toString("base64")]));
  }

  test.each(["clicks-none.arrow", "clicks.feather", "clicks-stream-lz4.arrows", "clicks-polars-zstd.arrow"])(
    "%s",
    async (name) => expect(await prepared(name)).toEqual(await prepared("clicks.parquet")),
  );
});

test.each([
  ["deltas.arrows", ["Rome", "Oslo", "Lima", "Rome", "Bern", "Kyiv"]],
  ["replaced.arrows", ["Rome", "Oslo", "Lima", "Rome", "Bern", "Kyiv"]],
])("dictionaries that change between batches: %s", async (name, city) => {
  expect(await columnsOf(name)).toEqual({ city: { type: "value", typeName: "VARCHAR", cells: city } });
});

describe("files that are refused", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dinc-arrow-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  function written(name: string, bytes: Uint8Array): string {
    const path = join(scratch, name);
    writeFileSync(path, bytes);
    return path;
  }

  const fixture = (name: string) => readFileSync(join(folder, name));

  test("columns of a type that no feature has", async () => {
    expect(await saidOfFile(join(folder, "union.arrow"), folder)).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read any further: dinc reads no values of Arrow's type union
       --> union.arrow, column mixed
        = help: write the file without this column, or with its values as text or numbers: \`python3 -c "import sys, pyarrow.feather as f; f.write_feather(f.read_table(sys.argv[1]).drop_columns(sys.argv[2]), sys.argv[3])" union.arrow mixed union.other.arrow\`
      "
    `);
  });

  test("the first version of Feather", async () => {
    expect(
      await saidOfFile(written("old.feather", Buffer.from("FEA1 and more FEA1")), scratch),
    ).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read any further: it is the first version of Feather, which pandas wrote until 2020
       --> old.feather
        = help: let pyarrow write it as Parquet: \`python3 -c "import sys, pyarrow.feather as f, pyarrow.parquet as p; p.write_table(f.read_table(sys.argv[1]), sys.argv[2])" old.feather old.parquet\`
      "
    `);
  });

  test("what is no Arrow", async () => {
    for (const [name, content] of [
      ["text.arrow", "user_id,click\na,1\n"],
      ["empty.feather", ""],
      ["short.arrows", "ab"],
      ["parquet.arrow", fixture("clicks.parquet")],
    ] as const)
      expect(await saidOfFile(written(name, Buffer.from(content)), scratch)).toContain(
        "it is neither a file nor a stream of Arrow",
      );
  });

  test("files that are cut short, wherever", async () => {
    const whole = fixture("clicks-lz4.arrow");
    for (let length = 6; length < whole.length; length += 97)
      expect(await saidOfFile(written("cut.arrow", whole.subarray(0, length)), scratch)).toContain(
        "cut short: its end is missing",
      );
    const stream = fixture("clicks-stream.arrows");
    const outcomes = new Set<string>();
    for (let length = 20; length < stream.length - 20; length += 97)
      outcomes.add(await saidOfFile(written("cut.arrows", stream.subarray(0, length)), scratch));
    expect([...outcomes].map((each) => /reason|: (.*)$/m.exec(each)?.[1])).toEqual([
      "this file cannot be read any further: it is neither a file nor a stream of Arrow",
      "this file cannot be read any further: it is cut short, or the length of a message is damaged",
    ]);
  });

  test("a length of 2 GiB", async () => {
    const stream = fixture("clicks-stream.arrows");
    stream.writeInt32LE(2 ** 31 - 1, stream.readInt32LE(4) + 8 + 4);
    expect(await saidOfFile(written("long.arrows", stream), scratch)).toContain(
      "it is cut short, or the length of a message",
    );
  });

  test.each([
    "clicks-lz4.arrow",
    "clicks-zstd.arrow",
    "clicks-stream.arrows",
    "clicks-polars.arrow",
    "clicks-polars-lz4.arrow",
    "types.arrow",
    "views.arrow",
    "deltas.arrows",
  ])("bytes of %s that are changed are read, or a diagnostic", async (name) => {
    const whole = fixture(name);
    const random = new Random(seed);
    for (let run = 0; run < runs(20); run++) {
      const bytes = Buffer.from(whole);
      for (let count = 1 + random.integer(3); count > 0; count--) {
        const at = random.integer(bytes.length);
        bytes[at] = random.integer(2) === 0 ? 255 : bytes[at]! ^ (1 << random.integer(8));
      }

      const outcome = await saidOfFile(written(name, bytes), scratch);
      expect(outcome).toMatch(/^read$|^error\[DIN0541/);
    }
  });
});
