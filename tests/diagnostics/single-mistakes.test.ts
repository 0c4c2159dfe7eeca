// One mistake, one message. Every sound spec gets one mistake at a time: a name is misspelt where it is declared or where it
// is read, a declaration is gone, a number or a type is another one, arguments are missing or swapped, a token is missing or
// there twice. What is said about each is counted; `FUZZ=10` makes ten times as many mistakes of tokens. A certain fix leaves
// a spec without an error.

import { describe, expect, test } from "vitest";
import { type Span, sourceFile } from "../../compiler/common/source-file.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import {
  type Argument,
  type Expression,
  type Identifier,
  type Item,
  isLocal,
  namesOf,
  pathNameOf,
  type Spec,
} from "../../compiler/frontend/syntax/nodes.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { endOf, lex } from "../../grammar/tokens.ts";
import { errorsLeft } from "../support/certain-fixes.ts";
import { timeout, times } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";

interface Mutation {
  readonly what: string;
  readonly text: string;
}

/** Of a spec: what kind of mistake, and the text with it. */
type Mutate = (text: string, spec: Spec) => Iterable<Mutation>;

function replaced(text: string, { start, end }: Pick<Span, "start" | "end">, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

function declarations({ items, params }: Spec): Identifier[] {
  return [...params.map(({ name }) => name), ...items.flatMap(declaredBy)];
}

function declaredBy(item: Item): Identifier[] {
  switch (item.kind) {
    case "features":
      return item.features.map(({ name }) => name);
    case "block":
      return [item.name, ...item.parameters.map(({ name }) => name), ...item.body.flatMap(namesOf)];
    case "history":
    case "label":
      return [item.name];
    case "net":
      return item.statements.flatMap((each) => (isLocal(each) ? namesOf(each) : []));
    case "train":
      return [];
  }
}

interface Removable {
  readonly name: string;
  readonly span: Span;
}

/** What may be left out alone. */
function removable({ items, params }: Spec): Removable[] {
  return [...params.map(({ name, span }) => ({ name: name.name, span })), ...items.flatMap(removableOf)];
}

function removableOf(item: Item): Removable[] {
  switch (item.kind) {
    case "features":
      return item.features.map(({ name, span }) => ({ name: name.name, span }));
    case "history":
    case "label":
      return [{ name: item.name.name, span: item.span }];
    case "net":
      return item.statements.map((each) => ({
        name: isLocal(each) ? pathNameOf(each) : (each.kind === "predict" ? each.label : each.name).name,
        span: each.span,
      }));
    case "block":
      return item.body.map((each) => ({ name: pathNameOf(each), span: each.span }));
    case "train":
      return [];
  }
}

function calls(spec: Spec): (readonly Argument[])[] {
  const found: (readonly Argument[])[] = [];
  const visit = (expression: Expression): void => {
    switch (expression.kind) {
      case "call":
      case "pipe":
        found.push(expression.arguments);
        for (const { value } of expression.arguments) visit(value);
        if (expression.kind === "pipe") visit(expression.input);
        return;
      case "binary":
        visit(expression.left);
        visit(expression.right);
        return;
      case "negate":
        visit(expression.operand);
        return;
      case "list":
        for (const element of expression.elements) visit(element);
        return;
      case "lambda":
        visit(expression.body);
        return;
      case "field":
      case "range":
      case "number":
      case "string":
      case "name":
      case "error":
        return;
    }
  };
  for (const item of spec.items) {
    if (item.kind === "net") for (const { value } of item.statements) visit(value);
    if (item.kind === "block")
      for (const value of [...item.body.map((each) => each.value), item.value]) visit(value);
  }
  return found;
}

function spanOf({ name, value }: Argument): Pick<Span, "start" | "end"> {
  return { start: (name ?? value).span.start, end: value.span.end };
}

/** Every token that `by` has something for, replaced. */
function tokens(by: (image: string) => string | null): Mutate {
  return function* (text) {
    for (const token of lex(text).tokens) {
      const image = by(token.image);
      if (image === null) continue;
      const span = { start: token.startOffset, end: endOf(token) };
      yield { what: `${token.image} in line ${token.startLine}`, text: replaced(text, span, image) };
    }
  };
}

const others: Readonly<Record<string, string>> = { Vec: "Seq", Seq: "Vec", id: "number", number: "id" };
/** A whole number above one. */
const isNumber = (image: string) => /^[1-9][0-9_]*$/.test(image) && image !== "1";

const mutations: Readonly<Record<string, Mutate>> = {
  *"a declaration misspelt"(text, spec) {
    for (const { name, span } of declarations(spec))
      yield { what: name, text: replaced(text, span, `${name}_x`) };
  },
  *"a use misspelt"(text, spec) {
    const declared = declarations(spec);
    const names = new Set(declared.map(({ name }) => name));
    const places = new Set(declared.map(({ span }) => span.start));
    for (const token of lex(text).tokens)
      if (names.has(token.image) && !places.has(token.startOffset))
        yield {
          what: `${token.image} in line ${token.startLine}`,
          text: replaced(text, { start: token.startOffset, end: endOf(token) }, `${token.image}_x`),
        };
  },
  *"a declaration gone"(text, spec) {
    // The features of a range have one declaration.
    const bySpan = new Map(removable(spec).map((each) => [each.span.start, each]));
    for (const { name, span } of bySpan.values()) yield { what: name, text: replaced(text, span, "") };
  },
  *"an argument gone"(text, spec) {
    for (const list of calls(spec))
      for (const argument of list) {
        const { start, end } = spanOf(argument);
        const after = text.slice(end);
        const isLast = !/^\s*,/.test(after);
        const before = isLast ? text.slice(0, start).replace(/,\s*$/, "") : text.slice(0, start);
        yield { what: text.slice(start, end), text: before + after.replace(isLast ? "" : /^\s*,\s*/, "") };
      }
  },
  *"two arguments swapped"(text, spec) {
    for (const list of calls(spec))
      for (let i = 0; i + 1 < list.length; i++) {
        const [a, b] = [spanOf(list[i]!), spanOf(list[i + 1]!)];
        const swapped = text.slice(b.start, b.end) + text.slice(a.end, b.start) + text.slice(a.start, a.end);
        yield {
          what: text.slice(a.start, b.end),
          text: replaced(text, { start: a.start, end: b.end }, swapped),
        };
      }
  },
  "a type exchanged": tokens((image) => others[image] ?? null),
  "a number twice as large": tokens((image) =>
    isNumber(image) ? `${Number(image.replaceAll("_", "")) * 2 + 1}` : null,
  ),
  "a string for a number": tokens((image) => (isNumber(image) ? '"s"' : null)),
  "a token gone": tokens(() => ""),
  "a token twice": tokens((image) => `${image} ${image}`),
};

/**
 * Of a hundred mistakes at least this many have one message at most, and none has more than `most`. What is left is said of
 * two places that are both wrong for themselves: a width that two lists disagree about, two lines that cannot be read.
 */
const bounds: Readonly<Record<string, { readonly single: number; readonly most: number }>> = {
  "a declaration misspelt": { single: 98, most: 6 },
  "a use misspelt": { single: 100, most: 1 },
  // A `let` of two names, a group that many lines read: each of these is wrong for itself.
  "a declaration gone": { single: 95, most: 6 },
  // Without `user` in it a list leaves each of its features unused.
  "an argument gone": { single: 98, most: 5 },
  "two arguments swapped": { single: 98, most: 3 },
  // Each comparison of a number that has become an id, and each `batch` by an id that has become a number.
  "a type exchanged": { single: 98, most: 5 },
  "a number twice as large": { single: 92, most: 5 },
  "a string for a number": { single: 99, most: 5 },
  "a token gone": { single: 97, most: 7 },
  "a token twice": { single: 98, most: 7 },
};

const specs = specFiles("tests/good", "examples").filter(
  ([path, text]) => check(sourceFile(path, text)).diagnostics.length === 0,
);

/** Of mistakes of tokens, which are thousands, the suite makes some. */
const EVERY = Math.max(1, Math.round(10 / times()));

describe.each(Object.entries(mutations))("%s", (kind, mutate) => {
  test("has one message", { timeout }, () => {
    const { single, most } = bounds[kind]!;
    const several: string[] = [];
    const unmended: string[] = [];
    let made = 0;
    let highest = 0;
    for (const [path, text] of specs) {
      // Counted for each spec, so that a new one changes no mistake of another.
      let i = 0;
      for (const mutation of mutate(text, parse(sourceFile(path, text)).value)) {
        if (kind.startsWith("a token") && i++ % EVERY > 0) continue;
        made++;
        const file = sourceFile(path, mutation.text);
        const { diagnostics } = check(file);
        for (const left of errorsLeft(file, diagnostics))
          unmended.push(`${path}: ${mutation.what}\n${renderConcise(diagnostics)}${left}`);
        highest = Math.max(highest, diagnostics.length);
        if (diagnostics.length > 1) several.push(`${path}: ${mutation.what}\n${renderConcise(diagnostics)}`);
      }
    }
    expect(unmended).toEqual([]);
    expect(made).toBeGreaterThan(20);
    const share = (100 * (made - several.length)) / made;
    expect(share >= single && highest <= most ? [] : [`${share} %, at most ${highest}`, ...several]).toEqual(
      [],
    );
  });
});
