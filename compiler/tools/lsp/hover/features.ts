// Hover texts of features, histories, their fields and columns: when they are known, where their values come
// from, and which tables hold their vectors.

import { oneLine } from "../../../common/source-file.ts";
import type { Analysis } from "../../../frontend/check/check.ts";
import { scopesOf } from "../../../frontend/kinds/model-queries.ts";
import { hasIds, partsOf } from "../../../frontend/kinds/registry.ts";
import { type Feature, type HistoryField, ownerOf, writtenFields } from "../../../frontend/model/model.ts";
import { tableCost } from "../../cost/cost.ts";
import { count, hoverText, thousands, typed } from "./text.ts";

export function featureHover(name: string, type: string, doc: string, analysis: Analysis): string | null {
  const feature = analysis.declarations.features.get(name);
  if (feature === undefined) return null;
  return hoverText(
    `(${feature.scope} feature) ${typed(name, type)}`,
    doc,
    `${whenKnown(feature, analysis)}. ${columnOf(feature)}`,
    declared(feature, analysis),
    tablesText(feature, analysis),
  );
}

/** The features of a group. */
export function groupHover(name: string, { declarations: { groups } }: Analysis): string | null {
  const features = groups.get(name)?.features ?? [];
  const [first, second, ...others] = features;
  if (first === undefined) return null;
  const shown = second === undefined || others.length < 6 ? features : [first, second, "…", others.at(-1)!];
  const all = shown.map((each) => (each === "…" ? each : `\`${each}\``)).join(", ");
  return hoverText(`(group) ${name}: List[Feature]`, `${features.length} features: ${all}.`);
}

/** A field, such as `item_id` of `clicks`. */
export function fieldHover(
  history: string,
  name: string,
  type: string,
  doc: string,
  analysis: Analysis,
): string | null {
  const declared = analysis.declarations.histories.get(history);
  const field = declared?.fields.find((each) => each.name === name);
  if (field === undefined) return null;
  return hoverText(
    `(field) ${typed(`${history}.${name}`, type)}`,
    doc,
    fieldText(history, field),
    tablesText(field.feature, analysis),
  );
}

/** The column to the right of `<->`. */
export function columnHover(history: string, column: string, doc: string, analysis: Analysis): string | null {
  const field = analysis.declarations.histories.get(history)?.fields.find((each) => each.column === column);
  if (field === undefined) return null;
  return hoverText(`(column) ${column}`, doc, fieldText(history, field), tablesText(field.feature, analysis));
}

export function historyHover(name: string, type: string, doc: string, analysis: Analysis): string | null {
  const history = analysis.declarations.histories.get(name);
  if (history === undefined) return null;
  const fields = writtenFields(history).map((field) =>
    field.feature.scope === "history" ? `\`${field.name}\`` : `\`${field.name}\` from \`${field.column}\``,
  );
  return hoverText(
    `(history) ${typed(name, type)}`,
    doc,
    `The latest ${count(history.max, "step")} of each user, the latest last. Known once per request.`,
    fields.length === 0 ? null : `Fields: ${fields.join(", ")}.`,
  );
}

function fieldText(history: string, { column, feature, name, source }: HistoryField): string {
  if (source !== null)
    return `Computed from \`${history}.${source}\` for each step, with the vocabulary, the transforms and the tables of \`${feature.name}\`.`;
  const values = `The column \`${column}\` of the data, a value for each step of \`${history}\`.`;
  if (feature.scope === "history") return values;
  const what = hasIds(feature.kind) ? "vocabulary and tables" : "transforms";
  return `${values} It shares ${what} with \`${feature.name}\`${name === feature.name ? "" : `; in \`net\` it is \`${history}.${name}\``}.`;
}

function whenKnown(feature: Feature, { declarations }: Analysis): string {
  const scopes = scopesOf(feature, declarations.features);
  return scopes.has("item") ? "Known for each candidate" : "Known once per request";
}

function columnOf(feature: Feature): string {
  const parts = partsOf(feature);
  if (parts.length > 0)
    return `Computed from ${parts.map(({ name }) => `\`${name}\``).join(" and ")}; the data has no column of it.`;
  if (feature.source !== null)
    return `Computed from the value of \`${feature.source}\`; the data has no column of it.`;
  return `The column \`${feature.name}\` of the data.`;
}

/** The declaration as written: its kind and transforms. */
function declared({ name }: Feature, { declarations }: Analysis): string | null {
  const syntax = declarations.featureSyntax.get(name);
  if (syntax === undefined) return null;
  const last = syntax.transforms.at(-1) ?? syntax.type;
  return `Kind: \`${oneLine({ ...syntax.type.span, end: last.span.end })}\``;
}

/** The tables with its vectors. */
export function tablesText(feature: Feature, { value: model, declarations }: Analysis): string | null {
  if (!hasIds(feature.kind)) return null;
  const owner = ownerOf(feature);
  const shared = owner === feature.name ? "" : ` of \`${owner}\``;
  if (model === null) {
    const embed = declarations.features.get(owner)?.embed ?? feature.embed;
    return embed === null ? null : `Table${shared}: ${embed} wide`;
  }
  const tables = [...model.tables.values()].filter((table) => table.feature === owner);
  const lines = tables.map(({ name, width, options }) => {
    const { rows, bytes, bytesPerThousandIds } = tableCost(name, model, null);
    const size =
      rows === null || bytes === null
        ? `as many rows as the training data has ids, ${thousands(bytesPerThousandIds)} bytes for 1,000`
        : `${count(rows, "row")}, ${thousands(bytes)} bytes`;
    return `Table \`${name}\`: ${width} wide, ${size}${options.frozen ? ", never changes" : ""}`;
  });
  if (lines.length > 0) return lines.join("  \n");
  return feature.embed === null ? "No table: the network does not look it up." : null;
}
