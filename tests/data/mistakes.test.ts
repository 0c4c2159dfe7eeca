// What is said about data that does not fit the model: its own code, the file, the row and the column.

import { describe, expect, it } from "vitest";
import { readTraining } from "../../runtime/data/read-data.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { dinModel, flatModel, modelOf } from "./models.ts";

const HEADER = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";

/** What is said about a CSV of these lines. */
function saidOf(model: ReturnType<typeof flatModel>, ...lines: readonly string[]): Promise<string> {
  const folder = new TestFolder();
  const path = folder.csv("train.csv", ...lines);
  return folder.said(() => readTraining(model, rowsOf(path)));
}

describe("mistakes in ready rows", () => {
  it("an id behind its vocabulary: the seed's fourth and fifth mistake", async () => {
    const model = modelOf(`model seed_demo
features item {
  item_id : id(size: 3)  embed 8
  cate_id : id(size: 2)  embed 4
}
history hist(max: 4) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
net { predict click = concat(item_id, cate_id, sum(hist)) |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 1e-3)
  batch 3 epochs 10
  metrics auc
}
`);
    const header = "item_id,cate_id,hist_item_id,hist_cate_id,click";
    const said = await saidOf(model, header, "1,1,1|2|3,1|2|2,1", "2,2,3|2|1,2|2|1,0", "3,2,1|2,1|2,1");
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0546 id-out-of-range]: \`hist_item_id\` is 3, but \`item_id : id(size: 3)\` holds 0 to 2 (and 1 more like this)
       --> train.csv, row 1, column hist_item_id
       ::: model.din:3:3
        |
      3 |   item_id : id(size: 3)  embed 8
        |   ------- declared here
        = help: the largest value of \`hist_item_id\` is 3: a size of 4 holds it

      error[DIN0546 id-out-of-range]: \`hist_cate_id\` is 2, but \`cate_id : id(size: 2)\` holds 0 to 1 (and 4 more like this)
       --> train.csv, row 1, column hist_cate_id
       ::: model.din:4:3
        |
      4 |   cate_id : id(size: 2)  embed 4
        |   ------- declared here
        = help: the largest value of \`hist_cate_id\` is 2: a size of 3 holds it

      error[DIN0546 id-out-of-range]: \`cate_id\` is 2, but \`cate_id : id(size: 2)\` holds 0 to 1 (and 1 more like this)
       --> train.csv, row 2, column cate_id
       ::: model.din:4:3
        |
      4 |   cate_id : id(size: 2)  embed 4
        |   ------- declared here
        = help: the largest value of \`cate_id\` is 2: a size of 3 holds it

      error[DIN0546 id-out-of-range]: \`item_id\` is 3, but \`item_id : id(size: 3)\` holds 0 to 2
       --> train.csv, row 3, column item_id
       ::: model.din:3:3
        |
      3 |   item_id : id(size: 3)  embed 8
        |   ------- declared here
        = help: the largest value of \`item_id\` is 3: a size of 4 holds it
      "
    `);
  });

  it("a history printed as a list, which would give ids such as `[a`", async () => {
    const header = "item_id,hist_item_id,click";
    const model = flatModel(
      "item_id : id embed 2",
      "item_id, sum(clicks)",
      "history clicks(max: 3) { item_id <-> hist_item_id }",
    );
    expect(await saidOf(model, header, "a,a|b,1", 'a,"[a, b]",1', "b,[],0")).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`hist_item_id\` must hold the steps of a history with \`|\` between them, but is a list in brackets (and 1 more like this)
       --> train.csv, row 2, column hist_item_id
      "
    `);
    expect(await saidOf(model, header, "a,[a],1", "b,[deleted]|b,x")).not.toContain("brackets");
  });

  it("a column that is there twice, where the model reads it", async () => {
    const rows = ["user_id,item_id,click,item_id,note,note", "u1,a,1,b,x,y"];
    expect(await saidOf(flatModel(), ...rows)).toContain(
      "error[DIN0541 malformed-data-file]: this file cannot be read on: its first line names `item_id` twice",
    );
    expect(await saidOf(flatModel(), ...rows)).not.toContain("note");
  });

  it("a value that an enum does not list, an int out of range, a fraction as an id", async () => {
    const item = 'g : enum("m", "f") embed 2\n  h : int(0..23) embed 2\n  n : id(size: 9) embed 2';
    const model = flatModel(item, "g, h, n");
    expect(await saidOf(model, "g,h,n,click", "F,24,1,1", "f,-1,1,1", "m,x,1.0,1")).toMatchInlineSnapshot(`
      "error[DIN0547 value-not-in-enum]: \`g\` is "F", which \`g : enum("m", "f")\` does not list
       --> train.csv, row 1, column g
       ::: model.din:3:3
        |
      3 |   g : enum("m", "f") embed 2
        |   - declared here

      error[DIN0548 int-out-of-range]: \`h\` is 24, which is outside \`h : int(0..23)\` (and 2 more like this)
       --> train.csv, row 1, column h
       ::: model.din:4:3
        |
      4 |   h : int(0..23) embed 2
        |   - declared here

      error[DIN0578 whole-numbers-as-decimals]: \`n\` has whole numbers with a fraction, 1.0, which are other ids than those without
       --> train.csv, row 3, column n
       ::: model.din:5:3
        |
      5 |   n : id(size: 9) embed 2
        |   - declared here
        = help: write 1; in pandas: \`df["n"] = df["n"].astype("Int64")\` before \`to_csv\`
      "
    `);
  });

  it("a floating-point number that is no id", async () => {
    const folder = new TestFolder();
    const path = await folder.parquet(
      "train.parquet",
      "SELECT unnest([1.0::DOUBLE, 1.5]) AS item_id, 1 AS click",
    );
    expect(await folder.said(() => readTraining(flatModel(), rowsOf(path)))).toMatchInlineSnapshot(`
      "error[DIN0549 not-an-id]: \`item_id\` is 1.5, which cannot be an id
       --> train.parquet, row 2, column item_id
       ::: model.din:3:3
        |
      3 |   item_id : id embed 2
        |   ------- declared here
      "
    `);
  });

  it("numbers that are none, and negative ones under log1p", async () => {
    const model = flatModel("price : number |> log1p\n  x : number", "price, x");
    const lines = ["price,x,click", "1,2,0", "-0.5,abc,1", "-1,,0", "1,Infinity,0"];
    expect(await saidOf(model, ...lines)).toMatchInlineSnapshot(`
      "error[DIN0551 negative-under-log1p]: \`price\` is -0.5, and \`log1p\` takes no negative numbers (and 1 more like this)
       --> train.csv, row 2, column price
       ::: model.din:3:3
        |
      3 |   price : number |> log1p
        |   ----- declared here

      error[DIN0550 not-a-number]: \`x\` is "abc", which is not a finite number (and 1 more like this)
       --> train.csv, row 2, column x
       ::: model.din:4:3
        |
      4 |   x : number
        |   - declared here

      error[DIN0545 missing-value]: \`x\` has no value here
       --> train.csv, row 3, column x
       ::: model.din:4:3
        |
      4 |   x : number
        |   - declared here
      "
    `);
  });

  it("labels other than 0 and 1, missing values", async () => {
    expect(
      await saidOf(flatModel(), "item_id,click", ",1", "a,2", "a,", "b,yes", "b,1"),
    ).toMatchInlineSnapshot(`
      "error[DIN0545 missing-value]: \`item_id\` has no value here
       --> train.csv, row 1, column item_id
       ::: model.din:3:3
        |
      3 |   item_id : id embed 2
        |   ------- declared here

      error[DIN0552 label-not-binary]: the label \`click\` is 2; a binary label is 0 or 1 (and 1 more like this)
       --> train.csv, row 2, column click
       ::: model.din:6:7
        |
      6 | label click : binary
        |       ----- declared here

      error[DIN0545 missing-value]: \`click\` has no value here
       --> train.csv, row 3, column click
       ::: model.din:6:7
        |
      6 | label click : binary
        |       ----- declared here
      "
    `);
  });

  it("history columns of different lengths, an empty step", async () => {
    const said = await saidOf(dinModel(), HEADER, "u,a,x,a|b,x,1", "u,a,x,a||b,x|x|x,1", "u,a,x,a,,0");
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0553 history-lengths-differ]: a step of \`clicks\` has one value of each column, but \`hist_item_id\` has 2 values here and \`hist_cate_id\` 1 (and 1 more like this)
       --> train.csv, row 1, column hist_cate_id
       ::: model.din:7:9
        |
      7 | history clicks(max: 50) {
        |         ------ declared here

      error[DIN0545 missing-value]: \`hist_item_id\` has no value here
       --> train.csv, row 2, column hist_item_id
       ::: model.din:4:3
        |
      4 |   item_id : id(min_count: 1)  embed 2
        |   ------- declared here
      "
    `);
  });

  it("steps whose own values, lengths and columns are wrong", async () => {
    const model = modelOf(`model own
features item { item_id : id  embed 2 }
history clicks(max: 3) {
  item_id <-> seen
  dwell   : number |> log1p
  action  : enum("view", "cart")  embed 2
}
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
`);
    const header = "item_id,seen,dwell,action,click";
    const rows = ["a,b|c,1|-2,view|buy,1", "a,b,x,view,0", "a,b|c,1|2,view,0", "a,b,,cart,1"];
    expect(await saidOf(model, header, ...rows)).toMatchInlineSnapshot(`
      "error[DIN0551 negative-under-log1p]: \`dwell\` is -2, and \`log1p\` takes no negative numbers
       --> train.csv, row 1, column dwell
       ::: model.din:5:3
        |
      5 |   dwell   : number |> log1p
        |   ----- declared here

      error[DIN0547 value-not-in-enum]: \`action\` is "buy", which \`clicks.action : enum("view", "cart")\` does not list
       --> train.csv, row 1, column action
       ::: model.din:6:3
        |
      6 |   action  : enum("view", "cart")  embed 2
        |   ------ declared here

      error[DIN0550 not-a-number]: \`dwell\` is "x", which is not a finite number
       --> train.csv, row 2, column dwell
       ::: model.din:5:3
        |
      5 |   dwell   : number |> log1p
        |   ----- declared here

      error[DIN0553 history-lengths-differ]: a step of \`clicks\` has one value of each column, but \`seen\` has 2 values here and \`action\` 1
       --> train.csv, row 3, column action
       ::: model.din:3:9
        |
      3 | history clicks(max: 3) {
        |         ------ declared here

      error[DIN0553 history-lengths-differ]: a step of \`clicks\` has one value of each column, but \`seen\` has 1 value here and \`dwell\` 0
       --> train.csv, row 4, column dwell
       ::: model.din:3:9
        |
      3 | history clicks(max: 3) {
        |         ------ declared here
      "
    `);
    expect(await saidOf(model, "item_id,seen,action,click", "a,b,view,1")).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`dwell\`, which the history \`clicks\` is read from
       --> train.csv, column dwell
       ::: model.din:5:3
        |
      5 |   dwell   : number |> log1p
        |   ------------------------- declared here
        = help: The columns are \`item_id\`, \`seen\`, \`action\`, \`click\`
      "
    `);
  });

  it("lists of lists, and lists of records", async () => {
    const folder = new TestFolder();
    const row = {
      user_id: "u",
      item_id: "a",
      cate_id: "x",
      hist_item_id: [["a"], ["b", "c"]],
      hist_cate_id: [{ id: "x" }],
      click: 1,
    };
    const path = folder.write("rows.jsonl", `${JSON.stringify(row)}\n`);
    const said = await folder.said(() => readTraining(dinModel(), rowsOf(path)));
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0591 list-of-lists]: \`hist_item_id\` holds lists of lists (VARCHAR[][]), but a step of \`clicks\` has one value of each column
       --> rows.jsonl, column hist_item_id
       ::: model.din:8:3
        |
      8 |   item_id <-> hist_item_id
        |   ------------------------ bound here
        = help: join the lists of a row, and give the history a field that says which list a step is from, like \`session : int(0..9)  embed 4\`

      error[DIN0544 wrong-column-type]: the column \`hist_cate_id\` must hold a list of values a row, but is a list of records
       --> rows.jsonl, column hist_cate_id
       ::: model.din:9:3
        |
      9 |   cate_id <-> hist_cate_id
        |   ------------------------ bound here
        = help: give each of the records' parts a column of its own
      "
    `);
  });

  it("vectors of steps that are none", async () => {
    const model = modelOf(`model vectors
features item {
  item_id : id  embed 2
  image   : vector(2)
}
history clicks(max: 3) {
  item_id <-> seen
  image   <-> images
}
label click : binary
net { predict click = concat(item_id, image, mean(clicks)) |> dense(1) |> sigmoid }
`);
    const folder = new TestFolder();
    const said = (name: string, rows: readonly object[]) => {
      const path = folder.write(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      return folder.said(() => readTraining(model, rowsOf(path)));
    };
    const row = { item_id: "a", image: [1, 2], seen: ["a", "b"], click: 1 };
    expect(await said("flat.jsonl", [{ ...row, images: [1, 2] }])).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`images\` must hold a list of 2 numbers for each step, but is BIGINT[]
       --> flat.jsonl, column images
       ::: model.din:8:3
        |
      8 |   image   <-> images
        |   ------------------ bound here
        = help: Parquet and JSON hold lists of lists; a text of a CSV cannot
      "
    `);
    expect(
      await said("short.jsonl", [
        { ...row, images: [[1, 2], [3]] },
        { ...row, images: [null, [3, 4]] },
        { ...row, images: [[1, 2]] },
      ]),
    ).toMatchInlineSnapshot(`
      "error[DIN0579 vector-length]: \`images\` has 1 number here, but \`image : vector(2)\` has 2
       --> short.jsonl, row 1, column images
       ::: model.din:4:3
        |
      4 |   image   : vector(2)
        |   ----- declared here

      error[DIN0545 missing-value]: \`images\` has no value here
       --> short.jsonl, row 2, column images
       ::: model.din:4:3
        |
      4 |   image   : vector(2)
        |   ----- declared here

      error[DIN0553 history-lengths-differ]: a step of \`clicks\` has one value of each column, but \`seen\` has 2 values here and \`images\` 1
       --> short.jsonl, row 3, column images
       ::: model.din:6:9
        |
      6 | history clicks(max: 3) {
        |         ------ declared here
      "
    `);
    const csv = folder.csv("text.csv", "item_id,image,seen,images,click", "a,1|2,a|b,1;2|3;4,1");
    expect(await folder.said(() => readTraining(model, rowsOf(csv)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`images\` must hold a list of 2 numbers for each step, but is text
       --> text.csv, column images
       ::: model.din:8:3
        |
      8 |   image   <-> images
        |   ------------------ bound here
        = help: Parquet and JSON hold lists of lists; a text of a CSV cannot
      "
    `);
  });

  it("missing columns", async () => {
    const said = await saidOf(
      dinModel(),
      "user_id,itemid,category,hist_item_ids,hist_cate_id,clicked",
      "u,a,x,a,x,1",
    );
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`item_id\`, which the feature \`item_id\` is read from
       --> train.csv, column item_id
       ::: model.din:4:3
        |
      4 |   item_id : id(min_count: 1)  embed 2
        |   ------- declared here
        = help: did you mean \`itemid\`? The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`

      error[DIN0543 missing-column]: the data has no column \`cate_id\`, which the feature \`cate_id\` is read from
       --> train.csv, column cate_id
       ::: model.din:5:3
        |
      5 |   cate_id : id  embed 2
        |   ------- declared here
        = help: The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`

      error[DIN0543 missing-column]: the data has no column \`hist_item_id\`, which the history \`clicks\` is read from
       --> train.csv, column hist_item_id
       ::: model.din:8:3
        |
      8 |   item_id <-> hist_item_id
        |   ------------------------ bound here
        = help: did you mean \`hist_item_ids\`? The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`

      error[DIN0543 missing-column]: the data has no column \`click\`, which the label \`click\` is read from
        --> train.csv, column click
        ::: model.din:11:7
         |
      11 | label click : binary
         |       ----- declared here
         = help: did you mean \`clicked\`? The columns are \`user_id\`, \`itemid\`, \`category\`, \`hist_item_ids\`, \`hist_cate_id\`, \`clicked\`
      "
    `);
  });

  it("columns of another type", async () => {
    const folder = new TestFolder();
    const query =
      "SELECT 'u' AS user_id, [1] AS item_id, 1 AS cate_id, 5 AS hist_item_id, ['x'] AS hist_cate_id, 1 AS click";
    const path = await folder.parquet("train.parquet", query);
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(path)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`item_id\` must hold one value a row, but is INTEGER[]
       --> train.parquet, column item_id

      error[DIN0544 wrong-column-type]: the column \`hist_item_id\` must hold a list a row, but is INTEGER
       --> train.parquet, column hist_item_id
       ::: model.din:8:3
        |
      8 |   item_id <-> hist_item_id
        |   ------------------------ bound here
      "
    `);
  });

  it("JSON columns of several kinds, and records", async () => {
    const folder = new TestFolder();
    const row = (item: string, clicks: string) =>
      `{"user_id":"u","item_id":${item},"cate_id":"x","hist_item_id":${clicks},"hist_cate_id":["x"],"click":1}`;
    const lists = folder.csv("lists.jsonl", row("1", "[1]"), row("1", '{"a":1}'));
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(lists)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`hist_item_id\` must hold a list in every row, but is a single value here
       --> lists.jsonl, row 2, column hist_item_id
      "
    `);
    const records = folder.csv("records.jsonl", row('{"a":1}', "[1]"));
    expect(await folder.said(() => readTraining(dinModel(), rowsOf(records)))).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`item_id\` must hold one value a row, but is STRUCT(a BIGINT)
       --> records.jsonl, column item_id
      "
    `);
  });

  it("a line with too few values", async () => {
    expect(await saidOf(flatModel(), "item_id,x,click", "a,1,1", "b,0", "c,1,1")).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read on: the first line names 3 columns, this one has 2 values
       --> train.csv, row 2
      "
    `);
  });

  it.each([
    ["train.jsonl", (rows: readonly string[]) => rows.join("\n")],
    ["train.json", (rows: readonly string[]) => `[${rows.join(",\n")}]`],
  ])("%s with a damaged row, wherever it is", async (name, text) => {
    for (const [rows, damaged] of [
      [1, 1],
      [5, 2],
      [5, 5],
      [30_000, 21_000],
    ] as const) {
      const lines = Array.from({ length: rows }, (_, i) => `{"item_id": "i${i}", "click": ${i % 2}}`);
      lines[damaged - 1] = '{"item_id": x, "click": 0}';
      const folder = new TestFolder();
      const path = folder.write(name, text(lines));
      const said = await folder.said(() => readTraining(flatModel(), rowsOf(path)));
      expect(said).toContain("it is not JSON (unexpected character)");
      expect(said).toContain(` --> ${name}, row ${damaged}\n`);
    }
  });

  it("another sign between the values than the file's ending says", async () => {
    const folder = new TestFolder();
    const paths = [
      folder.csv("tabs.csv", "user_id\titem_id\tclick", "u\ta\t1"),
      folder.csv("semicolons.csv", '"user_id";"item_id";"click"', "u;a;1"),
      folder.csv("bars.csv", "user_id|item_id|click", "u|a|1"),
      folder.csv("commas.tsv", "user_id,item_id,click", "u,a,1"),
    ];
    const said: string[] = [];
    for (const path of paths) said.push(await folder.said(() => readTraining(flatModel(), rowsOf(path))));
    expect(said.join("\n")).toMatchInlineSnapshot(`
      "error[DIN0560 other-separator]: the first line has no comma, but 3 names with a tab between them
       --> tabs.csv
        = help: give it the ending .tsv

      error[DIN0560 other-separator]: the first line has no comma, but 3 names with a semicolon between them
       --> semicolons.csv
        = help: write it again with commas, or as Parquet: \`pandas.read_csv(path, sep=";").to_csv(path, index=False)\`

      error[DIN0560 other-separator]: the first line has no comma, but 3 names with a | between them
       --> bars.csv
        = help: write it again with commas, or as Parquet: \`pandas.read_csv(path, sep="|").to_csv(path, index=False)\`

      error[DIN0560 other-separator]: the first line has no tab, but 3 names with a comma between them
       --> commas.tsv
        = help: give it the ending .csv
      "
    `);
    const one = folder.csv("one.csv", "note", "a;b");
    expect(await folder.said(() => readTraining(flatModel(), rowsOf(one)))).toContain("missing-column");
  });

  it("an open quote", async () => {
    expect(await saidOf(flatModel(), "item_id,click", "a,1", '"b,0')).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read on: a quote is opened and never closed
       --> train.csv, row 2
      "
    `);
  });

  it("empty files", async () => {
    const folder = new TestFolder();
    const paths = [
      folder.write("empty.csv", ""),
      folder.csv("header.csv", "item_id,click"),
      folder.write("empty.jsonl", ""),
    ];
    const said = await Promise.all(
      paths.map((path) => folder.said(() => readTraining(flatModel(), rowsOf(path)))),
    );
    expect(said.join("\n")).toMatchInlineSnapshot(`
      "error[DIN0542 no-rows]: there are no rows to read: the file is empty
       --> empty.csv

      error[DIN0542 no-rows]: there are no rows to read: the file has column names only
       --> header.csv

      error[DIN0542 no-rows]: there are no rows to read: the file is empty
       --> empty.jsonl
      "
    `);
  });

  it("files that are not what their names say, or not there", async () => {
    const folder = new TestFolder();
    const paths = [
      folder.write("rows.xlsx", "x"),
      folder.write("rows.parquet", "not parquet"),
      folder.write("rows.jsonl", '{"item_id": 1, "click": 1}\n{"item_id": \n'),
      folder.write("latin.csv", Buffer.from("item_id,click\ncaf\xe9,1\n", "latin1")),
      `${folder.path}/absent.csv`,
      folder.path,
    ];
    const said: string[] = [];
    for (const path of paths) said.push(await folder.said(() => readTraining(flatModel(), rowsOf(path))));
    expect(said.join("\n").replaceAll(/dinc-data-\w+/g, "FOLDER")).toMatchInlineSnapshot(`
      "error[DIN0540 unknown-data-format]: rows.xlsx has no ending that says what it is
       --> rows.xlsx

      error[DIN0541 malformed-data-file]: this file cannot be read on: it is not a Parquet file, or cut short
       --> rows.parquet

      error[DIN0541 malformed-data-file]: this file cannot be read on: it is not JSON (unexpected end of data)
       --> rows.jsonl, row 2

      error[DIN0541 malformed-data-file]: this file cannot be read on: it is not UTF-8
       --> latin.csv, row 1

      error[DIN0508 file-unreadable]: cannot read absent.csv: there is no such file

      error[DIN0540 unknown-data-format]: FOLDER has no ending that says what it is
       --> FOLDER
      "
    `);
  });
});

describe("mistakes in event logs", () => {
  const LOG = ["user_id,item_id,t", "u,a,1", "u,b,2", "u,c,3"];
  const ITEMS = ["item_id,cate_id", "a,x", "b,x", "c,y", "d,y"];

  function saidOfEvents(
    events: readonly string[],
    items: readonly string[] | null,
    model = dinModel(),
  ): Promise<string> {
    const folder = new TestFolder();
    const config = eventsOf(
      folder.csv("events.csv", ...events),
      items === null ? null : folder.csv("items.csv", ...items),
    );
    return folder.said(() => readTraining(model, config));
  }

  it("an item without a row in the items table", async () => {
    expect(await saidOfEvents([...LOG, "u,e,4", "u,f,5"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0555 key-unknown]: \`item_id\` is "e", which items.csv has no row for (and 1 more like this)
       --> events.csv, row 4, column item_id
      "
    `);
  });

  it("an item twice in the items table, one without a key", async () => {
    expect(await saidOfEvents(LOG, [...ITEMS, "b,y", ",x"])).toMatchInlineSnapshot(`
      "error[DIN0554 key-twice]: \`item_id\` is "b" again, as in row 2
       --> items.csv, row 5, column item_id

      error[DIN0545 missing-value]: \`item_id\` has no value here (and 1 more like this)
       --> items.csv, row 6, column item_id
      "
    `);
  });

  it("events that cannot be put in order", async () => {
    expect(await saidOfEvents([...LOG, "u,a,later", "u,a,2020-01-01", "u,a,"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0556 not-an-order]: \`t\` is "later", which cannot be put in order with the numbers above (and 1 more like this)
       --> events.csv, row 4, column t

      error[DIN0545 missing-value]: \`t\` has no value here
       --> events.csv, row 6, column t
      "
    `);
    expect(await saidOfEvents(["user_id,item_id,t", "u,a,soon"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0556 not-an-order]: \`t\` is "soon", which cannot be put in order with anything
       --> events.csv, row 1, column t
      "
    `);
  });

  it("columns that are not there", async () => {
    expect(await saidOfEvents(["user,item_id,time", "u,a,1"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`user_id\`, which \`events.user\` names
       --> events.csv, column user_id
        = help: did you mean \`user\`? The columns are \`user\`, \`item_id\`, \`time\`

      error[DIN0543 missing-column]: the data has no column \`t\`, which \`events.order\` names
       --> events.csv, column t
        = help: The columns are \`user\`, \`item_id\`, \`time\`
      "
    `);
    expect(await saidOfEvents(LOG, ["item_id,cat_id", "a,x"])).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`cate_id\`, which the feature \`cate_id\` is read from
       --> items.csv, column cate_id
       ::: model.din:5:3
        |
      5 |   cate_id : id  embed 2
        |   ------- declared here
        = help: did you mean \`cat_id\`? The columns are \`item_id\`, \`cat_id\`
      "
    `);
  });

  it("a user who touched everything", async () => {
    expect(await saidOfEvents([...LOG, "v,a,1", "u,d,4"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0557 nothing-left-to-sample]: user u touched all 4 items, so no negative can be drawn
       --> events.csv, row 5
      "
    `);
  });

  it("users with too few events, no events at all", async () => {
    expect(
      await saidOfEvents(["user_id,item_id,t", "u,a,1", "u,b,2", "v,a,1"], ITEMS),
    ).toMatchInlineSnapshot(`
      "error[DIN0558 no-examples]: the events of 2 users give no training rows
       --> events.csv
      "
    `);
    expect(await saidOfEvents(["user_id,item_id,t"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0542 no-rows]: there are no rows to read: the event log has none
       --> events.csv
      "
    `);
  });

  it("two columns over one feature, which an event has once", async () => {
    const folder = new TestFolder();
    const log = folder.csv("log.csv", "user_id,item_id,t", "u,a,1", "u,b,2", "u,c,3");
    const model = modelOf(`model moving
features item { item_id : id  embed 2 }
history moves(max: 3) {
  item_id <-> from_item
  item_id <-> to_item
}
label click : binary
net { predict click = concat(item_id, mean(moves)) |> dense(1) |> sigmoid }
`);
    const said = await folder.said(() => readTraining(model, eventsOf(log)));
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0592 one-item-an-event]: a step made from an event has one \`item_id\`, but \`moves\` binds \`from_item\` and \`to_item\` to it
       --> model.din:5:3
        |
      5 |   item_id <-> to_item
        |   ^^^^^^^^^^^^^^^^^^^
      "
    `);
  });

  it("a model with two labels", async () => {
    const model = modelOf(`model two
features item { item_id : id embed 2 }
label click : binary
label buy : binary
net {
  predict click = item_id |> dense(1) |> sigmoid
  predict buy = item_id |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4 epochs 1
  metrics auc
}
`);
    expect(await saidOfEvents(LOG, ["item_id", "a", "b", "c", "d"], model)).toMatchInlineSnapshot(`
      "error[DIN0559 events-give-one-label]: an event log gives one label, but the model has \`click\`, \`buy\`
       --> model.din:4:7
        |
      4 | label buy : binary
        |       ^^^
      "
    `);
  });
});
