// Finds contradictions between a spec and dinc.yaml before data are read. `dinc train` and editors report
// them at once.

import { suggest } from "../../../grammar/closest-word.ts";
import { windowBackward, windowWithoutTime } from "../../diagnostics/catalog/from.ts";
import {
  gapWithoutItem,
  impressionsWithoutTime,
  pastOfNoHistory,
} from "../../diagnostics/catalog/impressions.ts";
import { notOfDrawn, rowsOfNoClass } from "../../diagnostics/catalog/label-data.ts";
import { paddingOfEvents, paddingOfNoHistory } from "../../diagnostics/catalog/padding.ts";
import { requestsDivided } from "../../diagnostics/catalog/requests.ts";
import { partOfUnknown, stopWithoutValidation } from "../../diagnostics/catalog/settings.ts";
import { labelUnclear } from "../../diagnostics/catalog/sources.ts";
import { oneItemAnEvent } from "../../diagnostics/catalog/steps.ts";
import { type Diagnostic, diagnose, inText, type Location } from "../../diagnostics/diagnostic.ts";
import type { TrainSettings } from "../../middle/training/settings.ts";
import { labelTypeText } from "../labels/registry.ts";
import type { History, Model } from "../model/model.ts";
import type { AnyData, Config, EventsConfig, RowsConfig, WindowConfig } from "./config.ts";
import { isZeroWhereDrawn, labelsOfEvents } from "./event-labels.ts";
import { type Impressions, pastsOf } from "./impressions.ts";
import { ruledLabel } from "./label-rule.ts";
import { paddedHistories } from "./padding.ts";
import { isBackward } from "./time-points.ts";

export function trainingProblems(
  model: Model,
  { data, locations }: Pick<Config, "data" | "locations">,
): Diagnostic[] {
  if (data === null) return [];
  const problems: Diagnostic[] = [];
  if (data.kind === "events") problems.push(...eventProblems(model, data));
  else
    problems.push(
      ...labelProblems(model, data),
      ...partProblems(model, data),
      ...paddingProblems(model, data, locations.padding),
    );
  if (data.window !== null) problems.push(...windowProblems(data.window));
  if (data.kind === "rows" && data.impressions !== undefined)
    problems.push(...impressionProblems(model, data.impressions));
  const validated = data.validate !== null || (data.kind === "rows" && data.valid !== null);
  const comparing = comparesEpochs(model.train);
  if (comparing !== null && !validated) problems.push(withoutValidation(comparing, locations.data));
  return problems;
}

/** Reports bounds without a column of times, and bounds that leave no time between them. */
export function windowProblems({ time, since, until, location }: WindowConfig): Diagnostic[] {
  if (time === null) return [diagnose(windowWithoutTime, {}, location)];
  const isNone = since !== null && until !== null && isBackward(since, until);
  return isNone ? [diagnose(windowBackward, {}, location)] : [];
}

/** Reports parts of a model that an event log cannot provide. */
export function eventProblems(model: Model, data: Pick<EventsConfig, "examples" | "label">): Diagnostic[] {
  const problems = labelProblems(model, data);
  const { perPositive, happened } = labelsOfEvents(model, data);
  // With it as the weight, drawn items would count nothing, and the model would learn the label from events
  // alone.
  const weighing = model.labels.get(happened ?? "")?.weight?.name;
  const isTold = [...model.labels.values()].some(isZeroWhereDrawn);
  for (const label of perPositive === 0 ? [] : model.labels.values()) {
    const weighs = label.name === weighing;
    if (!weighs && (isZeroWhereDrawn(label) || (isTold && label.mayBeMissing))) continue;
    const parameters = {
      ...{ label: label.name, kind: labelTypeText(label.type), isTold: isTold && !weighs },
      weighed: weighs ? happened : null,
    };
    problems.push(diagnose(notOfDrawn, parameters, inText(label.span)));
  }
  for (const history of model.histories.values()) problems.push(...stepProblems(history));
  return problems;
}

