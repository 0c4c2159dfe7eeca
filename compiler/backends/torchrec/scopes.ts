// The parts of a network as a tree of Python modules: which nodes belong to each part, which parts are
// classes of their own, and which are inlined into their parent.

import { invariant } from "../../common/internal-error.ts";
import { appendTo } from "../../common/maps.ts";
import { NETWORK, type Part, type Parts } from "../../frontend/elaborate/parts.ts";
import { library } from "../../frontend/functions/library.ts";
import type { InputRole, OpName } from "../../middle/graph/attributes.ts";
import type { Graph, Node, NodeId, Parameter } from "../../middle/graph/graph.ts";
import { nameOfSource } from "../../middle/graph/narrow.ts";
import { outputsOf } from "../../middle/graph/outputs.ts";
import { isElementwise } from "../../middle/ops/registry.ts";
import { isLookup } from "../../middle/ops/support/elements.ts";
import { USUAL_MOMENTUM } from "../../middle/programs/moving-averages.ts";
import { knownGru, knownLayers, makes } from "./known-layers.ts";
import type { PythonFile } from "./lowering.ts";

/** A part with at most this many nodes and no weights is inlined. */
const SMALL = 6;

export interface ModuleScope {
  readonly path: string;
  /** The last segment of the path. */
  readonly name: string;
  readonly part: Part | null;
  readonly parent: ModuleScope | null;
  readonly children: ModuleScope[];
  /** Its own nodes, without those of its inner parts. */
  readonly nodes: Node[];
  /** Its own parameters, by the last segment of their names. */
  readonly parameters: Map<string, Parameter>;
  /** The number of row averages of each statistic that follows batches. */
  readonly followed: Map<string, number>;
  /** The module of the package with its parameters. */
  module: ModuleCall | null;
  /** `class`: a class with a forward; `call`: `module` computes it; `flat`: inlined into its parent. */
  form: "class" | "call" | "flat";
}

/** `Dense(16, 8)`, and the histories whose steps its forward takes. */
export interface ModuleCall {
  readonly file: PythonFile;
  readonly name: string;
  readonly args: readonly number[];
  readonly axes: readonly string[];
}

/** The rows of a table that the network reads for an input. */
export interface TableLookup {
  readonly table: string;
  readonly input: string;
  /** The pooling of a set's rows; null if there is none. */
  readonly pool: "sum" | "max" | null;
  /** The length of the list of a set's rows; null if they aren't a list. */
  readonly most: number | null;
  /** The input with the weights of a set's values; null without weights. */
  readonly weights: string | null;
}

export class ModuleTree {
  readonly graph: Graph;
  readonly parts: Parts;
  readonly root: ModuleScope;
  /** By path. */
  readonly scopes = new Map<string, ModuleScope>();
  /** Nodes that outputs depend on, without inputs and constants. */
  readonly live: readonly Node[];
  /** The logits and outputs, and the losses by batch, by name. */
  readonly logits: readonly (readonly [string, NodeId])[];
  readonly losses: readonly (readonly [string, NodeId])[];
  /** The nodes of all outputs. */
  private readonly outputs: ReadonlySet<NodeId>;
  private readonly homes = new Map<NodeId, ModuleScope>();
  private readonly users = new Map<NodeId, Node[]>();
  private readonly constants = new Set<NodeId>();

  constructor(graph: Graph, parts: Parts) {
    this.graph = graph;
    this.parts = parts;
    this.logits = [...outputsOf(graph, "logit"), ...outputsOf(graph, "output")];
    this.losses = [...outputsOf(graph, "own"), ...outputsOf(graph, "auxiliary")];
    this.outputs = new Set([...this.logits, ...this.losses].map(([, id]) => id));
    const needed = this.needed();
    for (const { id, op, inputs, type } of graph.nodes) {
      const isUniform =
        op === "constant" || (inputs.length > 0 && inputs.every((input) => this.constants.has(input)));
      const foldable =
        op === "constant" ||
        op === "broadcast_list" ||
        op === "reshape" ||
        op === "transpose" ||
        isElementwise(op);
      if (isUniform && foldable && type.rows.kind === "once") this.constants.add(id);
    }
    this.live = graph.nodes.filter(
      (node) => needed.has(node.id) && !this.isGiven(node) && !this.constants.has(node.id),
    );
    for (const node of this.live)
      for (const input of new Set(this.inputsOf(node))) appendTo(this.users, input, node);
    this.root = this.scope(NETWORK);
    for (const node of graph.nodes)
      if (node.op === "parameter" && needed.has(node.id)) this.addParameter(node.attributes.name);
    for (const node of this.live) {
      this.put(node, this.scope(parts.pathOf(node.id) ?? NETWORK));
      if (node.op === "batch_mean") this.addFollowed(node);
    }
    for (const scope of this.scopes.values()) this.recognize(scope);
    for (const scope of this.scopes.values())
      if (scope.part?.kind === "layer" && scope.form !== "call") this.dissolve(scope);
    this.hoistShared();
    for (const scope of [...this.scopes.values()].reverse()) this.choose(scope);
    this.flattenCells();
    for (const scope of this.scopes.values()) this.recognizeGru(scope);
  }

