// Params: named constants, typed by their default. The command line and dinc.yaml may set their values.

import { suggest } from "../../../grammar/closest-word.ts";
import { unreachable } from "../../common/internal-error.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { paramType, unknownParam } from "../../diagnostics/catalog/overrides.ts";
import { paramNotConstant } from "../../diagnostics/catalog/reuse.ts";
import { type Diagnostic, diagnose, type Location, noLocation } from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import type { ParamData, ParamType, ParamValue } from "../model/assembly.ts";
import { isBroken, quoteExpression, readNumber } from "../syntax/constants.ts";
import { numberValue } from "../syntax/literals.ts";
import { type Expression, isComparison, type ParamItem } from "../syntax/nodes.ts";
import { referencesOf } from "../syntax/references.ts";
import { at, type Reporter } from "../syntax/reporter.ts";

/** A value from outside of the spec. */
export interface ParamOverride {
  readonly name: string;
  /** As written in a spec; a String without its quotes. */
  readonly text: string;
  /** The locations of its name and its text. */
  readonly nameLocation: Location;
  readonly location: Location;
  /** Its source, for messages: `--param units=40`. */
  readonly by: string;
}

/** Values for params of a spec: by name, or each with its location. */
export type Params = Readonly<Record<string, ParamData>> | readonly ParamOverride[];

export function overridesOf(params: Params): readonly ParamOverride[] {
  if (isOverrides(params)) return params;
  return Object.entries(params).map(([name, value]) => {
    const text = typeof value === "object" ? `[${value.join(", ")}]` : String(value);
    return { name, text, nameLocation: noLocation, location: noLocation, by: `params.${name}` };
  });
}

function isOverrides(params: Params): params is readonly ParamOverride[] {
  return Array.isArray(params);
}

/**
 * The type and the computed value of a constant; null for anything else. It may read earlier params by name.
 */
export function constantValue(
  expression: Expression,
  params: ReadonlyMap<string, ParamValue>,
): { readonly type: ParamType; readonly value: Expression } | null {
  const { span } = expression;
  switch (expression.kind) {
    case "string":
      return { type: "String", value: expression };
    case "name": {
      const param = params.get(expression.name);
      return param ?? { type: "Name", value: expression };
    }
    case "list": {
      const elements = expression.elements.map((element) => constantValue(element, params));
      const numbers = elements.flatMap((each) =>
        each?.type === "Int" || each?.type === "Float" ? [each] : [],
      );
      if (numbers.length < elements.length) return null;
      const type = numbers.some((each) => each.type === "Float") ? "List[Float]" : "List[Int]";
      return { type, value: { kind: "list", elements: numbers.map(({ value }) => value), span } };
    }
    case "number":
    case "negate":
    case "binary": {
      const value = readNumber(withNumbers(expression, params));
      if (value === null || !Number.isFinite(value)) return null;
      const type = Number.isInteger(value) && !isFloat(expression, params) ? "Int" : "Float";
      return { type, value: { kind: "number", value, span } };
    }
    default:
      return null;
  }
}

/** Replaces names in `expression` by their numbers. */
function withNumbers(expression: Expression, params: ReadonlyMap<string, ParamValue>): Expression {
  switch (expression.kind) {
    case "name":
      return params.get(expression.name)?.value ?? expression;
    case "negate":
      return { ...expression, operand: withNumbers(expression.operand, params) };
    case "binary":
      return {
        ...expression,
        left: withNumbers(expression.left, params),
        right: withNumbers(expression.right, params),
      };
    default:
      return expression;
  }
}

/** Tells whether a number is written as a Float, like `1.0` and `1e3`. */
function isFloat(expression: Expression, params: ReadonlyMap<string, ParamValue>): boolean {
  switch (expression.kind) {
    case "number": {
      const { file, start, end } = expression.span;
      return /[.eE]/.test(file.text.slice(start, end));
    }
    case "name":
      return params.get(expression.name)?.type === "Float";
    case "negate":
      return isFloat(expression.operand, params);
    case "binary": {
      const { operator, left, right } = expression;
      return !isComparison(operator) && (isFloat(left, params) || isFloat(right, params));
    }
    default:
      return false;
  }
}

/**
 * The params of a spec with their values; each default is computed from earlier params. `visible` gives the
 * params that the file of a param sees. Overrides must have the type of the default; the last override of a
 * name counts.
 */
export function readParams(
  items: readonly ParamItem[],
  overrides: readonly ParamOverride[],
  visible: (item: ParamItem, name: string) => boolean,
  reporter: Reporter,
): ReadonlyMap<string, ParamValue> {
  const declared = new Set(items.map((item) => item.name.name));
  const given = new Map(overrides.map((override) => [override.name, override]));
  const params = new Map<string, ParamValue>();
  for (const item of items) {
    const name = item.name.name;
    if (params.has(name)) continue;
    const read = referencesOf(item.default).map((reference) => reference.name);
    const seen = new Map<string, ParamValue>();
    for (const each of read) {
      const param = params.get(each);
      if (param !== undefined && visible(item, each)) seen.set(each, param);
    }
    const unread = read.find((each) => declared.has(each) && !seen.has(each));
    const constant = unread === undefined ? constantValue(item.default, seen) : null;
    if (constant === null) {
      // A mistake in a param that this one reads is reported there.
      if (!isBroken(item.default) && !read.some((each) => seen.get(each)?.value.kind === "error"))
        reporter.report(
          paramNotConstant,
          { name, got: quoteExpression(item.default), below: unread ?? null },
          item.default.span,
        );
      const value = { kind: "error", span: item.default.span } as const;
      params.set(name, { item, type: "Name", value, by: null });
      continue;
    }
    const override = given.get(name);
    const value = override === undefined ? null : overridden(override.text, constant.type, item);
    if (override === undefined || value === null) params.set(name, { item, ...constant, by: null });
    else params.set(name, { item, type: constant.type, value, by: override.by });
  }
  return params;
}

