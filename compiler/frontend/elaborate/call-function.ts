// Calls of built-in functions: binds the arguments, checks that they fit, and hands them to the rule of the
// function.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { type Span, textOf } from "../../common/source-file.ts";
import { rowsElsewhere } from "../../diagnostics/catalog/draws.ts";
import {
  emptyConcat,
  noAxis,
  notPositive,
  noValueThere,
  tooWide,
  wrongType,
} from "../../diagnostics/catalog/expressions.ts";
import { notAlongFacing } from "../../diagnostics/catalog/facing.ts";
import { needsFeature } from "../../diagnostics/catalog/tables.ts";
import type { Details } from "../../diagnostics/diagnostic.ts";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { Initializer, NodeId, Parameter } from "../../middle/graph/graph.ts";
import { FROZEN, NOT_FROZEN } from "../functions/initial.ts";
import { fitsFloat } from "../values/arithmetic.ts";
import { constantOf, type Dim, printDim } from "../values/dims.ts";
import { DISTRIBUTION_NAMES, distributionNamed } from "../values/distributions.ts";
import { facedInVain } from "../values/facing.ts";
import { INITIAL_VALUES } from "../values/initial-values.ts";
import { reportVarying } from "../values/leading-axes.ts";
import { limits } from "../values/limits.ts";
import { isNumber } from "../values/together.ts";
import {
  ERROR,
  everyRow,
  featuresIn,
  floatValue,
  forgetful,
  intValue,
  isError,
  isTensor,
  numberOf,
  ofOtherThanVectors,
  printType,
  tensorValue,
} from "../values/types.ts";
import type {
  ArgumentValue,
  Callable,
  FeatureReference,
  FeatureType,
  FunctionCall,
  FunctionParameter,
  GivenArgument,
  LanguageFunction,
  Layer,
  TensorValue,
  Value,
  WidthOrigin,
} from "../values/values.ts";
import { type BoundArguments, bindArguments } from "./bind-arguments.ts";
import { withoutGroups } from "./groups.ts";
import { sharedName } from "./own-layers.ts";
import type { Walk } from "./walk.ts";

export function callFunction(
  walk: Walk,
  definition: LanguageFunction,
  given: readonly GivenArgument[],
  span: Span,
): Value {
  const { name } = definition;
  const bound = bindArguments(name, definition.parameters, given, span, walk);
  if (bound === null) return ERROR;
  const { by } = bound;
  const number = ofNumbers(walk, definition, bound, span);
  if (number !== null) return number;
  for (const parameter of definition.parameters)
    if (parameter.default !== undefined && !by.has(parameter.name))
      by.set(parameter.name, { value: parameter.default(), span });
  const rest = definition.parameters.find((parameter) => parameter.rest);
  for (const { value } of by.values()) if (isError(value)) return ERROR;
  if (bound.rest.some(({ value }) => isError(value))) return ERROR;
  if (rest !== undefined && bound.rest.length === 0) {
    walk.report(emptyConcat, { callee: name }, span);
    return ERROR;
  }
  const others = rest?.takesGroups === true ? withoutGroups(walk, bound.rest) : bound.rest;
  let fine = true;
  /**
   * The argument as the function takes it: a list of vectors becomes one value. After the first misfit, the
   * others are not checked, because a missing or extra argument shifts them.
   */
  const taken = (parameter: FunctionParameter, argument: ArgumentValue): ArgumentValue => {
    const value = fine ? accepted(walk, definition, parameter, argument) : null;
    if (value === null) fine = false;
    return value === argument.value ? argument : { value: value ?? ERROR, span: argument.span };
  };
  for (const parameter of definition.parameters)
    if (!parameter.rest) by.set(parameter.name, taken(parameter, by.get(parameter.name)!));
  const takenRest = rest === undefined ? [] : others.map((argument) => taken(rest, argument));
  if (!fine) return ERROR;
  const faced = facedInVain(
    name,
    [...by.values(), ...takenRest].map(({ value }) => value),
  );
  if (faced !== null) {
    walk.report(notAlongFacing, { callee: name, axis: faced }, span);
    return ERROR;
  }
  const result = definition.apply(new Call(walk, name, span, { by, rest: takenRest }));
  const width = isTensor(result) ? constantOf(result.type.width) : null;
  if (width === null || width <= limits.width) return result;
  walk.report(tooWide, { width, most: limits.width }, span);
  return ERROR;
}