  // ---- Nodes

  node(id: NodeId): Node {
    return this.graph.nodes[id]!;
  }

  isConstant(id: NodeId): boolean {
    return this.constants.has(id);
  }

  /**
   * Tells whether a node comes from outside the network: features, weights, rows of tables, which TorchRec
   * looks up.
   */
  isGiven({ op, inputs }: Node): boolean {
    if (op === "pooled_lookup" || op === "listed_lookup") return true;
    if (op === "lookup") return this.node(inputs[0]!).op === "table";
    return op === "input" || op === "parameter" || op === "table";
  }

  /** The inputs that a node reads when it is computed. Noise is not among them: PyTorch draws it. */
  inputsOf(node: Node): readonly NodeId[] {
    if (this.ofStep(node) !== null) return node.inputs.slice(1);
    const isDrawn = node.op === "dropout" || (node.op === "lookup" && !this.isAlong(node));
    return isDrawn ? node.inputs.slice(0, 1) : node.inputs;
  }

  /** The numbers that a step of the training gives a node: drawn ones, or its progress; null for other nodes. */
  ofStep({ op, inputs }: Node): InputRole | null {
    const given = op === "while_training" ? this.node(inputs[0]!) : null;
    return given?.op === "input" ? given.attributes.role : null;
  }

  /** Tells whether a lookup reads the batch rows that an input names, instead of another order of them. */
  isAlong({ inputs }: Node): boolean {
    const { op, attributes } = this.node(inputs[1]!);
    return op === "input" && attributes.role.kind === "batch";
  }

  usersOf(id: NodeId): readonly Node[] {
    return this.users.get(id) ?? [];
  }

  parameterOf(id: NodeId): string | null {
    const node = this.node(id);
    return node.op === "parameter" ? node.attributes.name : null;
  }

  private needed(): Set<NodeId> {
    const needed = new Set(this.outputs);
    for (const node of this.graph.nodes.toReversed())
      if (needed.has(node.id) && !this.isGiven(node))
        for (const input of this.inputsOf(node)) needed.add(input);
    return needed;
  }

  /** The given nodes that the network reads. */
  reads(): readonly Node[] {
    const reads = new Set(this.live.flatMap((node) => [...this.inputsOf(node)]));
    for (const id of this.outputs) reads.add(id);
    const given = new Set<NodeId>();
    for (const id of reads) {
      const node = this.node(id);
      if (!this.isGiven(node)) continue;
      given.add(id);
      // Rows that TorchRec looks up.
      for (const input of node.inputs) given.add(input);
    }
    return this.graph.nodes.filter(({ id }) => given.has(id));
  }

  /** Every table with the inputs whose rows the network reads. */
  lookups(): TableLookup[] {
    return this.reads().flatMap((node) => {
      if (!isLookup(node.op)) return [];
      const [table, input] = node.inputs.map((id) => nameOfSource(this.node(id)));
      const pool = node.op === "pooled_lookup" ? node.attributes.pool : null;
      const most = node.op === "listed_lookup" ? node.type.dims[0]! : null;
      const weights = node.inputs.length === 4 ? nameOfSource(this.node(node.inputs[3]!)) : null;
      return [{ table: table!, input: input!, pool, most, weights }];
    });
  }

  parameterNames(): string[] {
    return [...this.scopes.values()].flatMap(({ parameters }) =>
      [...parameters.values()].map(({ name }) => name),
    );
  }

  // ---- Scopes

  homeOf(id: NodeId): ModuleScope | undefined {
    return this.homes.get(id);
  }

  isIn(inner: ModuleScope | undefined, outer: ModuleScope): boolean {
    for (let at: ModuleScope | null | undefined = inner; at; at = at.parent) if (at === outer) return true;
    return false;
  }

