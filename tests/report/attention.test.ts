// Which weights over a history are found in a Graph, and that they are what the Graph computes with.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  attentionsOf,
  attentionWeights,
  type HistoryAttention,
} from "../../compiler/backends/serving/attention.ts";
import { sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluateNodes } from "../../compiler/middle/builder/evaluate.ts";
import type { Graph, Node } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { freezeStatistics } from "../../compiler/middle/passes/freeze-statistics.ts";
import { randomFeeds } from "../graph/din-graph.ts";

const LENGTHS = [3, 0, 1, 4];
const layout = exampleLayout({
  examples: LENGTHS.length,
  lengths: { clicks: LENGTHS, buys: LENGTHS },
  tables: { item_id: 7, user_id: 7 },
});

/** The net of a model whose items, users and steps of `clicks` and `buys` are vectors of 4. */
function graphOf(net: string): Graph {
  const { value, diagnostics } = check(
    sourceFile(
      "m.din",
      `model m
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
history clicks(max: 9) {
  item_id <-> hist_item_id
  dwell : number
}
history buys(max: 9) { item_id <-> bought_id }
label click : binary
net {
${net}
}
`,
    ),
  );
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return freezeStatistics(lower(value!));
}

const predict = (value: string) => `predict click = ${value} |> dense(1) |> sigmoid`;
const found = (graph: Graph) => attentionsOf(graph, new Set(["item_id"]));

/** Found weights as one reads them: `product clicks ×1 of candidate`. */
function told({ from, history, heads, areShares, dependsOnCandidate }: HistoryAttention): string {
  return [
    from.kind,
    history,
    `×${heads}`,
    ...(areShares ? ["shares"] : []),
    ...(dependsOnCandidate ? ["of candidate"] : []),
  ].join(" ");
}

const past = "let past = clicks.item_id\n";
const specs: readonly (readonly [name: string, net: string, found: readonly string[]])[] = [
  ["DIN's plain sum", predict("attend(item_id, buys)"), ["product buys ×1 of candidate"]],
  ["DIN with a softmax", predict("attend_softmax(item_id, buys)"), ["product buys ×1 shares of candidate"]],
  [
    "a mean of weighted steps",
    `${past}${predict("mean(dot(item_id, past) * past)")}`,
    ["product clicks ×1 of candidate"],
  ],
  [
    "the history on the left",
    `${past}${predict("sum(past * dot(item_id, past))")}`,
    ["product clicks ×1 of candidate"],
  ],
  [
    "two weights for each step",
    `${past}${predict("sum(dot(item_id, past) * past * sigmoid(dense(past, 1)))")}`,
    ["product clicks ×1 of candidate"],
  ],
  [
    "weights that no candidate changes",
    `${past}${predict("sum(softmax(dense(past, 1)) * past)")}`,
    ["product clicks ×1 shares"],
  ],
  [
    "DIEN's softmax, which goes into a recurrence",
    predict("last(augru(buys, softmax(dot(item_id, buys)), width: 4))"),
    ["softmax buys ×1 shares of candidate"],
  ],
  [
    "a softmax for each of several heads",
    predict("mean(softmax(dense(buys * item_id, 3)))"),
    ["softmax buys ×3 shares of candidate"],
  ],
  [
    "a candidate that asks",
    predict("target_attention(item_id, buys, heads: 2)"),
    ["attention buys ×2 shares of candidate"],
  ],
  [
    "a candidate that was appended, and asks last",
    predict("last(encoder(append(buys, item_id), 8, heads: 2))"),
    ["attention buys ×2 shares of candidate"],
  ],
  [
    "several histories",
    predict("concat(attend(item_id, buys), attend(item_id, clicks.item_id))"),
    ["product buys ×1 of candidate", "product clicks ×1 of candidate"],
  ],
  // What looks like it, and is none
  ["a sum", predict("sum(buys)"), []],
  ["one weight for all steps", predict("sum(dot(item_id, user_id) * buys)"), []],
  ["a weight for each number", predict("sum(sigmoid(dense(buys, 4)) * buys)"), []],
  ["a number of the data", predict("sum(clicks.dwell * clicks.item_id)"), []],
  ["steps that ask each other", predict("mean(multi_head(buys, heads: 2))"), []],
  ["lists", predict("sum(softmax(dense([user_id, item_id], 1)) * [user_id, item_id])"), []],
  ["no history", predict("concat(user_id, item_id)"), []],
];

describe.each(specs)("%s", (_, net, expected) => {
  test(`has ${expected.length === 0 ? "no weights" : "its weights"}`, () => {
    expect(found(graphOf(net)).map(told)).toEqual(expected);
  });
});

const withWeights = specs.filter(([, , expected]) => expected.length > 0);

