// Describes everything that encoded rows depend on except the data, so that a difference in spec or settings
// can be found and named. Pure: prepared rows and programs that read them elsewhere are compared by these
// texts.

import { preparedDiffers } from "../../diagnostics/catalog/prepared.ts";
import {
  type Diagnostic,
  diagnose,
  inText,
  type Location,
  noLocation,
} from "../../diagnostics/diagnostic.ts";
import { columnsOf } from "../../middle/metrics/registry.ts";
import { needsIds } from "../kinds/model-queries.ts";
import { hasIds, partsOf } from "../kinds/registry.ts";
import { labelTypeText } from "../labels/registry.ts";
import type { Feature, Model } from "../model/model.ts";
import type { DataConfig } from "./config.ts";
import { settledExamples } from "./event-labels.ts";
import { impressionTexts } from "./impressions.ts";
import { paddingText } from "./padding.ts";

/** Everything that rows depend on except the data: the description by its name in messages. */
export interface RowsDescription {
  readonly spec: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
}

/** The description by its name in messages, with its location. */
type LocatedTexts = ReadonlyMap<string, { readonly text: string; readonly location: Location }>;

export function describeRows(model: Model, data: DataConfig): RowsDescription {
  return { spec: describeSpec(model), settings: texts(settingTexts(model, data, noLocation)) };
}

/** Describes how a spec reads rows. */
export function describeSpec(model: Model): Record<string, string> {
  return texts(specTexts(model));
}

/** Tells whether rows read for `all` contain everything that `model` reads, in the same form. */
export function haveRowsOf(all: Model, model: Model): boolean {
  const there = describeSpec(all);
  const isReadToo = (feature: Feature) => {
    const same = all.features.get(feature.name);
    return needsIds(model, feature) || (same !== undefined && needsIds(all, same));
  };
  return Object.entries(texts(specTexts(model, isReadToo))).every(([what, text]) => there[what] === text);
}

/** Settings of `data` with their locations. */
export interface LocatedData {
  readonly data: DataConfig;
  readonly location: Location;
}

/**
 * The differences between the request and the rows in `folder`, which were made for the request `there`; a
 * null `source` leaves it out.
 */
export function requestDifference(
  folder: string,
  there: RowsDescription,
  model: Model,
  source: LocatedData | null,
): Diagnostic | null {
  const bySettings =
    source === null
      ? null
      : difference(
          folder,
          there.settings,
          settingTexts(model, source.data, source.location),
          source.location,
        );
  return difference(folder, there.spec, specTexts(model)) ?? bySettings;
}

function difference(
  folder: string,
  there: Readonly<Record<string, string>>,
  here: LocatedTexts,
  otherwise: Location = noLocation,
): Diagnostic | null {
  for (const what of new Set([...here.keys(), ...Object.keys(there)])) {
    const before = Object.hasOwn(there, what) ? there[what]! : null;
    const { text, location } = here.get(what) ?? { text: null, location: otherwise };
    if (before !== text)
      return diagnose(preparedDiffers, { folder, what, there: before, here: text }, location);
  }
  return null;
}

function texts(all: LocatedTexts): Record<string, string> {
  return Object.fromEntries([...all].map(([what, { text }]) => [what, text]));
}

