// Runs a target on a trained model, with options that fit the model.

import { option, wording } from "../../common/option-text.ts";
import { UsageError } from "../../common/usage-error.ts";
import { tooManyKept } from "../../diagnostics/catalog/facing.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import type { Model } from "../../frontend/model/model.ts";
import { limits } from "../../frontend/values/limits.ts";
import { keptPairs } from "../../middle/pairs/pairs.ts";
import { isCalibration } from "../../middle/programs/calibrated.ts";
import type { CompileTarget } from "./backend.ts";
import type { EmitOptions } from "./emit-options.ts";
import type { CompiledModel, EmitContext } from "./emitted.ts";
import type { TrainedModel } from "./trained-model.ts";

/** Throws UsageError for options that do not fit the model, and DiagnosticError for pairs of too many steps. */
export async function compiledBy(
  { emit }: Pick<CompileTarget, "emit">,
  trained: TrainedModel,
  options: EmitOptions,
  context: EmitContext,
): Promise<CompiledModel> {
  for (const name of options.withoutTable ?? [])
    if (!trained.tables.has(name) || isCalibration(name, trained.model.predictions)) {
      const known = [...trained.tables.keys()]
        .filter((table) => !isCalibration(table, trained.model.predictions))
        .join(", ");
      throw new UsageError(
        wording`${option("withoutTable")}: the model has no table ${name}; it has ${known || "none"}`,
      );
    }
  const facts = pairsOfRequests(trained.model);
  if (facts !== null) throw new DiagnosticError([diagnose(tooManyKept, facts, noLocation)]);
  const { files, fast = null, compacted = null, places = null } = await emit(trained, options, context);
  if (fast?.isClose === false)
    throw new UsageError(
      wording`${option("mode", "fast")} is too coarse for this model: a golden request's logit is off by ${fast.largest.toPrecision(2)}. Leave it out`,
    );
  return { files, compacted, fast, places };
}

/** The first pairs that are too many to be kept; null if there are none. */
function pairsOfRequests(model: Model): Parameters<typeof tooManyKept.message>[0] | null {
  const found = keptPairs(lower(model)).find(({ places }) => places > limits.keptPairs);
  if (found === undefined) return null;
  return { axis: found.axis, steps: found.places, most: limits.keptPairs, isRequest: true };
}
