// Functions that differ only in whole numbers become one, which takes these numbers as parameters. A model of 39 fields looks
// up, sums and updates the rows of 39 tables by code that differs in addresses alone; most of a compiler's time goes there.

import type { CodeExpression, CodeFunction, CodeStatement, CodeStatements, I32 } from "./code.ts";
import { i32 } from "./expressions.ts";

/** Fewer functions of a kind stay as they are. */
const MANY = 4;

/** The function that computes what another one did, called with more values. */
interface Replacement {
  readonly index: number;
  readonly values: readonly I32[];
}

interface SharedFunctions {
  readonly functions: readonly CodeFunction[];
  /** The index of each function that is `kept`. */
  indexOf(before: number): number;
}

/** Functions that are `kept` have their parameters afterwards. */
export function shareFunctions(
  functions: readonly CodeFunction[],
  kept: ReadonlySet<number>,
): SharedFunctions {
  const replacements: Replacement[] = [];
  // A description is long, so only functions that may be of one kind get one.
  const alike = grouped(functions, (each, i) =>
    kept.has(i)
      ? null
      : `${each.parameters} ${each.locals.join()} ${each.body.map(({ kind }) => kind).join()}`,
  );
  const described = functions.map((each, i) => ((alike[i]?.length ?? 0) < MANY ? null : describe(each)));
  const kinds = grouped(described, (found) => found?.key ?? null);
  const made: CodeFunction[] = [];
  for (const [i, own] of functions.entries()) {
    const members = kinds[i] ?? [];
    const isShared = members.length >= MANY;
    const first = isShared ? members[0]! : i;
    const columns = isShared
      ? differing(members.map((member) => described[member]!.numbers))
      : { of: [], first: [] };
    if (first === i) {
      replacements.push({ index: made.length, values: valuesOf(described[i]?.numbers, columns) });
      made.push(rewritten(own, columns, members.length, replacements));
    } else
      replacements.push({
        index: replacements[first]!.index,
        values: valuesOf(described[i]!.numbers, columns),
      });
  }
  return { functions: made, indexOf: (before) => replacements[before]!.index };
}

/** For each value, the indices of those that have its key; null for one without a key. */
function grouped<T>(
  values: readonly T[],
  keyOf: (value: T, index: number) => string | null,
): readonly (readonly number[] | null)[] {
  const groups = new Map<string, number[]>();
  return values.map((value, i) => {
    const key = keyOf(value, i);
    if (key === null) return null;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(i);
    return group;
  });
}

interface Described {
  /** Equal for functions that differ only in their numbers. */
  readonly key: string;
  /** The whole numbers of its expressions, in their order. */
  readonly numbers: readonly number[];
}

function describe({ parameters, locals, body }: CodeFunction): Described {
  const numbers: number[] = [];
  const key = JSON.stringify([parameters, locals, body], (_, value: unknown) => {
    if (!isConstant(value)) return value;
    if (value.type !== "i32") return [value.type, Object.is(value.constant, -0) ? "-0" : `${value.constant}`];
    numbers.push(value.constant);
    return "i32";
  });
  return { key, numbers };
}

function isConstant(value: unknown): value is CodeExpression & { readonly kind: "constant" } {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "constant";
}

/** The numbers in which functions of a kind differ. */
interface Columns {
  /** By place of a number, its parameter; undefined for a number that all have. */
  readonly of: readonly (number | undefined)[];
  /** By parameter, the first place of its number. */
  readonly first: readonly number[];
}

function differing(all: readonly (readonly number[])[]): Columns {
  const known = new Map<string, number>();
  const first: number[] = [];
  const of = all[0]!.map((number, place) => {
    const column = all.map((numbers) => numbers[place]!);
    if (column.every((each) => each === number)) return undefined;
    const key = column.join();
    const parameter = known.get(key) ?? first.length;
    if (parameter === first.length) first.push(place);
    known.set(key, parameter);
    return parameter;
  });
  return { of, first };
}

function valuesOf(numbers: readonly number[] | undefined, { first }: Columns): readonly I32[] {
  return first.map((place) => i32.const(numbers![place]!));
}

/** The function with a parameter for each column, and with calls of the functions that there are now. */
function rewritten(
  { parameters, locals, body, does }: CodeFunction,
  { of, first }: Columns,
  members: number,
  replacements: readonly Replacement[],
): CodeFunction {
  let place = 0;
  const parameterAt = (index: number): I32 => ({
    kind: "local",
    type: "i32",
    index: parameters + index,
    constant: null,
  });
  // Numbers are met in the order in which they were described.
  const each = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(each);
    if (typeof value !== "object" || value === null) return value;
    if (isConstant(value)) {
      const parameter = value.type === "i32" ? of[place++] : undefined;
      return parameter === undefined ? value : parameterAt(parameter);
    }
    const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, each(part)]));
    if (copy["kind"] === "local" && (copy["index"] as number) >= parameters)
      copy["index"] = (copy["index"] as number) + first.length;
    return copy;
  };
  return {
    parameters: parameters + first.length,
    locals,
    body: withCalls(first.length === 0 ? body : (each(body) as CodeStatements), replacements),
    does: members < MANY || does === "" ? does : `${does}, and ${members - 1} more like it`,
  };
}

function withCalls(body: CodeStatements, replacements: readonly Replacement[]): CodeStatements {
  return body.map((statement): CodeStatement => {
    switch (statement.kind) {
      case "call": {
        const { index, values } = replacements[statement.callee]!;
        return { ...statement, callee: index, values: [...statement.values, ...values] };
      }
      case "repeat":
      case "until":
      case "while":
        return { ...statement, body: withCalls(statement.body, replacements) };
      case "if":
        return {
          ...statement,
          yes: withCalls(statement.yes, replacements),
          no: statement.no === null ? null : withCalls(statement.no, replacements),
        };
      default:
        return statement;
    }
  });
}
