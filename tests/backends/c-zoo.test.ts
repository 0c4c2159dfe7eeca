// Models of the zoo leave in C the memory that they leave in WebAssembly: requests, steps of a training, and a prediction, bit by
// bit. gcc and clang compile them at -O0 to -O3, for vectors of 4, 8 and 16 numbers. A seed takes one model of 16, each in
// one of these 24 ways; `FUZZ=2` takes all models, and with the seeds 0, 16, … 368 each in all ways.

import { describe, expect, test, vi } from "vitest";
import type { CodeModule } from "../../compiler/backends/code/code.ts";
import { type Machine, machines } from "../../compiler/backends/code/machine.ts";
import { modelOf } from "../data/models.ts";
import { compilerNames, differencesInC } from "../support/c-code.ts";
import { recordedRanking, recordedTraining } from "../support/c-models.ts";
import { seed, times } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";

/** Makes a module again, for another machine. */
const again = new Map<CodeModule, (machine: Machine) => CodeModule>();

vi.mock("../../compiler/backends/code/training/emit.ts", async (original) => {
  const real = await original<typeof import("../../compiler/backends/code/training/emit.ts")>();
  const emitStep: typeof real.emitStep = (graph, machine, held) => {
    const made = real.emitStep(graph, machine, held);
    again.set(made.code, (other) => real.emitStep(graph, other, held).code);
    return made;
  };
  return { ...real, emitStep };
});
vi.mock("../../compiler/backends/code/program.ts", async (original) => {
  const real = await original<typeof import("../../compiler/backends/code/program.ts")>();
  const rankingCode: typeof real.rankingCode = (graph, longest, mode, machine, beside) => {
    const made = real.rankingCode(graph, longest, mode, machine, beside);
    if (made !== null)
      again.set(made.code, (other) => real.rankingCode(graph, longest, mode, other, beside)!.code);
    return made;
  };
  return { ...real, rankingCode };
});

const widths = [machines.wasm, machines.avx2, machines.avx512];
const ways = ["-O0", "-O1", "-O2", "-O3"].flatMap((level) =>
  compilerNames.flatMap((name) => widths.map((machine) => ({ name, level, machine }))),
);
const PART = 16;
const isWhole = times() > 1;
const cases = specFiles("examples/zoo").flatMap(([path, text], i) => {
  if (!isWhole && i % PART !== seed % PART) return [];
  const turn = (isWhole ? i : Math.floor(i / PART)) + Math.floor(seed / PART);
  const way = ways[turn % ways.length];
  return way === undefined
    ? []
    : [{ path, text, way, as: `${way.name} ${way.level}, ${way.machine.lanes} lanes` }];
});

describe.skipIf(compilerNames.length === 0)("the zoo in C", () => {
  test.each(cases)(
    "$path, $as",
    async ({ text, way: { name, level, machine } }) => {
      const modules = [
        ...(await recordedTraining(modelOf(text), "close", [37, 5], true)),
        await recordedRanking(text, "exact"),
      ];
      expect(modules).toHaveLength(3);
      const wide = modules.map(({ code, runs }) => ({ code: again.get(code)!(machine), runs }));
      // gcc 12 drops calls without the last flag (see runtime/native/c-compiler.ts).
      const options = [level, "-march=native", ...(name === "gcc" ? ["-fno-ivopts"] : [])];
      expect(differencesInC(wide, { name, options })).toEqual([]);
    },
    3_600_000,
  );
});
