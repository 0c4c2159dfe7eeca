// Generates the types of requests and scores, the parts of a module that depend on the model's features.

import { comment, quoted } from "../../common/quoting.ts";
import { type Fillings, valuesText } from "../../frontend/config/padding.ts";
import { hasIds, mayBeMissing, partsOf, rawKindOf } from "../../frontend/kinds/registry.ts";
import type { Feature, History, Model } from "../../frontend/model/model.ts";
import { ownTimeOf } from "../../frontend/model/own-time.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { Plan, PlannedInput } from "../serving/plan.ts";
import type { ConstantDeclaration, InterfaceDeclaration, Property } from "./writer.ts";

/** An input of the net, and the raw value from which it is read. */
export interface BoundInput {
  readonly input: PlannedInput;
  /** Its name in requests: the feature's, or the field's of a history. */
  readonly name: string;
  /** For a set, the input with the row number of each value; else null. */
  readonly rowOf: PlannedInput | null;
  readonly feature: Feature;
  /** The history that it is a field of, or null. */
  readonly history: History | null;
}

/** Names the function of compiler/serve that makes the table's entry: `idInput`. */
export type InputKind = "id" | "number" | "vector" | "set";

const kindsOfInputs = { ids: "id", number: "number", vector: "vector" } as const;

export function inputKindOf({ feature, rowOf }: BoundInput): InputKind {
  return rowOf === null ? kindsOfInputs[rawKindOf(feature).gives] : "set";
}

/** A cross among the inputs of the net, and the inputs of its parts. */
export interface CrossInput {
  readonly input: PlannedInput;
  readonly feature: Feature;
  readonly parts: readonly PlannedInput[];
}

/** The crosses of a plan whose graph contains their parts (`withParts`). */
export function crossInputs(model: Model, plan: Plan): CrossInput[] {
  const byName = new Map(plan.inputs.map((input) => [input.name, input]));
  return [...model.features.values()].flatMap((feature) => {
    const input = byName.get(inputNames.feature(feature.name));
    const parts = partsOf(feature).map(({ name }) => byName.get(inputNames.feature(name))!);
    return input === undefined || parts.length === 0 ? [] : [{ input, feature, parts }];
  });
}

/** An input with the same value in every request: a feature known in training only. */
export interface ServedInput {
  readonly input: PlannedInput;
  readonly feature: Feature;
  /** An id, a number, or each number of a vector. */
  readonly value: number;
}

export function servedInputs(model: Model, { inputs }: Plan): ServedInput[] {
  return inputs.flatMap((input) => {
    const feature = model.features.get(input.name);
    const value = feature?.served ?? null;
    return feature === undefined || value === null ? [] : [{ input, feature, value }];
  });
}

/** The inputs of a plan that are read from a request, by the location of their values in it. */
export function bindInputs(model: Model, plan: Plan): BoundInput[] {
  const byName = new Map(plan.inputs.map((input) => [input.name, input]));
  const bound: BoundInput[] = [];
  const rowOf = (set: string) => byName.get(inputNames.rowOf(set)) ?? null;
  for (const feature of model.features.values()) {
    const input = byName.get(inputNames.feature(feature.name));
    if (input !== undefined && partsOf(feature).length === 0 && feature.served === null)
      bound.push({ input, rowOf: rowOf(input.name), name: feature.name, feature, history: null });
  }
  for (const history of model.histories.values()) {
    for (const { name, feature } of history.fields) {
      const input = byName.get(inputNames.field(history.name, name));
      if (input !== undefined) bound.push({ input, rowOf: rowOf(input.name), name, feature, history });
    }
  }
  return bound;
}

/** Histories that the net reads, through fields of their steps or only their number of steps. */
export function readHistories(
  { histories }: Model,
  counted: readonly string[],
  bound: readonly BoundInput[],
): readonly History[] {
  return [...histories.values()].filter(
    ({ name }) => counted.includes(name) || bound.some(({ history }) => history?.name === name),
  );
}

/** The constants of type `HistoryFilling`, by the index of their history among those that are read. */
export function fillingConstants(histories: readonly History[], fillings: Fillings): ConstantDeclaration[] {
  return histories.flatMap((history, i): ConstantDeclaration[] => {
    const values = fillings.get(history.name);
    if (values === undefined) return [];
    const value = fillingText(history, values);
    return [{ kind: "constant", name: `FILLING${i}`, type: "HistoryFilling", value }];
  });
}

