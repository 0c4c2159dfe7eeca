// Symbolic widths: polynomials over width variables that are whole for all whole numbers. Two widths are
// equal if their polynomials are, so `2*(d + 1)` and `2*d + 2` are one width whatever `d` is.

import { limits } from "./limits.ts";
import { isSameList, type VaryingList } from "./varying-list.ts";

/** Immutable. Terms by monomial (`""` is the constant, `"d*n"` a product, variables sorted); no zero coefficients. */
export interface Dim {
  readonly terms: ReadonlyMap<string, number>;
  /** The variable, if the width is one variable alone, as nearly all widths are that aren't numbers. */
  readonly variable: string | null;
  /** For a list whose number of elements differs by row. The number is the largest possible length. */
  readonly varying?: VaryingList;
  /** For the list of faced steps: their axis. The number is the largest possible length. */
  readonly facing?: string;
  /** For a list of ids drawn for each step: the layer that draws. */
  readonly drawn?: string;
}

/**
 * Represents widths that are too complex to write down. A computation with it gives it again. It is reported
 * where it arises.
 */
const OVERGROWN: Dim = { terms: new Map([["…", 1]]), variable: null };

export function isOvergrown(dim: Dim): boolean {
  return dim === OVERGROWN;
}

function fromTerms(entries: Iterable<readonly [string, number]>): Dim {
  const terms = new Map<string, number>();
  for (const [monomial, coefficient] of entries) {
    const sum = (terms.get(monomial) ?? 0) + coefficient;
    if (sum === 0) terms.delete(monomial);
    else terms.set(monomial, sum);
    if (terms.size > limits.terms) return OVERGROWN;
  }
  return dimOf(terms);
}

function dimOf(terms: ReadonlyMap<string, number>): Dim {
  const [monomial] = terms.size === 1 ? terms.keys() : [];
  const isVariable = monomial && terms.get(monomial) === 1 && !monomial.includes("*");
  return { terms, variable: isVariable ? monomial : null };
}

/** Widths and lengths are few and small. */
const smallConstants: Dim[] = [];

export function constantDim(value: number): Dim {
  if (value < 0 || value > 1024 || !Number.isInteger(value)) return fromTerms([["", value]]);
  smallConstants[value] ??= fromTerms([["", value]]);
  return smallConstants[value];
}

export function variableDim(name: string): Dim {
  return { terms: new Map<string, number>().set(name, 1), variable: name };
}

/** The number of steps of `axis`, at most `most`. It equals no other length. */
export function facingDim(axis: string, most: number): Dim {
  return { ...constantDim(most), facing: axis };
}

/** The number of ids that a layer draws. It equals no other length. */
export function drawnDim(layer: string, count: number): Dim {
  return { ...constantDim(count), drawn: layer };
}

/** `a / every`, rounded up. Of a variable it is another one. */
export function everyDim(a: Dim, every: number): Dim {
  const number = constantOf(a);
  if (number !== null) return constantDim(Math.ceil(number / every));
  return every === 1 ? a : variableDim(`${printDim(a).replaceAll("*", "·")} / ${every}`);
}

/** A variable that no text can name; each `number` gives another. */
export function unknownDim(number: number): Dim {
  return variableDim(`?${number}`);
}

/** The number of a width, or null if it still has variables. */
export function constantOf(dim: Dim): number | null {
  if (dim.terms.size === 0) return 0;
  const constant = dim.terms.get("");
  return dim.terms.size === 1 && constant !== undefined ? constant : null;
}

export function equalDims(a: Dim, b: Dim): boolean {
  if (a === b) return true;
  if (!isSameList(a.varying, b.varying)) return false;
  if (a.facing !== b.facing || a.drawn !== b.drawn) return false;
  if (a.terms.size !== b.terms.size) return false;
  for (const [monomial, coefficient] of a.terms) if (b.terms.get(monomial) !== coefficient) return false;
  return true;
}

export function addDims(a: Dim, b: Dim): Dim {
  const x = constantOf(a);
  const y = constantOf(b);
  if (x !== null && y !== null) return constantDim(x + y);
  if (isOvergrown(a) || isOvergrown(b)) return OVERGROWN;
  return fromTerms([...a.terms, ...b.terms]);
}

export function scaleDim(a: Dim, factor: number): Dim {
  if (isOvergrown(a)) return OVERGROWN;
  return fromTerms([...a.terms].map(([monomial, coefficient]) => [monomial, coefficient * factor] as const));
}

export function subtractDims(a: Dim, b: Dim): Dim {
  const x = constantOf(a);
  const y = constantOf(b);
  if (x !== null && y !== null) return constantDim(x - y);
  return addDims(a, scaleDim(b, -1));
}

function variablesOfMonomial(monomial: string): string[] {
  return monomial === "" ? [] : monomial.split("*");
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  if (constantOf(a) === 1) return b;
  if (constantOf(b) === 1) return a;
  // Equal terms, and terms that cancel, are few in comparison.
  if (isOvergrown(a) || isOvergrown(b) || a.terms.size * b.terms.size > limits.terms ** 2 / 4)
    return OVERGROWN;
  const products: [string, number][] = [];
  for (const [left, x] of a.terms)
    for (const [right, y] of b.terms) {
      const factors = [...variablesOfMonomial(left), ...variablesOfMonomial(right)];
      if (factors.length > limits.degree) return OVERGROWN;
      products.push([factors.sort().join("*"), x * y]);
    }
  return fromTerms(products);
}

