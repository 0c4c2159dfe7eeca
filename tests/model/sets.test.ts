// Features with several values in a network: a set is one vector, whatever reads it.

import { describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { codesOf, graphOf, modelOf } from "./support.ts";

const spec = (net: string, pool = "mean", more = "") => `model test
features user { liked : set(id, max: 5, pool: ${pool})  share tag }
features item {
  tag  : id  embed 2
  tags : set(id, max: 5, pool: ${pool})  embed 2
}
history clicks(max: 5) { tags <-> clicked_tags }
label click : binary
${more}
net { predict click = ${net} |> sigmoid }`;

/** The logits of two examples: the first has the tags 0 1 1, the second none; their steps have 0 1 | none, and none. */
function logits(net: string, pool: string): number[] {
  const graph = graphOf(spec(`${net} + 0 * total(concat(tag, liked, tags, sum(clicks)))`, pool));
  const { outputs } = evaluate(
    graph,
    {
      inputs: {
        tag: [0, 1],
        liked: [1],
        "rows/liked": [0],
        tags: [0, 1, 2],
        "rows/tags": [0, 0, 0],
        "clicks.tags": [0, 1],
        "rows/clicks.tags": [0, 0],
      },
      tables: {
        tag: [1, 2, 3, 4],
        tags: [10, 1, 30, -2, -20, 4],
        "tags.embed_1": [5, 7, 9],
        "tags.weight": [100, 200, 400],
      },
      parameters: {},
    },
    exampleLayout({
      examples: 2,
      lengths: { clicks: [2, 0] },
      tables: { tag: 2, tags: 3, "tags.embed_1": 3, "tags.weight": 3 },
      elements: { liked: 1, tags: 3, "clicks.tags": 2 },
    }),
  );
  return [...outputs.get("logit.click")!];
}

describe("a set", () => {
  test.each([
    ["sum", [20 + 3, 0]],
    ["mean", [(20 + 3) / 3, 0]],
    ["max", [30 + 4, 0]],
  ])("is the %s of its values' vectors, 0 where it is empty", (pool, expected) => {
    logits("total(tags)", pool).forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i]!, 9);
    });
  });

  test("is pooled alike in the tables that a use declares", () => {
    expect(logits("weight(tags)", "sum")).toEqual([700, 0]);
    expect(logits("weight(tags)", "max")).toEqual([400, 0]);
    expect(logits("embed(tags, 1)", "mean")).toEqual([7, 0]);
  });

  test("is a vector for each step of a history, also for one without values", () => {
    expect(logits("total(sum(clicks))", "sum")).toEqual([10 + 1 + 30 - 2, 0]);
    expect(logits("total(mean(clicks.tags))", "sum")).toEqual([39 / 2, 0]);
    expect(logits("sum(weight(clicks.tags))", "mean")).toEqual([150, 0]);
  });

  test("reads the table of the feature that it shares with", () => {
    expect(logits("total(liked)", "sum")).toEqual([7, 0]);
    const { tables } = modelOf(spec("dot(tag, liked) + total(tags) + total(sum(clicks))"));
    expect([...tables.keys()].sort()).toEqual(["tag", "tags"]);
  });

  test("has the width of one vector: Vec[2], and Seq[clicks, 2]", () => {
    const block = (type: string) =>
      `block f(x: ${type}) -> Vec[1] { ${type.startsWith("Seq") ? "total(sum(x))" : "total(x)"} }`;
    const whole = "f(clicks.tags) + total(concat(tag, liked, tags))";
    expect(
      codesOf(spec("f(tags) + total(concat(tag, liked, sum(clicks)))", "mean", block("Vec[2]"))),
    ).toEqual([]);
    expect(codesOf(spec(whole, "mean", block("Seq[h, 2]")))).toEqual([]);
    expect(codesOf(spec(whole, "mean", block("Seq[h, 3]")))).not.toEqual([]);
  });
});
