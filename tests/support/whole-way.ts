// The whole path in one process: trains a spec on rows with the built-in back end, opens the run, compiles
// it, and compares the scores of both for every row.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { train } from "../../runtime/cli/commands/train.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { scoreRun } from "../../runtime/run/score-run.ts";
import { trainedModelOf } from "../../runtime/run/trained-model.ts";
import { readRows } from "../data/in-memory.ts";
import type { Generated, Ranker } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { type Comparison, compareRows } from "./compare-rows.ts";
import { emittedBy } from "./emitted.ts";

export interface WholeWay {
  readonly opened: OpenRun;
  /** The trained model from which the module was compiled. */
  readonly trained: TrainedModel;
  readonly logits: ReadonlyMap<string, Float32Array>;
  readonly ranker: Ranker;
  /** The text of the generated module. */
  readonly typescript: string;
  readonly comparison: Comparison;
  /** The messages of the training. */
  readonly said: readonly string[];
}

/** Scores rows with a run, and with the module compiled from it. */
export async function scoredByBoth(
  opened: OpenRun,
  data: MemoryRows,
  backend: TrainingBackend,
  module: GeneratedFiles,
): Promise<Pick<WholeWay, "logits" | "ranker" | "comparison">> {
  const logits = await scoreRun(opened, data, backend);
  const { createRanker } = await loadModule<Generated>(module.get("model.js") as string);
  const ranker = await createRanker({ weights: module.get("model.weights.bin"), verify: true });
  const comparison = compareRows(opened.model, opened.run.fitted, data, logits, ranker as never);
  return { logits, ranker, comparison };
}

/**
 * `files` are put beside the spec; rows are `train.csv`, or `train.json` where that is among them. `settings` are those of
 * `--set`.
 */
export async function wholeWay(
  spec: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: readonly string[] = [],
): Promise<WholeWay> {
  const folder = await mkdtemp(join(tmpdir(), "dinc-whole-"));
  try {
    const said: string[] = [];
    const terminal: Terminal = {
      ...{ out: () => {}, progress: () => {}, say: (line) => said.push(line) },
      ...{ color: { messages: false, data: false }, interactive: false },
    };
    await writeFile(join(folder, "model.din"), spec);
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const rows = join(folder, "train.json" in files ? "train.json" : "train.csv");
    const out = join(folder, "run");
    const set = [`data.train=${rows}`, ...settings];
    await train(join(folder, "model.din"), { out, set, backend: "wasm", checkpointEvery: 60 }, terminal);
    const opened = await openRun(out);
    const { run, model } = opened;
    const data = await readRows(model, run.fitted, rows, {
      labels: "required",
      ...run.manifest.data.lists,
    });
    const trained = await trainedModelOf(opened);
    const { files: module } = await emittedBy("ts", trained);
    const both = await scoredByBoth(opened, data, await chooseBackend("wasm"), module);
    return { ...both, opened, trained, said, typescript: module.get("model.ts") as string };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
