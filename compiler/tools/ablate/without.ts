// Derives a model without one of its parts: the edits that remove the part from the text, with everything
// that has no meaning without it. A removal that is impossible is refused with its reason.

import { appendTo } from "../../common/maps.ts";
import { type Span, sourceFile, textOf } from "../../common/source-file.ts";
import { inputsOf } from "../../data/graph-inputs.ts";
import { type NetworkInput, partName, partsRead } from "../../data/permuted.ts";
import { type Edit, withEdits } from "../../diagnostics/apply-fixes.ts";
import { type Fix, hasErrors } from "../../diagnostics/diagnostic.ts";
import { check } from "../../frontend/check/check.ts";
import { lower } from "../../frontend/check/lower.ts";
import { groupingFeatures } from "../../frontend/kinds/model-queries.ts";
import { partsOf } from "../../frontend/kinds/registry.ts";
import type { Feature, Model } from "../../frontend/model/model.ts";
import {
  type Binding,
  type FeatureDeclaration,
  type FeaturesItem,
  isLocal,
  namesOf,
  type OwnField,
  type Spec,
} from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import { referencesOfItem } from "../../frontend/syntax/references.ts";
import { predictionProgram } from "../../middle/programs/step.ts";
import { declarationTexts, specText } from "../fmt/flatten.ts";
import { without } from "./expressions.ts";

/** A part that a network reads, and the model without it. */
export interface Ablation {
  /** Such as `price`, `clicks` or `clicks.dwell`. */
  readonly name: string;
  readonly kind: NetworkInput["kind"];
  /** Removed with it: other parts, and `let`s that become empty. */
  readonly with: readonly string[];
  readonly model: Model;
}

export interface RefusedAblation {
  readonly name: string;
  readonly kind: NetworkInput["kind"];
  /** Why the part cannot be removed, as a clause: `the prediction reads nothing else`. */
  readonly reason: string;
}

/**
 * All parts that a model's network reads. If two ablations give the same model, only the first is returned;
 * it names the other part.
 */
export function ablations(model: Model): (Ablation | RefusedAblation)[] {
  const texts = new Set<string>();
  return partsOfModel(model)
    .map((part) => ablation(model, part))
    .filter((each) => {
      if ("reason" in each) return true;
      const isNew = !texts.has(each.model.file.text);
      texts.add(each.model.file.text);
      return isNew;
    });
}

export function partsOfModel(model: Model): NetworkInput[] {
  return partsRead(model, inputsOf(predictionProgram(lower(model), model)));
}

/**
 * The model without a part. If that model has a mistake, everything that a binding ties to the part is
 * removed as well.
 */
export function ablation(model: Model, part: NetworkInput): Ablation | RefusedAblation {
  const [name, kind] = [partName(part), part.kind];
  const found = removed(model, part, false);
  return "reason" in found ? { name, kind, ...found } : { name, kind, with: found.with, model: found.model };
}

/**
 * The edits that remove a part from a model's text, and its declaration if nothing else needs it; null if
 * there are none.
 */
export function removalFix(model: Model, part: NetworkInput): Fix | null {
  const found = removed(model, part, true);
  if ("reason" in found) return null;
  const others = found.with.length === 0 ? "" : `, and with it ${found.with.join(", ")}`;
  return { title: `take \`${partName(part)}\` out${others}`, edits: found.edits, isGuess: true };
}

interface Removed {
  readonly model: Model;
  readonly edits: readonly Edit[];
  readonly with: readonly string[];
}

function removed(
  model: Model,
  part: NetworkInput,
  declarations: boolean,
): Removed | { readonly reason: string } {
  const alone = attempt(model, [part], declarations);
  const others = "reason" in alone ? boundTo(model, part) : [];
  if (others.length === 0) return alone;
  const together = attempt(model, [part, ...others], declarations);
  return "reason" in together ? alone : together;
}

function attempt(
  model: Model,
  parts: readonly NetworkInput[],
  declarations: boolean,
): Removed | { readonly reason: string } {
  const removal = removalOf(model, parts, declarations);
  if ("reason" in removal) return removal;
  const { spec, edits, gone } = removal;
  const { value, diagnostics } = check(sourceFile(model.file.path, withEdits(spec.file, edits)));
  if (value !== null) return { model: value, edits, with: [...parts.slice(1).map(partName), ...gone] };
  const first = diagnostics.find((diagnostic) => hasErrors([diagnostic]));
  return { reason: first === undefined ? "no model is left" : `${first.message} (${first.code})` };
}

/** The parts with the same ids: for a bound feature the fields of histories, and the reverse. */
function boundTo(model: Model, part: NetworkInput): NetworkInput[] {
  const all = partsOfModel(model);
  const featureOf = (each: NetworkInput) =>
    each.kind === "field"
      ? model.histories.get(each.history)!.fields.find(({ name }) => name === each.name)!.feature.name
      : each.name;
  if (part.kind === "history") return [];
  return all.filter(
    (each) => each.kind !== part.kind && each.kind !== "history" && featureOf(each) === featureOf(part),
  );
}

interface Removal {
  /** The spec of the model's whole text. */
  readonly spec: Spec;
  readonly edits: readonly Edit[];
  /** Names of crosses and of other features computed from the parts, and of `let`s that become empty. */
  readonly gone: readonly string[];
}

/**
 * With `declarations`, unneeded declarations are removed too; otherwise rows are read and prepared as before.
 */
