// What is not a number stays none: a NaN that any back end took for 0 would give a row a score that says nothing.

import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { opCases, runsOf } from "../ops/op-cases.ts";
import { everywhere } from "../support/everywhere.ts";
import { namedInput } from "../support/named-input.ts";

/** Steps are sorted by times, by numbers of rows and by what is drawn, which are never NaN. */
const isKey = (name: string) => /^sort_steps\.s\d+\.x1$/.test(name);

/** The same with NaN at every third number. Where all are whole they may be ids, or what is counted. */
function poisoned(feeds: Feeds): Feeds {
  const inputs = Object.entries(feeds.inputs).map(([name, values]) => {
    const numbers = Float64Array.from(values);
    if (!numbers.every(Number.isInteger) && !isKey(name))
      for (let i = 1; i < numbers.length; i += 3) numbers[i] = Number.NaN;
    return [name, numbers] as const;
  });
  return { ...feeds, inputs: Object.fromEntries(inputs) };
}

const ways = everywhere.filter(({ name }) => name !== "reference");

describe.each(ways)("on $name", ({ run }) => {
  // Gradients are of no prediction; training looks at its loss.
  test.each(opCases().filter(({ op, per }) => per === "example" && !/_gradient$/.test(op)))(
    "$op",
    async (opCase) => {
      const { layout, feeds } = runsOf(opCase, 1)[0]!;
      const given = poisoned(feeds);
      const actual = (await run(opCase.graph, given, layout.rows)).outputs;
      for (const [output, expected] of evaluate(opCase.graph, given, layout.rows).outputs)
        for (const [i, value] of Array.from(expected).entries())
          if (Number.isNaN(value)) expect(actual.get(output)![i], `${output}[${i}]`).toBeNaN();
    },
  );

  // Back ends may do these in one step.
  test.each([1, 2, 3, 4, 7, 8, 16, 33])("relu after a layer of %d", async (width) => {
    const examples = 5;
    const builder = new GraphBuilder();
    const x = builder.add(
      "input",
      [],
      namedInput({
        name: "x",
        type: { dtype: "f32", rows: { kind: "each", per: "example" }, dims: [6] },
      }),
    );
    const parameter = (name: string, dims: readonly number[]) =>
      builder.parameter({ name, dims, init: { kind: "zeros" }, role: "weight" });
    const product = builder.add("matmul", [x, parameter("kernel", [6, width])], { transpose: false });
    const sum = builder.add("add", [product, parameter("bias", [width])], {});
    builder.output("y", builder.add("relu", [sum], {}));
    const graph = validate(builder.finish());
    const inputs = {
      x: Float64Array.from({ length: 6 * examples }, (_, i) => (i === 8 ? Number.NaN : i / 9)),
    };
    const parameters = {
      kernel: Float64Array.from({ length: 6 * width }, (_, i) => Math.sin(i)),
      bias: Float64Array.from({ length: width }, (_, i) => i / 5),
    };
    const feeds = { inputs, parameters, tables: {} };
    const { outputs } = await run(graph, feeds, exampleLayout({ examples, lengths: {}, tables: {} }));
    const isNone = Array.from(outputs.get("y")!, Number.isNaN);
    expect(isNone).toEqual(Array.from({ length: examples * width }, (_, i) => Math.floor(i / width) === 1));
  });
});
