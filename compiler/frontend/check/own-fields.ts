// Reads fields of a history that are not bound to a feature, like `dwell : number |> log1p`: values that a
// step has and an item does not. Such a field is a feature of its own, with its own ids, tables and
// transforms.

import type { Span } from "../../common/source-file.ts";
import { historyAsField, ownCross, ownFieldShares, ownIds } from "../../diagnostics/catalog/histories.ts";
import { checkCase, type Declarations } from "../elaborate/declarations.ts";
import { partsOf } from "../kinds/registry.ts";
import type { Feature, FeatureKind, HistoryField } from "../model/model.ts";
import type { HistoryItem, OwnField } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { readFeature } from "./features.ts";

/** Declares an unbound field; returns null if a mistake was reported. */
export function declareOwnField(
  { name: history }: HistoryItem,
  syntax: OwnField,
  declarations: Declarations,
  reporter: Reporter,
): HistoryField | null {
  const { name, type, share } = syntax;
  checkCase(name, reporter);
  if (declarations.kindOf(type.name.name) === "history") {
    reporter.report(historyAsField, { history: type.name.name }, type.name.span, {
      help: historyAsField.helps.giveKind(),
    });
    return null;
  }
  if (share !== null) {
    const target = share.feature.name;
    const binding = `${target} <-> ${name.name}`;
    const isItem = declarations.features.get(target)?.scope === "item";
    reporter.report(ownFieldShares, { field: name.name, target, isItem }, share.span, {
      fixes:
        isItem && isAlone(syntax)
          ? [
              {
                title: "bind it to the feature",
                edits: [{ span: syntax.span, text: binding }],
                // An author who wrote more than `share` may have meant a field of its own.
                ...(isBare(syntax) ? {} : { isGuess: true }),
              },
            ]
          : [],
    });
    return null;
  }
  const { feature: read, isSound } = readFeature(syntax, "history", reporter);
  if (!isSound) return null;
  if (partsOf(read).length > 0) {
    reporter.report(ownCross, { field: name.name, history: history.name }, type.span);
    return null;
  }
  const feature: Feature = { ...read, name: `${history.name}.${name.name}` };
  declarations.featureSyntax.set(feature.name, syntax);
  warnAboutOwnIds(syntax, feature, history.name, declarations, reporter);
  return { name: name.name, feature, source: null, column: name.name, span: placeOf(syntax) };
}

/** Whether a declaration has one name, so that a binding may replace it. */
function isAlone({ names, range }: OwnField): boolean {
  return !names.isList && range === null;
}

function placeOf({ names, name, span }: OwnField): Span {
  return names.isList ? name.span : span;
}

function isBare({ type, transforms, embed }: OwnField): boolean {
  return type.name.name === "id" && type.arguments.length === 0 && transforms.length === 0 && embed === null;
}

/** `hist_item_id : id` next to the feature `item_id` is most likely meant to hold that feature's ids. */
function warnAboutOwnIds(
  syntax: OwnField,
  { kind }: Feature,
  history: string,
  declarations: Declarations,
  reporter: Reporter,
): void {
  const { name } = syntax.name;
  if (!isOpen(kind)) return;
  const meant = targetsIn(name)
    .map((part) => declarations.features.get(part))
    .find((each) => each?.scope === "item" && isOpen(each.kind));
  if (meant === undefined) return;
  const binding = `${meant.name} <-> ${name}`;
  const title = `bind it to \`${meant.name}\``;
  const edits = [{ span: syntax.span, text: binding }] as const;
  reporter.report(ownIds, { field: name, history, target: meant.name }, placeOf(syntax), {
    related: [at(meant.span, "declared here, with ids and a table of its own")],
    fixes: isAlone(syntax) ? [{ title, isGuess: true, edits }] : [],
  });
}

function isOpen({ kind }: FeatureKind): boolean {
  return kind === "id" || kind === "sized_id" || kind === "hashed_id" || kind === "listed_id";
}

/**
 * Names that a name may be derived from: `item_id` from `hist_item_id`, `item_ids` or `clicked_item_id_list`.
 */
function targetsIn(name: string): string[] {
  const words = name
    .replace(/_(?:list|seq|sequence|hist|history)$/, "")
    .split("_")
    .slice(-MOST_WORDS);
  return words.flatMap((_, from) => {
    const end = words.slice(from).join("_");
    // Any kind with ids may have a name that ends in `id`.
    if (end === "id" || end === "ids") return [];
    return end.endsWith("s") ? [end, end.slice(0, -1)] : [end];
  });
}

/** Names with more words are not split. */
const MOST_WORDS = 12;
