// The C of any code leaves the memory that its WebAssembly leaves, which other tests hold to the references: every op, random
// Graphs with their gradients, and batches of any size (models of the zoo: c-zoo.test.ts). gcc and clang compile it, with and
// without optimisation; for aarch64, under qemu; and with sanitizers, which see the gaps between places of the memory. Each
// program is compiled in one of the ways, in turn; `FUZZ=2` compiles all programs in every way.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { CodeModule } from "../../compiler/backends/code/code.ts";
import { type Machine, machines } from "../../compiler/backends/code/machine.ts";
import { emitStep } from "../../compiler/backends/code/training/emit.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { freezeStatistics } from "../../compiler/middle/passes/freeze-statistics.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { modelOf } from "../data/models.ts";
import { withGradients } from "../graph/training-graph.ts";
import { runsOf } from "../ops/op-cases.ts";
import {
  type CCompiler,
  compilerNames,
  differencesInC,
  isThere,
  type RecordedModule,
  recorded,
} from "../support/c-code.ts";
import { recordedTraining } from "../support/c-models.ts";
import { runs, seed, times } from "../support/how-often.ts";
import { randomBatch } from "../support/random-batch.ts";
import { graphs, isCandidate, MOST_STEPS } from "../support/random-graph.ts";
import { severalLayers } from "../support/random-training.ts";
import { casesOf } from "./op-suite.ts";
import { type Given, wayNamed } from "./runners.ts";

const SANITIZED = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover"];
const optimised: readonly CCompiler[] = compilerNames.flatMap((name) =>
  ["-O1", "-O2"].map((level) => ({ name, options: [level] })),
);
const sanitized: readonly CCompiler[] = compilerNames.map((name) => ({ name, options: SANITIZED }));
const ways: readonly CCompiler[] = [
  ...optimised,
  ...sanitized,
  ...compilerNames.map((name) => ({ name, options: ["-O0"] })),
  ...(isThere("aarch64-linux-gnu-gcc") && isThere("qemu-aarch64")
    ? [{ name: "aarch64-linux-gnu-gcc", options: ["-O2", "-static"], runs: ["qemu-aarch64"] }]
    : []),
];

/** The programs that one of the ways compiles. */
function shareOf<T>(all: readonly T[], way: number, count: number): T[] {
  return times() > 1 ? [...all] : all.filter((_, i) => i % count === way);
}

/** One of this many ops is tried; another seed tries others. */
const OPS_PART = 3;

async function recordedOps(): Promise<RecordedModule[]> {
  const found: RecordedModule[] = [];
  for (const [name, per] of [["wasm", "example"] as const, ["simd", "candidate"] as const]) {
    const way = wayNamed(name);
    const cases = casesOf(way).filter((each) => each.per === per);
    for (const opCase of shareOf(cases, seed % OPS_PART, OPS_PART))
      found.push(
        ...(await recorded(async () => {
          const open = await way.open(opCase.graph);
          for (const { layout, feeds } of runsOf(opCase, 1)) {
            const { candidates, steps, rows } = layout;
            await open.run({ feeds, layout: rows, candidates, steps });
          }
          open.close();
        }, "apart")),
      );
  }
  return found;
}

/** The same values at the same addresses, computed by the code for a machine with wider vectors. */
async function recordedWide(graph: ValidGraph, machine: Machine, given: Given): Promise<RecordedModule[]> {
  const codes: CodeModule[] = [];
  const modules = await recorded(async () => {
    const open = await wayNamed("wasm").open(graph);
    await open.run(given);
    open.close();
    codes.push(emitStep(graph, machine, new Set()).code);
  }, "apart");
  return modules.map(({ runs }) => ({ code: codes[0]!, runs }));
}

const requests = [
  { candidates: 1, steps: MOST_STEPS },
  { candidates: 3, steps: 0 },
  { candidates: 6, steps: 5 },
];

async function recordedGraphs(): Promise<RecordedModule[]> {
  const found: RecordedModule[] = [];
  for (const [i, graph] of fc.sample(graphs, runs(9)).entries()) {
    const batch = randomBatch(graph, requests, seed + i);
    const machine = [machines.wasm, machines.avx2, machines.avx512][i % 3]!;
    const whole = { ...batch, candidates: 0, steps: 0 };
    found.push(
      ...(await recordedWide(withGradients(graph), machine, whole)),
      ...(await recorded(async () => {
        const program = validate(toRequest(freezeStatistics(graph), isCandidate));
        const open = await wayNamed("simd").open(program, MOST_STEPS);
        for (const request of batch.requests) await open.run({ ...request, ...request.once });
        open.close();
      }, "apart")),
    );
  }
  return found;
}

/** A recurrence, attention, sets, batch statistics and dropout, over batches of any size. */
const several = modelOf(
  severalLayers({ more: "|> dropout(0.3)", train: "regularize mini_batch_aware(0.1)" }),
);
const SHAPES = [37, 5, 1, 70];

describe.skipIf(compilerNames.length === 0)("C computes what WebAssembly computes", () => {
  const small: RecordedModule[] = [];
  beforeAll(async () => {
    small.push(...(await recordedOps()), ...(await recordedGraphs()));
  }, 600_000);

  test.each(ways.map((way, i) => [`${way.name} ${way.options.join(" ")}`, way, i] as const))(
    "ops and random Graphs, %s",
    (_, way, i) => {
      const share = shareOf(small, i, ways.length);
      expect(share.flatMap((each) => each.runs).length).toBeGreaterThan(10);
      expect(differencesInC(share, way)).toEqual([]);
    },
    600_000,
  );

  test("batches of many sizes, with places apart", async () => {
    const modules = await recordedTraining(several, "apart", SHAPES);
    for (const way of shareOf(sanitized, seed % sanitized.length, sanitized.length))
      expect(differencesInC(modules, way)).toEqual([]);
  }, 600_000);

  test("sanitizers see what is read between two places", () => {
    const [{ code, runs }] = small as [RecordedModule];
    const closed = runs.map((run) => ({ ...run, gaps: [[0, run.before.length] as const] }));
    expect(() => differencesInC([{ code, runs: closed }], sanitized[0]!)).toThrow("use-after-poison");
  });
});
