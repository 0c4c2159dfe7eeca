// Every engine keeps one promise: the same losses, gradients, parameters and predictions as the ops'
// references give in f64, step after step, also where a batch has no history at all.

import { describe, expect, it } from "vitest";
import type { ParameterValues, StepFeed, TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { initialValues, smallFeed, smallProgram } from "./small-program.ts";

const STEPS = 5;
const program = smallProgram();

/** The oracle: the same programs by the ops' references. */
class Reference {
  parameters: Record<string, ArrayLike<number>>;

  constructor(initial: ParameterValues) {
    this.parameters = Object.fromEntries(initial);
  }

  step(feed: StepFeed) {
    const { outputs, updates } = this.run(program.step, feed);
    this.parameters = { ...this.parameters, ...Object.fromEntries(updates) };
    return { loss: outputs.get("loss")![0]!, gradient: outputs.get("gradient.item")! };
  }

  predict(feed: StepFeed) {
    return this.run(program.predict, feed).outputs.get("logit.click")!;
  }

  private run(graph: ValidGraph, { batch, rows, scalars }: StepFeed) {
    const lengths = new Array<number>(batch.size).fill(0);
    for (const row of batch.segments.get("clicks")!) lengths[row]!++;
    const layout = exampleLayout({
      examples: batch.size,
      lengths: { clicks: lengths },
      tables: { item: batch.tables.get("item")!.length },
    });
    const inputs = {
      ...Object.fromEntries(batch.inputs),
      "scalar/learning_rate": [scalars["learning_rate"]!],
    };
    return evaluate(graph, { inputs, parameters: this.parameters, tables: rows }, layout);
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!), `${what} [${i}]`).toBeLessThan(
      2e-6 * (1 + Math.abs(expected[i]!)),
    );
}

/** `backendOf` gives the engine, with what it needs. */
export function describeSessions(name: string, backendOf: () => Promise<TrainingBackend>): void {
  describe(`training on ${name}`, () => {
    it("gives the reference's losses, gradients, predictions and parameters", async () => {
      const session = await (await backendOf()).open(program, initialValues());
      const reference = new Reference(initialValues());
      for (let number = 0; number < STEPS; number++) {
        const feed = smallFeed(number);
        expectClose(session.predict(feed)["click"]!, reference.predict(feed), `logits before step ${number}`);
        const { loss, gradients } = session.step(feed);
        const expected = reference.step(feed);
        expectClose([loss], [expected.loss], `loss of step ${number}`);
        expectClose(gradients["item"]!, expected.gradient, `gradient of step ${number}`);
        const parameters = session.read();
        expect([...parameters.keys()].sort()).toEqual(Object.keys(reference.parameters).sort());
        for (const [parameter, values] of parameters)
          expectClose(values, reference.parameters[parameter]!, `${parameter} after step ${number}`);
      }
      session.dispose();
    });

    it("reads what was written, to the last bit", async () => {
      const session = await (await backendOf()).open(program, initialValues());
      const first = session.step(smallFeed(0));
      session.step(smallFeed(1));
      expect(session.step(smallFeed(0)).loss).not.toBe(first.loss);
      session.write(initialValues());
      expect(session.read()).toEqual(initialValues());
      expect(session.step(smallFeed(0))).toEqual(first);
      session.dispose();
    });

    it("keeps sessions apart", async () => {
      const backend = await backendOf();
      const one = await backend.open(program, initialValues());
      const other = await backend.open(program, initialValues());
      one.step(smallFeed(0));
      expect(other.read()).toEqual(initialValues());
      one.dispose();
      expect(other.step(smallFeed(0)).loss).toBeGreaterThan(0);
      other.dispose();
    });

    it("gives results that later steps leave alone, and that are the caller's own", async () => {
      const session = await (await backendOf()).open(program, initialValues());
      const { gradients } = session.step(smallFeed(0));
      const parameters = session.read();
      const copies = [
        gradients["item"]!.slice(),
        new Map([...parameters].map(([key, v]) => [key, v.slice()])),
      ];
      for (const values of session.read().values()) values.fill(0);
      expect(session.read()).toEqual(parameters);
      for (let number = 1; number < STEPS; number++) session.step(smallFeed(number));
      expect([gradients["item"], parameters]).toEqual(copies);
      session.dispose();
    });
  });
}
