// Names that every object of JavaScript answers to, and words of other languages, as names of everything that has one.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { cost } from "../../compiler/tools/cost/cost.ts";
import { format } from "../../compiler/tools/fmt/format.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import { survive } from "./survive.ts";

const names = [
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
  "then",
  "undefined",
];
const other = (name: string, i: number) => `${name}_${i}`;

/** A spec in which one thing is called `name`, the others something else. */
function spec(at: number, name: string): string {
  const call = (i: number) => (i === at ? name : other("n", i));
  return `model ${call(0)}

features user {
  user_id  : id
  ${call(1)} : enum("constructor", "__proto__")  embed 4
}
features item {
  ${call(2)} : id  embed 4
  ${call(8)} : number |> standardize
}
history ${call(3)}(max: 5) {
  ${call(2)} <-> ${call(4)}
}
label ${call(5)} : binary
block ${call(6)}(${call(7)}: Vec[d]) -> Vec[d] {
  relu(${call(7)})
}
net {
  let ${call(9)} = ${call(6)}(${call(2)})
  let query = ${call(3)}.${call(2)}
  predict ${call(5)} = concat(${call(1)}, ${call(8)}, ${call(9)}, sum(query)) |> dense(1) |> sigmoid
}
train {
  metrics auc, gauc(by: user_id)
}
`;
}

describe.each(names)("`%s` as the name of", (name) => {
  test.each(
    [
      ...(["a model", "a user feature", "an item feature that is bound", "a history", "a column"] as const),
      ...(["a label", "a block", "a parameter", "a number", "a `let`"] as const),
    ].map((what, at) => [what, at] as const),
  )("%s", (_, at) => {
    const text = spec(at, name);
    expect(survive(text)).toBe(true);
    const file = sourceFile("a.din", text);
    const analysis = analyse(file);
    const model = analysis.value!;
    const drawn = drawingOf(model, analysis).nodes.map((node) => node.name);
    const { tables } = cost(model, { candidates: 3, history: 2 });
    const plain = analyse(sourceFile("a.din", spec(-1, name)));
    // Everything is there that is there under another name.
    expect(drawn).toHaveLength(drawingOf(plain.value!, plain).nodes.length);
    expect(typesOf(analysis)).toHaveLength(typesOf(plain).length);
    expect(tables).toHaveLength(cost(plain.value!, { candidates: 3, history: 2 }).tables.length);
    expect(format(file).value).toContain(name);
  });

  test("nothing that exists", () => {
    const text = spec(-1, name).replace("sum(query)", `sum(query), ${name}`);
    const codes = analyse(sourceFile("a.din", text)).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(["DIN0260"]);
    const called = spec(-1, name).replace("n_6(n_2)", `${name}(n_2)`);
    expect(analyse(sourceFile("a.din", called)).diagnostics.map(({ code }) => code)).toContain("DIN0261");
  });
});
