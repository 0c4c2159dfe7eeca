// Writes the documentation of generated classes: the part, its location in the spec, and the shapes of its
// inputs and outputs.

import { fileAndLine, oneLine, type Span, textOf } from "../../common/source-file.ts";
import { LINE } from "./python.ts";
import type { ModuleScope, ModuleTree } from "./scopes.ts";

export interface Shapes {
  /** Each with its name: `query [rows, 32]`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The lines of a class's docstring. */
export function describedIn(scope: ModuleScope, { root }: ModuleTree, shapes: Shapes | null): string[] {
  const { part } = scope;
  if (scope === root)
    return docstring(["The network: from features and rows of tables to logits, [rows, 1] each."], 4);
  if (part === null) return docstring([`Weights of ${scope.path}.`], 4);
  const block = part.block;
  const title =
    block === null
      ? `${part.name} = ${oneLine(part.text)}`
      : (firstSentence(block.doc) ?? `The block ${block.name.name}.`);
  const paragraphs = [...wrapped(title), ""];
  if (block !== null) paragraphs.push(...wrapped(signatureOf(block.span)));
  paragraphs.push(`${fileAndLine(part.span)}, ${scope.path}`);
  if (shapes === null) paragraphs.push("Its weights alone: a scan computes with them.");
  else paragraphs.push(...wrapped(`${shapes.inputs.join(", ")} -> ${shapes.outputs.join(", ")}`));
  return docstring(paragraphs, 4);
}

/** A Python docstring, on one line if the text has one line. */
export function docstring(lines: readonly string[], indent: number): string[] {
  const space = " ".repeat(indent);
  const safe = lines.map((line) => line.replace(/\\/g, "\\\\").replace(/"""/g, '\\"\\"\\"').trimEnd());
  const [only] = safe;
  if (safe.length === 1) return [`${space}"""${only!.replace(/"$/, '\\"')}"""`];
  return [
    `${space}"""${only!}`,
    ...safe.slice(1).map((line) => (line === "" ? "" : `${space}${line}`)),
    `${space}"""`,
  ];
}

/** Wraps a text between words. */
export function wrapped(text: string, width = LINE - 8): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function firstSentence(doc: string): string | null {
  const [first] = doc
    .replace(/\s+/g, " ")
    .trim()
    .split(/(?<=[^0-9A-Z.]\.) (?=[A-Z])/);
  return first === undefined || first === "" ? null : first;
}

/** `block activation_unit(query: Vec[d], key: Vec[d]) -> Vec[1]` */
function signatureOf(span: Span): string {
  const text = textOf(span);
  const start = text.indexOf("block");
  return text
    .slice(start, text.indexOf("{", start))
    .replace(/\s+/g, " ")
    .replace(/\( /g, "(")
    .replace(/,? \)/g, ")")
    .trim();
}

export function clipped(text: string, width = LINE - 12): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
