// Walks expressions. One walk does both checking (types only, with symbolic widths) and elaboration (the same, with a
// GraphBuilder for the nodes), so that the accepted language and the built Graphs cannot drift apart.

import { invariant, unreachable } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import { misplaced, probabilityAsVector, wrongType } from "../../diagnostics/catalog/expressions.ts";
import { notALayer } from "../../diagnostics/catalog/layers.ts";
import type { Details, Diagnostic, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../../middle/builder/builder.ts";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { NodeId, Parameter } from "../../middle/graph/graph.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import type { Library } from "../functions/library.ts";
import {
  type BlockItem,
  type Expression,
  type Identifier,
  type LayerStatement,
  type Local,
  namesOf,
  pathNameOf,
} from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { UnparsedNames } from "../syntax/unparsed-names.ts";
import { binary, negate } from "../values/arithmetic.ts";
import { unknownDim } from "../values/dims.ts";
import { vectorOfEvery } from "../values/every.ts";
import { stacked } from "../values/leading-axes.ts";
import { limits } from "../values/limits.ts";
import { NetworkReads } from "../values/network-reads.ts";
import {
  ERROR,
  featureValue,
  floatValue,
  forgetful,
  intValue,
  isError,
  isFeature,
  isTensor,
  listValue,
  plainValue,
  printType,
  sizeOfList,
} from "../values/types.ts";
import type {
  Callable,
  DeclaredLayer,
  Environment,
  FeatureType,
  GivenArgument,
  TensorValue,
  Value,
} from "../values/values.ts";
import type { WalkMode, WalkModeFacts } from "../values/walk-mode.ts";
import { BlockUses } from "./block-uses.ts";
import { Budget } from "./budget.ts";
import { callBlock } from "./call-block.ts";
import { argumentsOf, callByName } from "./call-by-name.ts";
import { callFunction } from "./call-function.ts";
import { callLambda } from "./call-lambda.ts";
import { callLayer } from "./call-layer.ts";
import { Callables } from "./callables.ts";
import { checkCase, type Declarations } from "./declarations.ts";
import { elementsNamed, indexed } from "./indices.ts";
import { Names } from "./names.ts";
import { inputOf, isLayerInLet } from "./open-call.ts";
import { type LayerCall, OwnLayer } from "./own-layers.ts";
import { NETWORK, type Part, type Parts } from "./parts.ts";
import { Path } from "./path.ts";
import type { Walk } from "./walk.ts";
import { Building, type BuildingOptions, Checking, type WalkTarget } from "./walk-target.ts";
import { writtenList, writtenRange } from "./written-lists.ts";

export interface ElaboratorOptions {
  readonly declarations: Declarations;
  readonly reporter: Reporter;
  /** Blocks of the standard library, after the spec's own. */
  readonly library: Library;
  /** If given, nodes are built; the spec must have been checked. */
  readonly building: BuildingOptions | null;
  readonly unparsed?: UnparsedNames;
  /**
   * Receives the value of every expression of the spec's own text; inside blocks, only values that hold for
   * every use.
   */
  readonly values?: Map<Expression, Value>;
}

/** The current position of the walk. */
interface Position {
  /** The path that new parameters are named after. */
  readonly path: Path;
  /** `let`s of the net that come later, with their locations. */
  readonly later: ReadonlyMap<string, Span>;
  /** The calls of layers being walked, the outermost first. */
  readonly layerCalls: readonly LayerCall[];
}

export class Elaborator implements Walk {
  readonly declarations: Declarations;
  readonly callables: Callables;
  readonly uses: BlockUses;
  readonly budget: Budget;
  readonly unparsed: UnparsedNames;
  readonly reads: NetworkReads;
  readonly wrongSignatures = new Set<BlockItem>();
  readonly brokenBlocks = new Set<BlockItem>();
  private readonly target: WalkTarget;
  /** Changed only by `inMode`, while it walks a part of the spec. */
  private currentMode: WalkMode;
  /** Changed only by `at`, while it walks a part of the spec, and at the beginning of the net. */
  private position: Position = { path: new Path(NETWORK), later: new Map(), layerCalls: [] };
  private readonly values: Map<Expression, Value> | null;
  private readonly reporter: Reporter;
  private readonly names = new Names(this);
  private fresh = 0;

  constructor(options: ElaboratorOptions) {
    const { building, reporter } = options;
    this.declarations = options.declarations;
    this.reporter = reporter;
    this.callables = new Callables(options.declarations, options.library, reporter);
    this.uses = new BlockUses(reporter);
    this.reads = new NetworkReads((span) => this.uses.inOwnText(span));
    this.target =
      building === null
        ? new Checking(reporter, this.uses, (span) => this.budget.node(span))
        : new Building(building, this.uses);
    this.currentMode = this.target.mode;
    this.budget = new Budget(this, this.uses);
    this.unparsed = options.unparsed ?? UnparsedNames.nothing;
    this.values = options.values ?? null;
  }

  get isChecking(): boolean {
    return this.target.isChecking;
  }

  get parts(): Parts | null {
    return this.target.parts;
  }

  get mode(): WalkMode {
    return this.currentMode;
  }

  get path(): Path {
    return this.position.path;
  }

  get later(): ReadonlyMap<string, Span> {
    return this.position.later;
  }

  get layerCalls(): readonly LayerCall[] {
    return this.position.layerCalls;
  }

  inMode<T>(change: Partial<WalkModeFacts>, walk: () => T): T {
    const outer = this.currentMode;
    this.currentMode = outer.with(change);
    const result = walk();
    this.currentMode = outer;
    return result;
  }

  private at<T>(change: Partial<Position>, walk: () => T): T {
    const outer = this.position;
    this.position = { ...outer, ...change };
    const result = walk();
    this.position = outer;
    return result;
  }

  report = <P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details = {}): void => {
    this.target.report(kind, parameters, span, details);
  };

  reportAs(problem: Diagnostic): void {
    this.target.reportAs(problem);
  }

  known(names: () => Iterable<string>): readonly string[] {
    return this.reporter.known(names);
  }

  didYouMean(...asked: Parameters<Reporter["didYouMean"]>): Details {
    return this.reporter.didYouMean(...asked);
  }

  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
    path: string = this.path.prefix,
  ): NodeId | null {
    return this.target.node(op, inputs, attributes, span, path);
  }

  typeOf(node: NodeId): TensorType {
    return this.target.typeOf(node);
  }

  build<T>(make: (builder: GraphBuilder) => T): T | null {
    return this.target.build(make);
  }

  sharedParameter(parameter: Parameter, span: Span): NodeId | null {
    this.reads.weight(parameter.name);
    return this.target.sharedParameter(parameter, span, this.path.prefix);
  }

  constant(value: number, span: Span): NodeId | null {
    return this.emit("constant", [], { value, dims: [1] }, span);
  }

  anyInt(): Value {
    return intValue(unknownDim(++this.fresh));
  }

  // ---- Expressions

  evaluate(expression: Expression, environment: Environment): Value {
    return this.read(expression, environment, true);
  }

  given(expression: Expression, environment: Environment): Value {
    return this.read(expression, environment, false);
  }

  vectorOf(value: Value, span: Span): Value {
    if (value.type.kind === "every") return vectorOfEvery(this, value.type, span);
    return value.type.kind === "feature" ? this.names.vector(value.type, span) : value;
  }

  private read(expression: Expression, environment: Environment, asVector: boolean): Value {
    const before = this.target.mark();
    const value = this.budget.expression(expression.span, () => {
      const value = this.valueOf(expression, environment);
      return asVector ? this.vectorOf(value, expression.span) : value;
    });
    if (this.uses.depth > 0) return value;
    this.values?.set(expression, value);
    this.target.made(expression, before);
    return value;
  }

  listOf(operation: string, given: readonly Value[], of: "Int" | "Float" | null, span: Span): Value {
    const isOfFeatures = given.every(isFeature);
    const elements = isOfFeatures ? given : given.map((each) => this.vectorOf(each, span));
    if (elements.some(isError)) return ERROR;
    const size = sizeOfList(elements);
    return this.budget.list(operation, size, "elements", span) ? listValue(elements, of, size) : ERROR;
  }

  repeated<T>(times: number, span: Span, walk: () => T): T {
    return this.budget.repeated(times, span, walk);
  }

  group(references: FeatureType["references"], span: Span): Value {
    const { length } = references;
    if (!this.budget.list("this", length, "elements", span)) return ERROR;
    return listValue(
      references.map((each) => featureValue([each])),
      null,
      length,
      true,
    );
  }

  mayHaveVectors(operation: string, length: number, span: Span): boolean {
    return this.budget.list(operation, length, "vectors", span);
  }

  private valueOf(expression: Expression, environment: Environment): Value {
    const { span } = expression;
    switch (expression.kind) {
      case "number":
        return Number.isSafeInteger(expression.value)
          ? intValue(expression.value)
          : floatValue(expression.value);
      case "string":
        return plainValue({ kind: "string", value: expression.value });
      case "name":
        return this.names.read(expression, environment);
      case "field":
        return this.names.field(expression.object, expression.field, environment);
      case "call": {
        const { callee } = expression;
        const given = argumentsOf(this, callee, expression.arguments, environment);
        return callByName(this, callee, given, span, environment);
      }
      case "pipe": {
        const { callee } = expression;
        const all = [{ name: null, value: expression.input }, ...expression.arguments];
        const given = argumentsOf(this, callee, all, environment);
        // The piped value is not part of the location: `x |> f(a)` is reported at `f(a)`.
        return callByName(this, callee, given, { ...span, start: callee.span.start }, environment);
      }
      case "binary": {
        const left = { value: this.given(expression.left, environment), span: expression.left.span };
        const right = { value: this.given(expression.right, environment), span: expression.right.span };
        return binary(this, expression.operator, left, right, span);
      }
      case "negate":
        return negate(
          this,
          { value: this.evaluate(expression.operand, environment), span: expression.operand.span },
          span,
        );
      case "list":
        return writtenList(this, expression, environment);
      case "range":
        return this.names.range(expression, environment) ?? writtenRange(this, expression, environment);
      case "index":
        return indexed(this, expression, environment);
      case "lambda":
        return this.lambda(expression, environment);
      case "error":
        return ERROR;
      default:
        return unreachable(expression, "expression");
    }
  }

  /**
   * Names that were read before, as in blocks that are checked alone, do not count. `later`: the names that
   * follow.
   */
  beginNet(later: ReadonlyMap<string, Span>): void {
    this.position = { ...this.position, path: new Path(NETWORK), later };
  }

  private lambda(expression: Expression & { kind: "lambda" }, environment: Environment): Value {
    const { parameters, locals, body } = expression;
    for (const name of [...parameters, ...locals.flatMap(namesOf)])
      if (name.name !== "_") checkCase(name, this.reporter);
    return plainValue({
      kind: "function",
      callable: { kind: "lambda", parameters, locals, body, environment },
    });
  }

  locals(locals: readonly Local[], environment: Environment): void {
    for (const local of locals)
      for (const [{ name }, value] of this.local(local, environment)) environment.define(name, value);
  }

  /** The values that a `let`, a layer or an output names. The value of a `let` may be a feature itself. */
  local(local: Local, environment: Environment): readonly (readonly [Identifier, Value])[] {
    if (local.kind === "layer") return [[local.name, this.layer(local, environment)]];
    if (local.kind === "output") return [[local.name, this.named(local.name.name, local.value, environment)]];
    const { names, value } = local;
    if (isLayerInLet(this, local, environment)) return [[names[0]!, ERROR]];
    const whole = this.called(pathNameOf(local), value, () => this.given(value, environment));
    if (names.length === 1) return [[names[0]!, whole]];
    const elements = elementsNamed(this, local, whole);
    return names.map((each, i) => [each, elements[i]!]);
  }

  private layer({ name, value }: LayerStatement, environment: Environment): Value {
    const type = this.typeOfLayer(value, environment);
    if (type !== null) {
      if (type !== "") this.report(notALayer, { name: name.name, type }, value.span);
      return ERROR;
    }
    const seen = environment.upToHere();
    const layer = new OwnLayer(
      { name, value, environment: seen },
      new Map(this.later),
      this.path,
      this.target.declareLayer(),
    );
    return plainValue({ kind: "function", callable: { kind: "layer", layer } });
  }

  /** Null if it can be called; empty if it can't be read, which was reported. */
  private typeOfLayer(value: Expression, environment: Environment): string | null {
    if (value.kind === "lambda") this.evaluate(value, environment);
    const first = inputOf(value);
    if (first.kind === "call" || first.kind === "lambda") return null;
    const { type } = this.given(first, environment);
    if (type.kind === "function") return null;
    return type.kind === "error" ? "" : printType(type);
  }

  /** Evaluates the expression of `name` and names its new parameters after it. */
  named(name: string, expression: Expression, environment: Environment): Value {
    return this.called(name, expression, () => this.evaluate(expression, environment));
  }

  private called(name: string, expression: Expression, evaluate: () => Value): Value {
    const part = { kind: "statement", name, text: expression.span, block: null, given: new Map() } as const;
    const value = this.within(part, evaluate);
    this.parts?.call(value.logit ?? value.node, name);
    const list = isTensor(value) ? value.type.list?.varying : undefined;
    if (list !== undefined) list.name ??= name;
    if (value.type.kind !== "string") return value;
    this.report(misplaced, { what: "a string", where: "in the network" }, expression.span);
    return ERROR;
  }

  within(part: Omit<Part, "path" | "span">, evaluate: () => Value): Value {
    return this.under(this.path.child(part.name), part, evaluate);
  }

  private under(own: Path, part: Omit<Part, "path" | "span">, evaluate: () => Value): Value {
    const made = { ...part, path: own.prefix, span: this.uses.inOwnText(part.text) };
    return this.at({ path: own }, () => this.target.part(made, evaluate));
  }

  private callLayer(declared: DeclaredLayer, given: readonly GivenArgument[], span: Span): Value {
    invariant(declared instanceof OwnLayer, "a layer was declared by this walk");
    const call = declared.call(span);
    const before = this.target.mark();
    const { name } = declared.name;
    const part = {
      kind: "statement",
      name,
      text: declared.value.span,
      block: null,
      given: new Map(),
    } as const;
    const there = { later: declared.later, layerCalls: [...this.layerCalls, call] };
    const value = this.at(there, () =>
      this.under(call.path, part, () => callLayer(this, declared, given, span)),
    );
    this.target.ofLayer(this.target.made(declared.value, before), declared.index);
    return value;
  }

  // ---- Calls

  call(callable: Callable, name: string, given: readonly GivenArgument[], span: Span): Value {
    switch (callable.kind) {
      case "builtin":
        return callFunction(this, callable.definition, given, span);
      case "block":
        return this.budget.deeper(limits.depthOfCall, span, () =>
          callBlock(this, callable.block, given, span),
        );
      case "lambda":
        return this.budget.deeper(limits.depthOfCall, span, () =>
          callLambda(this, callable, name, given, span),
        );
      case "layer":
        return this.budget.deeper(limits.depthOfCall, span, () =>
          this.callLayer(callable.layer, given, span),
        );
      case "any_activation": {
        const [first] = given;
        if (first === undefined || isError(first.value)) return ERROR;
        return this.vector(first.value, `\`${name}\``, "its argument", first.span) ?? ERROR;
      }
      default:
        return unreachable(callable, "callable");
    }
  }

  isVector(value: Value): boolean {
    return isTensor(value) && (!value.type.probability || this.mode.chancesAreNumbers);
  }

  vector(given: Value, operation: string, what: string, span: Span): TensorValue | null {
    const value = stacked(this, this.vectorOf(given, span), span, operation);
    if (value === null || isError(value)) return null;
    if (!isTensor(value)) {
      this.report(wrongType, { what, expected: "a Vec or Seq", got: printType(value.type) }, span);
      return null;
    }
    if (!this.isVector(value)) {
      this.report(probabilityAsVector, { operation }, span, {
        related: value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")],
      });
      return null;
    }
    return forgetful(value);
  }
}
