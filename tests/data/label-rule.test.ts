// Labels that a column holds in other words than 0 and 1: by comparison, by values, and what no rule says anything about.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { labelBy } from "../../compiler/data/compared-cells.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type LabelRule, readPositive } from "../../compiler/frontend/config/label-rule.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";
import { labelProblems } from "../../compiler/frontend/config/training-problems.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { runs } from "../support/how-often.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readRows, readTraining } from "./in-memory.ts";
import { flatModel, modelOf } from "./models.ts";

function ruleOf(positive: readonly string[], more: Partial<LabelRule> = {}): LabelRule {
  return { name: null, from: null, positive, negative: null, ...more };
}

describe("a rule", () => {
  it.each<
    [
      rule: readonly string[],
      negative: readonly string[] | null,
      values: readonly unknown[],
      labels: unknown[],
    ]
  >([
    [[">= 4"], null, [4, "4.0", 3.9, "5", 10n, "x", "", true], [1, 1, 0, 1, 1, null, null, 0]],
    [["<2"], null, [1, 2, "-1e3"], [1, 0, 1]],
    [["> -1.5"], null, [-1, -1.5], [1, 0]],
    [["<= .5"], null, ["0.5", 0.6], [1, 0]],
    [["yes"], null, ["Yes ", "no", "maybe", 1], [1, 0, 0, 0]],
    [
      ["yes", "y"],
      ["no", "n"],
      ["Y", "N", "maybe"],
      [1, 0, null],
    ],
    [["1"], ["-1"], [1, "1.0", -1, "-1", 0], [1, 1, 0, 0, null]],
    [["true"], null, [true, false, "TRUE", 1, 0, "1"], [1, 0, 1, 1, 0, 1]],
    [["1"], null, [true, false, "true", "False"], [1, 0, 1, 0]],
    [["0"], ["1"], [true, false, "TRUE", "false"], [0, 1, 0, 1]],
    [["false"], ["true"], [0, 1, "0", "1.0"], [1, 0, 1, 0]],
  ])("1 for %j and 0 for %j", (positive, negative, values, labels) => {
    const label = labelBy(ruleOf(positive, { negative }), null);
    expect(values.map((value) => label(value as string))).toEqual(labels);
  });

  it("is a comparison, a value or a list of values", () => {
    expect([">= 4", 1, true, ["a", 2]].map(readPositive)).toEqual([[">= 4"], ["1"], ["true"], ["a", "2"]]);
    for (const wrong of [">= x", ">", "", [], [""], [">= 4", "b"], null, { a: 1 }])
      expect(readPositive(wrong), JSON.stringify(wrong)).toBeNull();
  });
});

describe("data.label", () => {
  const read = (yaml: string) =>
    readSettings(sourceFile("dinc.yaml", yaml), [], { environment: () => undefined, problemOf: () => null });

  it("is read from dinc.yaml", () => {
    const { value, diagnostics } = read(
      'data:\n  train: a.csv\n  label: { from: rating, positive: ">= 4", negative: [1, no] }\n',
    );
    expect(diagnostics).toEqual([]);
    expect(value.data).toMatchObject({
      label: { name: null, from: "rating", positive: [">= 4"], negative: ["1", "no"] },
    });
  });

  it("makes labels in training, and the same where the run is measured", async () => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "item_id,rating", "a,5", "b,3", "c,4");
    const plain = folder.csv("plain.csv", "item_id,click", "a,1", "b,0", "c,1");
    const label = { ...ruleOf([">= 4"], { from: "rating" }), location: noLocation };
    const { fitted, train, fingerprint } = await readTraining(flatModel(), rowsOf(path, { label }));
    const one = await readTraining(flatModel(), rowsOf(plain));
    expect(train).toEqual(one.train);
    expect(fingerprint.label).toEqual(ruleOf([">= 4"], { from: "rating" }));
    const again = await readRows(flatModel(), fitted, path, { labels: "required", label });
    expect([...again.labels.get("click")!]).toEqual([1, 0, 1]);
    // Where labels may be missing, that column decides whether they are.
    const without = await readRows(flatModel(), fitted, path, { labels: "optional" });
    expect(without.labels.size).toBe(0);
  });

  it("names the value that it says nothing about", async () => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "item_id,bought", "a,yes", "b,maybe");
    const label = { ...ruleOf(["yes"], { from: "bought", negative: ["no"] }), location: noLocation };
    expect(await folder.said(() => readTraining(flatModel(), rowsOf(path, { label })))).toContain(
      'error[DIN0676 label-by-no-rule]: `bought` is "maybe", for which `click` is neither 1 nor 0: `data.label` gives 1 for yes, and 0 for no\n --> rows.csv, row 2, column bought',
    );
  });

  it("is for one of several labels where it says which", () => {
    const model = modelOf(`model two
features item { item_id : id  embed 2 }
label click : binary
label buy : binary
net {
  predict click = item_id |> dense(1) |> sigmoid
  predict buy = item_id |> dense(1) |> sigmoid
}
train { batch 4 }
`);
    const problems = (name: string | null) =>
      labelProblems(model, { label: { ...ruleOf(["1"], { name }), location: noLocation } }).map(
        ({ code }) => code,
      );
    expect([problems("buy"), problems(null), problems("like")]).toEqual([[], ["DIN0675"], ["DIN0675"]]);
  });
});