describe("gives each past step what the Graph computes with", () => {
  test.each(withWeights)("%s", (_, net) => {
    const graph = graphOf(net);
    const values = evaluateNodes(graph, randomFeeds(graph, layout, 3), layout);
    for (const attention of found(graph)) {
      const weights = attentionWeights(attention, graph, values, layout);
      expect(weights.map((heads) => heads.map(({ length }) => length))).toEqual(
        LENGTHS.map((length) => Array.from({ length: attention.heads }, () => length)),
      );
      const node = graph.nodes[attention.node]!;
      const result = values[attention.node]!;
      const again = resultFrom(weights, attention, node, graph, values);
      again.forEach((value, i) => {
        expect(value).toBeCloseTo(result[i]!, 9);
      });
    }
  });
});

/** What `node` gives, from its weights alone and what they weigh. */
function resultFrom(
  weights: readonly (readonly Float64Array[])[],
  attention: HistoryAttention,
  node: Node,
  graph: Graph,
  values: readonly Float64Array[],
): number[] {
  const stepsBefore = (row: number) => LENGTHS.slice(0, row).reduce((sum, length) => sum + length, 0);
  if (attention.from.kind === "softmax")
    return weights.flatMap((heads, row) =>
      Array.from({ length: LENGTHS[row]! }, (_, step) => heads.map((head) => head[step]!)).flat(),
    );
  if (attention.from.kind === "attention" && node.type.rows.kind === "steps") {
    expectLast(weights, attention, values[node.id]!, values[node.inputs[2]!]!);
    return [];
  }
  const weighed =
    attention.from.kind === "attention" ? values[node.inputs[2]!]! : values[historyOf(node, graph)]!;
  const width = 4 / attention.heads;
  return LENGTHS.flatMap((length, row) =>
    weights[row]!.flatMap((head, h) =>
      Array.from({ length: width }, (_, j) =>
        Array.from(
          { length },
          (_, step) => head[step]! * weighed[(stepsBefore(row) + step) * 4 + h * width + j]!,
        ).reduce((sum, each) => sum + each, 0),
      ),
    ),
  );
}

/** What the last place gets is made of past steps by their weights, and of itself by what is left of 1. */
function expectLast(
  weights: readonly (readonly Float64Array[])[],
  { heads }: HistoryAttention,
  result: Float64Array,
  weighed: Float64Array,
): void {
  const total = LENGTHS.reduce((sum, length) => sum + length + 1, 0);
  const all = weighed.length / total;
  const width = all / heads;
  let first = 0;
  for (const [row, length] of LENGTHS.entries()) {
    for (const [h, head] of weights[row]!.entries()) {
      const rest = 1 - head.reduce((sum, each) => sum + each, 0);
      for (let at = h * width; at < (h + 1) * width; at++) {
        const value = [...head, rest].reduce(
          (sum, weight, step) => sum + weight * weighed[(first + step) * all + at]!,
          0,
        );
        expect(value).toBeCloseTo(result[(first + length) * all + at]!, 9);
      }
    }
    first += length + 1;
  }
}

/** What a tree of products multiplies with numbers of one step each. */
function historyOf(node: Node, graph: Graph): number {
  const [input] = node.inputs;
  const inner = graph.nodes[input!]!;
  if (inner.op !== "multiply") return inner.id;
  const wide = inner.inputs.find((each) => graph.nodes[each]!.type.dims[0] === 4)!;
  return graph.nodes[wide]!.op === "multiply" ? historyOf(inner, graph) : wide;
}

test("each is named by the words of the spec that use it", () => {
  const [attention] = found(graphOf(predict("sum(dot(item_id, buys) * buys)")));
  expect(textOf(attention!.origin!)).toBe("sum(dot(item_id, buys) * buys)");
});

describe("in the zoo", () => {
  const folder = join(import.meta.dirname, "../../examples/zoo");
  const zoo = readdirSync(folder).filter((name) => name.endsWith(".din"));
  const expected: Readonly<Record<string, readonly string[]>> = {
    "bert4rec.din": Array.from({ length: 2 }, () => "attention liked ×2 shares"),
    "bst.din": ["attention liked ×4 shares of candidate"],
    "dien.din": ["softmax liked ×1 shares of candidate"],
    "din.din": ["product liked ×1 of candidate"],
    "dmin.din": Array.from({ length: 4 }, () => "product liked ×1 shares of candidate"),
    "dmr.din": ["product liked ×1 shares", "product liked ×1 shares of candidate"],
    // Routing: each of four interests in each of three rounds.
    "mind.din": Array.from({ length: 12 }, () => "product liked ×1"),
    "narm.din": ["product liked ×1"],
    "nrms.din": ["product liked ×1 shares"],
    "tissa.din": Array.from({ length: 4 }, () => "product liked ×1"),
  };

  test.each(zoo)("%s", (name) => {
    const { value } = check(sourceFile(name, readFileSync(join(folder, name), "utf8")));
    const forward = lower(value!);
    const outputs = [...forward.outputs].filter(([output]) => output.startsWith("logit."));
    const graph = dropDeadNodes(freezeStatistics({ ...forward, outputs: new Map(outputs) }));
    const items = [...value!.features.values()].filter(({ scope }) => scope === "item");
    const attentions = attentionsOf(graph, new Set(items.map((feature) => feature.name)));
    expect(attentions.map(told)).toEqual(expected[name] ?? []);
  });
});