/** A `HistoryFilling`, as an expression. */
export function fillingText({ fields }: History, values: readonly string[]): string {
  const names = fields.map(({ name }) => quoted(name)).join(", ");
  return `{ fields: [${names}], values: new Set([${values.map(quoted).join(", ")}]) }`;
}

/** The request's own time, and the times of steps, none of which may be later. */
export interface StepTimes {
  readonly now: BoundInput;
  readonly steps: readonly BoundInput[];
}

/** Null unless the net reads both. */
export function stepTimesOf(model: Model, bound: readonly BoundInput[]): StepTimes | null {
  const own = ownTimeOf(model);
  const now = bound.find(({ feature, history }) => history === null && feature === own);
  const steps = bound.filter(({ feature, history }) => history !== null && feature.kind.kind === "time");
  return now === undefined || steps.length === 0 ? null : { now, steps };
}

/**
 * The interfaces of a request. Features that the net does not use are optional. Candidates and histories are
 * lists, or `columns` too.
 */
export function requestInterfaces(
  model: Model,
  bound: readonly BoundInput[],
  histories: readonly History[],
  fillings: Fillings,
  takes: "lists" | "columns",
): InterfaceDeclaration[] {
  const used = new Set(bound.filter(({ history }) => history === null).map(({ feature }) => feature.name));
  const own = ownTimeOf(model);
  const part = (scope: Feature["scope"]) =>
    [...model.features.values()].filter(
      (feature) => feature.scope === scope && partsOf(feature).length === 0,
    );
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
            takes,
          ),
        ),
      },
    },
  ].filter(({ type }) => type.properties.length > 0);
  return [
    ...parts.map(({ type }) => type),
    record("Candidate", "An item to be scored.", "item"),
    ...(takes === "lists"
      ? []
      : [columns("CandidateColumns", "Items to be scored, a column for each feature.", ofItems)]),
    ...(usedHistories.size === 0 || takes === "lists"
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
          type: takes === "lists" ? "readonly Candidate[]" : "Candidates",
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
  const doc = [
    feature.doc,
    isOwnTime ? "The time of the request, `Date.now()`." : "",
    rawKindOf(feature).rawDoc(feature.kind),
    whenMissing(feature),
    ofSet(feature),
    used ? "" : "The net does not use it.",
  ];
  return {
    name: propertyName(feature.name),
    type: rawType(feature),
    isReadonly: true,
    isOptional: !used || mayBeAbsent(feature),
    doc: comment(doc.filter((line) => line !== "").join("\n")),
  };
}

function whenMissing({ missingIsUnknown }: Feature): string {
  return missingIsUnknown ? "A missing one counts as unknown." : "";
}

function ofSet({ set }: Feature): string {
  return set === null ? "" : `The first ${set.max} different ones count.`;
}

/** Values of a set may be missing, but not the set itself. */
function mayBeAbsent(feature: Feature): boolean {
  return feature.set === null && mayBeMissing(feature);
}

function rawType(feature: Feature): string {
  const { kind, set } = feature;
  const type = rawKindOf(feature).rawType(kind);
  const value = mayBeMissing(feature) ? `${type} | null` : type;
  if (set === null || kind.kind === "text") return value;
  return value.includes("|") ? `readonly (${value})[]` : `readonly ${value}[]`;
}

function historyProperty(
  history: History,
  bound: readonly BoundInput[],
  used: boolean,
  filling: readonly string[],
  takes: "lists" | "columns",
): Property {
  // A padding step may have no value, if the file has none.
  const mayBeEmpty = filling.includes("");
  const fields = history.fields.map(({ name, feature }) => {
    const needed = bound.some((each) => each.history === history && each.name === name);
    const mark = needed && !mayBeAbsent(feature) && !mayBeEmpty ? "" : "?";
    return `readonly ${propertyName(name)}${mark}: ${mayBeEmpty ? `${rawType(feature)} | null` : rawType(feature)}`;
  });
  // Fields of steps that candidates lack are documented only here.
  const own = history.fields.flatMap(({ name, feature }) => {
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
    type: `readonly { ${fields.join("; ")} }[]${used && takes === "columns" ? ` | HistoryColumns[${quoted(history.name)}]` : ""}`,
    isReadonly: true,
    isOptional: !used,
    doc: comment(doc.filter((line) => line !== "").join("\n")),
  };
}
