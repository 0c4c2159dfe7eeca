// The model of a spec and dinc.yaml together, before any data are read, so `compile` loads no code that reads
// data.

import { option, type Wording } from "../../compiler/common/option-text.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { noEpochs } from "../../compiler/diagnostics/catalog/from.ts";
import { withoutSpec } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Config } from "../../compiler/frontend/config/config.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { overridesOf } from "../../compiler/frontend/modules/params.ts";
import { withLearningRate } from "../../compiler/middle/training/optimizers/registry.ts";
import { tellDiagnostics, type Watch } from "./events.ts";
import { readConfig } from "./read-config.ts";
import { type ModelOptions, type ModelSource, modelOf, readSpec, withSeed } from "./read-spec.ts";

interface ConfiguredModelOptions extends ModelOptions, Watch {
  /** The run that a training continues from. */
  readonly from?: unknown;
  readonly config?: string | SourceFile;
  readonly set?: readonly string[];
  readonly seed?: number;
}

/**
 * A spec with its settings: its params, its variant, and the overrides of its `train`. A null `source` is the
 * `spec` of the settings.
 */
export async function readConfiguredModel(
  source: ModelSource | null,
  options: ConfiguredModelOptions,
  readsData: boolean,
): Promise<{ readonly model: Model; readonly config: Config; readonly path: Wording }> {
  const { config: given = null, set = [], params = [], variant } = options;
  const config = await readConfig(given, set, {
    warn: (warnings) => tellDiagnostics(warnings, options),
    readsData,
  });
  const path = config.file?.path ?? option("set");
  const spec = source ?? config.spec;
  if (spec === null) throw new DiagnosticError([diagnose(withoutSpec, { path }, noLocation)]);
  const checked = modelOf(await readSpec(spec), {
    ...options,
    params: [...config.params, ...overridesOf(params)],
    variant: variant ?? config.variant,
  });
  const model = withOverrides(checked, config, options.seed);
  if (model.train.epochs === 0 && options.from === undefined)
    throw new DiagnosticError([diagnose(noEpochs, {}, config.locations.epochs)]);
  return { model, config, path };
}

function withOverrides(model: Model, { train: overrides }: Config, seed: number | undefined): Model {
  const { optimizer, epochs, batch } = model.train;
  const learningRate = overrides.learningRate ?? optimizer.learningRate;
  const settings = {
    ...model.train,
    epochs: overrides.epochs ?? epochs,
    batch: overrides.batch ?? batch,
    optimizer: withLearningRate(optimizer, learningRate),
  };
  return withSeed({ ...model, train: settings }, seed ?? overrides.seed ?? undefined);
}
