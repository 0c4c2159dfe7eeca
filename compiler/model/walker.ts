// Walks expressions. One walk serves twice: checking (types only, widths may be symbolic) and elaboration (the same,
// with a GraphBuilder that gets the nodes), so that what is accepted and what is built cannot drift apart.

import type { Argument, BlockItem, Expression, Identifier, Let } from "../ast/nodes.ts";
import {
  listTooLong,
  misplaced,
  mixedList,
  noFields,
  notAFunction,
  notEmbedded,
  notInBlock,
  probabilityAsVector,
  unknownField,
  unknownFunction,
  unknownName,
  usedBeforeDefined,
  wrongType,
} from "../diagnostics/catalog/expressions.ts";
import type { Details, DiagnosticKind } from "../diagnostics/diagnostic.ts";
import { languageFunctions } from "../functions/registry.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { NodeId, Rows } from "../graph/graph.ts";
import { InternalError, invariant, unreachable } from "../internal-error.ts";
import type { OpAttributes, OpName } from "../ops/registry.ts";
import { type Span, textOf } from "../source/source-file.ts";
import { inputNames } from "../training/program.ts";
import { binary, negate } from "./arithmetic.ts";
import type { GivenArgument } from "./bind-arguments.ts";
import { callBlock } from "./call-block.ts";
import { callFunction } from "./call-function.ts";
import { callLambda } from "./call-lambda.ts";
import { checkCase, type Declarations } from "./declarations.ts";
import { addDims, constantDim, constantOf, variableDim } from "./dims.ts";
import type { Environment } from "./environment.ts";
import type { Feature, History, HistoryField } from "./model.ts";
import { Path } from "./path.ts";
import { at, didYouMean, type Reporter } from "./reporter.ts";
import { readSignature, type Signature } from "./signatures.ts";
import {
  type Axis,
  type Callable,
  ERROR,
  floatValue,
  intValue,
  isError,
  isTensor,
  plainValue,
  printType,
  type TensorValue,
  tensorValue,
  type Value,
} from "./types.ts";
import { Unread } from "./unread.ts";

/** Lists are unrolled, one layer an element. */
const MOST_ELEMENTS = 10_000;

/** A block being walked at one of its uses. */
export interface BlockUse {
  readonly block: BlockItem;
  readonly span: Span;
}

export interface WalkerOptions {
  readonly declarations: Declarations;
  readonly reporter: Reporter;
  /** Blocks of the standard library, behind the spec's own. */
  readonly library: ReadonlyMap<string, BlockItem>;
  /** Given, nodes are built; the spec must have been checked. */
  readonly builder: GraphBuilder | null;
  readonly unread?: Unread;
}

export class Walker {
  readonly declarations: Declarations;
  readonly builder: GraphBuilder | null;
  /** Names of features and histories that were read. */
  readonly usedNames = new Set<string>();
  /** Where new parameters are named. */
  path = new Path("net");
  /** Blocks being walked where they are used, outermost first. */
  readonly uses: BlockUse[] = [];
  /**
   * The body of a block that was checked for all widths is walked for given ones. Which vectors are probabilities
   * was settled then: at a width that happens to be 1, a `sigmoid` must not become one.
   */
  settled: boolean;
  /** `let`s of the net, with their places, for "used before it is defined". */
  readonly later = new Map<string, Span>();
  /** Those of them that were read too early. */
  readonly usedEarly = new Set<string>();
  /** Blocks that have an error of their own or use themselves: calls give an error value, silently. */
  readonly brokenBlocks = new Set<BlockItem>();
  private readonly unread: Unread;
  private readonly reporter: Reporter;
  private readonly library: ReadonlyMap<string, BlockItem>;
  private readonly signatures = new Map<BlockItem, Signature | null>();
  private fresh = 0;

  constructor(options: WalkerOptions) {
    this.declarations = options.declarations;
    this.reporter = options.reporter;
    this.library = options.library;
    this.builder = options.builder;
    this.settled = options.builder !== null;
    this.unread = options.unread ?? Unread.nothing;
  }

