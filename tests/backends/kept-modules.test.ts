// Trainings of one Graph share its WebAssembly, and a Graph that differs in anything has its own.

import fc from "fast-check";
import { expect, it } from "vitest";
import { emitStep } from "../../compiler/backends/code/training/emit.ts";
import { encode } from "../../compiler/backends/wasm/encode.ts";
import { machineOf } from "../../compiler/backends/wasm/training/form.ts";
import { compiledStep } from "../../compiler/backends/wasm/training/kept-modules.ts";
import { MOST_PAGES } from "../../compiler/backends/wasm/training/machine.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { modelOf } from "../data/models.ts";

interface Varied {
  readonly width: number;
  readonly activation: string;
  readonly optimizer: string;
  readonly factor: string;
  /** Moves everything below it. */
  readonly comment: string;
}

function stepOf({ width, activation, optimizer, factor, comment }: Varied) {
  const model = modelOf(`model varied
${comment}
features item { item_id : id  embed 2 }
label click : binary
net {
  predict click = (item_id |> dense(${width}, ${activation})) * ${factor} |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy  optimizer ${optimizer}  batch 4  epochs 1 }
`);
  return trainingProgram(lower(model), model).step;
}

const none = new Set<string>();
const plainOf = (graph: ReturnType<typeof stepOf>) => compiledStep(graph, none, "plain", true);
const memory = { shared: true, mostPages: MOST_PAGES };
const base = { width: 3, activation: "relu", optimizer: "sgd(learning_rate: 0.1)", factor: "2.5" };

it("an equal Graph takes the module that was made for the first one, wherever its nodes come from", () => {
  const first = plainOf(stepOf({ ...base, comment: "" }));
  expect(plainOf(stepOf({ ...base, comment: "// moved" }))).toBe(first);
  expect(compiledStep(stepOf({ ...base, comment: "" }), none, "plain", false)).not.toBe(first);
});

it("each Graph has the code that is made for it alone", () => {
  const varied = fc.record({
    width: fc.constantFrom(2, 3),
    activation: fc.constantFrom("relu", "tanh"),
    optimizer: fc.constantFrom("sgd(learning_rate: 0.1)", "sgd(learning_rate: 0.2)", "adam(0.1)"),
    factor: fc.constantFrom("0.5", "2.5", "0.25"),
    comment: fc.constantFrom("", "// moved"),
  });
  fc.assert(
    fc.property(varied, (one) => {
      const graph = stepOf(one);
      const alone = emitStep(graph, machineOf("plain"), none);
      const { step, program } = plainOf(graph);
      expect(program).toBe(encode(alone.code, memory).program);
      expect(step.schedule.graph.updates).toEqual(alone.step.schedule.graph.updates);
    }),
    { numRuns: 15 },
  );
});
