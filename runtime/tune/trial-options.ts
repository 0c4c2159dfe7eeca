// Converts the settings of a trial to options of a training: params, settings of `train`, and a variant.

import type { EngineName } from "../../compiler/backends/choices.ts";
import { shellWord } from "../../compiler/common/shell.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { overridesOf, type ParamOverride } from "../../compiler/frontend/modules/params.ts";
import { VARIANT } from "../../compiler/frontend/modules/ranges.ts";
import type { Assignment, Space } from "../../compiler/tune/space.ts";
import type { ModelSource } from "../driver/read-spec.ts";
import type { PrepareOptions } from "../driver/training-request.ts";
import type { EngineOptions } from "../engines/options.ts";

/** The common options of all trials, as plain data for other processes. */
export interface Base extends EngineOptions, Omit<PrepareOptions, "signal" | "onEvent" | "rows"> {
  readonly source: ModelSource | null;
  /** The name of the model for trials without another variant. */
  readonly own: string;
  readonly backend?: EngineName | "auto";
}

const TRAIN = "train.";

/** Null leaves the options unchanged. */
export function optionsOf<Options extends Pick<Base, "own" | "params" | "set" | "variant">>(
  base: Options,
  assignment: Assignment | null,
): Options {
  if (assignment === null) return base;
  const params: ParamOverride[] = [...overridesOf(base.params ?? [])];
  const set = [...(base.set ?? [])];
  let variant = base.variant;
  for (const [name, text] of Object.entries(assignment)) {
    if (name === VARIANT) variant = text === base.own ? variant : { name: text, location: noLocation };
    else if (name.startsWith(TRAIN)) set.push(`${name}=${text}`);
    else params.push(...overridesOf({ [name]: text }));
  }
  return { ...base, params, set, ...(variant === undefined ? {} : { variant }) };
}

/** The model's own values of the searched settings, as they would be written. */
export function ownSettings({ name: model, params, train }: Model, space: Space): Assignment {
  const said: Readonly<Record<string, string | number>> = {
    [VARIANT]: model,
    "train.batch": train.batch,
    "train.epochs": train.epochs,
    "train.learning_rate": train.optimizer.learningRate,
  };
  return Object.fromEntries(
    [...space.keys()].map((name) => {
      const value = params.get(name) ?? said[name]!;
      return [name, typeof value === "object" ? `[${value.join(", ")}]` : String(value)];
    }),
  );
}

/** The settings as arguments of `dinc train`; `own` are the settings of the spec. */
export function argumentsOf(assignment: Assignment, own: Assignment): string[] {
  return Object.entries(assignment).flatMap(([name, text]) => {
    if (name === VARIANT) return text === own[VARIANT] ? [] : [`--variant ${shellWord(text)}`];
    return `${name.startsWith(TRAIN) ? "--set" : "--param"} ${shellWord(`${name}=${text}`)}`;
  });
}