/** The value for numbers alone; null if the function has none, or another argument was given. */
function ofNumbers(
  walk: Walk,
  { name, parameters, ofNumbers: numeric }: LanguageFunction,
  { by }: BoundArguments,
  span: Span,
): Value | null {
  const given = parameters.flatMap((parameter) => by.get(parameter.name)?.value ?? []);
  if (numeric === undefined || given.length !== numeric.of.length || !given.every(isNumber)) return null;
  const numbers = given.map(({ type }) => numberOf(type));
  const known = numbers.filter((each) => each !== null);
  if (known.length < numbers.length) {
    const isInt = numeric.isWhole === true && given.every(({ type }) => type.kind === "int");
    return isInt ? walk.anyInt() : floatValue(null);
  }
  const number = numeric.of(...known);
  const value = Number.isSafeInteger(number) ? intValue(number) : floatValue(number);
  const isDefined = !Number.isNaN(number) && number > Number.NEGATIVE_INFINITY;
  if (isDefined) return fitsFloat(walk, value, span) ? value : ERROR;
  walk.report(noValueThere, { written: `${name}(${known.join(", ")})` }, span);
  return ERROR;
}

/** The help for an argument of the wrong type. */
function helpFor({ accepts }: FunctionParameter, callee: string, { type }: Value, span: Span): Details {
  if (accepts === "list" && type.kind === "tensor")
    return {
      help:
        type.list === null
          ? wrongType.helps.listOrScan(callee)
          : wrongType.helps.elements(callee, printDim(type.list)),
    };
  if (accepts === "width" && (type.kind === "tensor" || type.kind === "feature"))
    return { help: wrongType.helps.openArgument(callee) };
  if (accepts === "width" && type.kind === "list") return helpForUnits(callee, type.elements ?? []);
  if (accepts === "function" && type.kind === "string")
    return { help: wrongType.helps.withoutQuotes(textOf(span)) };
  return {};
}

/** The help for a list of numbers instead of a width. */
function helpForUnits(callee: string, elements: readonly Value[]): Details {
  const units = elements.flatMap(({ type }) => numberOf(type) ?? []);
  if (units.length === 1) return { help: wrongType.helps.oneNumber(units[0]!) };
  const isLayer = callee === "dense" || callee === "linear";
  return isLayer && units.length > 1 ? { help: wrongType.helps.severalLayers(callee, units) } : {};
}

