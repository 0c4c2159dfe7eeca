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

/** Pieces of a line, and the regions that are open after them, the innermost last. */
export interface Coloured {
  readonly pieces: readonly Piece[];
  readonly open: readonly RegionRule[];
}

/** A longer line has no colours, as it would block typing. */
const LONGEST_LINE = 10_000;

/** The next pieces of a line from `from` on, where the regions `before` are open. */
export type Colour = (line: string, from: number, before: readonly RegionRule[]) => Coloured;

/**
 * The tags of CodeMirror for names. JupyterLab's themes have no colours for types and calls, so a type looks like Python's
 * built-in names there, and a function like one that is defined. Each role has one tag, because JupyterLab 4.0 reads no more than
 * one.
 */
const roleTags: Readonly<Record<RoleName, string>> = {
  model: "className.definition",
  scope: "atom",
  kind: "variableName.standard",
  type: "variableName.standard",
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
  const colour = coloursBy(grammar);
  return {
    name,
    startState: () => ({ open: [], pieces: [] }),
    token(stream, state) {
      if (stream.sol() || state.pieces.length === 0)
        Object.assign(state, colour(stream.string, stream.pos, state.open));
      const [piece, ...rest] = state.pieces;
      state.pieces = rest;
      stream.pos = piece!.end;
      return tagsOf(piece!.scope);
    },
    indent({ open }, textAfter, { unit }) {
      const brackets = open.filter(({ endCaptures }) => endCaptures !== undefined);
      return unit * Math.max(0, brackets.length - (/^[)\]}]/.test(textAfter) ? 1 : 0));
    },
    languageData: {
      indentOnInput: /^\s*[)\]}]$/,
      commentTokens: { line: "//" },
      closeBrackets: { brackets: ["(", "[", "{", '"'] },
    },
  };
}

export function coloursBy(grammar: TextMateGrammar): Colour {
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

  /** The first of the rules that match at a place. */
  function firstAt(
    rules: readonly (MatchRule | RegionRule)[],
    line: string,
    at: number,
  ): readonly [MatchRule | RegionRule, RegExpExecArray] | null {
    for (const rule of rules) {
      const found = matchAt("match" in rule ? rule.match : rule.begin, line, at);
      if (found !== null) return [rule, found];
    }
    return null;
  }

  return (line, from, before) => {
    if (line.length > LONGEST_LINE) return { pieces: [{ end: line.length, scope: "" }], open: before };
    const pieces: Piece[] = [];
    const open = [...before];
    const reach = (end: number, scope: string): void => {
      if (end > (pieces.at(-1)?.end ?? from)) pieces.push({ end, scope });
    };
    /** Adds what was found, and what is between it and the last piece. */
    const add = (found: RegExpExecArray, captures: Captures = {}, name = ""): void => {
      reach(found.index, "");
      for (const [group, { name: scope }] of Object.entries(captures)) {
        const [begin, end] = found.indices?.[Number(group)] ?? [0, 0];
        reach(begin, name);
        reach(end, scope);
      }
      reach(found.index + found[0].length, name);
    };
    // A region may end after the last character.
    for (let at = from; at <= line.length && (pieces.length === 0 || at === line.length); ) {
      const region = open.at(-1);
      const ends = region && matchAt(region.end, line, at);
      if (ends) {
        add(ends, region.endCaptures);
        open.pop();
        at += ends[0].length;
        continue;
      }
      const first = firstAt(rulesOf(region?.patterns ?? grammar.patterns), line, at);
      if (first === null) at++;
      else {
        const [rule, found] = first;
        if ("match" in rule) add(found, rule.captures, rule.name);
        else {
          add(found, rule.beginCaptures);
          open.push(rule);
        }
        at += found[0].length;
      }
    }
    if (pieces.length === 0) reach(line.length, "");
    return { pieces, open };
  };
}
