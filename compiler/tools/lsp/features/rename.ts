// Renames something in all of its mentions. Words of the language and declarations of the standard library
// cannot be renamed. A rename that would change the meaning of a name is refused.

import type { Range, WorkspaceEdit } from "vscode-languageserver-types";
import { oneLine, type SourceFile, type Span, sourceFile } from "../../../common/source-file.ts";
import { type Edit, withEdits } from "../../../diagnostics/apply-fixes.ts";
import { namesInRange } from "../../../frontend/syntax/feature-ranges.ts";
import type { NameRange, Spec } from "../../../frontend/syntax/nodes.ts";
import { computed, itemsOf } from "../../../frontend/syntax/walk.ts";
import { rangeOf } from "../ranges.ts";
import { isLibrary, type Snapshot } from "../snapshot.ts";
import { keyOf, type Mention, type SpecSymbol } from "../symbols/symbol.ts";
import { workspaceEdit } from "../text-edits.ts";

/** The reason, for the author. */
export interface Refusal {
  readonly reason: string;
}

/** The range and text that would be renamed. */
export function prepareRename(
  snapshot: Snapshot,
  path: string,
  offset: number,
): { readonly range: Range; readonly placeholder: string } | Refusal {
  const found = renamed(snapshot, path, offset);
  return "reason" in found ? found : { range: rangeOf(found.span), placeholder: found.symbol.name };
}

export function rename(
  snapshot: Snapshot,
  path: string,
  offset: number,
  name: string,
): WorkspaceEdit | Refusal {
  const found = renamed(snapshot, path, offset);
  if ("reason" in found) return found;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === "_")
    return { reason: "names are made of letters, digits and underscores, and do not begin with a digit" };
  const { symbol } = found;
  const mentions = snapshot.mentionsOf(symbol, path);
  const edits = mentions.map(({ span }) => ({ span, text: name }));
  const reason = whyNot(snapshot, symbol, edits, name);
  return reason === null ? workspaceEdit(snapshot, edits) : { reason };
}

function renamed(snapshot: Snapshot, path: string, offset: number): Mention | Refusal {
  const mention = snapshot.mentionAt(path, offset);
  if (mention === null) return { reason: "there is no name here" };
  const { kind, name, declaration } = mention.symbol;
  if (declaration === null)
    return {
      reason: `\`${name}\` is ${kind === "column" ? "a column of the data" : "part of the language"}`,
    };
  if (isLibrary(declaration.file.path)) return { reason: `\`${name}\` is part of the standard library` };
  const spec = snapshot.parsed(declaration.file.path)?.value;
  const range = spec === undefined ? null : rangeWith(spec, mention.symbol);
  if (range !== null) return { reason: `\`${name}\` is one of \`${oneLine(range)}\`` };
  return mention;
}

/** A range that contains a feature or a field, and would lose it by a rename. */
function rangeWith(spec: Spec, symbol: SpecSymbol): Span | null {
  const ranges = new Set(rangesFor(spec, symbol));
  return [...ranges].find((range) => namesInRange(range).names.includes(symbol.name))?.span ?? null;
}

function rangesFor(spec: Spec, { kind, of }: SpecSymbol): readonly NameRange[] {
  const items = itemsOf(spec);
  if (kind === "field") {
    const fields = items.flatMap((item) =>
      item.kind === "history" && item.name.name === of ? item.fields : [],
    );
    return fields.flatMap((field) => (field.kind === "own" ? (field.range ?? []) : []));
  }
  if (kind !== "feature") return [];
  const ranges = items.flatMap((item) =>
    item.kind === "features" ? item.features.flatMap(({ range }) => range ?? []) : [],
  );
  for (const expression of computed(spec)) {
    if (expression.kind !== "range") continue;
    const { low, high, span } = expression;
    if (low.kind === "name" && high.kind === "name") ranges.push({ first: low, last: high, span });
  }
  return ranges;
}

function whyNot(snapshot: Snapshot, symbol: SpecSymbol, edits: readonly Edit[], name: string): string | null {
  if (name === symbol.name) return null;
  const paths = [...new Set(edits.map(({ span }) => span.file.path))];
  // Each variant's net has names of its own.
  const variants = new Set(edits.map(({ span }) => variantAt(snapshot, span)));
  const isElsewhere = (other: Mention) =>
    isOfNet(symbol) && isOfNet(other.symbol) && !variants.has(variantAt(snapshot, other.span));
  for (const path of paths) {
    const taken = snapshot
      .mentions(path)
      .find(
        (other) => other.symbol.name === name && sharesNames(other.symbol, symbol) && !isElsewhere(other),
      );
    if (taken !== undefined) return `\`${name}\` is a ${taken.symbol.kind} already`;
  }
  const edited = new Map(paths.map((path) => [path, edit(snapshot.file(path)!, edits)]));
  const after = snapshot.with(edited);
  const differs = paths.some(
    (path) => !meansTheSame(snapshot.mentions(path), after.mentions(path), keyOf(symbol)),
  );
  return differs ? `something that is called \`${name}\`, or would be, would mean something else` : null;
}

/** Tells whether two symbols must have different names everywhere. */
function sharesNames(a: SpecSymbol, b: SpecSymbol): boolean {
  const [first, second] = [regionOf(a), regionOf(b)];
  return first !== null && first === second;
}

function isOfNet({ kind, of }: SpecSymbol): boolean {
  return of === null && (kind === "let" || kind === "layer" || kind === "output");
}

/** The name of the variant around a place; null for the model itself. */
function variantAt(snapshot: Snapshot, { file, start }: Span): string | null {
  const variants = snapshot.parsed(file.path)?.value.variants ?? [];
  const own = variants.find(({ items }) => items.some(({ span }) => span.start <= start && start < span.end));
  return own?.name.name ?? null;
}

/** The namespace of a symbol; null if only one expression sees it. */
function regionOf({ kind, of, declaration }: SpecSymbol): string | null {
  switch (kind) {
    case "model":
    case "variant":
      return "models";
    case "column":
    case "field":
      return `history ${of}`;
    case "parameter":
      return of === null ? null : `block ${of}`;
    case "let":
    case "layer":
    case "output":
      return of === null ? "spec" : `block ${of}`;
    case "param":
    case "feature":
    case "group":
    case "history":
    case "label":
    case "block":
    case "loss":
      return declaration === null ? null : "spec";
    default:
      return null;
  }
}

function edit(file: SourceFile, edits: readonly Edit[]): SourceFile {
  const own = edits.filter(({ span }) => span.file.path === file.path);
  return sourceFile(file.path, withEdits(file, own));
}

/** Tells whether names still have the same meanings one by one, although one of them was renamed. */
function meansTheSame(before: readonly Mention[], after: readonly Mention[], key: string): boolean {
  if (before.length !== after.length) return false;
  const known = new Map<string, string>();
  return before.every(({ symbol }, i) => {
    const [was, is] = [keyOf(symbol), keyOf(after[i]!.symbol)];
    // Locations move; symbols that are not renamed keep their names.
    if (was !== key && symbol.name !== after[i]!.symbol.name) return false;
    if (!known.has(was)) {
      if ([...known.values()].includes(is)) return false;
      known.set(was, is);
    }
    return known.get(was) === is;
  });
}
