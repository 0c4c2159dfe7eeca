// A small project with a run in a folder, for tests that interrupt commands.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { writeTrained } from "../import/trained.ts";

const MODEL = `model tiny
features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 2 }
`;

/** The output of a command, by its path. */
export interface Written {
  readonly args: readonly string[];
  /** The file or folder; null if the command writes none. */
  readonly place: string | null;
  /** The previous content of that path, restored for every run. */
  readonly before: string | null;
}

const UGLY = MODEL.replace("{ batch", "{     batch");
const BROKEN = MODEL.replace("dense(8, relu)", "dense(8, rellu)");

const wasm = ["--backend", "wasm"] as const;

export const commands: Readonly<Record<string, Written>> = {
  train: {
    args: ["train", "-c", "dinc.yaml", ...wasm, "--out", "new", "--checkpoint-every", "0.01", "--resume"],
    place: "new",
    before: null,
  },
  prepare: {
    args: ["prepare", "-c", "dinc.yaml", "--out", "new", "--shards", "2", "--force"],
    place: "new",
    before: null,
  },
  import: {
    args: ["import", "trained", ...wasm, "--out", "new", "--force"],
    place: "new",
    before: null,
  },
  predict: {
    args: ["predict", "run", "--data", "rows.csv", ...wasm, "--out", "new.csv"],
    place: "new.csv",
    before: null,
  },
  "predict over a file": {
    args: ["predict", "run", "--data", "rows.csv", ...wasm, "--out", "new.csv"],
    place: "new.csv",
    before: "row\n",
  },
  "compile to TypeScript": { args: ["compile", "run", "--out", "new"], place: "new", before: null },
  "compile to ONNX": {
    args: ["compile", "run", "--target", "onnx", "--out", "new"],
    place: "new",
    before: null,
  },
  "compile to PyTorch": {
    args: ["compile", "model.din", "-c", "dinc.yaml", "--target", "torchrec", "--out", "new"],
    place: "new",
    before: null,
  },
  "export embeddings": {
    args: ["export", "embeddings", "run", "--table", "item_id", "--out", "new.parquet"],
    place: "new.parquet",
    before: null,
  },
  "export over a file": {
    args: ["export", "embeddings", "run", "--table", "item_id", "--out", "new.parquet"],
    place: "new.parquet",
    before: "row\n",
  },
  importance: {
    args: ["importance", "run", "--data", "rows.csv", ...wasm, "--report", "new.html"],
    place: "new.html",
    before: null,
  },
  "test-data": {
    args: ["test-data", "rows.csv", "--run", "run", "--report", "new.html"],
    place: "new.html",
    before: null,
  },
  init: { args: ["init", "new", "--data", "rows.csv"], place: "new", before: null },
  fmt: { args: ["fmt", "new.din"], place: "new.din", before: UGLY },
  "check --fix": { args: ["check", "--fix", "new.din"], place: "new.din", before: BROKEN },
  graph: { args: ["graph", "model.din", "--out", "new.svg"], place: "new.svg", before: null },
  eval: { args: ["eval", "run", "--data", "rows.csv", ...wasm], place: null, before: null },
};

/** Makes the project and trains its run, once more in the form of a package's training. */
export async function makeProject(folder: string): Promise<void> {
  const rows = Array.from({ length: 2000 }, (_, i) => `i${(i * 7) % 500},${i % 2}`);
  writeFileSync(join(folder, "rows.csv"), `item_id,click\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "model.din"), MODEL);
  writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: rows.csv, test: rows.csv }\n");
  for (const command of ["prepare --out rows", "train --backend wasm --out run"]) {
    const ran = await runHere(command.split(" "), { cwd: folder });
    expect(ran.code, ran.err).toBe(0);
  }
  await writeTrained(join(folder, "trained"), join(folder, "run"), join(folder, "rows"));
}
