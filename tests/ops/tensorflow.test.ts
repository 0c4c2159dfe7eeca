// Generated over the registry: every op becomes a well-formed GraphDef, and where native TensorFlow is installed (CI
// installs it) what that computes is what the reference computes.

import { describe, expect, test } from "vitest";
import { emitTensorflow } from "../../compiler/backends/tensorflow/emit.ts";
import { inParts } from "../../compiler/backends/tensorflow/parts.ts";
import { evaluate } from "../../compiler/middle/build/evaluate.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { runTensorflow } from "../../runtime/train/backends/run-tensorflow.ts";
import { difference } from "./comparison.ts";
import { opCases, runsOf } from "./op-cases.ts";

describe("TensorFlow graph", () => {
  test.each(opCases())("$op over rows of the kind $per uses only nodes before it", ({ graph }) => {
    const { nodes, signatures } = emitTensorflow({ run: graph });
    const known = new Set<string>();
    for (const node of nodes) {
      // Round a loop only: what the next run gets comes from after.
      const before = node.op === "Merge" ? node.inputs.slice(0, 1) : node.inputs;
      for (const input of before) expect(known).toContain(input.replace(/^\^|:\d+$/g, ""));
      expect(known).not.toContain(node.name);
      known.add(node.name);
    }
    for (const { inputs } of nodes.filter(({ op }) => op === "Merge")) expect(known).toContain(inputs[1]);
    expect([...signatures.get("run")!.outputs.keys()]).toEqual([...graph.outputs.keys()]);
  });
});

if (nativeAvailable()) {
  describe("native TensorFlow", () => {
    test.each(opCases())("$op over rows of the kind $per", async (opCase) => {
      // Every run loads a module anew, so that each layout gets one of the three seeds.
      for (const { name, layout, feeds } of runsOf(opCase).filter(
        (_, i) => i % 3 === Math.floor(i / 3) % 3,
      )) {
        const expected = evaluate(opCase.graph, feeds, layout.rows).outputs;
        // Also with its rows in parts, where it can be, more of them than some layouts have rows.
        for (const parts of inParts(opCase.graph) === null ? [1] : [1, 3]) {
          const actual = (await runTensorflow(opCase.graph, feeds, layout.rows, parts)).outputs;
          for (const [output, values] of expected)
            expect(difference(actual.get(output)!, values), `${output}, ${name}, ${parts} parts`).toBeNull();
        }
      }
    });
  });
}
