// Sets whose values have weights, in data files: whatever the format, each value has the weight beside it, and the weights
// of a mean are shares.

import { describe, expect, it } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { configOf, eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readTraining, shownSteps } from "./in-memory.ts";
import { flatModel, modelOf } from "./models.ts";

const tagged = (options = "pool: sum, "): Model =>
  flatModel(`tags : set(id, max: 3, ${options}weighted)  embed 2`, "tags");

/** The same with the weights in a column of their own. */
const withFits = flatModel("tags : set(id, max: 3, pool: sum, weighted(by: fits))  embed 2", "tags");

/** The tags of each row with their weights. */
async function tagsOf(path: string, spec = tagged()): Promise<(readonly [string, number])[][]> {
  const { train, fitted } = await readTraining(spec, rowsOf(path));
  const vocabulary = fitted.vocabularies.get("tags")!;
  const { ids, weights, start, end } = train.sets.get("tags")!;
  return Array.from({ length: train.rows }, (_, row) =>
    Array.from(ids.subarray(start[row]!, end[row]!), (id, i) => [
      vocabulary[id - 2]!,
      Number(weights![start[row]! + i]!.toPrecision(6)),
    ]),
  );
}

/** The weights of each step of each row, in the history `clicks`. */
function weightsOfSteps({ histories }: MemoryRows, field: string): number[][][] {
  const { start, end, sets } = histories.get("clicks")!;
  const { weights, ...of } = sets.get(field)!;
  return Array.from(start, (from, row) =>
    Array.from({ length: end[row]! - from }, (_, i) => [
      ...weights!.subarray(of.start[from + i], of.end[from + i]),
    ]),
  );
}