function removalOf(
  model: Model,
  parts: readonly NetworkInput[],
  declarations: boolean,
): Removal | { readonly reason: string } {
  // If a model is one text, the spans refer to that text.
  const { value: spec } = parse(
    model.assembly === null ? model.file : sourceFile(model.file.path, specText(model)),
  );
  const gone = new Set(parts.filter(({ kind }) => kind !== "field").map(({ name }) => name));
  const fields = new Set(parts.filter(({ kind }) => kind === "field").map(partName));
  const read = new Set(spec.items.flatMap(referencesOfItem).map(({ name }) => name));
  const others: string[] = [];
  for (const feature of model.features.values())
    if (isMadeOf(feature, gone) && !gone.has(feature.name)) {
      gone.add(feature.name);
      if (read.has(feature.name)) others.push(feature.name);
    }
  for (const { name, features } of model.groups.values())
    if (features.every((each) => gone.has(each))) gone.add(name);
  const lists = scopeLists(model, spec);
  const edits: Edit[] = [];
  for (const item of spec.items) {
    if (item.kind === "history") {
      const removed = item.fields.filter((field) => fields.has(`${item.name.name}.${fieldName(field)}`));
      if (removed.length > 0 && removed.length === item.fields.length)
        return { reason: `the history ${item.name.name} has no other field` };
      for (const field of removed) edits.push(line(field.span));
    }
    if (item.kind !== "net") continue;
    for (const statement of item.statements) {
      const rest = without(statement.value, { gone, fields, lists });
      if (rest === null) {
        if (statement.kind === "predict")
          return { reason: `nothing is left of the prediction ${statement.label.name}` };
        for (const { name } of isLocal(statement) ? namesOf(statement) : []) {
          gone.add(name);
          others.push(name);
        }
        edits.push(line(statement.span));
      } else if (rest !== textOf(statement.value.span))
        edits.push({ span: statement.value.span, text: rest });
      for (const { value } of rest !== null && statement.kind === "loss" ? statement.arguments : []) {
        const weight = without(value, { gone, fields, lists }) ?? "1";
        if (weight !== textOf(value.span)) edits.push({ span: value.span, text: weight });
      }
    }
  }
  edits.push(...redeclared(model, spec, gone, declarations));
  return { spec, edits, gone: others };
}

/** Tells whether a feature is computed from one of these. */
function isMadeOf(feature: Feature, gone: ReadonlySet<string>): boolean {
  return [
    ...partsOf(feature).map(({ name }) => name),
    ...(feature.source === null ? [] : [feature.source]),
  ].some((name) => gone.has(name));
}

/** The features of the names `user`, `item` and `context`, unless something else has such a name. */
function scopeLists({ features, groups }: Model, spec: Spec): ReadonlyMap<string, readonly string[]> {
  const lets = new Set(
    spec.items.flatMap((item) =>
      item.kind === "net"
        ? item.statements.flatMap((each) => (isLocal(each) ? namesOf(each).map(({ name }) => name) : []))
        : [],
    ),
  );
  const lists = new Map<string, string[]>();
  for (const { name, scope } of features.values()) appendTo(lists, scope, name);
  for (const name of [...features.keys(), ...groups.keys(), ...lets]) lists.delete(name);
  return lists;
}

/**
 * Removes features from their group. With `declarations` it removes their declarations too, if no binding,
 * share or metric needs them.
 */
function redeclared(model: Model, spec: Spec, gone: ReadonlySet<string>, declarations: boolean): Edit[] {
  const needed = groupingFeatures(model);
  for (const { fields } of model.histories.values())
    for (const { feature } of fields) needed.add(feature.name);
  for (const { shares, source } of model.features.values())
    for (const other of [shares, source]) if (other !== null) needed.add(other);
  const isFree = ({ name }: FeatureDeclaration) =>
    declarations && gone.has(name.name) && !needed.has(name.name);
  return spec.items.flatMap((item) => {
    if (item.kind === "history") return declarations && gone.has(item.name.name) ? [line(item.span)] : [];
    if (item.kind !== "features") return [];
    if (item.features.every(isFree)) return [line(item.span)];
    // An empty group is removed; nothing reads it any more.
    const isLeft = item.group === null || gone.has(item.group.name);
    const moved = isLeft ? [] : item.features.filter((each) => gone.has(each.name.name) && !isFree(each));
    const edits = withoutDeclarations(item, (each) => isFree(each) || moved.includes(each));
    if (moved.length === 0) return edits;
    const { file, end } = item.span;
    const text = `\nfeatures ${item.scope} {\n${declarationTexts(moved).join("\n")}\n}`;
    return [...edits, { span: { file, start: end, end }, text }];
  });
}

/** The remaining features of a range become ranges again. */
function withoutDeclarations(
  { features }: FeaturesItem,
  isGone: (feature: FeatureDeclaration) => boolean,
): Edit[] {
  const written = new Map<number, FeatureDeclaration[]>();
  for (const each of features) appendTo(written, each.span.start, each);
  return [...written.values()].flatMap((together) => {
    const kept = together.filter((each) => !isGone(each));
    const { span } = together[0]!;
    if (kept.length === together.length) return [];
    if (kept.length === 0) return [line(span)];
    const undocumented = kept.map((each) => ({ ...each, doc: "" }));
    return [{ span, text: declarationTexts(undocumented).join("\n") }];
  });
}

function fieldName(field: Binding | OwnField): string {
  return field.kind === "binding" ? field.target.name : field.name.name;
}

/** Removes a span, with its line if nothing else is on it. */
function line({ file, start, end }: Span): Edit {
  const { text } = file;
  let [from, to] = [start, end];
  while (from > 0 && " \t".includes(text[from - 1]!)) from -= 1;
  while (to < text.length && " \t".includes(text[to]!)) to += 1;
  const isAlone = (from === 0 || text[from - 1] === "\n") && (to === text.length || text[to] === "\n");
  return isAlone
    ? { span: { file, start: from, end: Math.min(text.length, to + 1) }, text: "" }
    : { span: { file, start, end }, text: "" };
}
