// Generates the types of requests, the parts of generated code that depend on the model's features.

import { comment, quoted } from "../../common/quoting.ts";
import { valuesText } from "../../frontend/config/padding.ts";
import { hasIds, hasRawLists, hasRawValue, mayBeMissing, rawKindOf } from "../../frontend/kinds/registry.ts";
import { type Feature, type History, type Model, rawFields } from "../../frontend/model/model.ts";
import { ownTimeOf } from "../../frontend/model/own-time.ts";
import type { BoundInput, ReadInputs } from "./read-inputs.ts";
import type { InterfaceDeclaration, Property } from "./writer.ts";

/**
 * The interfaces of a request. Features that the net does not use are optional. Candidates and histories are
 * lists; for a ranker also `columns`.
 */
export function requestInterfaces(
  model: Model,
  { bound, histories, fillings, isRanker }: ReadInputs,
): InterfaceDeclaration[] {
  const used = new Set(bound.filter(({ history }) => history === null).map(({ raw }) => raw));
  const own = ownTimeOf(model);
  const part = (scope: Feature["scope"]) =>
    [...model.features.values()].filter((feature) => feature.scope === scope && hasRawValue(feature));
  const needs = (scope: Feature["scope"]) => part(scope).some((feature) => used.has(feature.name));
  const usedHistories = new Set(histories.map(({ name }) => name));
  const record = (name: string, doc: string, scope: Feature["scope"]) => ({
    kind: "interface" as const,
    name,
    isExported: true,
    doc: doc,
    properties: part(scope).map((feature) =>
      featureProperty(feature, used.has(feature.name), feature === own),
    ),
  });
  const ofItems = bound.filter(({ history, feature }) => history === null && feature.scope === "item");
  const columns = (name: string, doc: string, inputs: readonly BoundInput[]) => ({
    kind: "interface" as const,
    name,
    isExported: true,
    doc: `${doc} Ids, and numbers after their transforms: what \`encodeCandidates\` gives.`,
    properties: columnProperties(inputs).map((property) => ({ ...property, isReadonly: true })),
  });
  // Requests have no part for which the model declares nothing.
  const parts = [
    { name: "user", required: needs("user"), type: record("User", "What is known of the user.", "user") },
    {
      name: "context",
      required: needs("context"),
      type: record("Context", "The circumstances of the request.", "context"),
    },
    {
      name: "history",
      required: usedHistories.size > 0,
      type: {
        kind: "interface" as const,
        name: "Histories",
        isExported: true,
        doc: "What the user did: steps in the order of time, the latest last.",
        properties: [...model.histories.values()].map((history) =>
          historyProperty(
            history,
            bound,
            usedHistories.has(history.name),
            fillings.get(history.name) ?? [],
            isRanker,
          ),
        ),
      },
    },
  ].filter(({ type }) => type.properties.length > 0);
  return [
    ...parts.map(({ type }) => type),
    record("Candidate", "An item to be scored.", "item"),
    ...(isRanker
      ? [columns("CandidateColumns", "Items to be scored, a column for each feature.", ofItems)]
      : []),
    ...(usedHistories.size === 0 || !isRanker
      ? []
      : [
          {
            kind: "interface" as const,
            name: "HistoryColumns",
            isExported: true,
            doc: "Histories as columns: what `encodeHistory` gives.",
            properties: histories.map((history) => ({
              name: propertyName(history.name),
              type: historyColumnsType(bound.filter((each) => each.history === history)),
              isReadonly: true,
            })),
          },
        ]),
    {
      kind: "interface" as const,
      name: "UserRequest",
      isExported: true,
      doc: "What is the same for all candidates.",
      properties: parts.map(({ name, required, type }) => ({
        name,
        type: type.name,
        isReadonly: true,
        isOptional: !required,
      })),
    },
    {
      kind: "interface" as const,
      name: "Request",
      isExported: true,
      doc: "A user and the candidates to be ranked.",
      extends: "UserRequest",
      properties: [
        {
          name: "candidates",
          type: isRanker ? "Candidates" : "readonly Candidate[]",
          isReadonly: true,
        },
      ],
    },
  ];
}