  /** The nodes of a scope and of its inner scopes, in order. */
  within(scope: ModuleScope): Node[] {
    const all: Node[] = [];
    for (const open = [scope]; open.length > 0; ) {
      const next = open.pop()!;
      all.push(...next.nodes);
      open.push(...next.children);
    }
    return all.sort((a, b) => a.id - b.id);
  }

  /** The values that a scope needs from outside, without constants and its own parameters. */
  inputsTo(scope: ModuleScope): NodeId[] {
    const inputs = new Set<NodeId>();
    for (const node of this.within(scope))
      for (const input of this.inputsOf(node)) {
        if (this.constants.has(input) || this.isIn(this.homes.get(input), scope)) continue;
        if (this.parameterOf(input)?.startsWith(`${scope.path}.`) !== true) inputs.add(input);
      }
    return [...inputs].sort((a, b) => a - b);
  }

  /** The values of a scope that others need. */
  outputsOf(scope: ModuleScope): NodeId[] {
    const results = this.outputs;
    return this.within(scope)
      .map(({ id }) => id)
      .filter(
        (id) =>
          results.has(id) || this.usersOf(id).some((user) => !this.isIn(this.homes.get(user.id), scope)),
      );
  }

  private scope(path: string): ModuleScope {
    const found = this.scopes.get(path);
    if (found !== undefined) return found;
    const [outer, name] = splitPath(path);
    const parent = outer === null ? null : this.scope(outer);
    const scope: ModuleScope = {
      ...{ path, name, part: this.parts.byPath.get(path) ?? null, parent, children: [] },
      ...{ nodes: [], parameters: new Map(), followed: new Map(), module: null, form: "flat" },
    };
    parent?.children.push(scope);
    this.scopes.set(path, scope);
    return scope;
  }

  /** The part that has a parameter, and the parameter's name within it. */
  ownerOf(parameter: string): { readonly scope: ModuleScope; readonly own: string } {
    const [path, own] = splitPath(parameter);
    return { scope: this.scope(path!), own };
  }

  private addParameter(name: string): void {
    const { scope, own } = this.ownerOf(name);
    scope.parameters.set(own, this.graph.parameters.get(name)!);
  }

  private addFollowed({ inputs: [, moving, share], attributes: { average } }: Node<"batch_mean">): void {
    if (average === null) return;
    const { scope, own } = this.ownerOf(this.parameterOf(moving!)!);
    const values = share === undefined ? 1 : this.node(share).type.dims[0]!;
    scope.followed.set(own, values);
  }

  private put(node: Node, scope: ModuleScope): void {
    const before = this.homes.get(node.id);
    before?.nodes.splice(before.nodes.indexOf(node), 1);
    scope.nodes.push(node);
    this.homes.set(node.id, scope);
  }

  /** Recognises a layer that layers.py has, as the holder of its parameters and as its computation. */
  private recognize(scope: ModuleScope): void {
    const { part, parameters, nodes } = scope;
    const known =
      part?.kind === "layer" && Object.hasOwn(knownLayers, part.name) ? knownLayers[part.name]! : null;
    if (known === null || parameters.size !== known.parameters.length) return;
    if (!known.parameters.every((name) => parameters.has(name))) return;
    const { dims } = parameters.get(known.parameters[0]!)!;
    scope.module = { file: "layers", name: known.module, args: [...dims, ...momentumOf(nodes)], axes: [] };
    const isOne = this.inputsTo(scope).length === 1 && this.outputsOf(scope).length === 1;
    if (
      isOne &&
      makes(
        known,
        nodes.map(({ op }) => op),
      )
    )
      scope.form = "call";
  }

  /**
   * Recognises the library's `gru` if its nodes are those that recurrence.py computes, because PyTorch has a
   * kernel for it.
   */
  private recognizeGru(scope: ModuleScope): void {
    const { block, gate, parameters, ops, step, module } = knownGru;
    if (scope.part?.block == null || scope.part.block !== library.get(block)) return;
    const nodes = this.within(scope);
    const [scan] = nodes.slice(-1) as [Node<"scan">];
    const kernel = this.graph.parameters.get(`${scope.path}.${gate}.dense_1.kernel`);
    const names = [...this.graph.parameters.keys()].filter((name) => name.startsWith(`${scope.path}.`));
    const sameOps = (found: readonly { readonly op: OpName }[], wanted: readonly OpName[]) =>
      found.length === wanted.length && found.every(({ op }, i) => op === wanted[i]);
    if (!sameOps(nodes, ops) || !sameOps(scan.attributes.body.nodes, step) || scan.attributes.reverse) return;
    if (kernel === undefined || names.length !== parameters.length || scan.type.dims.length !== 1) return;
    if (this.inputsTo(scope).length !== 1 || this.outputsOf(scope).length !== 1) return;
    scope.module = { file: "recurrence", name: module, args: kernel.dims, axes: [scan.attributes.history] };
    scope.form = "call";
  }

