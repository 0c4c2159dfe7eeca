// The network in the form for rules: the forward Graph with the inputs of each node. Blocks are unfolded and
// unused nodes removed, so that a rule sees the computation and not its notation.

import { lower } from "../../frontend/check/lower.ts";
import { scopesOf } from "../../frontend/kinds/model-queries.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { FeatureScope } from "../../frontend/syntax/nodes.ts";
import type { OpName } from "../../middle/graph/attributes.ts";
import type { Graph, Node, NodeId } from "../../middle/graph/graph.ts";
import { isOp } from "../../middle/graph/narrow.ts";
import { outputNames, outputsOf } from "../../middle/graph/outputs.ts";
import { hasTrait } from "../../middle/ops/registry.ts";
import { inputNames } from "../../middle/programs/program.ts";
import { channelsOf } from "../../middle/training/channels.ts";

/** A source of a value. `weights`: it passes through a linear layer, so training determines it. */
export type ValueOrigin = FeatureScope | "history" | "weights" | "anything else";

export class Network {
  private readonly graph: Graph;
  private readonly origins: readonly ReadonlySet<ValueOrigin>[];
  private readonly users: readonly (readonly Node[])[];
  private readonly inputs: ReadonlySet<string>;

  constructor(model: Model) {
    this.graph = lower(model);
    this.origins = originsOf(this.graph, model);
    this.users = usersOf(this.graph);
    this.inputs = new Set(this.all("input").map(({ attributes }) => attributes.name));
  }

  /** Inputs come before the nodes that read them. */
  all<N extends OpName>(op: N): Node<N>[] {
    return this.graph.nodes.filter((node): node is Node & Node<N> => isOp(node, op));
  }

  get nodes(): readonly Node[] {
    return this.graph.nodes;
  }

  node(id: NodeId): Node {
    return this.graph.nodes[id]!;
  }

  inputsOf(node: Node): Node[] {
    return node.inputs.map((id) => this.node(id));
  }

  usersOf(node: Node): readonly Node[] {
    return this.users[node.id]!;
  }

  originsOf(node: Node): ReadonlySet<ValueOrigin> {
    return this.origins[node.id]!;
  }

  /** The node of a prediction's logit, or of the logits of its classes. */
  logit(label: string): Node {
    const { outputs } = this.graph;
    const one = outputs.get(outputNames.logit(label));
    if (one !== undefined) return this.node(one);
    const [first] = channelsOf({ label, width: 2 });
    return this.node(this.node(outputs.get(outputNames.logit(first!))!).inputs[0]!);
  }

  /** Tells whether a prediction depends on the feature's own value; for an item feature, the candidate's. */
  readsFeature(feature: string): boolean {
    return this.inputs.has(inputNames.feature(feature));
  }

  /**
   * Tells whether predictions depend on the scale of the feature's number. They do not if it is only
   * compared, or read only by losses or logarithms.
   */
  scalesWith(feature: string): boolean {
    const name = inputNames.feature(feature);
    const input = this.all("input").find(({ attributes }) => attributes.name === name);
    return input !== undefined && this.isServed(input, ({ op }) => !hasTrait(op, "losesSize"));
  }

  /** Tells whether predictions or outputs depend on the node through operations that `keep` its size. */
  isServed(start: Node, keep: (user: Node) => boolean): boolean {
    const ends = [...outputsOf(this.graph, "logit").values(), ...outputsOf(this.graph, "output").values()];
    const served = new Set(ends);
    const waiting = [start];
    const seen = new Set<NodeId>([start.id]);
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (served.has(node.id)) return true;
      for (const user of this.usersOf(node))
        if (keep(user) && !seen.has(user.id)) {
          seen.add(user.id);
          waiting.push(user);
        }
    }
    return false;
  }

  /** Tells whether an auxiliary loss trains anything. */
  learnsFrom(loss: string): boolean {
    const waiting = [this.node(this.graph.outputs.get(outputNames.auxiliary(loss))!)];
    const seen = new Set<NodeId>();
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (hasTrait(node.op, "learned")) return true;
      if (node.op === "stop_gradient" || seen.has(node.id)) continue;
      seen.add(node.id);
      for (const input of this.inputsOf(node)) waiting.push(input);
    }
    return false;
  }

  readsField(history: string, field: string): boolean {
    return this.inputs.has(inputNames.field(history, field));
  }
}

function originsOf(graph: Graph, model: Model): ReadonlySet<ValueOrigin>[] {
  const scopes = new Map<string, Iterable<ValueOrigin>>();
  for (const feature of model.features.values())
    scopes.set(inputNames.feature(feature.name), scopesOf(feature, model.features));
  for (const history of model.histories.values())
    for (const { name } of history.fields) scopes.set(inputNames.field(history.name, name), ["history"]);
  for (const [set, origins] of [...scopes]) scopes.set(inputNames.rowOf(set), origins);
  const origins: ReadonlySet<ValueOrigin>[] = [];
  for (const node of graph.nodes) {
    const found = new Set(node.inputs.flatMap((input) => [...origins[input]!]));
    if (node.op === "input")
      for (const origin of scopes.get(node.attributes.name) ?? ["anything else" as const]) found.add(origin);
    if (node.op === "matmul" && node.inputs.some((input) => graph.nodes[input]!.op === "parameter"))
      found.add("weights");
    origins.push(found);
  }
  return origins;
}

function usersOf(graph: Graph): Node[][] {
  const users: Node[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const input of new Set(node.inputs)) users[input]!.push(node);
  return users;
}
