// --backend cpu and --wide-vectors were removed: wasm replaces cpu, for runs trained with it too, and one message says so.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestBytes } from "../../runtime/run/run-files.ts";
import type { Manifest } from "../../runtime/run/run-folder.ts";
import { runHere } from "./run-here.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = (...args: string[]) => runHere(args, { cwd: folder });
const manifest = () => JSON.parse(readFileSync(at("run", "manifest.json"), "utf8")) as Manifest;
const warnings = (err: string) => err.match(/warning\[DIN0514 backend-replaced\]: .*/g);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-replaced-"));
  writeFileSync(
    at("model.din"),
    `model tiny
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 10  epochs 1  metrics auc }
`,
  );
  const rows = Array.from({ length: 60 }, (_, i) => `i${i % 11},${i % 2}\n`);
  writeFileSync(at("rows.csv"), `item_id,click\n${rows.join("")}`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv, test: rows.csv }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a training with cpu is one with wasm", async () => {
  const { code, err } = await dinc("train", "--backend", "cpu", "--out", "run");
  expect(code, err).toBe(0);
  expect(warnings(err)).toEqual([
    "warning[DIN0514 backend-replaced]: the back end cpu was removed; wasm replaces it",
  ]);
  expect(manifest().backend).toBe("wasm");
});

test("a removed option is ignored, with a warning", async () => {
  for (const option of ["--wide-vectors", "--wide-vectors=on"]) {
    const { code, err } = await dinc("train", option, "--backend", "wasm", "--out", "ignored", "--force");
    expect(code, err).toBe(0);
    expect(err).toContain(
      "warning[DIN0865 option-removed]: --wide-vectors was removed and has no effect: native code computes with the widest vectors of the processor",
    );
  }
  expect((await dinc("train", "--help")).out).not.toContain("wide-vectors");
});

test("a run that cpu trained is scored with wasm, unless another is asked for", async () => {
  const expected = await dinc("predict", "run", "--data", "rows.csv", "--out", "-");
  expect(warnings(expected.err)).toBeNull();
  writeFileSync(at("run", "manifest.json"), manifestBytes({ ...manifest(), backend: "cpu" }));
  const said = [
    "warning[DIN0514 backend-replaced]: the back end cpu, which trained this run, was removed; wasm replaces it, and scores may differ in the last digits",
  ];
  const predicted = await dinc("predict", "run", "--data", "rows.csv", "--out", "-");
  expect(predicted).toMatchObject({ code: 0, out: expected.out });
  expect(warnings(predicted.err)).toEqual(said);
  const evaluated = await dinc("eval", "run", "--data", "rows.csv");
  expect(evaluated.code).toBe(0);
  expect(warnings(evaluated.err)).toEqual(said);
  const asked = await dinc("eval", "run", "--data", "rows.csv", "--backend", "wasm");
  expect(asked).toMatchObject({ code: 0, out: evaluated.out });
  expect(warnings(asked.err)).toBeNull();
});

test("a name that never was one is refused with those that are", async () => {
  const { code, err } = await dinc("train", "--backend", "gpu", "--out", "none");
  expect(code).toBe(2);
  expect(err).toContain("Allowed choices are auto, node, native, wasm.");
});