/** The problems of overrides of `params`; overrides of params without a type are ignored. */
export function overrideProblems(
  overrides: readonly ParamOverride[],
  params: ReadonlyMap<string, ParamValue>,
): Diagnostic[] {
  return overrides.flatMap((override) => {
    const { name, text, location, nameLocation } = override;
    const param = params.get(name);
    if (param === undefined) {
      const near = suggest(name, params.keys());
      const known = [...params.keys()];
      const nearest = near === null ? undefined : params.get(near)?.item.name;
      const help =
        near !== null
          ? shared.didYouMean(near)
          : known.length === 0
            ? unknownParam.helps.none()
            : shared.available(known);
      const related = nearest === undefined ? [] : [at(nearest.span, "declared here")];
      const fixes =
        near !== null && nameLocation.kind === "text"
          ? [renaming(nameLocation.span, name, near, params.keys())]
          : [];
      return [diagnose(unknownParam, { name }, nameLocation, { help, related, fixes })];
    }
    const { item, type, value } = param;
    if (value.kind === "error" || overridden(text, type, item) !== null) return [];
    return [
      diagnose(
        paramType,
        { name, expected: expectedOf(type), got: text === "" ? "nothing" : `\`${text}\`` },
        location,
        {
          related: [at(item.span, "declared here: the default gives the type")],
        },
      ),
    ];
  });
}

/** Describes the values that a param of a type accepts. */
export function expectedOf(type: ParamType): string {
  switch (type) {
    case "Int":
      return "an Int, like 80";
    case "Float":
      return "a number, like 0.5";
    case "String":
      return "a text";
    case "List[Int]":
      return "a list of Ints, like [80, 40]";
    case "List[Float]":
      return "a list of numbers, like [0.5, 1]";
    case "Name":
      return "a name, like relu";
    default:
      return unreachable(type, "type of a param");
  }
}

/** The value of a text for a param of `type`; null if it has another type. */
function overridden(text: string, type: ParamType, { default: { span } }: ParamItem): Expression | null {
  const trimmed = text.trim();
  switch (type) {
    case "String":
      return { kind: "string", value: text, span };
    case "Name":
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(trimmed) ? { kind: "name", name: trimmed, span } : null;
    case "Int":
    case "Float":
      return number(trimmed, type, span);
    case "List[Int]":
    case "List[Float]": {
      const inside = /^\[(.*)\]$/s.exec(trimmed)?.[1];
      if (inside === undefined) return null;
      const texts = inside.trim() === "" ? [] : inside.split(",");
      const elements = texts.flatMap(
        (each) => number(each.trim(), type === "List[Int]" ? "Int" : "Float", span) ?? [],
      );
      return elements.length === texts.length ? { kind: "list", elements, span } : null;
    }
    default:
      return unreachable(type, "type of a param");
  }
}

function number(text: string, type: "Int" | "Float", span: Expression["span"]): Expression | null {
  const isNegative = text.startsWith("-");
  const size = numberValue(isNegative ? text.slice(1) : text);
  if (type === "Int" && /[.eE]/.test(text)) return null;
  const fits =
    Number.isSafeInteger(size) || (type === "Float" && Number.isFinite(size) && !Number.isInteger(size));
  return fits ? { kind: "number", value: isNegative ? -size : size, span } : null;
}

/** A param's value as written in a spec, so that it has the same type there. */
export function constantText(value: Expression, type: ParamType): string {
  switch (value.kind) {
    case "number":
      return numberText(value.value, type === "Float" || type === "List[Float]");
    case "string":
      return stringText(value.value);
    case "name":
      return value.name;
    case "list":
      return `[${value.elements.map((each) => constantText(each, type)).join(", ")}]`;
    default:
      return "?";
  }
}

function numberText(value: number, isFloat: boolean): string {
  return isFloat && Number.isInteger(value) ? `${value}.0` : `${value}`;
}

function stringText(value: string): string {
  const escaped = value
    .replace(/["\\]/g, "\\$&")
    .replace(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu, (character) => {
      const known = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
      return known ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
    });
  return `"${escaped}"`;
}

/** A default for a param with a mistake. */
export function constantData(value: Expression): ParamData {
  switch (value.kind) {
    case "number":
    case "string":
      return value.value;
    case "name":
      return value.name;
    case "list":
      return value.elements.flatMap((element) => (element.kind === "number" ? [element.value] : []));
    default:
      return "";
  }
}
