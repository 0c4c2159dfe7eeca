// Sets and texts in data files: whatever the format, the first `max` different values of a cell count.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { MemoryRows, SetRanges } from "../../compiler/data/memory-rows.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { wordsOf } from "../../compiler/serve/sets.ts";
import { occurrencesIn } from "../../runtime/data/batches/row-source.ts";
import { SourceBatches } from "../../runtime/data/batches/source-batches.ts";
import { loadConfig } from "../../runtime/driver/read-config.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readRows, readSplit, readTraining } from "./in-memory.ts";
import { flatModel, modelOf } from "./models.ts";

const tagged = (tags = "tags : set(id, max: 3)  embed 2"): Model =>
  flatModel(`item_id : id  embed 2\n  ${tags}`, "item_id, tags");

/** `item_id`, `tags` and `title`, all of them in the history `clicks` too. */
const model = modelOf(`model several
features item {
  item_id : id  embed 2
  tags    : set(id, max: 3)  embed 2
  title   : text(hash: 50, max: 4)  embed 2
}
history clicks(max: 2) {
  item_id <-> hist_item_id
  tags    <-> hist_tags
  title   <-> hist_title
}
label click : binary
net { predict click = concat(item_id, tags, title, mean(clicks)) |> dense(1) |> sigmoid }
`);

function idsOf({ ids, start, end }: SetRanges, row: number): number[] {
  return [...ids.subarray(start[row]!, end[row]!)];
}

/** The tags of each row, as values. */
async function tagsOf(path: string, spec = tagged()): Promise<(string | undefined)[][]> {
  const { train, fitted } = await readTraining(spec, rowsOf(path));
  const vocabulary = fitted.vocabularies.get("tags")!;
  return Array.from({ length: train.rows }, (_, row) =>
    idsOf(train.sets.get("tags")!, row).map((id) => vocabulary[id - 2]),
  );
}

describe("a set", () => {
  it("is what stands between separators, each different value once, at most max of them", async () => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "item_id,tags,click", "1,b|a|b,1", "2,,0", "3,a|a|d|c|e|f,1");
    expect(await tagsOf(path)).toEqual([["b", "a"], [], ["a", "d", "c"]]);
  });

  it("counts a value for the vocabulary once a row, not once an occurrence", async () => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "item_id,tags,click", "1,b|b|b,1", "2,a,0", "3,a,1");
    expect(await tagsOf(path, tagged("tags : set(id(min_count: 2), max: 3)  embed 2"))).toEqual([
      [undefined],
      ["a"],
      ["a"],
    ]);
  });

  it("keeps unknown values distinct: its size does not depend on the vocabulary", async () => {
    const folder = new TestFolder();
    const train = folder.csv("rows.csv", "item_id,tags,click", "1,a,1", "2,b,0");
    const path = folder.csv("test.csv", "item_id,tags,click", "1,x|a|y|x,1");
    const { fitted } = await readTraining(tagged(), rowsOf(train));
    const data = await readRows(tagged(), fitted, path, { labels: "required" });
    expect(idsOf(data.sets.get("tags")!, 0)).toEqual([1, 2, 1]);
  });

  it("is the same from CSV, Parquet and JSON Lines, numbers and their text being one value", async () => {
    const folder = new TestFolder();
    const expected = [["3", "1"], [], [], ["1"]];
    expect(
      await tagsOf(folder.csv("rows.csv", "item_id,tags,click", "1,3|1|3,1", "2,,0", "3,,0", "4,1,1")),
    ).toEqual(expected);
    const query =
      "SELECT * FROM (VALUES (1, [3, 1, 3], 1), (2, [], 0), (3, NULL, 0), (4, [1], 1)) AS t(item_id, tags, click)";
    expect(await tagsOf(await folder.parquet("rows.parquet", query))).toEqual(expected);
    const texts = "SELECT item_id, array_to_string(tags, '|') AS tags, click FROM (".concat(query, ")");
    expect(await tagsOf(await folder.parquet("texts.parquet", texts))).toEqual(expected);
    const lines = [
      { item_id: 1, tags: [3, "1", "3"], click: 1 },
      { item_id: 2, tags: [], click: 0 },
      { item_id: 3, tags: null, click: 0 },
      { item_id: 4, tags: ["1"], click: 1 },
    ];
    const jsonl = folder.write("rows.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(await tagsOf(jsonl)).toEqual(expected);
  });

  it("may have missing values where its kind says what they count as", async () => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "item_id,tags,click", "1,b||a|,1", "2,a,0");
    expect(await tagsOf(path, tagged("tags : set(id(missing: unknown), max: 3)  embed 2"))).toEqual([
      ["b", undefined, "a"],
      ["a"],
    ]);
    expect(await folder.said(() => tagsOf(path))).toMatch(
      /DIN0545 missing-value\]: `tags` has no value here/,
    );
  });

  it("shares the vocabulary of a feature with one value", async () => {
    const folder = new TestFolder();
    const spec = flatModel("tag : id  embed 2\n  tags : set(id, max: 3)  share tag", "tag, tags");
    const path = folder.csv("rows.csv", "tag,tags,click", "a,b|c,1", "c,c,0");
    const { train, fitted } = await readTraining(spec, rowsOf(path));
    expect(fitted.vocabularies.get("tag")).toEqual(["c", "a", "b"]);
    expect(idsOf(train.sets.get("tags")!, 0)).toEqual([4, 2]);
  });
});

