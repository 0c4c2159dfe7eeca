// The JavaScript of a generated folder is what TypeScript's own compiler makes of its TypeScript, up to spaces and comments.

import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import { emittedBy } from "../support/emitted.ts";
import { specFiles } from "../support/spec-files.ts";
import { trainedOf } from "./compiled.ts";
import { HOSTILE, specs } from "./specs.ts";

const good = specFiles("tests/good").filter(([path]) => /crosses|sets-and-texts|esmm/.test(path));
const subjects = [["din", specs.din] as const, ["hostile names", HOSTILE] as const, ...good];

/** Without spaces, and without the comma that the compiler leaves out. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, "").replaceAll(",)", ")");
}

function compiled(typescript: string): string {
  const { ES2022: target } = ts.ScriptTarget;
  const compilerOptions = { target, module: ts.ModuleKind.ESNext, removeComments: true };
  return squeezed(ts.transpileModule(typescript, { compilerOptions }).outputText);
}

function withoutComments(javascript: string): string {
  return javascript.replace(/^ *(?:\/\*[\s\S]*?\*\/|\/\/.*)$/gm, "");
}

/** The names of the files that there are in both languages. */
function compare(files: GeneratedFiles): string[] {
  const names = [...files.keys()].filter((name) => name.endsWith(".ts"));
  for (const name of names) {
    const [typescript, javascript] = [files.get(name), files.get(name.replace(/ts$/, "js"))] as string[];
    expect(squeezed(withoutComments(javascript!)), name).toBe(compiled(typescript!));
  }
  return names;
}

describe.each(subjects)("%s", (_, spec) => {
  test("as a module and as the inputs of an ONNX model", async () => {
    const trained = trainedOf(spec, 1, 5);
    const withoutTable = [...trained.tables.keys()].slice(0, 1);
    const stored: EmitOptions = { tables: "f16", withoutTable, mode: "fast" };
    const [module, compact] = [await emittedBy("ts", trained), await emittedBy("ts", trained, stored)];
    for (const { files } of [module, compact])
      expect(compare(files)).toEqual(["model.ts", "model.pool.ts", "model.patch.ts", "model.test.ts"]);
    expect(compare((await emittedBy("onnx", trained)).files)).toEqual(["inputs.ts", "model.test.ts"]);
  });
});
