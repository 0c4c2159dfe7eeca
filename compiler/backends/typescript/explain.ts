// Makes the table for `explain`: the location of the attention weights of a history's steps. The program of
// the plain kernels has these values as additional outputs, which adds no call.

import { invariant } from "../../common/internal-error.ts";
import { quoted } from "../../common/quoting.ts";
import { oneLine } from "../../common/source-file.ts";
import type { Model } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { AttentionAttributes } from "../../middle/graph/attributes.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { expectOp } from "../../middle/graph/narrow.ts";
import { perOf, type Rows } from "../../middle/graph/types.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import { attentionsOf, candidateInputs, type HistoryAttention } from "../serving/attention.ts";
import type { PlannedOutput } from "../serving/plan.ts";
import { countText } from "./statements.ts";
import { scopeNames, type ValueNames } from "./value-names.ts";
import type { ConstantDeclaration } from "./writer.ts";

/** An attention, and the outputs from which its weights are read. */
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

/** `predict` with an output for each value from which weights over a history are read. */
export function explainable(model: Model, predict: ValidGraph): ExplainableModel {
  const nodes = [...predict.nodes];
  const outputs = new Map(predict.outputs);
  /** The query: among steps the last one, which was appended; in a list, each item. */
  const queryOf = (id: NodeId): NodeId => {
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
      const [query, key] = [output(queryOf(inputs[0]!), 0), output(inputs[1]!, 1)];
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

/** `ATTENTIONS`: each head of an attention over a history, and how its weights are read. */
export function attentionsConstant(names: ValueNames, explained: readonly Explained[]): ConstantDeclaration {
  const entries = explained.flatMap((each) =>
    Array.from({ length: each.attention.heads }, (_, head) => {
      const { history, origin, areShares } = each.attention;
      const code = origin === null ? history : oneLine(origin);
      const about = `history: ${quoted(history)}, code: ${quoted(code)}, head: ${head}, areShares: ${areShares}`;
      return `{ ${about}, weigh: [${weighing(each, head, names).join(", ")}] }`;
    }),
  );
  return {
    ...{ kind: "constant", name: "ATTENTIONS", type: "readonly AttentionPlan[]" },
    doc: "The attentions over histories, and how their weights are read.",
    value: `[${entries.join(", ")}]`,
  };
}

/** Arguments of the function that stores the weights of one head, for a block of candidates. */
function weighing({ from }: Explained, head: number, names: ValueNames): string[] {
  const outputOf = (name: string): PlannedOutput => {
    const found = names.plan.outputs.find((output) => output.name === name);
    invariant(found, `the program has no ${name}`);
    return found;
  };
  if (from.kind === "factors")
    return from.outputs.map(outputOf).map((output) => {
      const { location, rows, size } = output;
      const column = size === 1 ? 0 : head;
      const x = `${names.location(location)}, ${eachText(rows, names)}, ${size}, ${column}, ${isByCandidate(rows)}`;
      return `(${blockOf([output])}) => weighSteps(weights, from, n, ${x})`;
    });
  const [query, key] = [outputOf(from.query), outputOf(from.key)];
  const { heads, scale } = from.attributes;
  // Each query has all heads, one query after the other.
  const queries = query.size / key.size;
  const given = [
    ...[names.location(query.location), queries, Math.floor(head / heads), isByCandidate(query.rows)],
    ...[names.location(key.location), eachText(key.rows, names), isByCandidate(key.rows)],
    ...[key.size, heads, head % heads, scale],
  ].join(", ");
  return [`(${blockOf([query, key])}) => askSteps(weights, from, n, ${given})`];
}

/** The part of an `AttentionBlock` with these outputs, and the number of steps. */
function blockOf(outputs: readonly PlannedOutput[]): string {
  const scopes = outputs.map(
    ({ location }) => scopeNames[location.kind === "slot" ? location.slot.phase : "load"],
  );
  return `{ ${[...new Set(["weights", "from", "n", "q", ...scopes])].join(", ")} }`;
}

function isByCandidate(rows: Rows): boolean {
  return perOf(rows) === "candidate";
}

/** The number of steps of each candidate, or of the request. */
function eachText(rows: Rows, names: ValueNames): string {
  invariant(rows.kind === "steps", "attention is over steps");
  return countText({ ...rows, per: "request" }, names);
}