describe("a text", () => {
  it("has the words that letters and digits make, composed and in lower case", () => {
    expect(wordsOf("The Cat's 2nd hat — ÉTÉ, straße_2!")).toEqual([
      "the",
      "cat",
      "s",
      "2nd",
      "hat",
      "été",
      "straße",
      "2",
    ]);
    expect(wordsOf("E\u0301te\u0301")).toEqual(wordsOf("\u00c9t\u00e9"));
    expect(wordsOf("हिन्दी किताब 東京 2024")).toEqual(["हिन्दी", "किताब", "東京", "2024"]);
    expect(wordsOf(" -…\ud800 ")).toEqual([]);
  });

  it("is read word by word, with numbers of a typed file as text", async () => {
    const folder = new TestFolder();
    const spec = flatModel("title : text(hash: 1_000_000, max: 3)  embed 2", "title");
    const path = folder.csv("rows.csv", "title,click", '"Red, red shoes",1', ",0", "shoes in RED size,0");
    const { train } = await readTraining(spec, rowsOf(path));
    const [first, none, third] = [0, 1, 2].map((row) => idsOf(train.sets.get("title")!, row));
    expect([first!.length, none, third!.length]).toEqual([2, [], 3]);
    expect([third![2], third![0]]).toEqual(first);
    const numbers = await folder.parquet("rows.parquet", "SELECT 1984 AS title, 1 AS click");
    const { train: typed } = await readTraining(spec, rowsOf(numbers));
    const same = await readTraining(spec, rowsOf(folder.csv("same.csv", "title,click", "1984,1")));
    expect(idsOf(typed.sets.get("title")!, 0)).toEqual(idsOf(same.train.sets.get("title")!, 0));
  });
});

describe("a history of sets", () => {
  it("has one set a step, and keeps the latest steps", async () => {
    const folder = new TestFolder();
    const csv = folder.csv(
      "rows.csv",
      "item_id,tags,title,hist_item_id,hist_tags,hist_title,click",
      "1,a|b,Red,2|3|4,z|a;b|,old|Blue hat|,1",
      "2,c,Blue,,,,0",
      "2,c,Blue,5,,,0",
    );
    const { train, fitted } = await readTraining(model, rowsOf(csv));
    const history = train.histories.get("clicks")!;
    const vocabulary = fitted.vocabularies.get("tags")!;
    expect(vocabulary).toEqual(["a", "b", "c"]);
    // What is empty beside one step is the empty set of that step.
    expect([...history.start, ...history.end]).toEqual([0, 2, 2, 2, 2, 3]);
    expect([0, 1, 2].map((step) => idsOf(history.sets.get("tags")!, step))).toEqual([[2, 3], [], []]);
    expect(idsOf(history.sets.get("title")!, 0)[0]).toBe(idsOf(train.sets.get("title")!, 1)[0]);
    expect(idsOf(history.sets.get("title")!, 1)).toEqual([]);
  });

  it("is the same from lists of lists, and from lists of texts", async () => {
    const folder = new TestFolder();
    const row =
      "1 AS item_id, ['a', 'b'] AS tags, 'Red' AS title, [2, 3] AS hist_item_id, ['x', 'y z'] AS hist_title, 1 AS click";
    const lists = await folder.parquet("lists.parquet", `SELECT ${row}, [['b', 'a'], []] AS hist_tags`);
    const texts = await folder.parquet("texts.parquet", `SELECT ${row}, ['b;a', ''] AS hist_tags`);
    const [first, second] = await Promise.all(
      [lists, texts].map(
        async (path) => (await readTraining(model, rowsOf(path))).train.histories.get("clicks")!,
      ),
    );
    expect(first).toEqual(second);
    expect([0, 1].map((step) => idsOf(first!.sets.get("tags")!, step))).toEqual([[3, 2], []]);
    expect(idsOf(first!.sets.get("title")!, 1)).toHaveLength(2);
  });

  it("is made from an event log, with sets from the items table", async () => {
    const folder = new TestFolder();
    const items = folder.csv(
      "items.csv",
      "item_id,tags,title",
      ...["a,x|y,Red", "b,,Blue", "c,y,Red hat", "d,z,"],
      "e,x,Other",
    );
    const log = folder.csv("log.csv", "user_id,item_id,t", "u,a,1", "u,b,2", "u,c,3", "u,d,4");
    const data = eventsOf(log, items);
    const { train, test, fitted } = await readTraining(model, data);
    const vocabulary = fitted.vocabularies.get("tags")!;
    const values = (set: SetRanges, row: number) => idsOf(set, row).map((id) => vocabulary[id - 2]);
    const history = test!.histories.get("clicks")!;
    const steps = Array.from({ length: 2 }, (_, i) =>
      values(history.sets.get("tags")!, history.start[0]! + i),
    );
    expect(steps).toEqual([[], ["y"]]);
    expect(values(train.sets.get("tags")!, 0)).toEqual([]);
    // The last item is in no training row.
    expect(values(test!.sets.get("tags")!, 0)).toEqual([undefined]);
    const again = await readSplit(model, fitted, data, "test");
    expect(again!.sets).toEqual(test!.sets);
    expect(again!.histories.get("clicks")!.sets).toEqual(history.sets);
  });
});