  report = <P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details = {}): void => {
    if (this.builder !== null)
      throw new InternalError(`a checked model does not lower: ${kind.code} ${kind.message(parameters)}`);
    const outermost = this.uses[0];
    if (outermost === undefined) this.reporter.report(kind, parameters, span, details);
    else if (span.file !== outermost.span.file) {
      // In the standard library: the user's own text comes first.
      const related = [at(span, `in \`${this.uses.at(-1)!.block.name.name}\``), ...(details.related ?? [])];
      this.reporter.report(kind, parameters, outermost.span, { ...details, related, fixes: [] });
    } else {
      const places = this.uses
        .map((use) => at(use.span, `\`${use.block.name.name}\` is used here`))
        .reverse();
      this.reporter.report(kind, parameters, span, {
        ...details,
        related: [...(details.related ?? []), ...places],
      });
    }
  };

  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
  ): NodeId | null {
    if (this.builder === null) return null;
    const ids = inputs.map((input) => {
      invariant(input !== null, `an input of ${op} has no node`);
      return input;
    });
    return this.builder.add(op, ids, attributes, span);
  }

  constant(value: number, span: Span): NodeId | null {
    return this.emit("constant", [], { value, dims: [1] }, span);
  }

  /** The value with one row for each step of `axis`. */
  along(value: TensorValue, axis: Axis | null, span: Span): TensorValue {
    if (axis === null || value.type.axis !== null) return value;
    const repeat = (node: NodeId | null) =>
      node === null ? null : this.emit("repeat", [node], { history: axis.name }, span);
    return {
      ...value,
      type: { ...value.type, axis },
      node: repeat(value.node),
      logit: repeat(value.logit),
      sources: new Set([...value.sources, "history"]),
    };
  }

  /** A variable that stands for any whole number, like no other. */
  freshInt(): Value {
    return intValue(variableDim("?".repeat(++this.fresh)));
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

  private callableNamed(name: string): Callable | null {
    const block = this.block(name);
    if (block !== undefined) return { kind: "block", block };
    const definition = languageFunctions.get(name);
    return definition === undefined ? null : { kind: "builtin", definition };
  }

  private name(name: string, span: Span, environment: Environment): Value {
    const local = environment.read(name);
    if (local !== undefined) return local;
    const feature = this.declarations.features.get(name);
    const history = this.declarations.histories.get(name);
    if (environment.block === null) {
      if (feature !== undefined) return this.feature(feature, span);
      if (history !== undefined) return this.history(history, span);
    }
    const callable = this.callableNamed(name);
    if (callable !== null) return plainValue({ kind: "function", callable });
    this.reportUnknownName(name, span, environment);
    return ERROR;
  }

  private reportUnknownName(name: string, span: Span, environment: Environment): void {
    const { declarations } = this;
    const { block } = environment;
    const global = declarations.features.get(name) ?? declarations.histories.get(name);
    const later = this.later.get(name);
    if (name === "") return;
    if (block !== null && (global !== undefined || later !== undefined)) {
      const what = declarations.features.has(name) ? "feature" : global === undefined ? "value" : "history";
      const related = [at(global?.span ?? later!, "declared here")];
      this.report(notInBlock, { name, what, block: block.name.name }, span, {
        related,
        help: "add a parameter and pass it where the block is used",
      });
    } else if (later !== undefined) {
      this.usedEarly.add(name);
      this.report(usedBeforeDefined, { name }, span, {
        related: [at(later, "defined here")],
        help: `move this below the \`let\` of \`${name}\``,
      });
    } else {
      const column = [...declarations.histories.values()].find((history) =>
        history.fields.some((field) => field.column === name),
      );
      const field = column?.fields.find((each) => each.column === name);
      const known = [...environment.names()];
      if (block === null) known.push(...declarations.features.keys(), ...declarations.histories.keys());
      const identifier = { name, span };
      if (column !== undefined && field !== undefined)
        this.report(unknownName, { name }, span, {
          related: [at(field.span, "a column, bound here")],
          help: `its values are \`${column.name}.${field.feature}\``,
        });
      else if (declarations.labels.has(name))
        this.report(unknownName, { name }, span, {
          related: [at(declarations.labels.get(name)!.span, "a label")],
          help: "the network cannot read what it is to predict; to use a prediction, name it with `let`",
        });
      else if (!this.unread.mayDeclare(name, known))
        this.report(unknownName, { name }, span, didYouMean(identifier, known));
    }
  }

  private rows(axis: Axis | null): Rows {
    return axis === null
      ? { kind: "each", per: "example" }
      : { kind: "steps", per: "example", history: axis.name };
  }

  private feature(feature: Feature, span: Span): Value {
    this.usedNames.add(feature.name);
    if (this.declarations.broken.has(feature.name)) return ERROR;
    const syntax = this.declarations.featureSyntax.get(feature.name);
    const sources = new Set([feature.scope]);
    const input = inputNames.feature(feature.name);
    if (feature.kind.kind === "number") {
      const type = { rows: this.rows(null), dims: [1], dtype: "f32" } as const;
      const node = this.emit("input", [], { name: input, type }, span);
      const widthOrigin = { span: syntax?.type.span ?? feature.span, what: `the number \`${feature.name}\`` };
      return tensorValue({ axis: null, width: constantDim(1) }, { node, sources, widthOrigin });
    }
    if (feature.embed === null) {
      invariant(syntax, `${feature.name} has no declaration`);
      const text = textOf(syntax.type.span);
      this.report(notEmbedded, { name: feature.name }, span, {
        related: [at(syntax.span, "declared without `embed`")],
        help: `give it a width: \`${feature.name} : ${text} embed 16\``,
        fixes: [
          {
            title: "embed it, 16 wide",
            edits: [{ span: { ...syntax.span, start: syntax.span.end }, text: " embed 16" }],
          },
        ],
      });
      return ERROR;
    }
    const node = this.embedding(feature, feature.embed, input, null, span);
    return tensorValue(
      { axis: null, width: constantDim(feature.embed) },
      { node, sources, widthOrigin: this.embedOrigin(feature) },
    );
  }

  private embedOrigin(feature: Feature) {
    const syntax = this.declarations.featureSyntax.get(feature.name);
    return { span: syntax?.embed?.span ?? feature.span, what: `the embedding of \`${feature.name}\`` };
  }

  private embedding(
    feature: Feature,
    width: number,
    input: string,
    axis: Axis | null,
    span: Span,
  ): NodeId | null {
    const table = this.emit("table", [], { name: feature.name, width }, span);
    const type = { rows: this.rows(axis), dims: [], dtype: "i32" } as const;
    const ids = this.emit("input", [], { name: input, type }, span);
    return this.emit("lookup", [table, ids], {}, span);
  }

  private axisOf(history: History): Axis {
    return { kind: "history", name: history.name, span: history.span };
  }

  private historyField(history: History, field: HistoryField, span: Span): TensorValue {
    const feature = this.declarations.features.get(field.feature)!;
    const axis = this.axisOf(history);
    const width = feature.embed!;
    const node = this.embedding(feature, width, inputNames.field(history.name, field.feature), axis, span);
    return tensorValue(
      { axis, width: constantDim(width) },
      { node, sources: new Set(["history"]), widthOrigin: this.embedOrigin(feature) },
    );
  }

  private history(history: History, span: Span): Value {
    this.usedNames.add(history.name);
    if (this.declarations.broken.has(history.name)) return ERROR;
    const fields = history.fields.map((field) => this.historyField(history, field, span));
    const [first] = fields;
    if (first === undefined) return ERROR;
    if (fields.length === 1) return first;
    const width = fields.map((field) => field.type.width).reduce(addDims);
    const node = this.emit(
      "concat",
      fields.map((field) => field.node),
      { dim: 0 },
      span,
    );
    const widthOrigin = { span: history.span, what: `the fields of \`${history.name}\` side by side` };
    return tensorValue({ axis: this.axisOf(history), width }, { node, sources: first.sources, widthOrigin });
  }

  private field(object: Expression, field: Identifier, span: Span, environment: Environment): Value {
    const history =
      object.kind === "name" && environment.block === null && environment.peek(object.name) === undefined
        ? this.declarations.histories.get(object.name)
        : undefined;
    if (history === undefined) {
      const value = this.evaluate(object, environment);
      if (!isError(value))
        this.report(noFields, { type: printType(value.type) }, field.span, {
          help: "only a history has fields, like `clicks.item_id`",
        });
      return ERROR;
    }
    this.usedNames.add(history.name);
    const found = history.fields.find((each) => each.feature === field.name);
    const broken = this.declarations.broken.has(history.name);
    if (found !== undefined) return broken ? ERROR : this.historyField(history, found, span);
    if (broken || field.name === "") return ERROR;
    const byColumn = history.fields.find((each) => each.column === field.name);
    const names = history.fields.map((each) => each.feature);
    if (byColumn === undefined && this.unread.mayDeclare(field.name, names)) return ERROR;
    this.report(unknownField, { object: history.name, field: field.name }, field.span, {
      related: [at(byColumn?.span ?? history.span, byColumn === undefined ? "declared here" : "bound here")],
      ...(byColumn === undefined
        ? didYouMean(field, names, `its fields are ${names.join(", ")}`)
        : { help: `fields are called like the feature: \`${history.name}.${byColumn.feature}\`` }),
    });
    return ERROR;
  }

  // ---- Expressions

  evaluate(expression: Expression, environment: Environment): Value {
    const { span } = expression;
    switch (expression.kind) {
      case "number":
        return Number.isSafeInteger(expression.value)
          ? intValue(expression.value)
          : floatValue(expression.value);
      case "string":
        return plainValue({ kind: "string", value: expression.value });
      case "name":
        return this.name(expression.name, span, environment);
      case "field":
        return this.field(expression.object, expression.field, span, environment);
      case "call":
        return this.callNamed(
          expression.callee,
          this.given(expression.arguments, environment),
          span,
          environment,
        );
      case "pipe": {
        const input = {
          name: null,
          value: this.evaluate(expression.input, environment),
          span: expression.input.span,
        };
        const given = [input, ...this.given(expression.arguments, environment)];
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
        return this.list(expression.elements, environment);
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

  private given(argumentsOf: readonly Argument[], environment: Environment): GivenArgument[] {
    return argumentsOf.map(({ name, value }) => ({
      name,
      value: this.evaluate(value, environment),
      span: value.span,
    }));
  }

  private list(elements: readonly Expression[], environment: Environment): Value {
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
    return plainValue({ kind: "list", elements: values, of });
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
    if (from === null || to === null) return plainValue({ kind: "list", elements: null, of: "Int" });
    const length = Math.max(0, to - from + 1);
    if (length > MOST_ELEMENTS) {
      this.report(listTooLong, { length, most: MOST_ELEMENTS }, expression.span);
      return ERROR;
    }
    const elements = Array.from({ length }, (_, i) => intValue(from + i));
    return plainValue({ kind: "list", elements, of: "Int" });
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
    const outer = this.path;
    this.path = outer.child(name);
    const value = this.evaluate(expression, environment);
    this.path = outer;
    if (value.type.kind !== "string") return value;
    this.report(misplaced, { what: "a string", where: "in the network" }, expression.span);
    return ERROR;
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
    if (local?.type.kind === "function") return this.call(local.type.callable, name, given, span);
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
    const known = [...this.declarations.blocks.keys(), ...this.library.keys(), ...languageFunctions.keys()];
    if (this.unread.mayDeclare(name, known)) return ERROR;
    this.report(unknownFunction, { name }, callee.span, didYouMean(callee, known));
    return ERROR;
  }

  private describeGlobal(name: string, environment: Environment): string | null {
    if (environment.block !== null) return null;
    if (this.declarations.features.has(name)) return "a feature";
    return this.declarations.histories.has(name) ? "a history" : null;
  }

  call(callable: Callable, name: string, given: readonly GivenArgument[], span: Span): Value {
    switch (callable.kind) {
      case "builtin":
        return callFunction(this, callable.definition, given, span);
      case "block":
        return callBlock(this, callable.block, given, span);
      case "lambda":
        return callLambda(this, callable, name, given, span);
      case "any_activation": {
        const [first] = given;
        if (first === undefined || isError(first.value)) return ERROR;
        return this.vector(first.value, `\`${name}\``, "its argument", first.span) ?? ERROR;
      }
      default:
        return unreachable(callable, "callable");
    }
  }

  /** `value` where it is a Vec or Seq and no probability; otherwise null, reported. */
  vector(value: Value, operation: string, what: string, span: Span): TensorValue | null {
    if (isError(value)) return null;
    if (!isTensor(value)) {
      this.report(wrongType, { what, expected: "a Vec or Seq", got: printType(value.type) }, span);
      return null;
    }
    if (value.type.probability && !this.settled) {
      this.report(probabilityAsVector, { operation }, span, {
        related: value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")],
        help: "use the value before its `sigmoid`",
      });
      return null;
    }
    return value;
  }
}
