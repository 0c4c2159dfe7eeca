// Checks the weights of a package's training against the model: every table that it reads and every parameter
// must exist under its name, in its shape, with finite values, and nothing else may.

import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { type HostTable, tableOf } from "../../compiler/train/tables.ts";
import { TABLE_PREFIX } from "./run-folder.ts";
import type { Tensor } from "./safetensors-bytes.ts";
import { type TrainedFolder, trainedFiles, weightsMismatch } from "./trained-folder.ts";

export interface TrainedWeights {
  readonly tables: ReadonlyMap<string, HostTable>;
  /** Weights and statistics, without the optimizer's state. */
  readonly parameters: ParameterValues;
}

/** Throws DiagnosticError for the first one that does not fit. */
export async function trainedWeights(
  trained: TrainedFolder,
  model: Model,
  { step, tables: read }: TrainingProgram,
  fitted: Fitted,
): Promise<TrainedWeights> {
  const tensors = new Map(await trained.weights());
  const path = trained.path(trainedFiles.weights);
  const take = (name: string, dims: readonly number[]): Float32Array => {
    const found = tensors.get(name);
    if (found === undefined) throw weightsMismatch(path, `lacks "${name}" of shape [${dims.join(", ")}]`);
    const reason = misfit(name, found, dims);
    if (reason !== null) throw weightsMismatch(path, reason);
    tensors.delete(name);
    return found.values;
  };
  // A spec may declare tables that its network never reads, which are not trained.
  const trainedTables = tablesOf(model, fitted).filter(({ name }) => read.includes(name));
  const tables = new Map(
    trainedTables.map((spec) => [
      spec.name,
      tableOf(spec, take(`${TABLE_PREFIX}${spec.name}`, [spec.rows, spec.width])),
    ]),
  );
  const kept = [...step.parameters.values()].filter(({ role }) => role !== "slot");
  const parameters = new Map(kept.map(({ name, dims }) => [name, take(name, dims)]));
  const [other] = tensors.keys();
  if (other !== undefined) throw weightsMismatch(path, `has "${shortened(other)}", which the model has not`);
  return { tables, parameters };
}

function misfit(name: string, { dims: found, values }: Tensor, dims: readonly number[]): string | null {
  if (found.join() !== dims.join())
    return `has "${name}" in shape [${found.join(", ")}] instead of [${dims.join(", ")}]`;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return null;
  const width = dims.at(-1) ?? 1;
  return `has ${values[at]} in row ${Math.floor(at / width)}, column ${at % width} of "${name}"`;
}

/** A name may have a hundred million characters. */
function shortened(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 60)}…`;
}
