// Reads `metrics`: what a model is measured by after each epoch.

import type { Expression, TrainSetting } from "../ast/nodes.ts";
import { missingArgument } from "../diagnostics/catalog/expressions.ts";
import {
  badSettingValue,
  duplicateMetric,
  gaucByNotUser,
  gaucByUnknown,
} from "../diagnostics/catalog/model.ts";
import { hasRawIds, partsOf, withoutIds } from "../kinds/registry.ts";
import { withoutElement, written } from "./constants.ts";
import type { GaucWeighting, Metric, TrainSettings } from "./model.ts";
import { at, didYouMean } from "./reporter.ts";
import { type Choice, SettingReader } from "./train-values.ts";

const WEIGHTINGS: readonly GaucWeighting[] = ["impressions", "clicks", "none"];

export class MetricsReader extends SettingReader {
  metrics(setting: TrainSetting): Partial<TrainSettings> {
    const metrics: Metric[] = [];
    const seen = new Map<string, Expression>();
    for (const value of setting.values) {
      const choice = this.choice("metric", value, ["auc", "gauc", "log_loss"]);
      if (choice === null) continue;
      const name = choice.name.name;
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        this.reporter.report(duplicateMetric, { name }, value.span, {
          related: [at(earlier.span, "listed here already")],
          help: "remove one of them",
          fixes: withoutElement(value.span),
        });
        continue;
      }
      seen.set(name, value);
      const metric = this.metric(choice);
      if (metric !== null) metrics.push(metric);
    }
    if (setting.values.length > 0) return { metrics };
    this.reporter.report(
      badSettingValue,
      { name: "metrics", expected: "a list like `auc, log_loss`", got: "nothing" },
      setting.span,
    );
    return {};
  }

  private metric(choice: Choice): Metric | null {
    const name = choice.name.name;
    if (name !== "gauc") {
      if (this.arguments(choice, []) === null) return null;
      return name === "auc" ? { kind: "auc" } : { kind: "log_loss" };
    }
    const given = this.arguments(choice, ["by", "weight"]);
    if (given === null) return null;
    const by = given.get("by");
    if (by === undefined) {
      this.reporter.report(missingArgument, { callee: "gauc", parameter: "by" }, choice.value.span, {
        help: "name the feature that identifies the user: `gauc(by: user_id)`",
      });
      return null;
    }
    const group = this.group(by);
    const weight = this.weighting(given.get("weight"));
    return group === null || weight === null ? null : { kind: "gauc", by: group, weight };
  }

  private group(by: Expression): string | null {
    if (by.kind !== "name") {
      this.reporter.report(
        badSettingValue,
        { name: "by", expected: "the name of a feature", got: written(by) },
        by.span,
      );
      return null;
    }
    const { features, broken } = this.declarations;
    const feature = features.get(by.name);
    const users = [...features.values()].filter((each) => each.scope === "user" && hasRawIds(each.kind));
    const names = users.map((each) => each.name);
    const known =
      names.length === 0 ? "declare a user feature with ids" : `user features with ids: ${names.join(", ")}`;
    if (feature === undefined) {
      this.reporter.report(gaucByUnknown, { name: by.name }, by.span, didYouMean(by, names, known));
      return null;
    }
    if (broken.has(by.name)) return null;
    if (feature.scope === "user" && hasRawIds(feature.kind)) return feature.name;
    const what = partsOf(feature).length > 0 ? "a cross" : withoutIds(feature.kind);
    const scope =
      feature.scope === "user" ? what : `a${feature.scope === "item" ? "n item" : " context"} feature`;
    this.reporter.report(gaucByNotUser, { name: by.name, scope }, by.span, {
      related: [at(feature.span, "declared here")],
      help: known,
    });
    return null;
  }

  private weighting(value: Expression | undefined): GaucWeighting | null {
    if (value === undefined) return "impressions";
    const name = value.kind === "name" ? value.name : value.kind === "string" ? value.value : null;
    const found = WEIGHTINGS.find((weighting) => weighting === name);
    if (found !== undefined) return found;
    this.reporter.report(
      badSettingValue,
      { name: "weight", expected: "impressions, clicks or none", got: written(value) },
      value.span,
    );
    return null;
  }
}