describe("labels that are the same in every row", () => {
  const cells = fc.oneof(
    fc.constantFrom<readonly (string | number | boolean)[]>(
      [true, false],
      [0, 1],
      ["yes", "no"],
      ["true", "FALSE"],
    ),
    fc.uniqueArray(fc.integer({ min: -3, max: 5 }), { minLength: 2, maxLength: 3 }),
  );
  const rules = fc.constantFrom(null, "1", "true", "0", "yes", "7", ">= 4", "< 0", ">= -3");

  it("are told, and no others", async () => {
    const folder = new TestFolder();
    await fc.assert(
      fc.asyncProperty(cells, rules, fc.nat(7), async (values, rule, bits) => {
        const clicks = [0, 1, 2].map((i) => values[(bits >> i) % 2]!);
        const label = rule === null ? null : ruleOf([rule]);
        const read = labelBy(label ?? ruleOf(["1"], { negative: ["0"] }), null);
        const labels = clicks.map(read);
        fc.pre(!labels.includes(null));
        const lines = clicks.map((click, i) => JSON.stringify({ item_id: `i${i}`, click }));
        const path = folder.write("rows.jsonl", `${lines.join("\n")}\n`);
        const badRows = new BadRowReport();
        const rows = {
          ...rowsOf(path),
          ...(label === null ? {} : { label: { ...label, location: noLocation } }),
        };
        await readTraining(flatModel(), rows, { badRows });
        const told = badRows.remarks.map(({ code }) => code);
        expect(told).toEqual(
          labels.every((one) => one === 0)
            ? ["DIN0597"]
            : labels.every((one) => one === 1)
              ? ["DIN0598"]
              : [],
        );
      }),
      { numRuns: runs(10) },
    );
  });

  it("name the values to choose from", async () => {
    const folder = new TestFolder();
    const path = folder.csv("rows.csv", "item_id,rating", "a,5", "b,3", "c,4", "d,", "e,3");
    const label = { ...ruleOf(["yes"], { from: "rating" }), location: noLocation };
    const badRows = new BadRowReport("skip");
    await readTraining(flatModel(), rowsOf(path, { label }), { badRows });
    expect(badRows.remarks).toMatchObject([
      { code: "DIN0597", help: "`rating` has the values 5, 3, 4: list those that mean 1 in `positive`" },
    ]);
  });
});

describe("values of a rule that no row has", () => {
  const words = fc.subarray(["yes", "Y", "1", "1.50", "no"], { minLength: 1 });

  it("are told, where the others give labels of both kinds", async () => {
    const folder = new TestFolder();
    const cells = fc.array(fc.constantFrom("yes", "y", "1.0", "1.5", "no", "other"), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(words, fc.option(words), cells, async (positive, negative, values) => {
        const rule = ruleOf(positive, { from: "said", negative });
        const isSame = (text: string, cell: string) =>
          Number.isNaN(Number(text)) ? text.toLowerCase() === cell : Number(text) === Number(cell);
        const labels = values.map((cell) => {
          if (positive.some((text) => isSame(text, cell))) return 1;
          return negative === null || negative.some((text) => isSame(text, cell)) ? 0 : null;
        });
        fc.pre(!labels.includes(null));
        const path = folder.csv("rows.csv", "item_id,said", ...values.map((cell, i) => `i${i},${cell}`));
        const badRows = new BadRowReport();
        const label = { ...rule, location: noLocation };
        await readTraining(flatModel(), rowsOf(path, { label }), { badRows });
        const unmet = [...positive, ...(negative ?? [])].filter(
          (text) => !values.some((cell) => isSame(text, cell)),
        );
        const isTold = labels.includes(0) && labels.includes(1) && unmet.length > 0;
        const told = badRows.remarks.filter(({ code }) => code === "DIN0630");
        expect(told.map(({ help }) => help!.split(": correct")[0])).toEqual(
          isTold ? [`no row has ${unmet.map((text) => `\`${text}\``).join(", ")}`] : [],
        );
      }),
      { numRuns: runs(15) },
    );
  });
});
