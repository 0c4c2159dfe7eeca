// Vocabularies that files list: which ids their values have, that the run keeps them, and what is said about bad files.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { wholeWay } from "../support/whole-way.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";

const SPEC = `model listed
features item {
  item_id : id(file: "items.txt")  embed 2
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, sum(clicks)) |> dense(1) |> sigmoid }
`;

/** The model of SPEC in a folder with that file. */
function listed(items: string | Uint8Array | null) {
  const folder = new TestFolder();
  if (items !== null) folder.write("items.txt", items);
  const { value: model } = check(sourceFile(join(folder.path, "model.din"), SPEC));
  const csv = (name: string, ...lines: readonly string[]) =>
    folder.csv(name, "item_id,clicked,click", ...lines);
  return { folder, model: model!, csv };
}

describe("a vocabulary from a file", () => {
  it("gives its lines their ids, whatever the training rows have; other values are unknown", async () => {
    const { model, csv } = listed("b\r\na\n07\n never seen\n");
    const train = csv("train.csv", "a,b|07,1", "7,,0");
    const data = await readTraining(model, rowsOf(train, { test: csv("test.csv", "b,x|a,1") }));
    expect([...data.train.ids.get("item_id")!]).toEqual([3, 1]);
    expect([...data.train.histories.get("clicks")!.steps.get("item_id")!]).toEqual([2, 4]);
    expect([...data.test!.ids.get("item_id")!]).toEqual([2]);
    expect([...data.test!.histories.get("clicks")!.steps.get("item_id")!]).toEqual([1, 3]);
    expect(data.fitted.vocabularies.get("item_id")).toEqual(["b", "a", "07", " never seen"]);
  });

  it("is stored in the fitted values: later readings need no file", async () => {
    const { folder, model, csv } = listed("b\na\n");
    const config = rowsOf(csv("train.csv", "a,b,1", "b,,0"));
    const { fitted } = await readTraining(model, config);
    rmSync(join(folder.path, "items.txt"));
    const again = await readSplit(model, fitted, config, "train");
    expect([...again!.ids.get("item_id")!]).toEqual([3, 2]);
  });

  it("goes the whole way: opening, scoring and compiling the run find it there", async () => {
    const { comparison, opened, ranker } = await wholeWay(SPEC, {
      "items.txt": "a\nb\nc\n",
      "train.csv": "item_id,clicked,click\na,b|c,1\nb,,0\nz,a|z,1\nc,a,0\n",
    });
    expect(comparison).toMatchObject({ rows: 4, beyondTolerance: 0, withUnknown: 1 });
    expect(opened.run.fitted.vocabularies.get("item_id")).toEqual(["a", "b", "c"]);
    const unknown = (item_id: string) =>
      ranker.logits({ history: { clicks: [] }, candidates: [{ item_id }] });
    expect(unknown("never")).toEqual(unknown("z"));
    expect(unknown("never")).not.toEqual(unknown("a"));
  });
});

describe("a bad file", () => {
  const said = ({ folder, model, csv }: ReturnType<typeof listed>) => {
    const train = csv("train.csv", "a,b,1", "b,,0");
    return folder.said(() => readTraining(model, rowsOf(train)));
  };

  it("that is missing is reported at its name in the spec", async () => {
    expect(await said(listed(null))).toMatchInlineSnapshot(`
      "error[DIN0508 file-unreadable]: cannot read items.txt: there is no such file
       --> model.din:3:22
        |
      3 |   item_id : id(file: "items.txt")  embed 2
        |                      ^^^^^^^^^^^
      "
    `);
  });

  it("that has a value twice, and an empty line", async () => {
    expect(await said(listed("a\nb\na\n\nc\n"))).toMatchInlineSnapshot(`
      "error[DIN0574 value-listed-twice]: "a" is listed twice; the first time in line 1
       --> items.txt, row 3
       ::: model.din:3:22
        |
      3 |   item_id : id(file: "items.txt")  embed 2
        |                      ----------- named here

      error[DIN0575 empty-line-in-vocabulary]: this line is empty
       --> items.txt, row 4
       ::: model.din:3:22
        |
      3 |   item_id : id(file: "items.txt")  embed 2
        |                      ----------- named here
      "
    `);
  });

  it("that lists nothing", async () => {
    expect(await said(listed(""))).toMatchInlineSnapshot(`
      "error[DIN0576 empty-vocabulary]: the file lists no values for \`item_id\`
       --> items.txt
       ::: model.din:3:22
        |
      3 |   item_id : id(file: "items.txt")  embed 2
        |                      ----------- named here
      "
    `);
  });

  it("that is not text", async () => {
    expect(await said(listed(Uint8Array.of(0x61, 0xff, 0x0a)))).toMatchInlineSnapshot(`
      "error[DIN0541 malformed-data-file]: this file cannot be read any further: it is not UTF-8
       --> items.txt
       ::: model.din:3:22
        |
      3 |   item_id : id(file: "items.txt")  embed 2
        |                      ----------- named here
      "
    `);
  });

  it("that lists other values than the rows have", async () => {
    expect(await said(listed('"a"\n"b"\n'))).toMatchInlineSnapshot(`
      "error[DIN0577 vocabulary-of-other-values]: no training row has one of the 2 values that "items.txt" lists for \`item_id\`
       --> model.din:3:22
        |
      3 |   item_id : id(file: "items.txt")  embed 2
        |                      ^^^^^^^^^^^
        = help: the first value in the file is "\\"a\\""
      "
    `);
  });
});
