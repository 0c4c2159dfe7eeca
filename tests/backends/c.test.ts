// C that is printed from code gives the bits of WebAssembly: requests of DIN, exact and fast, and a step of its training leave
// the same memory. Nothing that a spec or its file is called gets into the C but as a comment. (Everything else:
// c-proof.test.ts.)

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printNodeAddon } from "../../compiler/backends/c/node-addon.ts";
import { printC } from "../../compiler/backends/c/print.ts";
import { type FunctionBuilder, ModuleBuilder } from "../../compiler/backends/code/builder.ts";
import { i32, store, vector } from "../../compiler/backends/code/expressions.ts";
import { machines } from "../../compiler/backends/code/machine.ts";
import { emitStep } from "../../compiler/backends/code/training/emit.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { modelOf } from "../data/models.ts";
import { compilerNames, differencesInC } from "../support/c-code.ts";
import { recordedRanking, recordedTraining } from "../support/c-models.ts";
import { runs } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";

const [[, din]] = specFiles("tests/bench/rank").filter(([path]) => path.endsWith("/din.din")) as [
  [string, string],
];

/** A C compiler for each: which one has which is a matter of `c-proof.test.ts`. */
const compilerOf = (i: number) => compilerNames[i % compilerNames.length]!;

describe.skipIf(compilerNames.length === 0)("DIN in C has the bits of WebAssembly", () => {
  test.each(["exact", "fast"] as const)("a request, %s", async (mode) => {
    const ranking = await recordedRanking(din, mode);
    const names = ranking.runs.flatMap(({ calls }) => calls.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(["request", "candidates"]));
    const name = compilerOf(mode === "exact" ? 0 : 1);
    expect(differencesInC([ranking], { name, options: ["-O0"] })).toEqual([]);
  });

  test("a step of training", async () => {
    const modules = await recordedTraining(modelOf(din), "close", [37]);
    expect(modules.map(({ runs }) => runs.length)).toEqual([1]);
    expect(differencesInC(modules, { name: compilerOf(1), options: ["-O0"] })).toEqual([]);
  });
});

const onThisProcessor = process.arch === "x64" ? compilerNames : [];
const widths = [
  { machine: machines.sse2, options: ["-msse2"] },
  { machine: machines.avx2, options: ["-mavx2"] },
  { machine: machines.avx512, options: ["-mavx512f"] },
];

describe.skipIf(onThisProcessor.length === 0)("a vector's square roots are one instruction", () => {
  test.each(onThisProcessor.flatMap((name) => widths.map((each) => ({ name, ...each }))))(
    "$name $options",
    ({ name, machine, options }) => {
      const module = new ModuleBuilder(0, machine);
      const place = (f: FunctionBuilder) => vector.load(f.parameter(0), 0, machine.lanes);
      const f = module.function(1, (f) =>
        f.do(store.vector(f.parameter(0), vector.sqrt(place(f)), 0, machine.lanes)),
      );
      module.export("run", f);
      const compiled = execFileSync(
        name,
        ["-O1", "-Wno-psabi", ...options, "-S", "-x", "c", "-o", "-", "-"],
        {
          input: printC(module, "din_"),
          encoding: "utf8",
        },
      );
      expect(compiled.match(/\bv?sqrt[ps]s\b/g)).toHaveLength(1);
    },
  );
});

test("no description gets out of its comment", () => {
  const printed = (does: string) => {
    const module = new ModuleBuilder(0, machines.wasm);
    const f = module.function(1, (f) => f.do(store.i32(f.parameter(0), i32.const(7))), does);
    module.export("run", f);
    return printC(module, "din_");
  };
  const plain = printed("");
  const hostile = fc.array(
    fc.constantFrom(
      "*/",
      "/*",
      "//",
      "\n",
      "\r",
      "\\\n",
      "??/",
      "??/\n",
      '"',
      "'",
      "\\",
      "*",
      "/",
      "\u2028",
      "\0",
      "#",
      "a b",
    ),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(hostile, (parts) => {
      const lines = printed(parts.join("")).split("\n");
      const comments = lines.filter((line) => !plain.split("\n").includes(line));
      expect(comments).toHaveLength(1);
      expect(comments[0]).toMatch(/^\/\* [^*\\?"']* \*\/$/);
      expect(lines.filter((line) => line !== comments[0]).join("\n")).toBe(plain);
    }),
  );
});

test("whatever a spec's names are, the C of its training step differs in comments alone", () => {
  const printed = ([model, item, history, clicked, interest, block, label]: readonly string[]) => {
    const text = `model ${model}
features item { ${item} : id  embed 4 }
history ${history}(max: 3) { ${item} <-> ${clicked} }
label ${label} : binary
block ${block}(x: Vec[d]) -> Vec[2] { x |> dense(2, dice) }
net {
  let ${interest} = ${block}(concat(${item}, mean(${history})))
  predict ${label} = ${interest} |> dense(1) |> sigmoid
}
train { optimizer adam(learning_rate: 0.01) }`;
    const spec = check(sourceFile("names.din", text)).value;
    if (spec === null) return null;
    const { step } = trainingProgram(lower(spec), spec);
    const c = printNodeAddon(emitStep(step, machines.avx512, new Set()).code, false);
    return { c, code: c.replaceAll(/\/\*.*?\*\//gs, "") };
  };
  const plain = printed(["m", "item", "past", "column", "value", "part", "click"])!;
  const name = fc.oneof(
    fc.constantFrom(
      "int",
      "main",
      "M",
      "x",
      "din_run",
      "exp",
      "env",
      "napi_env",
      "define",
      "v16",
      "static",
      "asm",
    ),
    fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/),
  );
  let count = 0;
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 7, maxLength: 7 }), (names) => {
      const found = printed(names);
      // Some are words of the language.
      if (found === null) return;
      count += 1;
      expect(found.code).toBe(plain.code);
    }),
    { numRuns: runs(4) },
  );
  expect(count).toBeGreaterThan(0);
});
