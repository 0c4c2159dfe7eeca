// Says where a spec computes a value: `let interest, model.din:26`, `block activation_unit, model.din:19`.

import { unreachable } from "../../common/internal-error.ts";
import { fileAndLine, type SourceFile, type Span } from "../../common/source-file.ts";
import type { Identifier, Item } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import { itemsOf } from "../../frontend/syntax/walk.ts";

export type OriginText = (origin: Span) => string;

/** A named part of a spec: a block, or a statement of a block or of the net. */
export interface NamedPart {
  readonly span: Span;
  /** `let interest`. */
  readonly text: string;
  /** `interest`; for a `let` of several names the first one. */
  readonly name: string;
  /** Whether it is a block, whose own code is its result. */
  readonly isBlock: boolean;
}

/** Texts of origins. It parses each file once. */
export function originTexts(): OriginText {
  const partsAround = namedParts();
  return (origin) => {
    const place = fileAndLine(origin);
    const names = partsAround(origin).map(({ text }) => text);
    return names.length === 0 ? place : `${names.join(", ")}, ${place}`;
  };
}

/** The named parts around an origin, the innermost last. It parses each file once. */
export function namedParts(): (origin: Span) => readonly NamedPart[] {
  const files = new Map<SourceFile, readonly NamedPart[]>();
  return ({ file, start, end }) => {
    const known = files.get(file) ?? itemsOf(parse(file).value).flatMap(namedIn);
    files.set(file, known);
    return known.filter(({ span }) => span.start <= start && end <= span.end);
  };
}

/** The statements of an item, and a block around its own. */
function namedIn(item: Item): NamedPart[] {
  if (item.kind !== "block" && item.kind !== "net") return [];
  const statements = item.kind === "block" ? item.body : item.statements;
  const own = item.kind === "block" ? [part("block", item.span, [item.name])] : [];
  return [
    ...own,
    ...statements.flatMap((statement): NamedPart[] => {
      const { span } = statement;
      switch (statement.kind) {
        case "let":
          return [part("let", span, statement.names)];
        case "output":
        case "layer":
          return [part(statement.kind, span, [statement.name])];
        case "predict":
          return [part("predict", span, [statement.label])];
        case "loss":
          return [];
        default:
          return unreachable(statement, "statement");
      }
    }),
  ];
}

function part(word: string, span: Span, identifiers: readonly Identifier[]): NamedPart {
  const [first, ...others] = identifiers.map(({ name }) => name);
  const names = others.length === 0 ? first! : `(${[first, ...others].join(", ")})`;
  return { span, text: `${word} ${names}`, name: first!, isBlock: word === "block" };
}
