// Moves a `let` that is used once to its use.

import { type Span, textOf } from "../../../common/source-file.ts";
import { withLineBreak } from "../../../frontend/modules/program.ts";
import type { Expression } from "../../../frontend/syntax/nodes.ts";
import { within } from "../../../frontend/syntax/walk.ts";
import { touches } from "../ranges.ts";
import type { Mention } from "../symbols/symbol.ts";
import { bindsIn, type Home, homeAt, type ParsedCode, pathTo, type Refactoring, textWith } from "./place.ts";

/** Applies if the cursor is on its name, at its declaration or its use. */
export function inlineLet(code: ParsedCode, offset: number): readonly Refactoring[] {
  const { snapshot, path, file, whole } = code;
  const symbol = snapshot.mentionAt(path, offset)?.symbol;
  if (symbol?.kind !== "let") return [];
  const mentions = snapshot.mentionsOf(symbol, path);
  const declarations = mentions.filter(({ declares }) => declares);
  const [use, ...more] = mentions.filter(({ declares }) => !declares);
  const [declaration] = declarations;
  if (use === undefined || declaration === undefined || more.length > 0 || declarations.length > 1) return [];
  const from = homeAt(code, declaration.span.start);
  const to = homeAt(code, use.span.start);
  if (from?.statement?.kind !== "let" || to === null || from.item !== to.item) return [];
  const [name, ...others] = from.statement.names;
  const isOne = name !== undefined && others.length === 0 && touches(name.span, declaration.span.start);
  if (!isOne || from.span.start >= to.span.start) return [];
  const chain = pathTo(to.value, ({ kind, span }) => kind === "name" && span.start === use.span.start);
  // Inside a function, its layers would be instantiated at each use; inside a layer, they would be shared.
  if (to.statement?.kind === "layer") return [];
  if (chain.length === 0 || chain.some(({ kind }) => kind === "lambda")) return [];
  const value = from.statement.value;
  if (value.kind === "error" || value.kind === "lambda" || meansAnother(code, from, to, value)) return [];
  const parent = chain.at(-2);
  if ((parent?.kind === "field" || parent?.kind === "index") && value.kind !== "name") return [];
  const text = textWith(code, value);
  const isTight = !bindsIn(parent) || !/^(?:binary|pipe|range|negate)$/.test(value.kind);
  return [
    {
      title: `inline \`${symbol.name}\``,
      kind: "inline",
      edits: [
        { span: withBlanks(withLineBreak(whole(from.span))), text: "" },
        { span: { file, start: use.span.start, end: use.span.end }, text: isTight ? text : `(${text})` },
      ],
    },
  ];
}

function withBlanks(span: Span): Span {
  const [blanks] = /^[ \t]*/.exec(span.file.text.slice(span.end))!;
  const isLine = /[\n\r]$/.test(textOf(span));
  return isLine ? span : { ...span, end: span.end + blanks.length };
}

/** Tells whether a name in `value` is declared again between the two statements. */
function meansAnother({ snapshot, path }: ParsedCode, from: Home, to: Home, value: Expression): boolean {
  const isBetween = ({ span }: Pick<Mention, "span">) =>
    from.span.end <= span.start && span.start < to.span.start;
  const again = new Set(
    snapshot
      .mentions(path)
      .filter((mention) => mention.declares && isBetween(mention))
      .map(({ symbol }) => symbol.name),
  );
  return [...within(value)].some((each) => {
    if (each.kind === "name") return again.has(each.name);
    return (each.kind === "call" || each.kind === "pipe") && again.has(each.callee.name);
  });
}