/** The value of `argument` if it fits `parameter`; null if it does not, which is reported. */
function accepted(
  walk: Walk,
  definition: LanguageFunction,
  parameter: FunctionParameter,
  argument: ArgumentValue,
): Value | null {
  const { span } = argument;
  // Steps are a field, or otherwise a sequence.
  if (parameter.accepts === "steps" && !isField(argument.value))
    return accepted(walk, definition, { ...parameter, accepts: "sequence" }, argument);
  if (parameter.accepts === "values" && !isOfRow(argument.value))
    return accepted(walk, definition, { ...parameter, accepts: "vector" }, argument);
  // An option such as `by` takes the row's own value.
  const isOwn =
    definition.parameters[0] === parameter ||
    parameter.accepts === "every" ||
    !isReadElsewhere(argument.value);
  const value = mayTakeFeature(parameter) && isOwn ? argument.value : walk.vectorOf(argument.value, span);
  if (isError(value)) return null;
  if (
    (parameter.accepts === "sequence" || parameter.accepts === "elements") &&
    !goesAlong(definition, value)
  ) {
    if (isTensor(value)) reportVarying(walk, definition.name, value.type.list!.varying!, span);
    return null;
  }
  // Most arguments fit, so their names are not computed here.
  if (fits(walk, parameter, value))
    return isTensor(value) && parameter.accepts !== "any" ? forgetful(value) : value;
  const what = `\`${parameter.name}\` of \`${definition.name}\``;
  const must = (fits: boolean, expected: string): Value | null => {
    if (!fits) {
      const help = helpFor(parameter, definition.name, value, span);
      walk.report(wrongType, { what, expected, got: printType(value.type) }, span, help);
    }
    return fits ? value : null;
  };
  switch (parameter.accepts) {
    case "vector":
      return walk.vector(value, `\`${definition.name}\``, what, span);
    case "sequence": {
      const vector = walk.vector(value, `\`${definition.name}\``, what, span);
      if (vector === null || vector.type.axis !== null || vector.type.list !== null) return vector;
      walk.report(noAxis, { operation: definition.name, type: printType(vector.type) }, span, {});
      return null;
    }
    case "width": {
      if (value.type.kind !== "int") return must(false, "an Int");
      const constant = constantOf(value.type.value);
      if (constant === null || constant >= 1) return value;
      walk.report(notPositive, { what, got: printDim(value.type.value) }, span);
      return null;
    }
    case "function":
      return must(value.type.kind === "function", "a function");
    case "list":
      return must(value.type.kind === "list", "a list");
    case "string":
      return must(value.type.kind === "string", "a string");
    case "initial":
      return must(["initial", "int", "float"].includes(value.type.kind), `${INITIAL_VALUES}, or a number`);
    case "distribution":
      return must(
        value.type.kind === "string" && distributionNamed(value.type.value) !== null,
        DISTRIBUTION_NAMES,
      );
    case "freeze":
      return must(value === FROZEN || value === NOT_FROZEN, "the word alone, `freeze`");
    case "name":
      return must(["string", "feature", "int"].includes(value.type.kind), "a string, a feature or an Int");
    case "elements": {
      if (featuresIn(value) !== null) return value;
      if (parameter.takesLists && ofOtherThanVectors(value) !== null) return value;
      return accepted(walk, definition, { ...parameter, accepts: "sequence" }, argument);
    }
    case "steps":
    case "values":
      return value;
    case "every":
      return value;
    case "feature": {
      if (value.type.kind === "feature") return withoutRows(walk, definition, value.type, value, span);
      const more = definition.parameters.some(({ accepts }) => accepts === "width") ? ", 8" : "";
      const isFirst = definition.parameters[0] === parameter;
      const details = !isFirst
        ? { help: needsFeature.helps.named(parameter.name) }
        : featuresIn(value) === null
          ? {}
          : { help: needsFeature.helps.ofEach(definition.name, textOf(span), more) };
      walk.report(needsFeature, { callee: definition.name, got: printType(value.type), more }, span, details);
      return null;
    }
    case "any":
      return value;
  }
}

/** `value` unless it is all rows of a table and the function does not take them, which is reported. */
function withoutRows(
  walk: Walk,
  { takesRows }: LanguageFunction,
  { references: [reference] }: FeatureType,
  value: Value,
  span: Span,
): Value | null {
  if (reference?.every === undefined || takesRows === true) return value;
  walk.report(rowsElsewhere, { axis: everyRow(reference.feature.name) }, span);
  return null;
}

/** Tells whether an argument for the parameter may be a feature instead of its vector. */
export function mayTakeFeature({ accepts }: FunctionParameter): boolean {
  return (
    accepts === "feature" ||
    accepts === "every" ||
    accepts === "name" ||
    accepts === "steps" ||
    accepts === "values"
  );
}

/** Tells whether a value is a feature that each row has one of. */
function isOfRow({ type }: Pick<Value, "type">): boolean {
  if (type.kind !== "feature" || type.lift !== null) return false;
  return type.references[0]!.history === null && !isReadElsewhere({ type });
}

/** Tells whether a feature is read at other rows, or drawn. */
function isReadElsewhere({ type }: Pick<Value, "type">): boolean {
  const isElsewhere = ({ along, drawn, every }: FeatureReference) =>
    along !== undefined || drawn !== undefined || every !== undefined;
  return type.kind === "feature" && type.references.some(isElsewhere);
}

/** Tells whether a value is a history's field over all of its steps. */
function isField({ type }: Value): boolean {
  if (type.kind !== "feature" || type.lift !== null) return false;
  const { history, chosen, along } = type.references[0]!;
  return history !== null && chosen === undefined && along === undefined;
}

function goesAlong({ knowsVarying }: LanguageFunction, value: Value): boolean {
  return knowsVarying === true || !isTensor(value) || value.type.list?.varying === undefined;
}

/**
 * Tells whether `value` is accepted unchanged. If false, nothing is reported, because it may still be
 * converted.
 */
function fits(walk: Walk, { accepts }: FunctionParameter, value: Value): boolean {
  switch (accepts) {
    case "vector":
      return walk.isVector(value);
    case "sequence":
      return (
        walk.isVector(value) && isTensor(value) && (value.type.axis !== null || value.type.list !== null)
      );
    case "any":
      return true;
    // A mistake in it has its own message.
    case "feature":
      return value.type.kind === "feature" && value.type.references[0]?.every === undefined;
    default:
      return value.type.kind === accepts;
  }
}

