// Generated over all ops: what a back end computes for an op's samples is what the reference computes, and has the inferred shape.

import { describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/build/evaluate.ts";
import { shapeOf } from "../onnx/feeds.ts";
import { difference } from "../ops/comparison.ts";
import { type OpCase, opCases, type Run, runsOf } from "../ops/op-cases.ts";
import type { Way } from "./runners.ts";

const cases = opCases();

interface ExpectedRun extends Run {
  readonly outputs: ReadonlyMap<string, ArrayLike<number>>;
}

/** By case; the references, too, take their time. */
const expected = new Map<OpCase, readonly ExpectedRun[]>();

function expectedOf(opCase: OpCase): readonly ExpectedRun[] {
  const found =
    expected.get(opCase) ??
    runsOf(opCase).map((run) => ({
      ...run,
      outputs: evaluate(opCase.graph, run.feeds, run.layout.rows).outputs,
    }));
  expected.set(opCase, found);
  return found;
}

export function describeOps(way: Way): void {
  describe(way.name, () => {
    test.each(cases.filter(({ per, graph }) => way.per.includes(per) && way.takes(graph)))(
      "$op over rows of the kind $per",
      async (opCase) => {
        const open = await way.open(opCase.graph);
        for (const { name, layout, feeds, outputs } of expectedOf(opCase)) {
          const { candidates, steps, rows } = layout;
          const found = await open.run({ feeds, layout: rows, candidates, steps });
          for (const [output, values] of outputs) {
            const where = `${output}, ${name}`;
            expect(difference(found.outputs.get(output)!, values), where).toBeNull();
            const { type } = opCase.graph.nodes[opCase.graph.outputs.get(output)!]!;
            if (found.shapes !== null) expect(found.shapes.get(output), where).toEqual(shapeOf(type, rows));
          }
        }
        open.close();
      },
    );
  });
}