/**
 * `a / divisor` if the result is whole for all values of the variables; else null. Coefficients are then
 * whole, or halves if `a` is always even, like n·(n − 1) in the number of pairs.
 */
export function divideDim(a: Dim, divisor: number): Dim | null {
  if (isOvergrown(a)) return OVERGROWN;
  const fits = [...a.terms.values()].every((coefficient) => coefficient % divisor === 0);
  if (!fits && (divisor !== 2 || !isEven(a))) return null;
  return fromTerms([...a.terms].map(([monomial, coefficient]) => [monomial, coefficient / divisor] as const));
}

/**
 * Tells whether a polynomial with whole coefficients is always even: it depends only on the parities of its
 * variables.
 */
function isEven(a: Dim): boolean {
  if (![...a.terms.values()].every(Number.isInteger)) return false;
  const variables = [...variablesOf(a)];
  if (variables.length > 8) return false;
  for (let parities = 0; parities < 2 ** variables.length; parities++) {
    const odd = new Set(variables.filter((_, i) => (parities >> i) % 2 === 1));
    let sum = 0;
    for (const [monomial, coefficient] of a.terms)
      if (variablesOfMonomial(monomial).every((variable) => odd.has(variable))) sum += coefficient;
    if (sum % 2 !== 0) return false;
  }
  return true;
}

/** `a / b` if b is one term that divides each term of a (`n*d / n` is `d`); else null. */
export function quotientDim(a: Dim, b: Dim): Dim | null {
  if (isOvergrown(a) || isOvergrown(b)) return OVERGROWN;
  const [divisor, ...more] = b.terms;
  if (divisor === undefined || more.length > 0) return null;
  const entries: [string, number][] = [];
  for (const [monomial, coefficient] of a.terms) {
    const left = variablesOfMonomial(monomial);
    for (const variable of variablesOfMonomial(divisor[0])) {
      const at = left.indexOf(variable);
      if (at < 0) return null;
      left.splice(at, 1);
    }
    if (coefficient % divisor[1] !== 0) return null;
    entries.push([left.join("*"), coefficient / divisor[1]]);
  }
  return fromTerms(entries);
}

export function variablesOf(dim: Dim): ReadonlySet<string> {
  if (constantOf(dim) !== null) return noVariables;
  const variables = new Set<string>();
  for (const monomial of dim.terms.keys())
    for (const variable of variablesOfMonomial(monomial)) variables.add(variable);
  return variables;
}

const noVariables: ReadonlySet<string> = new Set();

/** Replaces the variables of `solution`, all at once. */
export function substitute(dim: Dim, solution: ReadonlyMap<string, Dim>): Dim {
  if (constantOf(dim) !== null || isOvergrown(dim)) return dim;
  if (dim.variable !== null) return solution.get(dim.variable) ?? dim;
  let result = constantDim(0);
  for (const [monomial, coefficient] of dim.terms) {
    let term = constantDim(coefficient);
    for (const name of variablesOfMonomial(monomial))
      term = multiplyDims(term, solution.get(name) ?? variableDim(name));
    result = addDims(result, term);
  }
  return result;
}

/**
 * The value of `variable` for which `pattern` is `actual`: `solveDim(2*d + 1, "d", 33)` is 16. Null if the
 * pattern is not linear in it with a constant coefficient, or if no whole width of at least 1 fits.
 */
export function solveDim(pattern: Dim, variable: string, actual: Dim): Dim | null {
  const solution = pattern.variable === variable ? actual : solveLinear(pattern, variable, actual);
  if (solution === null) return null;
  const constant = constantOf(solution);
  return constant !== null && constant < 1 ? null : solution;
}

function solveLinear(pattern: Dim, variable: string, actual: Dim): Dim | null {
  const coefficient = pattern.terms.get(variable);
  if (coefficient === undefined) return null;
  const rest = subtractDims(pattern, scaleDim(variableDim(variable), coefficient));
  if (variablesOf(rest).has(variable)) return null;
  return divideDim(subtractDims(actual, rest), coefficient);
}

/** `2*d + 1`: highest degree first, then by name, the constant last. Unknown widths (`?2`) all print as `?`. */
export function printDim(dim: Dim): string {
  if (dim.facing !== undefined) return `facing ${dim.facing}`;
  const constant = constantOf(dim);
  if (constant !== null && Number.isInteger(constant)) return String(constant);
  const sorted = [...dim.terms].sort(([a], [b]) => {
    const degrees = variablesOfMonomial(b).length - variablesOfMonomial(a).length;
    return degrees !== 0 ? degrees : a < b ? -1 : 1;
  });
  if (sorted.length === 0) return "0";
  if (sorted.some(([, coefficient]) => !Number.isInteger(coefficient)))
    return `(${printDim(scaleDim(dim, 2))})/2`;
  let text = "";
  for (const [monomial, coefficient] of sorted) {
    const size = Math.abs(coefficient);
    const term = monomial === "" ? String(size) : size === 1 ? monomial : `${size}*${monomial}`;
    if (text === "") text = coefficient < 0 ? `-${term}` : term;
    else text += coefficient < 0 ? ` - ${term}` : ` + ${term}`;
  }
  return text.replaceAll(/\?\d+/g, "?");
}
