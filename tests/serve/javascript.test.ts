// The JavaScript of a generated folder is what TypeScript's own compiler makes of its TypeScript, up to spaces, comments,
// long literals on several lines, and the names of values, which JavaScript has in a short form.

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

/** Without spaces, and without commas before a closing bracket. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, "").replace(/,(?=[)\]}])/g, "");
}

function compiled(typescript: string): string {
  const { ES2022: target } = ts.ScriptTarget;
  const compilerOptions = { target, module: ts.ModuleKind.ESNext, removeComments: true };
  return ts.transpileModule(typescript, { compilerOptions }).outputText;
}

const scopes = { Weights: "w", RequestValues: "q", CandidateValues: "c" };

function classOf(name: string): RegExp {
  return new RegExp(`^class ${name}\\b.*\\{\\n[\\s\\S]*?^\\}`, "m");
}

function propertiesOf(code: string, name: string): string[] {
  const [body = ""] = classOf(name).exec(code) ?? [];
  return [...body.matchAll(/^(?: {2}| {4})(\w+)(?: = .*)?;$/gm)].map(([, property]) => property!);
}

/** TypeScript's output with the short names of `javascript`: values, encoders, and no local names of values. */
function shortened(code: string, javascript: string): string {
  let text = code
    .replace(/" \+\n +"/g, "")
    .replace(/^ +const room =\s([^;]*);\n( +wasm\.fill\(\d+, )room/m, "$2$1")
    .replace(/^function compute[\s\S]*?^\}/gm, (body) => {
      let own = body;
      for (const [line, local, value] of body.matchAll(/^ +const (\w+) = ([qc]\.\w+);\n/gm))
        own = own.replace(line, "").replaceAll(new RegExp(`(?<![.\\w])${local}\\b`, "g"), value!);
      return own;
    });
  for (const [name, scope] of Object.entries(scopes)) {
    const short = propertiesOf(javascript, name);
    const names = new Map(propertiesOf(text, name).map((property, i) => [property, short[i]] as const));
    const renamed = (all: string, before: string, property: string) =>
      names.has(property) ? `${before}${names.get(property)}` : all;
    text = text
      .replace(classOf(name), (body) => body.replace(/(^ {4}|this\.)(\w+)/gm, renamed))
      .replaceAll(new RegExp(`\\b(${scope}\\.)(\\w+)`, "g"), renamed);
  }
  const encoders = [...text.matchAll(/^ {4}const (\w+_encoder\w*) =/gm)];
  for (const [i, [, encoder]] of encoders.entries())
    text = text.replaceAll(new RegExp(`(?<!")\\b${encoder}\\b`, "g"), `f${i}`);
  return text;
}

function withoutComments(javascript: string): string {
  return javascript.replace(/^ *(?:\/\*[\s\S]*?\*\/|\/\/.*)$/gm, "");
}

/** The names of the files that there are in both languages. */
function compare(files: GeneratedFiles): string[] {
  const names = [...files.keys()].filter((name) => name.endsWith(".ts"));
  for (const name of names) {
    const [typescript, javascript] = [files.get(name), files.get(name.replace(/ts$/, "js"))] as string[];
    const expected = squeezed(shortened(compiled(typescript!), javascript!));
    const found = squeezed(withoutComments(javascript!));
    const at = [...found].findIndex((character, i) => character !== expected[i]);
    expect(found.slice(at, at + 80), name).toBe(expected.slice(at, at + 80));
    expect(found.length).toBe(expected.length);
  }
  return names;
}

describe.each(subjects)("%s", (_, spec) => {
  test("as a module and as the inputs of an ONNX model", async () => {
    const trained = trainedOf(spec, 1, 5);
    const withoutTable = [...trained.tables.keys()].slice(0, 1);
    const stored: EmitOptions = { tables: "f16", withoutTable, mode: "fast", singleFile: true };
    const appending: EmitOptions = { sessions: "append", singleFile: true };
    const beside = ["model.pool.ts", "model.patch.ts", "model.test.ts"];
    const takesEvents = trained.model.histories.size > 0;
    for (const options of [stored, ...(takesEvents ? [appending] : [])])
      expect(compare((await emittedBy("ts", trained, options)).files)).toEqual(["model.ts", ...beside]);
    const { files } = await emittedBy("ts", trained);
    const divided = new Map([...files].filter(([name]) => name !== "model.ts"));
    expect(compare(divided)).toEqual(["model.library.ts", ...beside]);
    expect(compare((await emittedBy("onnx", trained)).files)).toEqual(["inputs.ts", "model.test.ts"]);
  });
});
