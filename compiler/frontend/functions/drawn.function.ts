// Ids that a training step draws as negatives, for losses: a list that all rows of the batch share.

import { drawnOfIds, drawnPower, drawnTooMany, probabilityOfDraws } from "../../diagnostics/catalog/draws.ts";
import { ONCE } from "../../middle/graph/types.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { hasIds, ungroupedPhrase } from "../kinds/registry.ts";
import type { Feature } from "../model/model.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf, drawnDim } from "../values/dims.ts";
import { nameOf } from "../values/leading-axes.ts";
import { limits } from "../values/limits.ts";
import { ERROR, featureValue, floatValue, numberOf, tensorValue } from "../values/types.ts";
import { mixesInVain } from "./batch.function.ts";

export const drawn = defineFunction({
  name: "drawn",
  doc: [
    "`drawn(feature: Feature, n: Int, power: Float = 1.0) -> Seq[n, d]` is a list of n known ids of a feature, drawn for each training step, with",
    "replacement, by their numbers of training rows to the `power`; 0 draws all ids alike. All rows of a batch share them, so a step",
    "costs n products a row: `log_sum_exp(dot(user, drawn(item_id, 512)))`. They stay ids: `drawn(item_id, 512) == item_id`. Draws follow",
    "from the seed and the step. Only within a `loss`.",
  ].join("\n"),
  parameters: [
    { name: "feature", accepts: "feature" },
    { name: "n", accepts: "width" },
    { name: "power", accepts: "any", default: () => floatValue(1), isNamed: true },
  ],
  apply(call) {
    const { elaboration } = call;
    if (mixesInVain(call)) return ERROR;
    const { references, lift } = call.feature("feature");
    const [reference] = references;
    const { feature } = reference!;
    const is = lift === null ? unfit(feature) : "an element of a list";
    if (is !== null) {
      elaboration.report(drawnOfIds, { name: nameOf(reference!), is }, call.argument("feature").span);
      return ERROR;
    }
    const count = constantOf(call.width("n"));
    if (count !== null && count > limits.drawn) {
      elaboration.report(drawnTooMany, { count, most: limits.drawn }, call.argument("n").span);
      return ERROR;
    }
    const given = call.argument("power");
    const { type } = given.value;
    const power = numberOf(type);
    // In a block that is checked for all numbers it is unknown.
    const isNumber = type.kind === "float" || type.kind === "int";
    if (!isNumber || (power !== null && (power < 0 || power > 1))) {
      elaboration.report(drawnPower, { got: quoteExpression(given) }, given.span);
      return ERROR;
    }
    const of = call.layer().name;
    const role = { kind: "drawn", of, feature: feature.name, history: null, power: power ?? 1 } as const;
    return featureValue([{ feature, history: null, role, drawn: drawnDim(of, count ?? 1) }]);
  },
});

/** Describes a feature that no ids with vectors are drawn of; null for any other. */
function unfit(feature: Feature): string | null {
  if (!hasIds(feature.kind) || feature.set !== null) return ungroupedPhrase(feature);
  if (feature.scope === "history") return "a field of a history alone";
  return feature.embed === null ? "without `embed`" : null;
}

export const drawProbability = defineFunction({
  name: "draw_probability",
  doc: [
    "`draw_probability(x: Seq[n, d]) -> Seq[n, 1]` is for each id of `drawn(…)` the probability that a draw is this id. A score less",
    "`log(n * draw_probability(x))` makes the sum over the draws that over all ids, in the mean (Bengio & Senécal, 2008). Only within a `loss`.",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "feature" }],
  apply(call) {
    const { elaboration } = call;
    if (mixesInVain(call)) return ERROR;
    const [reference] = call.feature("x").references;
    if (reference?.role.kind !== "drawn" || reference.drawn === undefined) {
      elaboration.report(probabilityOfDraws, {}, call.argument("x").span);
      return ERROR;
    }
    const list = reference.drawn;
    const type = { rows: ONCE, dims: [constantOf(list) ?? 1, 1], dtype: "f32" } as const;
    const role = { kind: "draw_probability", of: reference.role.of } as const;
    const widthOrigin = { span: call.span, what: "a probability" };
    return tensorValue(
      { list, width: constantDim(1) },
      { node: call.emit("input", [], inputOf(role, type)), sources: new Set(["item"]), widthOrigin },
    );
  },
});