describe("mistakes", () => {
  const said = async (content: string, spec = tagged()): Promise<string> => {
    const folder = new TestFolder();
    const path = folder.write("rows.csv", content);
    return folder.said(() => readTraining(spec, rowsOf(path)));
  };

  it("recognises lists as other tools print them", async () => {
    expect(await said('item_id,tags,click\n1,"[a, b]",1\n')).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`tags\` must hold values with \`|\` between them, but is a list in brackets
       --> rows.csv, row 1, column tags
       ::: model.din:4:3
        |
      4 |   tags : set(id, max: 3)  embed 2
        |   ---- declared here
      "
    `);
  });

  it("names values outside a closed vocabulary, with their row", async () => {
    expect(
      await said(
        "item_id,tags,click\n1,1|2,1\n2,1|7|9,0\n",
        tagged("tags : set(int(0..5), max: 3)  embed 2"),
      ),
    ).toMatchInlineSnapshot(`
      "error[DIN0548 int-out-of-range]: \`tags\` is 7, which is outside \`tags : int(0..5)\` (and 1 more like this)
       --> rows.csv, row 2, column tags
       ::: model.din:4:3
        |
      4 |   tags : set(int(0..5), max: 3)  embed 2
        |   ---- declared here
      "
    `);
  });

  it("names columns without sets", async () => {
    const folder = new TestFolder();
    const of = async (columns: string, spec = tagged()) => {
      const path = await folder.parquet("rows.parquet", `SELECT 1 AS item_id, 1 AS click, ${columns}`);
      return folder.said(() => readTraining(spec, rowsOf(path)));
    };
    expect(await of("5 AS tags")).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`tags\` must hold a list of values, but is a single value
       --> rows.parquet, row 1, column tags
       ::: model.din:4:3
        |
      4 |   tags : set(id, max: 3)  embed 2
        |   ---- declared here
      "
    `);
    expect(await of("[[5]] AS tags")).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`tags\` must hold a list of values, but is a list of lists
       --> rows.parquet, row 1, column tags
       ::: model.din:4:3
        |
      4 |   tags : set(id, max: 3)  embed 2
        |   ---- declared here
      "
    `);
    const text = flatModel(
      "item_id : id  embed 2\n  title : text(hash: 9, max: 3)  embed 2",
      "item_id, title",
    );
    expect(await of("['a', 'b'] AS title", text)).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`title\` must hold one value per row, but is VARCHAR[]
       --> rows.parquet, column title
      "
    `);
    const plain = "'' AS title, 'a' AS tags, [1] AS hist_item_id, ['a'] AS hist_title";
    expect(await of(`${plain}, [5] AS hist_tags`, model)).toMatchInlineSnapshot(`
      "error[DIN0544 wrong-column-type]: the column \`hist_tags\` must hold a list of values, but is a single value
       --> rows.parquet, row 1, column hist_tags
       ::: model.din:4:3
        |
      4 |   tags    : set(id, max: 3)  embed 2
        |   ---- declared here
      "
    `);
  });

  it("needs two different separators", async () => {
    const folder = new TestFolder();
    folder.csv("rows.csv", "a");
    const config = (more: string) =>
      loadConfig(folder.write("dinc.yaml", `data:\n  train: rows.csv\n${more}`));
    const { diagnostics } = await config('  separator: ","\n  inner_separator: ","\n');
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '`separator` and `inner_separator` are both ","',
    ]);
    const { value } = await config('  separator: ";"\n');
    expect(value!.data).toMatchObject({ separator: ";", innerSeparator: "|" });
  });
});

