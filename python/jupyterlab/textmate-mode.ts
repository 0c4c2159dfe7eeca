// A TextMate grammar as a mode of CodeMirror, so that JupyterLab divides a spec as VS Code does. Pure: a grammar in, a mode
// out. It reads the part of the format that `grammar/editors/textmate.ts` writes: every rule but the end of a region has
// characters, and only matches and captures have names.

import type { StreamParser } from "@codemirror/language";
import type {
  Captures,
  MatchRule,
  RegionRule,
  TextMateGrammar,
  TextMateRule,
} from "../../grammar/editors/textmate.ts";
import { nameRoles, type RoleName } from "../../grammar/name-roles.ts";

/** A piece of a line: up to where it reaches, and the innermost scope of the grammar; "" where it has none. */
export interface Piece {
  readonly end: number;
  readonly scope: string;
}

/** A line's pieces, and the regions that are open after it, the innermost last. */
export interface ColouredLine {
  readonly pieces: readonly Piece[];
  readonly open: readonly RegionRule[];
}

/** A longer line has no colours, as it would block typing. */
const LONGEST_LINE = 10_000;

/** Divides a line that begins inside the regions `before`. */
export type ColourLine = (line: string, before: readonly RegionRule[]) => ColouredLine;

/**
 * The tags of CodeMirror for names. JupyterLab's themes have no colours for types and calls, so a type looks like Python's
 * built-in names there, and a function like one that is defined.
 */
const roleTags: Readonly<Record<RoleName, string>> = {
  model: "className.definition",
  scope: "atom",
  kind: "typeName variableName.standard",
  type: "typeName variableName.standard",
  dimension: "variableName.special",
  function: "variableName.function.definition",
  parameter: "attributeName",
  property: "propertyName",
  constant: "atom",
  choice: "atom",
  plain: "variableName",
};

/** The tags for all other scopes, by how they begin. */
const scopeTags: Readonly<Record<string, string>> = {
  "keyword.control.magic": "meta",
  "keyword.control": "keyword",
  "keyword.operator": "operator",
  "constant.numeric": "number",
  string: "string",
  comment: "comment",
  "punctuation.section": "bracket",
  "punctuation.separator": "separator",
};

/** The tags of a scope, such as `keyword.control.din`, as CodeMirror writes them. */
export function tagsOf(scope: string): string | null {
  const own = scope.replace(/\.din$/, "");
  const role = Object.entries(nameRoles).find(([, each]) => each.scope === own);
  if (role !== undefined) return roleTags[role[0] as RoleName];
  return Object.entries(scopeTags).find(([begin]) => own.startsWith(begin))?.[1] ?? null;
}

interface State {
  open: readonly RegionRule[];
  /** The pieces of the line that CodeMirror hasn't asked for yet. */
  pieces: readonly Piece[];
}

/** A mode for `StreamLanguage.define`. */
export function textMateMode(name: string, grammar: TextMateGrammar): StreamParser<State> {
  const colour = lineColours(grammar);
  return {
    name,
    startState: () => ({ open: [], pieces: [] }),
    token(stream, state) {
      if (stream.sol()) Object.assign(state, colour(stream.string, state.open));
      const [piece, ...rest] = state.pieces;
      state.pieces = rest;
      stream.pos = piece?.end ?? stream.string.length;
      return tagsOf(piece?.scope ?? "");
    },
    languageData: { commentTokens: { line: "//" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
  };
}

export function lineColours(grammar: TextMateGrammar): ColourLine {
  const expressions = new Map<string, RegExp>();
  const flat = new Map<readonly TextMateRule[], readonly (MatchRule | RegionRule)[]>();

  function matchAt(expression: string, line: string, at: number): RegExpExecArray | null {
    let compiled = expressions.get(expression);
    if (compiled === undefined) expressions.set(expression, (compiled = new RegExp(expression, "dy")));
    compiled.lastIndex = at;
    return compiled.exec(line);
  }

  /** The rules in their order, with the rules that they include. */
  function rulesOf(patterns: readonly TextMateRule[]): readonly (MatchRule | RegionRule)[] {
    let rules = flat.get(patterns);
    if (rules === undefined) {
      rules = patterns.flatMap((rule) =>
        "include" in rule ? rulesOf(grammar.repository[rule.include.slice(1)]?.patterns ?? []) : [rule],
      );
      flat.set(patterns, rules);
    }
    return rules;
  }

  return (line, before) => {
    const pieces: Piece[] = [];
    const open = [...before];
    /** Adds what was found, and what is between it and the last piece. */
    const add = (found: RegExpExecArray, captures: Captures = {}, name = ""): void => {
      const reach = (end: number, scope: string): void => {
        if (end > (pieces.at(-1)?.end ?? 0)) pieces.push({ end, scope });
      };
      reach(found.index, "");
      for (const [group, { name: scope }] of Object.entries(captures)) {
        const [from, to] = found.indices?.[Number(group)] ?? [0, 0];
        reach(from, name);
        reach(to, scope);
      }
      reach(found.index + found[0].length, name);
    };
    if (line.length > LONGEST_LINE) return { pieces: [{ end: line.length, scope: "" }], open };
    // A region may end behind the last character.
    for (let at = 0; at <= line.length; ) {
      const region = open.at(-1);
      const ends = region && matchAt(region.end, line, at);
      if (ends) {
        add(ends, region.endCaptures);
        open.pop();
        at += ends[0].length;
        continue;
      }
      let length = 1;
      for (const rule of rulesOf(region?.patterns ?? grammar.patterns)) {
        const found = matchAt("match" in rule ? rule.match : rule.begin, line, at);
        if (found === null) continue;
        if ("match" in rule) add(found, rule.captures, rule.name);
        else {
          add(found, rule.beginCaptures);
          open.push(rule);
        }
        length = found[0].length;
        break;
      }
      at += length;
    }
    if (line.length > (pieces.at(-1)?.end ?? 0)) pieces.push({ end: line.length, scope: "" });
    return { pieces, open };
  };
}
