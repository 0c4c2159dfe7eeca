// Generated over all ops: what a back end computes for an op's samples is what the reference computes, and
// has the inferred shape.

import { describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { shapeOf } from "../onnx/feeds.ts";
import { difference } from "../ops/comparison.ts";
import { type OpCase, opCases, type Run, runsOf, wideCases } from "../ops/op-cases.ts";
import { times } from "../support/how-often.ts";
import type { Way } from "./runners.ts";

const cases = opCases();

/** No multiple of any number of lanes, and more than the vectors that a kernel keeps in registers. */
const WIDER = 17;
const wide = wideCases(WIDER);
/** Sums of so many products that cancel: what is forgotten is some tenths, and rounding ten thousandths. */
const ROUNDING = 1e-3;
/**
 * The ways whose kernels are dinc's own, with the rows of which each runs wide cases. `FUZZ=2` runs all of
 * them in every way.
 */
const ownKernels: Readonly<Record<string, OpCase["per"]>> = { wasm: "example", simd: "candidate" };

interface ExpectedRun extends Run {
  readonly outputs: ReadonlyMap<string, ArrayLike<number>>;
}

/** By case; the references, too, take their time, which is why wide ones are run over one seed. */
const expected = new Map<OpCase, readonly ExpectedRun[]>();

function expectedOf(opCase: OpCase): readonly ExpectedRun[] {
  const found =
    expected.get(opCase) ??
    runsOf(opCase, wide.includes(opCase) ? 1 : undefined).map((run) => ({
      ...run,
      outputs: evaluate(opCase.graph, run.feeds, run.layout.rows).outputs,
    }));
  expected.set(opCase, found);
  return found;
}

const takes = (way: Way) => (opCase: OpCase) => way.per.includes(opCase.per) && way.takes(opCase.graph);

export function casesOf(way: Way): OpCase[] {
  return cases.filter(takes(way));
}

export function describeOps(way: Way, chosen: readonly OpCase[] = casesOf(way)): void {
  if (chosen.length === 0) return;
  describe(way.name, () => {
    test.each(chosen)("$op over rows of the kind $per", (opCase) => expectReference(way, opCase));
  });
}

/** Wide cases, where a way has kernels of its own. */
export function wideCasesOf(way: Way): OpCase[] {
  return wide.filter(({ per }) => times() > 1 || ownKernels[way.name] === per).filter(takes(way));
}

export function describeWideOps(way: Way, chosen: readonly OpCase[]): void {
  if (chosen.length === 0) return;
  describe(way.name, () => {
    test.each(chosen)(`$op over rows of the kind $per, ${WIDER} times as wide`, (opCase) =>
      expectReference(way, opCase, ROUNDING),
    );
  });
}

async function expectReference(way: Way, opCase: OpCase, absolute?: number): Promise<void> {
  const open = await way.open(opCase.graph);
  for (const { name, layout, feeds, outputs } of expectedOf(opCase)) {
    const { candidates, steps, rows } = layout;
    const found = await open.run({ feeds, layout: rows, candidates, steps });
    for (const [output, values] of outputs) {
      const where = `${output}, ${name}`;
      expect(difference(found.outputs.get(output)!, values, absolute), where).toBeNull();
      const { type } = opCase.graph.nodes[opCase.graph.outputs.get(output)!]!;
      if (found.shapes !== null) expect(found.shapes.get(output), where).toEqual(shapeOf(type, rows));
    }
  }
  open.close();
}
