// What is said about values and steps that do not fit the model: their own code, the file, the row and the column.

import { describe, expect, it } from "vitest";
import { readTraining } from "../../runtime/data/read-data.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { dinModel, flatModel, modelOf } from "./models.ts";
import { HEADER, saidOf } from "./said-of.ts";

describe("mistakes in example rows", () => {
  it("an id after its vocabulary: the seed's fourth and fifth mistake", async () => {
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
      "error[DIN0546 id-out-of-range]: \`hist_item_id\` is 3, but \`item_id : id(size: 3)\` allows 0 to 2 (and 1 more like this)
       --> train.csv, row 1, column hist_item_id
       ::: model.din:3:3
        |
      3 |   item_id : id(size: 3)  embed 8
        |   ------- declared here
        = help: the largest value of \`hist_item_id\` is 3: use a size of 4

      error[DIN0546 id-out-of-range]: \`hist_cate_id\` is 2, but \`cate_id : id(size: 2)\` allows 0 to 1 (and 4 more like this)
       --> train.csv, row 1, column hist_cate_id
       ::: model.din:4:3
        |
      4 |   cate_id : id(size: 2)  embed 4
        |   ------- declared here
        = help: the largest value of \`hist_cate_id\` is 2: use a size of 3

      error[DIN0546 id-out-of-range]: \`cate_id\` is 2, but \`cate_id : id(size: 2)\` allows 0 to 1 (and 1 more like this)
       --> train.csv, row 2, column cate_id
       ::: model.din:4:3
        |
      4 |   cate_id : id(size: 2)  embed 4
        |   ------- declared here
        = help: the largest value of \`cate_id\` is 2: use a size of 3

      error[DIN0546 id-out-of-range]: \`item_id\` is 3, but \`item_id : id(size: 3)\` allows 0 to 2
       --> train.csv, row 3, column item_id
       ::: model.din:3:3
        |
      3 |   item_id : id(size: 3)  embed 8
        |   ------- declared here
        = help: the largest value of \`item_id\` is 3: use a size of 4
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
      "error[DIN0541 malformed-data-file]: this file cannot be read any further: its first line names `item_id` twice",
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

      error[DIN0578 whole-numbers-as-decimals]: \`n\` has whole numbers written as decimals, like 1.0, and these are different ids
       --> train.csv, row 3, column n
       ::: model.din:5:3
        |
      5 |   n : id(size: 9) embed 2
        |   - declared here
        = help: write 1; in pandas: \`df["n"] = df["n"].astype("Int64")\` before \`to_csv\`
      "
    `);
  });

  it("a floating-point number as an id", async () => {
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

  it("numbers with a decimal comma", async () => {
    const said = await saidOf(flatModel("price : number", "price"), "price,click", '"9,5",1', '"1.234,5",0');
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0550 not-a-number]: \`price\` is "9,5", which is not a finite number (and 1 more like this)
       --> train.csv, row 1, column price
       ::: model.din:3:3
        |
      3 |   price : number
        |   ----- declared here
        = help: write numbers with a decimal point and no other characters between digits; or, if all have a decimal comma, write this under \`data\` of dinc.yaml: \`csv: { decimal: "," }\`
      "
    `);
  });

  it("invalid numbers, and negative ones under log1p", async () => {
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
        = help: if other values mean 1, name them under \`data\` of dinc.yaml: \`label: { from: click, positive: ">= 4" }\`, or \`positive: [yes]\`

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

  it("steps with wrong values, lengths and columns", async () => {
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
        = help: join the lists of a row, and give the history a field with the number of the list, like \`session : int(0..9)  embed 4\`

      error[DIN0544 wrong-column-type]: the column \`hist_cate_id\` must hold a list of values a row, but is a list of records
       --> rows.jsonl, column hist_cate_id
       ::: model.din:9:3
        |
      9 |   cate_id <-> hist_cate_id
        |   ------------------------ bound here
        = help: give each part of the records a column of its own
      "
    `);
  });

  it("invalid vectors of steps", async () => {
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
        = help: Parquet and JSON hold lists of lists; a CSV cannot
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
        = help: Parquet and JSON hold lists of lists; a CSV cannot
      "
    `);
  });
});
