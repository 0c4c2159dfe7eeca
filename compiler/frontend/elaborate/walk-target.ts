// The walk makes either findings, while a spec is checked, or nodes, while a checked one is lowered. One
// object does this, and the walk asks nowhere else which of the two it does.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import type { Details, Diagnostic, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../../middle/builder/builder.ts";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { NodeId, Parameter } from "../../middle/graph/graph.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import type { Expression } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { Value } from "../values/values.ts";
import { WalkMode } from "../values/walk-mode.ts";
import type { BlockUses } from "./block-uses.ts";
import type { Part, Parts } from "./parts.ts";

/** The number of things made before an expression. */
export interface Mark {
  readonly layers: number;
  readonly parameters: number;
}

export interface WalkTarget {
  /** The mode in which the walk begins. */
  readonly mode: WalkMode;
  /** True while a spec is checked: no nodes are made then. */
  readonly isChecking: boolean;
  /** The parts of the spec, each with its nodes; null if nothing reads them. */
  readonly parts: Parts | null;
  report<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details): void;
  reportAs(problem: Diagnostic): void;
  node<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
    path: string,
  ): NodeId | null;
  /** The type of a node that was made. */
  typeOf(node: NodeId): TensorType;
  /** Makes nodes; null while only checking. */
  build<T>(make: (builder: GraphBuilder) => T): T | null;
  /** Reads a parameter shared by all uses of its name; the first use declares it. */
  sharedParameter(parameter: Parameter, span: Span, path: string): NodeId | null;
  /** Evaluates a part; the nodes that it adds belong to that part. */
  part(part: Part, evaluate: () => Value): Value;
  /** The number of a layer that is being declared. */
  declareLayer(): number;
  mark(): Mark;
  /**
   * Records that `expression` made all parameters since `before`, except those of layers declared before
   * then: these belong to the layers.
   */
  made(expression: Expression, before: Mark): readonly string[];
  /** Records that the layer with the number `layer` made these parameters. */
  ofLayer(names: readonly string[], layer: number): void;
}

const NOTHING: Mark = { layers: 0, parameters: 0 };

/** Reports mistakes, and counts the nodes that a build would make. */
export class Checking implements WalkTarget {
  readonly mode = WalkMode.checking;
  readonly isChecking = true;
  readonly parts = null;
  private readonly reporter: Reporter;
  private readonly uses: BlockUses;
  private readonly count: (span: Span) => void;

  constructor(reporter: Reporter, uses: BlockUses, count: (span: Span) => void) {
    this.reporter = reporter;
    this.uses = uses;
    this.count = count;
  }

  report<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details): void {
    this.uses.report(kind, parameters, span, details);
  }

  reportAs(problem: Diagnostic): void {
    this.reporter.add(problem);
  }

  node(_op: OpName, _inputs: readonly (NodeId | null)[], _attributes: object, span: Span): null {
    this.count(span);
    return null;
  }

  typeOf(): never {
    throw new InternalError("a check makes no nodes");
  }

  build(): null {
    return null;
  }

  sharedParameter(): null {
    return null;
  }

  part(_part: Part, evaluate: () => Value): Value {
    return evaluate();
  }

  declareLayer(): number {
    return 0;
  }

  mark(): Mark {
    return NOTHING;
  }

  made(): readonly string[] {
    return [];
  }

  ofLayer(): void {}
}

export interface BuildingOptions {
  readonly builder: GraphBuilder;
  /**
   * Receives, for every expression of the spec's own text, the names of the parameters that it and its parts
   * made.
   */
  readonly made?: Map<Expression, readonly string[]>;
  /** Receives the part that each node was made for. */
  readonly parts?: Parts;
}

/** Adds nodes. The same walk has checked the spec, so nothing is reported. */
export class Building implements WalkTarget {
  readonly mode = WalkMode.building;
  readonly isChecking = false;
  readonly parts: Parts | null;
  private readonly builder: GraphBuilder;
  private readonly namesMade: Map<Expression, readonly string[]> | null;
  private readonly uses: BlockUses;
  private readonly shared = new Set<string>();
  /** The number of layers declared so far. */
  private layers = 0;
  /** The number of the first declared layer that made each parameter. */
  private readonly ofLayers = new Map<string, number>();

  constructor({ builder, made, parts }: BuildingOptions, uses: BlockUses) {
    this.builder = builder;
    this.namesMade = made ?? null;
    this.parts = parts ?? null;
    this.uses = uses;
  }

  report<P>(kind: DiagnosticKind<P>, parameters: P): void {
    // The check of the same model already gave the warnings.
    if (kind.severity !== "error") return;
    throw new InternalError(`a checked model does not lower: ${kind.code} ${kind.message(parameters)}`);
  }

  reportAs(): never {
    throw new InternalError("a checked model has no problem");
  }

  node<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
    path: string,
  ): NodeId {
    const ids = inputs.map((input) => {
      invariant(input !== null, `an input of ${op} has no node`);
      return input;
    });
    const id = this.builder.add(op, ids, attributes, this.uses.inOwnText(span));
    this.parts?.made(id, path);
    return id;
  }

  typeOf(node: NodeId): TensorType {
    return this.builder.typeOf(node);
  }

  build<T>(make: (builder: GraphBuilder) => T): T {
    return make(this.builder);
  }

  sharedParameter(parameter: Parameter, span: Span, path: string): NodeId {
    const { name, dims } = parameter;
    if (this.shared.has(name)) return this.node("parameter", [], { name, dims }, span, path);
    this.shared.add(name);
    return this.builder.parameter(parameter, span);
  }

  part(part: Part, evaluate: () => Value): Value {
    const first = this.builder.size;
    this.parts?.add(part);
    const value = evaluate();
    this.parts?.madeRest(first, this.builder.size, part.path);
    return value;
  }

  declareLayer(): number {
    return this.layers++;
  }

  mark(): Mark {
    return { layers: this.layers, parameters: this.builder.declared.length };
  }

  made(expression: Expression, before: Mark): readonly string[] {
    if (this.namesMade === null) return [];
    const all = this.builder.declared.slice(before.parameters);
    const own = all.filter((name) => (this.ofLayers.get(name) ?? this.layers) >= before.layers);
    if (own.length > 0) this.namesMade.set(expression, [...(this.namesMade.get(expression) ?? []), ...own]);
    return all;
  }

  ofLayer(names: readonly string[], layer: number): void {
    for (const name of names) this.ofLayers.set(name, Math.min(layer, this.ofLayers.get(name) ?? layer));
  }
}