/** A history whose own field has a column of weights. */
const ofOwn = modelOf(`model steps
features item { item_id : id(missing: unknown)  embed 2 }
history clicks(max: 2) {
  item_id <-> a
  moods   : set(id, max: 3, pool: sum, weighted(by: fits))  embed 2
}
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

/** The tags of a CSV with these cells. */
const cells = (folder: TestFolder, ...tags: readonly string[]) =>
  folder.csv("rows.csv", "tags,click", ...tags.map((cell, i) => `${cell},${i % 2}`));

describe("the weight of a value", () => {
  it("stands after the last colon, so that a value may contain colons", async () => {
    const folder = new TestFolder();
    expect(await tagsOf(cells(folder, "b:0.5|a:-2", "", "http://a.b:1e-3"))).toEqual([
      [
        ["b", 0.5],
        ["a", -2],
      ],
      [],
      [["http://a.b", 0.001]],
    ]);
  });

  it("is that of the first of equal values, of which at most max count", async () => {
    const folder = new TestFolder();
    expect(await tagsOf(cells(folder, "a:1|a:2|b:3|c:4|d:5", "a:6"))).toEqual([
      [
        ["a", 1],
        ["b", 3],
        ["c", 4],
      ],
      [["a", 6]],
    ]);
  });

  it("is a share of a mean: of the values that count, and 0 where all are 0", async () => {
    const folder = new TestFolder();
    expect(await tagsOf(cells(folder, "a:1|b:3|a:9", "a:0|b:0", "c:5"), tagged(""))).toEqual([
      [
        ["a", 0.25],
        ["b", 0.75],
      ],
      [
        ["a", 0],
        ["b", 0],
      ],
      [["c", 1]],
    ]);
  });

  it("is the same from CSV, JSON Lines and Parquet, as a text, a pair, a map or a struct", async () => {
    const folder = new TestFolder();
    const expected = [
      [
        ["3", 0.5],
        ["1", 2],
      ],
      [],
      [["1", 0.25]],
    ];
    expect(await tagsOf(cells(folder, "3:0.5|1:2", "", "1:0.25"))).toEqual(expected);
    const lines = [
      {
        tags: [
          ["3", 0.5],
          ["1", 2],
        ],
        click: 1,
      },
      { tags: [], click: 0 },
      { tags: [["1", 0.25]], click: 1 },
    ];
    const jsonl = folder.write("rows.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(await tagsOf(jsonl)).toEqual(expected);
    const rows = (first: string, none: string, last: string) =>
      `SELECT * FROM (VALUES (${first}, 1), (${none}, 0), (${last}, 1)) AS t(tags, click)`;
    const forms = {
      texts: rows("['3:0.5', '1:2']", "NULL", "['1:0.25']"),
      maps: rows("MAP {3: 0.5, 1: 2.0}", "MAP {}", "MAP {1: 0.25}"),
      structs: rows(
        "[{'key': 3, 'value': 0.5::FLOAT}, {'key': 1, 'value': 2::FLOAT}]",
        "NULL",
        "[{'key': 1, 'value': 0.25::FLOAT}]",
      ),
    };
    for (const [form, query] of Object.entries(forms))
      expect(await tagsOf(await folder.parquet(`${form}.parquet`, query)), form).toEqual(expected);
  });

  it("may be in another column, at the place of its value", async () => {
    const folder = new TestFolder();
    const expected = [
      [
        ["b", 0.5],
        ["a", -2],
      ],
      [],
      [["a:1", 3]],
    ];
    const csv = folder.csv("rows.csv", "tags,fits,click", "b|a,0.5|-2,1", ",,0", "a:1,3,1");
    expect(await tagsOf(csv, withFits)).toEqual(expected);
    const lines = [
      { tags: ["b", "a"], fits: [0.5, -2], click: 1 },
      { tags: [], fits: [], click: 0 },
      { tags: ["a:1"], fits: [3], click: 1 },
    ];
    const jsonl = folder.write("rows.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(await tagsOf(jsonl, withFits)).toEqual(expected);
    const rows =
      "SELECT * FROM (VALUES (['b', 'a'], [0.5, -2], 1), ([], NULL, 0), (['a:1'], [3], 1)) AS t(tags, fits, click)";
    expect(await tagsOf(await folder.parquet("rows.parquet", rows), withFits)).toEqual(expected);
  });

  it("belongs to the values of a step, too", async () => {
    const spec = modelOf(`model steps
features item { tags : set(id, max: 3, weighted)  embed 2 }
history clicks(max: 2) { tags <-> hist_tags }
label click : binary
net { predict click = concat(tags, mean(clicks)) |> dense(1) |> sigmoid }
`);
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "tags,hist_tags,click", "a:1,a:9|a:1;b:3|,1", "b:1,,0");
    const { train } = await readTraining(spec, rowsOf(path));
    const { weights, start, end } = train.histories.get("clicks")!.sets.get("tags")!;
    // The latest two of three steps, the last of which is empty.
    expect([...weights!]).toEqual([0.25, 0.75]);
    expect([...start].map((from, i) => end[i]! - from)).toEqual([2, 0]);
  });
});

describe("the steps that impressions make", () => {
  const history = (set: string) =>
    modelOf(`model steps
features item { item_id : id  embed 2  tags : ${set}  embed 2 }
history clicks(max: 2) { item_id <-> a  tags <-> b }
label click : binary
net { predict click = concat(item_id, tags, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
  const yaml = "data: { train: rows.csv, impressions: { user: user_id, time: shown_at } }";

  /** The sets of the items are in a table, those of the steps in the log. */
  const ofTwo = modelOf(`model steps
features item { item_id : id  embed 2  tags : set(id(missing: unknown), max: 3, pool: sum, weighted(by: tag_fits))  embed 2 }
history clicks(max: 2) {
  item_id <-> a
  tags    <-> b
  moods   : set(id, max: 3, pool: sum, weighted(by: fits))  embed 2
}
label click : binary
net { predict click = concat(item_id, tags, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

  it.each([
    ["weighted", "tags", ["x:2|y:0.5", "", "z:3"]],
    ["weighted(by: fits)", "tags,fits", ["x|y,2|0.5", ",", "z,3"]],
  ])("have the weights of their items: %s", async (option, columns, [first, second, third]) => {
    const folder = new TestFolder();
    const rows = [`u,a,${first},1,1`, `u,b,${second},2,1`, `u,c,${third},3,0`];
    folder.csv("rows.csv", `user_id,item_id,${columns},shown_at,click`, ...rows);
    const spec = history(`set(id, max: 3, pool: sum, ${option})`);
    const { train, fitted } = await readTraining(spec, configOf(folder, yaml));
    expect(weightsOfSteps(train, "tags")).toEqual([[], [[2, 0.5]], [[2, 0.5], []]]);
    // As a page shows them, they are those of a request.
    const shown = await shownSteps(spec, fitted, configOf(folder, yaml), "clicks");
    const pairs = Object.entries({ x: 2, y: 0.5 });
    expect(shown.map((steps) => steps.map(({ tags }) => tags))).toEqual([[], [pairs], [pairs, []]]);
  });

  it("have their own values from the log, with a table that says nothing of some", async () => {
    const folder = new TestFolder();
    const rows = ["u,a,1,1,x|y,2|0.5", "u,b,2,1,,", "u,c,3,0,z,3"];
    folder.csv("rows.csv", "user_id,item_id,shown_at,click,moods,fits", ...rows);
    folder.csv("items.csv", "item_id,tags,tag_fits", "a,p,0.25", "b,,");
    const { train } = await readTraining(
      ofTwo,
      configOf(folder, `${yaml.slice(0, -3)}, tables: { items: { path: items.csv, key: item_id } } } }`),
    );
    expect(weightsOfSteps(train, "moods")).toEqual([[], [[2, 0.5]], [[2, 0.5], []]]);
    expect(weightsOfSteps(train, "tags")).toEqual([[], [[0.25]], [[0.25], []]]);
  });
});

describe("a column with the weights of a history's own field", () => {
  it.each(["csv", "jsonl"])("is read in rows, too: %s", async (form) => {
    const folder = new TestFolder();
    const [first, second] = [
      { item_id: "i", moods: [["x", "y"], []], fits: [[2, 0.5], []], a: ["a", "b"], click: 1 },
      { item_id: "i", moods: [], fits: [], a: [], click: 0 },
    ];
    const path =
      form === "csv"
        ? folder.csv("rows.csv", Object.keys(first!).join(), "i,x;y|,2;0.5|,a|b,1", "i,,,,0")
        : folder.write("rows.jsonl", [first, second].map((row) => JSON.stringify(row)).join("\n"));
    const { train } = await readTraining(ofOwn, rowsOf(path));
    expect(weightsOfSteps(train, "moods")).toEqual([[[2, 0.5], []], []]);
  });

  it("is read in an event log", async () => {
    const folder = new TestFolder();
    const lines = ["u,a,1,x|y,2|0.5", "u,b,2,,", "u,c,3,z,3", "u,d,4,z,3", "v,e,5,,"];
    const log = folder.csv("log.csv", "user_id,item_id,t,moods,fits", ...lines);
    const { train } = await readTraining(ofOwn, eventsOf(log));
    // The rows are the second and the third event, each beside a drawn item.
    const [second, third] = [[[2, 0.5]], [[2, 0.5], []]];
    expect(weightsOfSteps(train, "moods")).toEqual([second, second, third, third]);
  });

  it("has as many steps, and in each as many weights", async () => {
    const folder = new TestFolder();
    const said = (line: string) =>
      folder.said(() =>
        readTraining(ofOwn, rowsOf(folder.csv("rows.csv", "item_id,moods,fits,a,click", "i,x,1,a,1", line))),
      );
    expect(await said("i,x|y,1,a|b,0")).toMatch(/DIN0553.*`a` has 2 values here and `fits` 1.*row 2/s);
    expect(await said("i,x;y,1,a,0")).toMatch(/DIN0736.*`moods` has 2 values here, but `fits` has 1.*row 2/s);
  });

  it("is not that of a bound field, whose weights are beside its values", async () => {
    const folder = new TestFolder();
    const spec = modelOf(`model steps
features item { tags : set(id, max: 3, weighted(by: fits))  embed 2 }
history clicks(max: 2) { tags <-> hist_tags }
label click : binary
net { predict click = concat(tags, mean(clicks)) |> dense(1) |> sigmoid }
`);
    const read = (steps: string) =>
      readTraining(
        spec,
        rowsOf(folder.csv("rows.csv", "tags,fits,hist_tags,click", `x|y,2|0.5,${steps},1`, ",,,0")),
      );
    expect(weightsOfSteps((await read("x:1;y:3")).train, "tags")).toEqual([[[0.25, 0.75]], []]);
    const text = await folder.said(() => read("x;y"));
    expect(text).toContain("the steps have no other column of weights");
  });
});

describe("a mistake in weights", () => {
  const said = (cell: string, spec = tagged()) => {
    const folder = new TestFolder();
    return folder.said(() => tagsOf(cells(folder, "a:1", cell), spec));
  };

  it.each([
    ["a", 'has a value without a weight here: "a"'],
    ["a:abc", 'has a weight that is not a finite number here: "abc"'],
    ["a:", 'has a weight that is not a finite number here: nothing, in "a:"'],
    ["a:NaN", 'has a weight that is not a finite number here: "NaN"'],
    ["a:1e39", 'has a weight that is not a finite number here: "1e39"'],
  ])("names file, row and value: %s", async (cell, words) => {
    const text = await said(cell);
    expect(text).toContain(`DIN0734 not-a-weight]: \`tags\` ${words}`);
    expect(text).toMatch(/rows\.csv.*row 2/s);
  });

  it.each([
    ["a|b", "1", "`tags` has 2 values here, but `fits` has 1"],
    ["a", "", "`tags` has 1 value here, but `fits` has 0"],
    ["", "1", "`tags` has 0 values here, but `fits` has 1"],
  ])("is another number of weights than of values: %s beside %s", async (values, weights, words) => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "tags,fits,click", "a,1,1", `${values},${weights},0`);
    const text = await folder.said(() => tagsOf(path, withFits));
    expect(text).toContain(`DIN0736 weight-lengths]: ${words}`);
    expect(text).toMatch(/rows\.csv.*row 2/s);
  });

  it("is a column of weights that is not there", async () => {
    const folder = new TestFolder();
    const path = cells(folder, "a");
    const text = await folder.said(() => tagsOf(path, withFits));
    expect(text).toMatch(/the weights of `tags` are read from/);
  });

  it("is a negative weight of a mean", async () => {
    expect(await said("a:-0.5", tagged(""))).toContain(
      "DIN0735 negative-weight-of-a-mean]: `tags` has the weight -0.5 here",
    );
  });
});
