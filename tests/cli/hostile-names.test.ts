// Columns are called what they are called: no name of a spec may meet a name of ours, nor what JavaScript objects inherit.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { expectSuccess, runHere } from "./run-here.ts";

const specs = {
  "names that every JavaScript object has": `model constructor
features user { __proto__ : enum("a", "b") embed 2  constructor : id embed 2 }
features item { to_string : id embed 2  __lookup__ : number  toString : number |> standardize }
history valueOf(max: 3) { to_string <-> isPrototypeOf }
label hasOwnProperty : binary
net {
  predict hasOwnProperty =
    concat(__proto__, constructor, __lookup__, toString, attend(to_string, valueOf)) |> dense(1) |> sigmoid
}
`,
  "names of what a training step is fed": `model step
features user { u : id embed 2 }
features item { learning_rate : id embed 2  bias1 : id embed 2 }
history scalar(max: 3) { learning_rate <-> a  bias1 <-> b }
history label(max: 3) { learning_rate <-> c  bias1 <-> d }
history gradient(max: 3) { learning_rate <-> e  bias1 <-> f }
label loss : binary
net {
  predict loss = concat(u, learning_rate, bias1, sum(scalar), mean(label), max(gradient)) |> dense(1, sigmoid)
}
`,
};

/** Rows in which every column of `spec` has a value; text throughout, so that ids and numbers are told by the spec. */
function rows(spec: string): string {
  const { columns, lists } = columnsOf(spec);
  const value = (column: string, row: number) =>
    column === "__proto__"
      ? "ab"[row % 2]!
      : String((row * 7 + column.length) % (/^(loss|has)/.test(column) ? 2 : 5));
  const line = (row: number) =>
    [
      ...columns.map((column) => value(column, row)),
      ...lists.map(() => Array.from({ length: row % 5 }, (_, i) => i).join("|")),
    ].join(",");
  return `${[...columns, ...lists].join(",")}\n${Array.from({ length: 40 }, (_, row) => line(row)).join("\n")}\n`;
}

function columnsOf(spec: string): { readonly columns: string[]; readonly lists: string[] } {
  const found = (pattern: RegExp) => [...spec.matchAll(pattern)].map((match) => match[1]!);
  return { columns: found(/(\w+) : /g), lists: found(/<-> (\w+)/g) };
}

describe.each(Object.entries(specs))("%s", (_, spec) => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dinc-names-"));
    writeFileSync(join(folder, "model.din"), spec);
    writeFileSync(join(folder, "rows.csv"), rows(spec));
    writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: rows.csv, test: rows.csv }\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(["wasm", "auto"])("train, predict and compile; backend %s", async (backend) => {
    const out = `run-${backend}`;
    for (const args of [
      ["train", "--backend", backend, "--out", out],
      ["predict", out, "--data", "rows.csv", "--out", `${out}.csv`],
      ["compile", out, "--target", "ts", "--out", `ranker-${backend}`],
      ["compile", out, "--target", "onnx", "--out", `onnx-${backend}`],
    ])
      expectSuccess(await runHere(args, { cwd: folder }));
  });
});