  /** Moves the nodes of a layer that no module computes to its parent. */
  private dissolve(scope: ModuleScope): void {
    for (const node of [...scope.nodes]) this.put(node, scope.parent!);
  }

  /**
   * Moves a value that several parts need, and that does not depend on a part's own weights, to their common
   * parent, with everything it depends on.
   */
  private hoistShared(): void {
    const results = this.outputs;
    const outermost = new Map<NodeId, ModuleScope>();
    for (const node of this.live) outermost.set(node.id, this.outermostFor(node, outermost));
    for (const node of this.live.toReversed()) {
      const home = this.homes.get(node.id)!;
      if (results.has(node.id)) continue;
      const around = this.usersOf(node.id).reduce<ModuleScope>(
        (scope, user) => this.common(scope, this.homes.get(user.id)!),
        home,
      );
      const possible = outermost.get(node.id)!;
      const chosen = this.isIn(possible, around) ? possible : around;
      if (chosen !== home) this.put(node, chosen);
    }
  }

  /** The outermost part around a node's own that contains all of the node's inputs. */
  private outermostFor(node: Node, outermost: ReadonlyMap<NodeId, ModuleScope>): ModuleScope {
    const home = this.homes.get(node.id)!;
    if (home.form === "call") return home;
    let inner = this.root;
    for (const input of this.inputsOf(node)) {
      const other = this.homes.get(input);
      const parameter = this.parameterOf(input);
      let from: ModuleScope | null = null;
      if (parameter !== null) {
        const { scope: owner } = this.ownerOf(parameter);
        if (this.isIn(owner, home) || this.isIn(home, owner)) from = home;
      } else if (other !== undefined) {
        const possible = other.form === "call" ? other.parent! : outermost.get(input)!;
        from = this.isIn(home, possible) ? possible : this.common(home, other);
      }
      if (from !== null && this.isIn(from, inner)) inner = from;
    }
    return inner;
  }

  private common(a: ModuleScope, b: ModuleScope): ModuleScope {
    let at = a;
    while (!this.isIn(b, at)) {
      invariant(at.parent, "two parts of one network");
      at = at.parent;
    }
    return at;
  }

  private choose(scope: ModuleScope): void {
    if (scope.form === "call" || scope.part?.kind === "layer") return;
    if (scope === this.root) {
      scope.form = "class";
      return;
    }
    const nodes = this.within(scope);
    if (nodes.length === 0) return;
    const isSmall = !this.hasParameters(scope) && nodes.length <= SMALL;
    scope.form = isSmall ? "flat" : "class";
  }

  hasParameters(scope: ModuleScope): boolean {
    return scope.parameters.size > 0 || scope.children.some((child) => this.hasParameters(child));
  }

  /** A scan computes its cell with the cell's weights, so the cell's part is inlined at the scan. */
  private flattenCells(): void {
    for (const node of this.live) {
      const home = this.homes.get(node.id)!;
      for (const input of this.inputsOf(node)) {
        const name = this.parameterOf(input);
        if (name === null) continue;
        let { scope: owner } = this.ownerOf(name);
        if (this.isIn(home, owner) || !this.isIn(owner, home)) continue;
        for (; owner !== home; owner = owner.parent!) if (owner.form !== "call") owner.form = "flat";
      }
    }
  }
}

/** The momentum of a layer's averages, if it is not the default. */
function momentumOf(nodes: readonly Node[]): number[] {
  const found = nodes.find((node) => node.op === "batch_mean");
  const momentum = found?.attributes.average?.momentum ?? USUAL_MOMENTUM;
  return momentum === USUAL_MOMENTUM ? [] : [momentum];
}

/** The path of a part's parent, null at the root, and the part's own name. */
function splitPath(path: string): readonly [outer: string | null, own: string] {
  const at = path.lastIndexOf(".");
  return [at < 0 ? null : path.slice(0, at), path.slice(at + 1)];
}
