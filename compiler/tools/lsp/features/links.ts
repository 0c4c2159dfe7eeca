// Links to files that a spec names: imports, lists of ids, and vectors by id.

import type { DocumentLink } from "vscode-languageserver-types";
import type { SourceFile, Span } from "../../../common/source-file.ts";
import { importedPath, normalPath } from "../../../frontend/modules/import-paths.ts";
import { firstOfEach } from "../../../frontend/syntax/feature-ranges.ts";
import type { Argument, Expression, FeatureDeclaration, Item, Spec } from "../../../frontend/syntax/nodes.ts";
import { computed, itemsOf, within } from "../../../frontend/syntax/walk.ts";
import { rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";

/** Options whose value is a file: `id(file: "items.txt")`, `embed(8, from: "vectors.txt")`. */
const fileOptions = new Set(["file", "from"]);

export function documentLinks(snapshot: Snapshot, path: string): readonly DocumentLink[] {
  const parsed = snapshot.parsed(path);
  if (parsed === null) return [];
  const { value: spec } = parsed;
  const imports = spec.imports.flatMap(({ path: { text, span } }) => {
    const found = importedPath(spec.file, text);
    return "path" in found ? [linkTo(snapshot, found.path, span)] : [];
  });
  const files = filesOf(spec).map(({ value, span }) => linkTo(snapshot, besides(spec.file, value), span));
  return [...imports, ...files];
}

function linkTo(snapshot: Snapshot, path: string, { file, start, end }: Span): DocumentLink {
  // Without the quotes.
  return { range: rangeOf({ file, start: start + 1, end: end - 1 }), target: snapshot.uriOf(path) };
}

/** Paths are relative to the spec's folder. */
function besides(file: SourceFile, written: string): string {
  const isAbsolute = /^(?:[A-Za-z]:)?[/\\]/.test(written);
  return normalPath(isAbsolute ? written : file.path.replace(/(?<![^/\\])[^/\\]*$/, "") + written);
}

type Text = Extract<Expression, { kind: "string" }>;

function filesOf(spec: Spec): readonly Text[] {
  const options = itemsOf(spec)
    .flatMap(featuresOf)
    .flatMap(({ type, embed }) => [...type.arguments, ...(embed?.options ?? [])]);
  const inNet = [...computed(spec)].flatMap((each) =>
    each.kind === "call" && each.callee.name === "embed" ? each.arguments.flatMap(filesIn) : [],
  );
  return [...options.flatMap(filesIn), ...inNet];
}

/** The first feature of each declaration. */
function featuresOf(item: Item): readonly FeatureDeclaration[] {
  if (item.kind === "features") return firstOfEach(item.features);
  return item.kind === "history" ? firstOfEach(item.fields.filter((field) => field.kind === "own")) : [];
}

/** Includes nested ones such as `set(id(file: "words.txt"))`. */
function filesIn({ name, value }: Argument): readonly Text[] {
  if (value.kind === "string") return fileOptions.has(name?.name ?? "") && value.value !== "" ? [value] : [];
  return [...within(value)].flatMap((each) =>
    each.kind === "call"
      ? each.arguments.filter((inner) => inner.value.kind === "string").flatMap(filesIn)
      : [],
  );
}
