// A batch in parts: what comes out is what the whole batch gives.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { cutParts } from "../../compiler/backends/contract/batch-parts.ts";
import { emitTensorflow } from "../../compiler/backends/tensorflow/emit.ts";
import { inParts } from "../../compiler/backends/tensorflow/parts.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { EachRows, ElementsRows, StepsRows } from "../../compiler/middle/graph/types.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { dinGraph, distance, randomFeeds } from "../graph/din-graph.ts";
import { batches } from "../graph/layouts.ts";
import { trainingGraph } from "../graph/training-graph.ts";
import { smallProgram } from "./small-program.ts";

const EXAMPLES: EachRows = { kind: "each", per: "example" };
const STEPS: StepsRows = { kind: "steps", per: "example", history: "clicks" };
const TAGS: ElementsRows = { kind: "elements", of: STEPS, set: "clicks.tags", max: 3 };

/** Of examples the number of their steps, of steps that of their tags. */
const ragged = fc.array(fc.array(fc.nat(3), { maxLength: 4 }), { maxLength: 9 });

describe("the values of parts", () => {
  it("are those of the whole batch, in their order, with rows numbered anew", () => {
    fc.assert(
      fc.property(ragged, fc.integer({ min: 1, max: 4 }), (examples, of) => {
        const segments = Int32Array.from(examples.flatMap((steps, row) => steps.map(() => row)));
        const tags = Int32Array.from(
          examples.flat().flatMap((size, step) => new Array<number>(size).fill(step)),
        );
        const vectors = Float32Array.from({ length: 2 * examples.length }, (_, i) => i);
        const owner = "rows/clicks.tags";
        const inputs = [
          { name: "vector", rows: EXAMPLES, size: 2, ownerOf: null },
          { name: owner, rows: TAGS, size: 1, ownerOf: "clicks.tags" },
        ];
        const whole = {
          size: examples.length,
          inputs: new Map<string, Int32Array | Float32Array>([
            ["vector", vectors],
            [owner, tags],
          ]),
          segments: new Map([["clicks", segments]]),
        };
        const read = { segments: [] as number[], tags: [] as number[], vectors: [] as number[] };
        let [rows, steps] = [0, 0];
        const parts = cutParts(whole, { of, inputs }, newArrays);
        expect(parts).toHaveLength(of);
        for (const [index, part] of parts.entries()) {
          expect(rows).toBe(Math.floor((index * examples.length) / of));
          const mine = [...part.segments.get("clicks")!];
          read.segments.push(...mine.map((row) => row + rows));
          read.tags.push(...[...part.inputs.get(owner)!].map((step) => step + steps));
          read.vectors.push(...part.inputs.get("vector")!);
          rows += part.size;
          steps += mine.length;
        }
        expect(read).toEqual({ segments: [...segments], tags: [...tags], vectors: [...vectors] });
        expect([rows, steps]).toEqual([examples.length, segments.length]);
      }),
    );
  });
});

describe("a Graph that works in parts", () => {
  it.each([1, 2, 3])("computes what it did, DIN with seed %i", (seed) => {
    const graph = validate(dropDeadNodes(trainingGraph(dinGraph(seed))));
    const split = inParts(graph);
    expect(split).not.toBeNull();
    for (const { layout } of batches) {
      const feeds = randomFeeds(graph, layout, seed);
      const actual = evaluate(split!, feeds, layout).outputs;
      for (const [name, values] of evaluate(graph, feeds, layout).outputs)
        expect(distance(actual.get(name)!, values), name).toBeLessThan(1e-10);
    }
  });

  it("is fed tables and scalars once, and what has rows by part", () => {
    const { step } = smallProgram();
    const inputs = [...emitTensorflow({ step }, 2).signatures.get("step")!.inputs.keys()].sort();
    const split = ["input.clicks.item", "input.item", "input.label/click", "input.price", "segments.clicks"];
    const parts = split.flatMap((key) => [`${key} of part 0`, `${key} of part 1`]);
    expect(inputs).toEqual([...parts, "input.scalar/learning_rate", "table.item"].sort());
  });
});
