// Walks expressions. One walk serves twice: checking (types only, widths may be symbolic) and elaboration (the same,
// with a GraphBuilder that gets the nodes), so that what is accepted and what is built cannot drift apart.

import { InternalError, invariant, unreachable } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import {
  tooManyElements,
  tooManyElementsTogether,
  tooManyNumbers,
  tooManyOperations,
  unfoldsTooDeep,
  widthTooComplex,
} from "../../diagnostics/catalog/budget.ts";
import {
  listTooLong,
  misplaced,
  mixedList,
  notAFunction,
  probabilityAsVector,
  rangeBackwards,
  unfoldsTooFar,
  unknownFunction,
  wrongType,
} from "../../diagnostics/catalog/expressions.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../../middle/build/builder.ts";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { NodeId, Parameter } from "../../middle/graph/graph.ts";
import { languageFunctions } from "../functions/registry.ts";
import type { Table } from "../model/model.ts";
import type { Argument, BlockItem, Expression, Identifier, Let } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { UnparsedNames } from "../syntax/unparsed-names.ts";
import { binary, negate } from "../values/arithmetic.ts";
import { Budget, limits } from "../values/budget.ts";
import {
  addDims,
  constantDim,
  constantOf,
  type Dim,
  isOvergrown,
  subtractDims,
  unknownDim,
} from "../values/dims.ts";
import { stacked } from "../values/leading-axes.ts";
import {
  ERROR,
  floatValue,
  intValue,
  isError,
  isTensor,
  listValue,
  plainValue,
  printType,
  sizeOfList,
} from "../values/types.ts";
import type { Callable, Environment, GivenArgument, TensorValue, Value } from "../values/values.ts";
import { callBlock } from "./call-block.ts";
import { callFunction } from "./call-function.ts";
import { callLambda } from "./call-lambda.ts";
import { checkCase, type Declarations } from "./declarations.ts";
import { takesAsMany } from "./given-functions.ts";
import type { Library } from "./library.ts";
import { Names } from "./names.ts";
import { Path } from "./path.ts";
import { readSignature, type Signature } from "./signatures.ts";
import type { BlockUse, Walk } from "./walk.ts";

export interface ElaboratorOptions {
  readonly declarations: Declarations;
  readonly reporter: Reporter;
  /** Blocks of the standard library, after the spec's own. */
  readonly library: Library;
  /** Given, nodes are built; the spec must have been checked. */
  readonly builder: GraphBuilder | null;
  readonly unparsed?: UnparsedNames;
  /** Takes the value of every expression of the spec's own text, in blocks as far as it holds for every use. */
  readonly values?: Map<Expression, Value>;
  /** While nodes are built: takes the names of the parameters that every expression of the spec's own text made, with its parts. */
  readonly made?: Map<Expression, readonly string[]>;
}

export class Elaborator implements Walk {
  readonly declarations: Declarations;
  readonly builder: GraphBuilder | null;
  readonly usedNames = new Set<string>();
  readonly tables = new Map<string, Table>();
  path = new Path("net");
  readonly uses: BlockUse[] = [];
  settled: boolean;
  inLoss = false;
  readonly later = new Map<string, Span>();
  readonly usedEarly = new Set<string>();
  readonly wrongSignatures = new Set<BlockItem>();
  readonly brokenBlocks = new Set<BlockItem>();
  readonly unparsed: UnparsedNames;
  private readonly values: Map<Expression, Value> | null;
  private readonly made: Map<Expression, readonly string[]> | null;
  private readonly reporter: Reporter;
  private readonly library: Library;
  private readonly signatures = new Map<BlockItem, Signature | null>();
  private readonly names = new Names(this);
  private readonly shared = new Set<string>();
  private readonly budget = new Budget();
  private fresh = 0;
  /** Where the network has more operations than it may have, and the blocks that are walked there. */
  private crowded: { readonly span: Span; readonly uses: readonly BlockUse[] } | null = null;
  /** Not everything was walked, so that what is unused is not known. */
  isExhausted = false;

