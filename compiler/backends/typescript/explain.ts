// `explain` in generated code: the attention weights for each step of a history. The program of the plain kernels has these
// values as additional outputs, which adds no call.

import { invariant } from "../../common/internal-error.ts";
import { quoted, typed } from "../../common/quoting.ts";
import { oneLine } from "../../common/source-file.ts";
import type { Model } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { AttentionAttributes } from "../../middle/graph/attributes.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { expectOp } from "../../middle/graph/narrow.ts";
import { perOf, type Rows } from "../../middle/graph/types.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import { attentionsOf, candidateInputs, type HistoryAttention } from "../serving/attention.ts";
import type { Plan, PlannedOutput } from "../serving/plan.ts";
import { countText, locationText } from "./statements.ts";
import type { FunctionDeclaration } from "./writer.ts";

/** An attention, and the outputs that its weights are read from. */
export interface Explained {
  readonly attention: HistoryAttention;
  readonly from:
    | { readonly kind: "factors"; readonly outputs: readonly string[] }
    | {
        readonly kind: "asked";
        readonly query: string;
        readonly key: string;
        readonly attributes: AttentionAttributes;
      };
}

export interface ExplainableModel {
  readonly predict: ValidGraph;
  readonly explained: readonly Explained[];
}

/** `predict` with an output for each value that weights over a history are read from. */
export function explainable(model: Model, predict: ValidGraph): ExplainableModel {
  const nodes = [...predict.nodes];
  const outputs = new Map(predict.outputs);
  /** Of steps, the last one asks: what was appended to them. A list asks with each of its items. */
  const asking = (id: NodeId): NodeId => {
    const { type, origin } = predict.nodes[id]!;
    if (type.rows.kind !== "steps" || type.dims.length > 1) return id;
    const last: Node = {
      ...{ id: nodes.length as NodeId, op: "last_step", attributes: {}, inputs: [id], origin },
      type: { ...type, rows: eachOf(type.rows) },
    };
    nodes.push(last);
    return last.id;
  };
  const explained = attentionsOf(predict, candidateInputs(model)).map((attention, i): Explained => {
    const output = (id: NodeId, part: number) => {
      const name = `attention.${i}.${part}`;
      outputs.set(name, id);
      return name;
    };
    const { node, from } = attention;
    if (from.kind === "attention") {
      const { attributes, inputs } = expectOp(predict.nodes[node], "attention");
      const [query, key] = [output(asking(inputs[0]!), 0), output(inputs[1]!, 1)];
      return {
        attention,
        from: { kind: "asked", query, key, attributes },
      };
    }
    const factors = from.kind === "softmax" ? [node] : from.factors;
    return { attention, from: { kind: "factors", outputs: factors.map(output) } };
  });
  const extended: Graph = { ...predict, nodes, outputs };
  return { predict: validate(extended), explained };
}

/** The function `explain`, for a model that attends to something.  */
export function explainFunction(
  plan: Plan,
  hasWasm: boolean,
  explained: readonly Explained[],
  /** By history, an expression for the index after its last step, in the list or columns that are `given`. */
  endOf: (history: string, given: string) => string,
): FunctionDeclaration {
  const heads = explained.flatMap((each) =>
    Array.from({ length: each.attention.heads }, (_, head) => ({ each, head })),
  );
  const histories = [...new Set(explained.map(({ attention }) => attention.history))];
  const stepsOf = (history: string) => `q.steps${plan.histories.indexOf(history)}`;
  return {
    kind: "function",
    name: "explain",
    doc: "Scores with buffers of its own, and keeps what steps are weighed by.",
    parameters: [
      { name: "w", type: "Weights" },
      { name: "f", type: "Features" },
      { name: "request", type: "Request" },
    ],
    returns: "Attention[]",
    code: [
      // WebAssembly keeps nothing that scores do not need.
      `const q = new RequestValues(${hasWasm ? "null" : ""});`,
      `const c = new CandidateValues(${hasWasm ? "null" : ""});`,
      "readRequest(w, f, q, request);",
      "computeRequest(w, q);",
      "const candidates = candidatesOf(request);",
      'const count = countRecords(candidates, "candidates", CANDIDATES);',
      ...histories.map((history, i) => {
        const given = `propertyOf(request.history, ${quoted(history)})`;
        return `const first${i} = ${endOf(history, given)} - ${stepsOf(history)};`;
      }),
      `const found${typed(": Attention[]")} = [`,
      ...heads.map(({ each: { attention }, head }) => {
        const { history, origin, areShares } = attention;
        const code = origin === null ? history : oneLine(origin);
        return `{ history: ${quoted(history)}, code: ${quoted(code)}, head: ${head}, areShares: ${areShares}, first: first${histories.indexOf(history)}, weights: newWeights(count, ${stepsOf(history)}) },`;
      }),
      "];",
      `const block = ${blockText(plan)};`,
      "for (let from = 0; from < count; from += block) {",
      "const n = Math.min(block, count - from);",
      "computeBlock(w, f, q, c, candidates, from, n);",
      ...heads.flatMap(({ each, head }, i) => weighing(each, head, `found[${i}]${typed("!")}.weights`, plan)),
      "}",
      "return found;",
    ],
  };
}

/** Statements that put the weights of one head where they are kept, for a block of candidates. */
function weighing({ from }: Explained, head: number, weights: string, plan: Plan): string[] {
  const outputOf = (name: string): PlannedOutput => {
    const found = plan.outputs.find((output) => output.name === name);
    invariant(found, `the program has no ${name}`);
    return found;
  };
  if (from.kind === "factors")
    return from.outputs.map(outputOf).map(({ location, rows, size }) => {
      const column = size === 1 ? 0 : head;
      return `weighSteps(${weights}, from, n, ${locationText(location)}, ${eachText(rows, plan)}, ${size}, ${column}, ${isByCandidate(rows)});`;
    });
  const [query, key] = [outputOf(from.query), outputOf(from.key)];
  const { heads, scale } = from.attributes;
  // Each query has the heads, one query after the other.
  const queries = query.size / key.size;
  return [
    `askSteps(${weights}, from, n, ${[
      ...[locationText(query.location), queries, Math.floor(head / heads), isByCandidate(query.rows)],
      ...[locationText(key.location), eachText(key.rows, plan), isByCandidate(key.rows)],
      ...[key.size, heads, head % heads, scale],
    ].join(", ")});`,
  ];
}

function isByCandidate(rows: Rows): boolean {
  return perOf(rows) === "candidate";
}

/** How many steps each candidate, or the request, has. */
function eachText(rows: Rows, plan: Plan): string {
  invariant(rows.kind === "steps", "attention is over steps");
  return countText({ ...rows, per: "request" }, plan);
}

/** How many candidates are scored together, as an expression. */
export function blockText({ histories }: Plan): string {
  const steps = histories.map((_, i) => `q.steps${i}`);
  if (steps.length <= 1) return `candidatesAtATime(${steps[0] ?? "0"})`;
  return `candidatesAtATime(Math.max(${steps.join(", ")}))`;
}
