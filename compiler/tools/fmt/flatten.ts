// Writes an assembled model as one text, which a run keeps, so that no import, variant or flag is needed to
// read it again. The text is made of pieces of the author's text, with the values of params as constants.

import { invariant } from "../../common/internal-error.ts";
import { sourceFile, textOf } from "../../common/source-file.ts";
import type { Assembly } from "../../frontend/model/assembly.ts";
import type { Model } from "../../frontend/model/model.ts";
import { constantText } from "../../frontend/modules/params.ts";
import { namesInRange } from "../../frontend/syntax/feature-ranges.ts";
import type { FeatureDeclaration, Item, NameRange } from "../../frontend/syntax/nodes.ts";
import { format } from "./format.ts";

/** The text of the model's file if it is self-contained; otherwise a text that gives the same model. */
export function specText({ file, assembly }: Pick<Model, "file" | "assembly">): string {
  return assembly === null ? file.text : format(sourceFile(file.path, flattened(assembly))).value;
}

function flattened({ name, doc, items, changed, params }: Assembly): string {
  invariant(name !== null, "a model has a name");
  const parts = [`${documentation(doc)}model ${name.name}`];
  for (const { item, type, value, by } of params.values()) {
    const constant = by === null ? textOf(item.default.span) : constantText(value, type);
    parts.push(`${documentation(item.doc)}param ${item.name.name} = ${constant}`);
  }
  for (const item of items) parts.push(changed.has(item) ? piecesOf(item) : textOfItem(item));
  return `${parts.join("\n\n")}\n`;
}

function documentation(doc: string): string {
  return doc === "" ? "" : `${doc.replace(/^/gm, "/// ").replace(/(?<! ) +$/gm, "")}\n`;
}

function textOfItem(item: Item): string {
  return ("doc" in item ? documentation(item.doc) : "") + textOf(item.span);
}

/** Collects the text of an item whose parts are in several places. */
function piecesOf(item: Item): string {
  switch (item.kind) {
    case "features": {
      const group = item.group === null ? "" : ` ${item.group.name}`;
      return braced(`features ${item.scope}${group}`, declarationTexts(item.features));
    }
    case "net":
      return braced(
        "net",
        item.statements.map(({ span }) => textOf(span)),
      );
    case "train":
      return braced(
        "train",
        item.settings.map(({ span }) => textOf(span)),
      );
    case "history":
    case "label":
    case "block":
      return textOfItem(item);
  }
}

/** The declarations of features as an item has them. Consecutive features of one declaration share it again. */
export function declarationTexts(features: readonly FeatureDeclaration[]): readonly string[] {
  const texts: string[] = [];
  for (let i = 0; i < features.length; i++) {
    const { doc, span, names } = features[i]!;
    const from = i;
    while (features[i + 1]?.names === names) i++;
    const written = namesOf(features.slice(from, i + 1)).join(", ");
    texts.push(documentation(doc) + written + textOf({ ...span, start: names.span.end }));
  }
  return texts;
}

/** The names of features, in which consecutive ones of a range become a range again. */
function namesOf(features: readonly FeatureDeclaration[]): readonly string[] {
  const written: string[] = [];
  const places = new Map<NameRange, ReadonlyMap<string, number>>();
  for (let i = 0; i < features.length; i++) {
    const { name, range } = features[i]!;
    if (range === null) {
      written.push(name.name);
      continue;
    }
    const placeOf = places.get(range) ?? new Map(namesInRange(range).names.map((each, at) => [each, at]));
    places.set(range, placeOf);
    const from = i;
    const isNext = (next: FeatureDeclaration | undefined) =>
      next?.range === range && placeOf.get(next.name.name) === placeOf.get(name.name)! + i + 1 - from;
    while (isNext(features[i + 1])) i++;
    written.push(i === from ? name.name : `${name.name}..${features[i]!.name.name}`);
  }
  return written;
}

function braced(head: string, parts: readonly string[]): string {
  return `${head} {\n${parts.join("\n")}\n}`;
}