  constructor(options: ElaboratorOptions) {
    this.declarations = options.declarations;
    this.reporter = options.reporter;
    this.library = options.library;
    this.builder = options.builder;
    this.settled = options.builder !== null;
    this.unparsed = options.unparsed ?? UnparsedNames.nothing;
    this.values = options.values ?? null;
    this.made = options.made ?? null;
  }

  report = <P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details = {}): void => {
    if (this.builder !== null) {
      // Warnings were given when the same walk checked the model.
      if (kind.severity !== "error") return;
      throw new InternalError(`a checked model does not lower: ${kind.code} ${kind.message(parameters)}`);
    }
    const outermost = this.uses[0];
    if (outermost === undefined) this.reporter.report(kind, parameters, span, details);
    else if (span.file !== outermost.span.file) {
      // In the standard library: the user's own text comes first.
      const related = [at(span, `in \`${this.uses.at(-1)!.block.name.name}\``), ...(details.related ?? [])];
      this.reporter.report(kind, parameters, outermost.span, { ...details, related, fixes: [] });
    } else {
      const shown = this.uses.length <= 4 ? this.uses : [outermost, ...this.uses.slice(-3)];
      const places = shown.map((use) => at(use.span, `\`${use.block.name.name}\` is used here`)).reverse();
      this.reporter.report(kind, parameters, span, {
        ...details,
        related: [...(details.related ?? []), ...places],
      });
    }
  };

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
  ): NodeId | null {
    if (this.builder === null) {
      this.countNode(span);
      return null;
    }
    const ids = inputs.map((input) => {
      invariant(input !== null, `an input of ${op} has no node`);
      return input;
    });
    return this.builder.add(op, ids, attributes, this.inOwnText(span));
  }

  /** Of a place in the standard library: where the spec's own text used it. */
  private inOwnText(span: Span): Span {
    const own = this.uses[0]?.span.file ?? span.file;
    return span.file === own ? span : this.uses.findLast((use) => use.span.file === own)!.span;
  }

  sharedParameter(parameter: Parameter, span: Span): NodeId | null {
    if (this.builder === null) return null;
    const { name, dims } = parameter;
    if (this.shared.has(name)) return this.emit("parameter", [], { name, dims }, span);
    this.shared.add(name);
    return this.builder.parameter(parameter, span);
  }

  constant(value: number, span: Span): NodeId | null {
    return this.emit("constant", [], { value, dims: [1] }, span);
  }

  anyInt(): Value {
    return intValue(unknownDim(++this.fresh));
  }

  // ---- Names

  block(name: string): BlockItem | undefined {
    return this.declarations.blocks.get(name) ?? this.library.get(name);
  }

  signature(block: BlockItem): Signature | null {
    let signature = this.signatures.get(block);
    if (signature === undefined) {
      signature = readSignature(block, this.declarations, this.reporter);
      this.signatures.set(block, signature);
    }
    return signature;
  }

  callableNamed(name: string): Callable | null {
    const block = this.block(name);
    if (block !== undefined) return { kind: "block", block };
    const definition = languageFunctions.get(name);
    return definition === undefined ? null : { kind: "builtin", definition };
  }

  callableNames(): string[] {
    return [...this.declarations.blocks.keys(), ...this.library.keys(), ...languageFunctions.keys()];
  }

  // ---- Expressions

  evaluate(expression: Expression, environment: Environment): Value {
    const before = this.builder?.declared.length ?? 0;
    const value = this.valueWithin(expression, environment);
    if (this.uses.length > 0) return value;
    this.values?.set(expression, value);
    if (this.builder !== null && this.made !== null && this.builder.declared.length > before)
      this.made.set(expression, [
        ...(this.made.get(expression) ?? []),
        ...this.builder.declared.slice(before),
      ]);
    return value;
  }

  /** Within the budget: what goes beyond it is told once, and nothing is walked after it. */
  private valueWithin(expression: Expression, environment: Environment): Value {
    const { span } = expression;
    if (this.isExhausted) return ERROR;
    if (!this.budget.expression()) {
      // Told where it is used outermost: that is what is too much.
      const help = "use fewer levels, or name what is used twice with `let`";
      const uses = this.uses.splice(0);
      this.exhaust(unfoldsTooFar, { most: limits.expressions }, uses[0]?.span ?? span, { help });
      this.uses.push(...uses);
      return ERROR;
    }
    const value = this.deeper(1, span, () => this.valueOf(expression, environment));
    return this.isExhausted ? ERROR : this.withinLimits(value, span);
  }

  /** What `evaluate` gives, `levels` further down, unless that is too deep. */
  private deeper(levels: number, span: Span, evaluate: () => Value): Value {
    if (!this.budget.enter(levels))
      return this.exhaust(unfoldsTooDeep, { most: limits.depth }, span, {
        help: "repeat a step with `fold` instead",
      });
    const value = evaluate();
    this.budget.leave(levels);
    return value;
  }

  /** Says that this is beyond the budget. In a model that was checked nothing is. */
  private exhaust<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details?: Details): Value {
    if (this.builder !== null) return ERROR;
    if (!this.isExhausted) this.report(kind, parameters, span, details);
    this.isExhausted = true;
    return ERROR;
  }

  /** `value` where it is of a size that can be computed with. */
  private withinLimits(value: Value, span: Span): Value {
    if (this.builder !== null) return value;
    const { type } = value;
    if (type.kind === "int") return isOvergrown(type.value) ? this.tooComplex(span) : value;
    if (type.kind !== "tensor") return value;
    const { width, list } = type;
    if (isOvergrown(width) || (list !== null && isOvergrown(list))) return this.tooComplex(span);
    if (list === null) return value;
    const numbers = (constantOf(width) ?? 1) * (constantOf(list) ?? 1);
    if (numbers <= limits.numbers) return value;
    return this.beyond(tooManyNumbers, { what: "in each row this is", numbers, most: limits.numbers }, span);
  }

  private tooComplex(span: Span): Value {
    return this.beyond(widthTooComplex, limits, span);
  }

  private beyond<P>(kind: DiagnosticKind<P>, parameters: P, span: Span): Value {
    this.report(kind, parameters, span);
    return ERROR;
  }

  /** Too many are told at the end: what is walked too far is told of the place that repeats. */
  private countNode(span: Span): void {
    if (!this.budget.node()) this.crowded ??= { span, uses: [...this.uses] };
  }

  /** Says what is only known of the whole network. */
  finish(): void {
    if (this.crowded === null || this.isExhausted) return;
    const { span, uses } = this.crowded;
    this.uses.push(...uses);
    this.exhaust(tooManyOperations, { most: limits.nodes }, span);
    this.uses.length = 0;
  }

  mayHaveWeight(dims: readonly Dim[], span: Span): boolean {
    if (this.builder !== null) return true;
    this.countNode(span);
    const numbers = dims.reduce((product, dim) => product * (constantOf(dim) ?? 1), 1);
    const all = this.budget.weights(numbers);
    if (all <= limits.weights) return true;
    const what = "the weights up to this layer are";
    this.exhaust(tooManyNumbers, { what, numbers: all, most: limits.weights }, span);
    return false;
  }

  mayHaveVectors(operation: string, length: number, span: Span): boolean {
    return this.mayMake(operation, length, "vectors", span);
  }

  private mayMake(operation: string, length: number, of: "vectors" | "elements", span: Span): boolean {
    if (this.builder !== null) return true;
    if (length > limits[of]) {
      this.report(tooManyElements, { operation, length, most: limits[of] }, span);
      return false;
    }
    if (this.budget[of](length)) return true;
    const most = of === "vectors" ? limits.allVectors : limits.allElements;
    this.exhaust(tooManyElementsTogether, { most }, span);
    return false;
  }

  listOf(operation: string, elements: readonly Value[], of: "Int" | "Float" | null, span: Span): Value {
    const size = sizeOfList(elements);
    return this.mayMake(operation, size, "elements", span) ? listValue(elements, of, size) : ERROR;
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
        return this.names.read(expression.name, span, environment);
      case "field":
        return this.names.field(expression.object, expression.field, span, environment);
      case "call":
        return this.callNamed(
          expression.callee,
          this.given(expression.callee, expression.arguments, environment),
          span,
          environment,
        );
      case "pipe": {
        const input = { name: null, value: expression.input };
        const given = this.given(expression.callee, [input, ...expression.arguments], environment);
        // What is piped in is not part of the place: `x |> f(a)` is about `f(a)`.
        return this.callNamed(
          expression.callee,
          given,
          { ...span, start: expression.callee.span.start },
          environment,
        );
      }
      case "binary": {
        const left = { value: this.evaluate(expression.left, environment), span: expression.left.span };
        const right = { value: this.evaluate(expression.right, environment), span: expression.right.span };
        return binary(this, expression.operator, left, right, span);
      }
      case "negate":
        return negate(
          this,
          { value: this.evaluate(expression.operand, environment), span: expression.operand.span },
          span,
        );
      case "list":
        return this.list(expression, environment);
      case "range":
        return this.range(expression, environment);
      case "lambda":
        for (const parameter of expression.parameters)
          if (parameter.name !== "_") checkCase(parameter, this.reporter);
        return plainValue({
          kind: "function",
          callable: { kind: "lambda", parameters: expression.parameters, body: expression.body, environment },
        });
      case "error":
        return ERROR;
      default:
        return unreachable(expression, "expression");
    }
  }

  private given(
    callee: Identifier,
    argumentsOf: readonly Argument[],
    environment: Environment,
  ): GivenArgument[] {
    const takesFeature = this.takesFeature(callee, environment);
    return argumentsOf.map(({ name, value }) => ({
      name,
      value:
        (takesFeature ? this.names.reference(value, environment) : null) ?? this.evaluate(value, environment),
      span: value.span,
    }));
  }

  /** `weight(item_id)` is about the feature, not about its vector. */
  private takesFeature(callee: Identifier, environment: Environment): boolean {
    const isBuiltin = environment.peek(callee.name) === undefined && this.block(callee.name) === undefined;
    const definition = isBuiltin ? languageFunctions.get(callee.name) : undefined;
    return definition?.parameters.some(({ accepts }) => accepts === "feature") ?? false;
  }

  private list({ elements, span }: Expression & { kind: "list" }, environment: Environment): Value {
    const values = elements.map((element) => this.evaluate(element, environment));
    if (values.some(isError)) return ERROR;
    const kinds = values.map((value) => (value.type.kind === "float" ? "int" : value.type.kind));
    const odd = kinds.findIndex((kind) => kind !== kinds[0]);
    if (odd > 0) {
      const [first, other] = [printType(values[0]!.type), printType(values[odd]!.type)];
      this.report(mixedList, { first, other }, elements[odd]!.span, {
        related: [at(elements[0]!.span, first)],
      });
      return ERROR;
    }
    const numbers = kinds[0] === undefined || kinds[0] === "int";
    const of = !numbers ? null : values.some((value) => value.type.kind === "float") ? "Float" : "Int";
    return this.listOf("this", values, of, span);
  }

  private range(expression: Expression & { kind: "range" }, environment: Environment): Value {
    const ends = [expression.low, expression.high].map((end) => {
      const value = this.evaluate(end, environment);
      if (value.type.kind === "int") return value.type.value;
      if (!isError(value))
        this.report(
          wrongType,
          { what: "an end of a range", expected: "an Int", got: printType(value.type) },
          end.span,
        );
      return null;
    });
    const [low, high] = ends;
    if (low == null || high == null) return ERROR;
    const [from, to] = [constantOf(low), constantOf(high)];
    if (from === null || to === null) {
      const length = addDims(subtractDims(high, low), constantDim(1));
      return plainValue({ kind: "list", elements: null, length, size: 0, isConcrete: false, of: "Int" });
    }
    if (to < from - 1) {
      const help = `a range counts upwards: \`${to}..${from}\``;
      this.report(rangeBackwards, { low: from, high: to }, expression.span, { help });
      return ERROR;
    }
    const length = to - from + 1;
    if (length > limits.elements) {
      this.report(listTooLong, { length, most: limits.elements }, expression.span);
      return ERROR;
    }
    const elements = Array.from({ length }, (_, i) => intValue(from + i));
    return this.listOf("this range", elements, "Int", expression.span);
  }

  /** Evaluates `let`s into `environment`, each under its own path. */
  lets(lets: readonly Let[], environment: Environment, defined?: (statement: Let) => void): void {
    for (const statement of lets) {
      environment.define(statement.name.name, this.named(statement.name.name, statement.value, environment));
      defined?.(statement);
    }
  }

  /** Evaluates what is called `name`, with the parameters made for it named after it. */
  named(name: string, expression: Expression, environment: Environment): Value {
    const value = this.within(name, () => this.evaluate(expression, environment));
    if (value.type.kind !== "string") return value;
    this.report(misplaced, { what: "a string", where: "in the network" }, expression.span);
    return ERROR;
  }

  within(name: string, evaluate: () => Value): Value {
    if (this.builder === null) return evaluate();
    const outer = this.path;
    this.path = outer.child(name);
    const value = evaluate();
    this.path = outer;
    return value;
  }

  // ---- Calls

  private callNamed(
    callee: Identifier,
    given: readonly GivenArgument[],
    span: Span,
    environment: Environment,
  ): Value {
    const { name } = callee;
    const local = environment.peek(name);
    if (local !== undefined && (local.type.kind === "function" || local.type.kind === "error"))
      environment.read(name);
    if (local?.type.kind === "error") return ERROR;
    if (local?.type.kind === "function") {
      const { callable } = local.type;
      const fits = takesAsMany(this, callable, name, given, span, environment);
      return fits ? this.call(callable, name, given, span) : ERROR;
    }
    const callable = this.callableNamed(name);
    if (callable !== null) return this.call(callable, name, given, span);
    if (name === "") return ERROR;
    const type = local !== undefined ? printType(local.type) : this.describeGlobal(name, environment);
    if (type !== null) {
      environment.read(name);
      this.usedNames.add(name);
      this.report(notAFunction, { name, type }, callee.span);
      return ERROR;
    }
    const known = this.known(() => this.callableNames());
    if (this.unparsed.mayDeclare(name, known)) return ERROR;
    this.report(
      unknownFunction,
      { name },
      callee.span,
      this.didYouMean(callee, known, undefined, "function"),
    );
    return ERROR;
  }

  private describeGlobal(name: string, environment: Environment): string | null {
    const param = this.declarations.params.get(name);
    if (param !== undefined) return param;
    if (environment.block !== null) return null;
    if (this.declarations.features.has(name)) return "a feature";
    return this.declarations.histories.has(name) ? "a history" : null;
  }

  call(callable: Callable, name: string, given: readonly GivenArgument[], span: Span): Value {
    switch (callable.kind) {
      case "builtin":
        return callFunction(this, callable.definition, given, span);
      case "block":
        return this.deeper(limits.depthOfCall, span, () => callBlock(this, callable.block, given, span));
      case "lambda":
        return this.deeper(limits.depthOfCall, span, () => callLambda(this, callable, name, given, span));
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
    return isTensor(value) && (!value.type.probability || this.settled);
  }

  vector(given: Value, operation: string, what: string, span: Span): TensorValue | null {
    const value = stacked(this, given, span, operation);
    if (value === null || isError(value)) return null;
    if (!isTensor(value)) {
      this.report(wrongType, { what, expected: "a Vec or Seq", got: printType(value.type) }, span);
      return null;
    }
    if (!this.isVector(value)) {
      this.report(probabilityAsVector, { operation }, span, {
        related: value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")],
        help: "use the value before its `sigmoid`",
      });
      return null;
    }
    return value;
  }
}