class Call implements FunctionCall {
  readonly elaboration: Walk;
  readonly name: string;
  readonly span: Span;
  private readonly bound: BoundArguments;
  /** The path of its layer; null until it has one. */
  private layerPath: string | null = null;

  constructor(walk: Walk, name: string, span: Span, bound: BoundArguments) {
    this.elaboration = walk;
    this.name = name;
    this.span = span;
    this.bound = bound;
  }

  argument(parameter: string): ArgumentValue {
    const argument = this.bound.by.get(parameter);
    invariant(argument, `${this.name} has no argument ${parameter}`);
    return argument;
  }

  rest(): readonly ArgumentValue[] {
    return this.bound.rest;
  }

  vector(parameter: string): TensorValue {
    const { value } = this.argument(parameter);
    if (isTensor(value)) return value;
    throw new InternalError(`${parameter} of ${this.name} isn't a tensor`);
  }

  width(parameter: string): Dim {
    const { type } = this.argument(parameter).value;
    if (type.kind === "int") return type.value;
    throw new InternalError(`${parameter} of ${this.name} is no Int`);
  }

  callable(parameter: string): Callable {
    const { type } = this.argument(parameter).value;
    if (type.kind === "function") return type.callable;
    throw new InternalError(`${parameter} of ${this.name} isn't a function`);
  }

  feature(parameter: string): FeatureType {
    const { type } = this.argument(parameter).value;
    if (type.kind === "feature") return type;
    throw new InternalError(`${parameter} of ${this.name} isn't a feature`);
  }

  text(parameter: string): string {
    const { type } = this.argument(parameter).value;
    if (type.kind === "string") return type.value;
    throw new InternalError(`${parameter} of ${this.name} isn't a text`);
  }

  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
  ): NodeId | null {
    return this.elaboration.emit(op, inputs, attributes, this.span, this.layerPath ?? undefined);
  }

  constant(value: number): NodeId | null {
    return this.elaboration.constant(value, this.span);
  }

  like(x: TensorValue, node: NodeId | null, width?: Dim, origin?: WidthOrigin | null): TensorValue {
    return tensorValue(
      { axis: x.type.axis, list: x.type.list, width: width ?? x.type.width },
      {
        node,
        sources: x.sources,
        outerAxes: x.outerAxes,
        widthOrigin: origin === undefined ? x.widthOrigin : origin,
      },
    );
  }

  forEach(x: TensorValue, node: NodeId | null): NodeId | null {
    const list = x.type.list ?? x.outerAxes.list;
    return list === null ? node : this.emit("broadcast_list", [node], { times: constantOf(list) ?? 1 });
  }

  layer(): Layer {
    const { elaboration: walk, span } = this;
    const prefix = walk.path.layer(this.name);
    if (!walk.isChecking) {
      this.layerPath = prefix;
      walk.parts?.add({
        ...{ path: prefix, kind: "layer", name: this.name, block: null, given: new Map() },
        ...{ text: span, span: walk.uses.inOwnText(span) },
      });
    }
    return {
      name: prefix,
      sharedName: sharedName(walk.layerCalls, prefix),
      parameter(
        name: string,
        dims: readonly Dim[],
        init: (dims: readonly number[]) => Initializer,
        role: Parameter["role"] = "weight",
      ): NodeId | null {
        // Statistics belong to a call, learned weights to the layer.
        const calls = role === "statistic" ? [] : walk.layerCalls;
        const full = sharedName(calls, `${prefix}.${name}`);
        const call = calls.at(-1);
        if (walk.isChecking && call !== undefined && !call.layer.takes(walk, call, full, dims)) return null;
        if (!walk.budget.weight(dims, span) || walk.isChecking) return null;
        const sizes = dims.map((dim) => {
          const size = constantOf(dim);
          invariant(size !== null, `${prefix}.${name} has a symbolic width`);
          return size;
        });
        const parameter = { name: full, dims: sizes, init: init(sizes), role };
        return call === undefined
          ? walk.build((builder) => builder.parameter(parameter, span))
          : walk.sharedParameter(parameter, span);
      },
    };
  }
}