describe("batches", () => {
  interface Row {
    readonly item: number;
    readonly tags: readonly number[];
    readonly steps: readonly (readonly number[])[];
  }
  const sets = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 3 });
  const rowsArbitrary = fc.array(
    fc.record({ item: fc.integer({ min: 1, max: 4 }), tags: sets, steps: fc.array(sets, { maxLength: 3 }) }),
    { minLength: 1, maxLength: 8 },
  );
  const spec = modelOf(`model packed
features item {
  item_id : id(size: 3)             embed 2
  tags    : set(id(size: 7), max: 3)  embed 2
}
history clicks(max: 3) { tags <-> hist_tags }
label click : binary
net { predict click = concat(item_id, tags, mean(clicks), weight(tags)) |> dense(1) |> sigmoid }
`);

  function dataOf(rows: readonly Row[]): MemoryRows {
    const column = (all: readonly (readonly number[])[]): SetRanges => {
      const ends = all.map((_, i) => all.slice(0, i + 1).flat().length);
      return {
        ids: Int32Array.from(all.flat()),
        weights: null,
        start: Int32Array.from(all, (set, i) => ends[i]! - set.length),
        end: Int32Array.from(ends),
      };
    };
    const steps = column(rows.map((row) => row.steps.map((_, i) => i)));
    return {
      kind: "memory",
      rows: rows.length,
      ids: new Map([["item_id", Int32Array.from(rows, ({ item }) => item)]]),
      sets: new Map([["tags", column(rows.map(({ tags }) => tags))]]),
      numbers: new Map(),
      histories: new Map([
        [
          "clicks",
          {
            steps: new Map(),
            numbers: new Map(),
            sets: new Map([["tags", column(rows.flatMap((row) => row.steps))]]),
            start: steps.start,
            end: steps.end,
          },
        ],
      ]),
      labels: new Map([["click", new Float32Array(rows.length)]]),
      groups: new Map(),
    };
  }

  it("pack the values of sets with their rows, each table row once, and nothing else", () => {
    const { step } = trainingProgram(lower(spec), spec);
    const tables = tablesOf(spec, { vocabularies: new Map(), transforms: new Map() });
    const plan = planBatches(step, tables);
    const builder = new SourceBatches(plan);
    fc.assert(
      fc.property(rowsArbitrary, fc.integer({ min: 0, max: 7 }), (all, from) => {
        const data = dataOf(all);
        const order = Int32Array.from(all.keys()).reverse();
        const first = Math.min(from, all.length - 1);
        const [batch] = builder.batches(data, order.subarray(first), all.length);
        const rows = [...order.subarray(first)].map((i) => all[i]!);
        const steps = rows.flatMap((row) => row.steps);
        const rowOf = (each: readonly (readonly number[])[]) => each.flatMap((set, i) => set.map(() => i));
        expect([...batch!.inputs.get("rows/tags")!]).toEqual(rowOf(rows.map(({ tags }) => tags)));
        expect([...batch!.inputs.get("rows/clicks.tags")!]).toEqual(rowOf(steps));
        const read = batch!.tables.get("tags")!;
        expect(new Set(read).size).toBe(read.length);
        const values = (input: string) => [...batch!.inputs.get(input)!].map((position) => read[position]);
        expect(values("tags")).toEqual(rows.flatMap(({ tags }) => tags));
        expect(values("clicks.tags")).toEqual(steps.flat());
        expect(new Set(read)).toEqual(new Set([...rows.flatMap(({ tags }) => tags), ...steps.flat()]));
        // The linear weight is read with the candidate's tags only, and changes only there.
        const own = batch!.own.get("tags.weight")!;
        expect(new Set([...own].map((position) => read[position]))).toEqual(
          new Set(rows.flatMap(({ tags }) => tags)),
        );
      }),
    );
  });

  it("n_j counts a value once for each row and each step with it", () => {
    const { step } = trainingProgram(lower(spec), spec);
    const data = dataOf([
      { item: 2, tags: [2, 3], steps: [[3], [3, 4]] },
      { item: 3, tags: [], steps: [[]] },
      { item: 2, tags: [4], steps: [] },
    ]);
    // The second row reads the first one's first step too, as rows of an event log do.
    const { steps, sets } = data.histories.get("clicks")!;
    const clicks = {
      steps,
      sets,
      numbers: new Map(),
      start: Int32Array.of(0, 0, 2),
      end: Int32Array.of(2, 1, 3),
    };
    const uses = tableUses(step).filter(({ table }) => table === "tags");
    const shared = { ...data, histories: new Map([["clicks", clicks]]) };
    expect([...occurrencesIn([{ ids: 6, uses }], shared)[0]!]).toEqual([0, 0, 1, 4, 2, 0]);
  });
});
