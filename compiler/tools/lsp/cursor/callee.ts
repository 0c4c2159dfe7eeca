// Finds the callee of the parentheses at a position, and the arguments that it already has.

import { type CstNode, nodeOf, nodesOf, tokenOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import type { EntryParameter, LanguageEntry } from "../language/entry.ts";
import {
  choicesOf,
  embedEntry,
  historyEntry,
  kindEntries,
  labelKindEntries,
  lossEntry,
  predictEntry,
  transformEntries,
  weightedEntry,
} from "../language/words.ts";
import type { VisibleNames } from "./visible-names.ts";

/** The kind of names at a position. */
export type NameDomain =
  | { readonly kind: "code" }
  | {
      readonly kind:
        | "kind"
        | "labelKind"
        | "transform"
        | "embed"
        | "history"
        | "loss"
        | "predict"
        | "param"
        | "range";
    }
  | { readonly kind: "setting"; readonly key: string };

export interface Callee {
  /** Several if a name denotes several kinds, which differ in their options. */
  readonly entries: readonly LanguageEntry[];
  /** Whether the first argument is the value before `|>`, or a layer's input. */
  readonly isPiped: boolean;
  /** The number of positional arguments before the cursor, including a piped one. */
  readonly positional: number;
  /** The names of the arguments before it. */
  readonly names: ReadonlySet<string>;
  /** The name of the argument at the cursor; null if it has none. */
  readonly current: string | null;
  /** The number of arguments written before the one at the cursor. */
  readonly before: number;
}

const domains: Readonly<Record<string, Exclude<NameDomain["kind"], "setting">>> = {
  kind: "kind",
  labelKind: "labelKind",
  transform: "transform",
  embed: "embed",
  net: "code",
  block: "code",
  param: "param",
  range: "range",
};

export function domainOf(path: readonly CstNode[]): NameDomain | null {
  for (let i = path.length - 1; i >= 0; i--) {
    const { name } = path[i]!;
    if (name === "setting") return { kind: "setting", key: tokenOf(path[i]!, t.Identifier)?.image ?? "" };
    const isStatement = name === "predict" || name === "loss";
    if ((name === "history" || isStatement) && path[i + 1]?.name === "options") return { kind: name };
    const domain = domains[name];
    if (domain !== undefined) return { kind: domain };
  }
  return null;
}

/**
 * The callee of the innermost parentheses around the last node of `path`; null if there are none, or the
 * callee is unknown.
 */
export function calleeAt(path: readonly CstNode[], visible: VisibleNames): Callee | null {
  const at = path.findLastIndex(({ name }) => name === "call" || name === "options");
  const owner = path[at - 1];
  if (owner === undefined) return null;
  const list = nodeOf(path[at]!, "arguments");
  const given = list === undefined ? [] : nodesOf(list, "argument");
  const names = given.map((argument) => tokenOf(argument, t.Colon) && tokenOf(argument, t.Identifier));
  const before = names.slice(0, -1);
  const isPiped = owner.name === "stage" || beginsLayer(path.slice(0, at));
  return {
    entries: entriesOf(path.slice(0, at), owner, visible),
    isPiped,
    positional: (isPiped ? 1 : 0) + before.filter((name) => name === null).length,
    names: new Set(before.flatMap((name) => name?.image ?? [])),
    current: names.at(-1)?.image ?? null,
    before: before.length,
  };
}

/** Tells whether the last node of `path` is the first operand of a layer's value. */
export function beginsLayer(path: readonly CstNode[]): boolean {
  const [layer, expression, sum, operand] = path.slice(-4);
  const isWhole = expression?.children.length === 1 && sum?.children.length === 1;
  return layer?.name === "layer" && operand?.name === "operand" && isWhole;
}

function entriesOf(
  path: readonly CstNode[],
  owner: CstNode,
  visible: VisibleNames,
): readonly LanguageEntry[] {
  const called = tokenOf(owner, t.Identifier)?.image ?? "";
  const among = (entries: readonly LanguageEntry[]) => entries.filter(({ name }) => name === called);
  if (owner.name === "embed") return [embedEntry];
  if (owner.name === "history") return [historyEntry];
  if (owner.name === "loss") return [lossEntry];
  if (owner.name === "predict") return [predictEntry];
  const domain = domainOf(path);
  switch (domain?.kind) {
    case "kind":
      return among([...kindEntries, weightedEntry]);
    case "labelKind":
      return among(labelKindEntries);
    case "transform":
      return among(transformEntries);
    case "embed":
      return among(embedEntry.parameters.flatMap(({ takes }) => (takes.kind === "words" ? takes.words : [])));
    case "setting":
      return among(choicesOf(domain.key));
    case "code":
    case "loss":
    case "predict":
    case "param": {
      const entry = visible.callable(called);
      return entry === null ? [] : [entry];
    }
    default:
      return [];
  }
}

/** The parameters that an argument at the cursor may be for, by position: the next one of each entry. */
export function nextParameters({ entries, positional, current }: Callee): readonly EntryParameter[] {
  return entries.flatMap(({ parameters }) => {
    if (current !== null) return parameters.filter(({ name }) => name === current);
    const rest = parameters.findIndex(({ isRest }) => isRest);
    const cursor = rest >= 0 && positional > rest ? rest : positional;
    const parameter = parameters[cursor];
    return parameter === undefined || parameter.isNamed ? [] : [parameter];
  });
}

/** Names of arguments in the text after the cursor, up to the closing parenthesis. */
export function namesBehind(text: string): ReadonlySet<string> {
  const { tokens } = t.lex(text);
  const names = new Set<string>();
  let depth = 0;
  for (const [i, { tokenType, image }] of tokens.entries()) {
    if (tokenType === t.RightParenthesis && depth-- === 0) break;
    if (tokenType === t.LeftParenthesis || tokenType === t.CallParenthesis) depth++;
    if (tokenType === t.LeftBrace || tokenType === t.RightBrace) break;
    const isName = depth === 0 && tokenType === t.Identifier && tokens[i + 1]?.tokenType === t.Colon;
    if (isName) names.add(image);
  }
  return names;
}