function specTexts(model: Model, areIdsRead = (feature: Feature) => needsIds(model, feature)): LocatedTexts {
  const all = new Map<string, { readonly text: string; readonly location: Location }>();
  const grouped = columnsOf(model.train.metrics);
  for (const feature of model.features.values()) {
    const isRead = !hasIds(feature.kind) || areIdsRead(feature);
    const unread = isRead || partsOf(feature).length > 0 ? [] : ["not read by the network"];
    const groups = grouped.has(feature.name) ? ["metrics group by it"] : [];
    const whole = model.batchBy === feature.name ? ["batches keep its rows together"] : [];
    const text = [feature.scope, ...featureTexts(feature), ...unread, ...groups, ...whole].join(", ");
    all.set(`the feature \`${feature.name}\``, { text, location: inText(feature.span) });
  }
  for (const history of model.histories.values()) {
    all.set(`the history \`${history.name}\``, {
      text: `max ${history.max}`,
      location: inText(history.span),
    });
    for (const { name, feature, column, span } of history.fields) {
      const own = feature.scope === "history" ? featureTexts(feature) : [`of ${feature.name}`];
      const text = [`column ${column}`, ...own].join(", ");
      all.set(`\`${history.name}.${name}\``, { text, location: inText(span) });
    }
  }
  for (const { name, type, mayBeMissing, weight, span } of model.labels.values()) {
    const missing = mayBeMissing ? ["may be missing"] : [];
    const weighed = weight === null ? [] : [`weighed by ${weight.name}`];
    const text = [labelTypeText(type), ...missing, ...weighed].join(", ");
    all.set(`the label \`${name}\``, { text, location: inText(span) });
  }
  return all;
}

function featureTexts({ kind, set, missingIsUnknown, shares, source }: Feature): string[] {
  return [
    valueText("seed" in kind && kind.seed === 0 ? { ...kind, seed: null } : kind),
    ...(set === null ? [] : [`set(max: ${set.max}${set.weighted ? `, pool: ${set.pool}, weighted` : ""})`]),
    ...(missingIsUnknown ? ["missing is unknown"] : []),
    ...(shares === null ? [] : [`shares ${shares}`]),
    ...(source === null ? [] : [`from ${source}`]),
  ];
}

/**
 * `id(min_count: 2)`, `number(transforms: [log1p, clip(low: 0, high: 1)])`. Locations and file paths are left
 * out.
 */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const isSaid = (each: unknown) => each !== null && !(Array.isArray(each) && each.length === 0);
  const entries = Object.entries(value).filter(([key, each]) => !UNSAID.includes(key) && isSaid(each));
  const options = entries.filter(([key]) => key !== "kind");
  const named = options.map(([key, each]) => `${snakeCase(key)}: ${valueText(each)}`).join(", ");
  if (!("kind" in value)) return named;
  return `${snakeCase(String(value.kind))}${named === "" ? "" : `(${named})`}`;
}

const UNSAID = ["span", "file", "location"];

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function settingTexts(model: Model, data: DataConfig, location: Location): LocatedTexts {
  const { validate } = data;
  const kept = validate === null ? "none" : valueText(validate);
  const source =
    data.kind === "rows"
      ? {
          "data.separator": data.separator,
          "data.inner_separator": data.innerSeparator,
          "data.steps": data.latestFirst ? "latest_first" : "latest_last",
          ...(data.padding === undefined ? {} : { "data.padding": paddingText(data.padding) }),
          "data.validate": kept,
          ...(data.holdOut === null ? {} : { "data.hold_out": valueText(data.holdOut) }),
        }
      : {
          "data.events.user": data.events.user,
          "data.events.item": data.events.item,
          "data.events.order": data.events.order,
          "data.events.time_zone": data.events.timeZone ?? "UTC",
          "data.items.key": data.items?.key ?? "none",
          "data.users.key": data.users?.key ?? "none",
          "data.examples": valueText(settledExamples(model, data)),
          "data.separator": data.separator,
          "data.validate": kept,
        };
  const label = data.label === undefined ? {} : { "data.label": valueText(data.label) };
  const csv = data.csv === undefined ? {} : { "data.csv": valueText(data.csv) };
  const impressions = data.kind === "rows" ? data.impressions : undefined;
  const texts = impressions === undefined ? [] : Object.entries(impressionTexts(impressions));
  const joined = Object.fromEntries(texts.map(([what, text]) => [`data.impressions.${what}`, text]));
  const all = { data: data.kind, ...source, ...csv, ...label, ...joined };
  return new Map(Object.entries(all).map(([what, text]) => [`\`${what}\``, { text, location }]));
}
