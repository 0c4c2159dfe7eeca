// Finds contradictions between a spec and dinc.yaml that are visible before data are read. `dinc train` and editors report them
// at once.

import { oneLabelOnly } from "../../diagnostics/catalog/data.ts";
import { windowBackward, windowWithoutTime } from "../../diagnostics/catalog/from.ts";
import { partOfUnknown, stopWithoutValidation } from "../../diagnostics/catalog/settings.ts";
import { labelUnclear } from "../../diagnostics/catalog/sources.ts";
import { oneItemAnEvent } from "../../diagnostics/catalog/steps.ts";
import { type Diagnostic, diagnose, inText, type Location } from "../../diagnostics/diagnostic.ts";
import type { Model } from "../model/model.ts";
import type { Config, RowsConfig, WindowConfig } from "./config.ts";
import type { LabelRule } from "./label-rule.ts";
import { isBackward } from "./moments.ts";

export function trainingProblems(
  model: Model,
  { data, locations }: Pick<Config, "data" | "locations">,
): Diagnostic[] {
  if (data === null) return [];
  const problems: Diagnostic[] = [];
  if (data.kind === "events") problems.push(...eventProblems(model));
  else problems.push(...labelProblems(model, data), ...partProblems(model, data));
  if (data.kind === "rows" && data.window !== null) problems.push(...windowProblems(data.window));
  const validated = data.validate !== null || (data.kind === "rows" && data.valid !== null);
  if (model.train.earlyStop !== null && !validated) problems.push(withoutValidation(locations.data));
  return problems;
}

/** Bounds without a column of times, and bounds that no time is between. */
export function windowProblems({ time, since, until, location }: WindowConfig): Diagnostic[] {
  if (time === null) return [diagnose(windowWithoutTime, {}, location)];
  const isNone = since !== null && until !== null && isBackward(since, until);
  return isNone ? [diagnose(windowBackward, {}, location)] : [];
}

/** What of a model cannot be made from an event log. */
export function eventProblems(model: Model): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const [, other] = [...model.labels.values()];
  if (other !== undefined) {
    const labels = [...model.labels.keys()].map((name) => `\`${name}\``).join(", ");
    problems.push(diagnose(oneLabelOnly, { labels }, inText(other.span)));
  }
  for (const { name: history, fields } of model.histories.values())
    for (const [i, { feature, column, span }] of fields.entries()) {
      const first = fields.slice(0, i).find((each) => each.feature.name === feature.name);
      if (first === undefined) continue;
      const columns = `\`${first.column}\` and \`${column}\``;
      problems.push(diagnose(oneItemAnEvent, { history, feature: feature.name, columns }, inText(span)));
    }
  return problems;
}

/** Parts of users whom a table of the network would not know. */
function partProblems(model: Model, { validate, holdOut }: RowsConfig): Diagnostic[] {
  const parts = [
    ["data.validate", validate],
    ["data.hold_out", holdOut],
  ] as const;
  return parts.flatMap(([setting, part]) => {
    if (part === null || !("by" in part)) return [];
    const { by, location } = part;
    const feature = model.features.get(by);
    const isLearned = feature !== undefined && feature.embed !== null && feature.kind.kind === "id";
    return isLearned ? [diagnose(partOfUnknown, { setting, by }, location)] : [];
  });
}

/** Whether there is the label that `data.label` is about. */
export function labelProblems(model: Model, { label }: Pick<RowsConfig, "label">): Diagnostic[] {
  if (label === undefined || ruledLabel(model, label) !== null) return [];
  return [diagnose(labelUnclear, { name: label.name, labels: [...model.labels.keys()] }, label.location)];
}

/** The label that a rule is for; null where there is none, or where it does not say which. */
export function ruledLabel({ labels }: Model, { name }: Pick<LabelRule, "name">): string | null {
  if (name !== null) return labels.has(name) ? name : null;
  const [only, ...others] = labels.keys();
  return others.length === 0 ? (only ?? null) : null;
}

export function withoutValidation(location: Location): Diagnostic {
  return diagnose(stopWithoutValidation, {}, location);
}