/** An event has one value of each feature. */
function stepProblems({ name: history, fields }: History): Diagnostic[] {
  return fields.flatMap(({ feature, column, span }, i) => {
    const first = fields.slice(0, i).find((each) => each.feature.name === feature.name);
    if (first === undefined) return [];
    const columns = `\`${first.column}\` and \`${column}\``;
    return [diagnose(oneItemAnEvent, { history, feature: feature.name, columns }, inText(span))];
  });
}

/** Reports parts of a model that impressions cannot provide, and missing settings. */
export function impressionProblems(model: Model, impressions: Impressions): Diagnostic[] {
  const { time, location } = impressions;
  const names = [...model.histories.keys()];
  const pasts = pastsOf(impressions, names);
  const isLacking = time === null || pasts.some((past) => past.time === null);
  const problems = isLacking ? [diagnose(impressionsWithoutTime, {}, location)] : [];
  for (const { history, gap, item, location: named } of pasts) {
    const known = model.histories.get(history);
    if (known === undefined) {
      const parameters = { name: history, near: suggest(history, names), histories: names };
      problems.push(diagnose(pastOfNoHistory, parameters, named));
    } else problems.push(...stepProblems(known));
    if (gap !== null && item === null) problems.push(diagnose(gapWithoutItem, { history }, named));
  }
  return problems;
}

/** Reports parts that would divide requests, and parts of users that a table of the network would not know. */
function partProblems(model: Model, { validate, holdOut }: RowsConfig): Diagnostic[] {
  const parts = [
    ["data.validate", validate],
    ["data.hold_out", holdOut],
  ] as const;
  return parts.flatMap(([setting, part]) => {
    if (part !== null && "rows" in part && model.requests !== null)
      return [diagnose(requestsDivided, { setting, by: model.requests.by }, part.location)];
    if (part === null || !("by" in part)) return [];
    const { by, location } = part;
    const feature = model.features.get(by);
    const isLearned = feature !== undefined && feature.embed !== null && feature.kind.kind === "id";
    return isLearned ? [diagnose(partOfUnknown, { setting, by }, location)] : [];
  });
}

/** Reports padding for something other than a history, and for histories without padding. */
function paddingProblems(
  { histories, features }: Model,
  { padding, impressions }: RowsConfig,
  location: Location,
): Diagnostic[] {
  const names = [...histories.keys()];
  const pasts = impressions === undefined ? [] : pastsOf(impressions, names);
  const named = new Set(paddedHistories(padding));
  // Without names the setting is for all histories, and some of them may be columns of the rows.
  const isForAll = padding !== undefined && named.size === 0 && pasts.length === names.length;
  const without = pasts.filter(({ history }) => isForAll || named.has(history));
  const unknown = [...named].filter((name) => !histories.has(name));
  return [
    ...unknown.map((name) => {
      const isSet = (features.get(name)?.set ?? null) !== null;
      const parameters = { name, near: suggest(name, names), histories: names, isSet };
      return diagnose(paddingOfNoHistory, parameters, location);
    }),
    ...without.map(({ history }) => diagnose(paddingOfEvents, { history }, location)),
  ];
}

/** Checks that the label of `data.label` exists. */
export function labelProblems(model: Model, { label }: Pick<AnyData, "label">): Diagnostic[] {
  if (label === undefined) return [];
  const ruled = model.labels.get(ruledLabel(model, label) ?? "");
  if (ruled !== undefined && ruled.type.kind !== "binary") {
    const parameters = { label: ruled.name, kind: `\`${labelTypeText(ruled.type)}\`` };
    return [diagnose(rowsOfNoClass, parameters, label.location)];
  }
  if (ruled !== undefined) return [];
  return [diagnose(labelUnclear, { name: label.name, labels: [...model.labels.keys()] }, label.location)];
}

/** The setting that compares epochs by validation rows; null if none does. */
export function comparesEpochs({ earlyStop, schedule }: TrainSettings): string | null {
  if (earlyStop !== null) return "stop early";
  return schedule.kind === "plateau" ? "schedule plateau" : null;
}

export function withoutValidation(setting: string, location: Location): Diagnostic {
  return diagnose(stopWithoutValidation, { setting }, location);
}
