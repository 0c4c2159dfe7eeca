// The sizes of generated code. sizes.txt has those of some models of the zoo, in bytes: as written, and
// compressed. Code may be 1 % larger or smaller than it says; beyond that, look at what was added before you
// run UPDATE=1.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import { emitProgram } from "../../compiler/backends/typescript/emit-program.ts";
import { root } from "../cli/spawn.ts";
import { testContext } from "../support/emitted.ts";
import { trainedOf } from "./compiled.ts";

/**
 * The smallest; features alone and their products; histories of every kind of network; several labels; sets,
 * times and two histories; a search in a long history.
 */
const names = ["lr", "deepfm", "dcn_v2", "din", "dien", "bst", "mmoe", "dssm", "dmr", "sim_hard", "hstu"];

const path = join(import.meta.dirname, "sizes.txt");

/** A line for each file: its size, and its compressed size. */
function sizesOf(name: string): string[] {
  const trained = trainedOf(readFileSync(join(root, "examples/zoo", `${name}.din`), "utf8"));
  const rowsOf = (table: string) => trained.tables.get(table)!.values.length;
  const { module } = emitProgram({ ...trained, rowsOf }, () => "f32", {}, { version: "test", run: null });
  const { inputs, python } = onnxParts(trained, "optimised", testContext);
  const texts = {
    ...{ "model.ts": module.typescript, "model.js": module.javascript },
    ...{ "inputs.ts": inputs.typescript, "inputs.js": inputs.javascript, "inputs.py": python },
  };
  return Object.entries(texts).map(
    ([file, text]) => `${name} ${file} ${Buffer.byteLength(text)} ${gzipSync(text, { level: 9 }).length}`,
  );
}

test("generated code of the zoo is as large as it was", () => {
  const lines = names.flatMap(sizesOf);
  if (process.env["UPDATE"] === "1") writeFileSync(path, `${lines.join("\n")}\n`);
  const recorded = readFileSync(path, "utf8").trimEnd().split("\n");
  const [found, before] = [lines, recorded].map((all) => all.map((line) => line.split(" "))) as [
    string[][],
    string[][],
  ];
  expect(before.map(([name, file]) => [name, file])).toEqual(found.map(([name, file]) => [name, file]));
  const isAsBefore = (fields: readonly string[], i: number) =>
    [2, 3].every((size) => Math.abs(Number(fields[size]) / Number(before[i]![size]) - 1) <= 0.01);
  const changed = found.flatMap((fields, i) =>
    isAsBefore(fields, i) ? [] : [`${recorded[i]} -> ${fields.slice(2).join(" ")}`],
  );
  expect(changed).toEqual([]);
});
