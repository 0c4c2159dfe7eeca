// Runs a target on a trained model, with options that fit the model.

import { option, wording } from "../../common/option-text.ts";
import { UsageError } from "../../common/usage-error.ts";
import { tooManyKept } from "../../diagnostics/catalog/facing.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import { limits } from "../../frontend/values/limits.ts";
import { type KeptPairs, keptPairs, OF_REQUESTS } from "../../middle/pairs/pairs.ts";
import { isCalibration } from "../../middle/programs/calibrated.ts";
import { rankingProgram } from "../../middle/programs/ranking.ts";
import type { CompileTarget } from "./backend.ts";
import type { EmitOptions } from "./emit-options.ts";
import type { AppendCost, CompiledModel, EmitContext } from "./emitted.ts";
import type { TrainedModel } from "./trained-model.ts";

/** Throws UsageError for options that do not fit the model, and DiagnosticError for pairs of too many steps. */
export async function compiledBy(
  target: Pick<CompileTarget, "name" | "keepsPairs" | "emit">,
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
  if (options.sessions === "append" && trained.model.histories.size === 0)
    throw new UsageError(
      wording`${option("sessions", "append")}: the model has no history to which events are added. Leave it out`,
    );
  const facts = pairsOfRequests(trained, target);
  if (facts !== null) throw new DiagnosticError([diagnose(tooManyKept, facts, noLocation)]);
  const {
    files,
    fast = null,
    compacted = null,
    appends = null,
    places = null,
    diagnostics = [],
  } = await target.emit(trained, options, { ...context, checkAppends: requireSavings });
  if (fast?.isClose === false)
    throw new UsageError(
      wording`${option("mode", "fast")} is too coarse for this model: a golden request's logit is off by ${fast.largest.toPrecision(2)}. Leave it out`,
    );
  return { files, compacted, fast, appends, places, diagnostics };
}

/** Throws UsageError if an event computes as much as a new session. */
function requireSavings(costs: readonly AppendCost[]): void {
  const costly = costs.filter((cost) => cost.costly.length > 0);
  if (costly.length > 0)
    throw new UsageError(
      wording`${option("sessions", "append")} would save nothing here: an event of ${costly.map(({ history, costly }) => `${history} changes all steps of ${costly.join("; ")}`).join(", and one of ")}. Leave it out`,
    );
}

function isLong({ places }: KeptPairs): boolean {
  return places > limits.keptPairs;
}

/** The first pairs that are too many to be kept; null if there are none. */
function pairsOfRequests(
  { model, predict }: Pick<TrainedModel, "model" | "predict">,
  { name, keepsPairs }: Pick<CompileTarget, "name" | "keepsPairs">,
): Parameters<typeof tooManyKept.message>[0] | null {
  let found = keptPairs(lower(model)).find(isLong);
  if (found !== undefined && !keepsPairs)
    found = keptPairs(rankingProgram(model, predict), OF_REQUESTS).find(
      (pairs) => isLong(pairs) && pairs.nodes.length > 0,
    );
  if (found === undefined) return null;
  return { axis: found.axis, steps: found.places, most: limits.keptPairs, target: { name, keepsPairs } };
}
