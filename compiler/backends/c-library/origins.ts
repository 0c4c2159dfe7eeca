// Says where a spec computes a value: `let interest, model.din:26`, `block activation_unit, model.din:19`.

import { unreachable } from "../../common/internal-error.ts";
import { fileAndLine, type SourceFile, type Span } from "../../common/source-file.ts";
import type { Identifier, Item } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import { itemsOf } from "../../frontend/syntax/walk.ts";

export type OriginText = (origin: Span) => string;

interface Named {
  readonly span: Span;
  readonly text: string;
}

/** Parses each file once. */
export function originTexts(): OriginText {
  const files = new Map<SourceFile, readonly Named[]>();
  return (origin) => {
    const { file } = origin;
    const known = files.get(file) ?? itemsOf(parse(file).value).flatMap(namedIn);
    files.set(file, known);
    const around = known.filter(({ span }) => span.start <= origin.start && origin.end <= span.end);
    const place = fileAndLine(origin);
    const names = around.map(({ text }) => text).join(", ");
    return names === "" ? place : `${names}, ${place}`;
  };
}

/** The statements of an item, and a block around its own. */
function namedIn(item: Item): Named[] {
  if (item.kind !== "block" && item.kind !== "net") return [];
  const statements = item.kind === "block" ? item.body : item.statements;
  const own = item.kind === "block" ? [{ span: item.span, text: `block ${item.name.name}` }] : [];
  return [
    ...own,
    ...statements.flatMap((statement): Named[] => {
      const { span } = statement;
      switch (statement.kind) {
        case "let":
          return [{ span, text: `let ${namesText(statement.names)}` }];
        case "output":
          return [{ span, text: `output ${statement.name.name}` }];
        case "layer":
          return [{ span, text: `layer ${statement.name.name}` }];
        case "predict":
          return [{ span, text: `predict ${statement.label.name}` }];
        case "loss":
          return [];
        default:
          return unreachable(statement, "statement");
      }
    }),
  ];
}

function namesText(names: readonly Identifier[]): string {
  const [first, ...others] = names.map(({ name }) => name);
  return others.length === 0 ? first! : `(${[first, ...others].join(", ")})`;
}
