// Generated over the registry: what onnxruntime computes for a request and its candidates is what the reference computes.
// Each case's samples are one graph.

import { describe, expect, test } from "vitest";
import { emitOnnx } from "../../compiler/backends/onnx/emit.ts";
import { evaluate } from "../../compiler/middle/build/evaluate.ts";
import { feedsOf, shapeOf, weightsOf } from "../onnx/feeds.ts";
import { bytesOf, run, sessionOf } from "../onnx/session.ts";
import { difference } from "./comparison.ts";
import { opCases, runsOf } from "./op-cases.ts";

describe("ONNX", () => {
  test.each(opCases().filter(({ per }) => per !== "example"))(
    "$op over rows of the kind $per",
    async (opCase) => {
      const { graph } = opCase;
      for (const { name, layout, feeds } of runsOf(opCase)) {
        const { graph: emitted, counts } = emitOnnx(graph, weightsOf(feeds), "case");
        const session = await sessionOf(bytesOf(emitted));
        const { rows, candidates, steps } = layout;
        const actual = await run(session, feedsOf(graph, counts, feeds, rows, candidates, steps));
        await session.release();
        const { outputs } = evaluate(graph, feeds, rows);
        for (const [output, id] of graph.outputs) {
          const where = `${output}, ${name}`;
          expect(difference(actual[output]!.data, outputs.get(output)!), where).toBeNull();
          expect(actual[output]!.dims, where).toEqual(shapeOf(graph.nodes[id]!.type, rows));
        }
      }
    },
  );
});
