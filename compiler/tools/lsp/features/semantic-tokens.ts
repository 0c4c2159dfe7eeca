// Semantic tokens: every token with its role in the grammar. A name whose position does not determine its role
// is coloured by its meaning, so that colours stay when the server starts.

import type { SemanticTokens, SemanticTokensLegend } from "vscode-languageserver-types";
import {
  type NameRole,
  nameRoles,
  type RoleName,
  type SemanticModifier,
} from "../../../../grammar/name-roles.ts";
import { tokens } from "../../../../grammar/tokens.ts";
import type { SourceFile } from "../../../common/source-file.ts";
import { type ShownToken, shownTokens } from "../../../frontend/syntax/shown-tokens.ts";
import { positionOf } from "../ranges.ts";
import { isLibrary, type Snapshot } from "../snapshot.ts";
import type { Mention, SpecSymbol, SpecSymbolKind } from "../symbols/symbol.ts";

/** The protocol's numbers of types and modifiers are indices into these lists. */
const types: readonly string[] = [
  ...new Set([
    ...tokens.flatMap(({ semantic }) => semantic ?? []),
    ...Object.values(nameRoles).map(({ semantic }) => semantic),
  ]),
];
const modifiers: readonly SemanticModifier[] = ["declaration", "defaultLibrary", "readonly", "documentation"];

export const semanticTokensLegend: SemanticTokensLegend = {
  tokenTypes: [...types],
  tokenModifiers: [...modifiers],
};

const LIBRARY: readonly SemanticModifier[] = ["defaultLibrary"];

/** Roles by meaning, for names whose position does not determine one. */
const roleBySymbol: Readonly<Record<SpecSymbolKind, RoleName>> = {
  model: "model",
  variant: "model",
  param: "constant",
  feature: "plain",
  group: "plain",
  history: "plain",
  field: "property",
  column: "property",
  label: "plain",
  block: "function",
  parameter: "parameter",
  let: "plain",
  layer: "function",
  output: "plain",
  loss: "plain",
  width: "dimension",
  function: "function",
  option: "parameter",
  kind: "kind",
  transform: "function",
  type: "type",
  setting: "property",
  choice: "choice",
};

/** The tokens of a file, with names by their meaning. */
export function meantTokens(file: SourceFile, mentions: readonly Mention[]): readonly ShownToken[] {
  const symbols = new Map(mentions.map(({ span, symbol }) => [span.start, symbol]));
  return shownTokens(file, (role, offset) => {
    const symbol = symbols.get(offset);
    return symbol === undefined ? nameRoles[role] : refined(role, symbol);
  });
}

function refined(role: RoleName, symbol: SpecSymbol): NameRole {
  const { kind, declaration } = symbol;
  const known: NameRole = nameRoles[role === "plain" ? roleBySymbol[kind] : role];
  const isGiven = declaration === null || isLibrary(declaration.file.path);
  if (known.semantic !== "function" || !isGiven) return known;
  return { ...known, modifiers: LIBRARY };
}

/**
 * The protocol's form: each token's position relative to the previous one, and its type and modifiers as
 * numbers.
 */
export function semanticTokens(snapshot: Snapshot, path: string): SemanticTokens {
  const file = snapshot.file(path);
  const data: number[] = [];
  if (file === null) return { data };
  let before = { line: 0, character: 0 };
  for (const token of meantTokens(file, snapshot.mentions(path))) {
    const { line, character } = positionOf(file, token.offset);
    data.push(
      line - before.line,
      line === before.line ? character - before.character : character,
      token.length,
      types.indexOf(token.type),
      token.modifiers.reduce((bits, name) => bits | (1 << modifiers.indexOf(name)), 0),
    );
    before = { line, character };
  }
  return { data };
}