/** If no field is read, there are no columns, and `rows` has the number of steps. */
function historyColumnsType(fields: readonly BoundInput[]): string {
  if (fields.length === 0) return "Columns<object> & { readonly rows: number | Int32Array }";
  const columns = columnProperties(fields).map(({ name, type }) => `readonly ${name}: ${type}`);
  return `Columns<{ ${columns.join("; ")} }>`;
}

/** A column for each input. */
function columnProperties(inputs: readonly BoundInput[]): { readonly name: string; readonly type: string }[] {
  return inputs.map(({ name, feature: { kind, set } }) => ({
    name: propertyName(name),
    type: set !== null ? "SetColumn" : hasIds(kind) ? "Int32Array" : "Float32Array",
  }));
}

/** A property's name: a plain identifier is unchanged, any other name becomes a string. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

function featureProperty(feature: Feature, used: boolean, isOwnTime = false): Property {
  return {
    name: propertyName(feature.name),
    type: rawType(feature),
    isReadonly: true,
    isOptional: !used || mayBeAbsent(feature),
    doc: comment(featureDoc(feature, used, isOwnTime).join("\n")),
  };
}

/** Documents a feature's values in requests, in sentences. */
export function featureDoc(feature: Feature, used: boolean, isOwnTime = false): readonly string[] {
  const doc = [
    feature.doc,
    isOwnTime ? "The time of the request, `Date.now()`." : "",
    rawKindOf(feature).rawDoc(feature.kind),
    whenMissing(feature),
    ofSet(feature),
    used ? "" : "The net does not use it.",
  ];
  return doc.filter((line) => line !== "");
}

function whenMissing({ missingIsUnknown }: Feature): string {
  return missingIsUnknown ? "A missing one counts as unknown." : "";
}

function ofSet({ set, kind }: Feature): string {
  if (set === null || kind.kind === "codes") return "";
  const weights = set.pool === "mean" ? "a weight of 0 or more" : "a weight";
  return `${set.weighted ? `Each has ${weights}. ` : ""}The first ${set.max} different ones count.`;
}

/** Values of a set may be missing, but not the set itself. */
export function mayBeAbsent(feature: Feature): boolean {
  return !hasRawLists(feature) && feature.kind.kind !== "text" && mayBeMissing(feature);
}

function rawType(feature: Feature): string {
  const { kind } = feature;
  const type = rawKindOf(feature).rawType(kind);
  const value = mayBeMissing(feature) ? `${type} | null` : type;
  if (!hasRawLists(feature)) return value;
  if (feature.set?.weighted === true) return `readonly (readonly [${value}, number])[]`;
  return value.includes("|") ? `readonly (${value})[]` : `readonly ${value}[]`;
}

function historyProperty(
  history: History,
  bound: readonly BoundInput[],
  used: boolean,
  filling: readonly string[],
  isRanker: boolean,
): Property {
  // A padding step may have no value, if the file has none.
  const mayBeEmpty = filling.includes("");
  const raw = rawFields(history);
  const fields = raw.map(({ name, feature }) => {
    const needed = bound.some((each) => each.history === history && each.raw === name);
    const mark = needed && !mayBeAbsent(feature) && !mayBeEmpty ? "" : "?";
    return `readonly ${propertyName(name)}${mark}: ${mayBeEmpty ? `${rawType(feature)} | null` : rawType(feature)}`;
  });
  // Fields of steps that candidates lack are documented only here.
  const own = raw.flatMap(({ name, feature }) => {
    if (feature.scope !== "history") return [];
    const said = [feature.doc, rawKindOf(feature).rawDoc(feature.kind), whenMissing(feature), ofSet(feature)];
    return [`- ${name}: ${said.filter((line) => line !== "").join(" ")}`];
  });
  const doc = [
    history.doc,
    `The latest ${history.max} steps count.`,
    filling.length === 0 || !used
      ? ""
      : `Steps of ${valuesText(filling)} at either end fill it up, as in training, and are left out.`,
    used ? "" : "The net does not use it.",
    ...own,
  ];
  return {
    name: propertyName(history.name),
    type: `readonly { ${fields.join("; ")} }[]${used && isRanker ? ` | HistoryColumns[${quoted(history.name)}]` : ""}`,
    isReadonly: true,
    isOptional: !used,
    doc: comment(doc.filter((line) => line !== "").join("\n")),
  };
}
