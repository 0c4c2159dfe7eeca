// What the training of a package leaves, made from a run of `dinc train` on prepared rows: its own weights
// and metrics, and golden rows scored by its own engine. So an import of it must give the run again.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { memoryRowsOf, selected } from "../../runtime/data/batches/row-source.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { fingerprint } from "../../runtime/files/fingerprint.ts";
import { preparedFiles } from "../../runtime/prepared/prepared-folder.ts";
import { PreparedFolder } from "../../runtime/prepared/read-description.ts";
import { readPreparedSplit } from "../../runtime/prepared/read-prepared.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { runFiles } from "../../runtime/run/run-folder.ts";
import { scoreRun } from "../../runtime/run/score-run.ts";
import { trainedFiles } from "../../runtime/run/trained-folder.ts";
import { channelLogits, goldenText } from "./golden-text.ts";

const GOLDEN_ROWS = 64;

/** Writes `out` from the run at `run`, which was trained on the prepared rows at `rows`. */
export async function writeTrained(out: string, run: string, rows: string): Promise<void> {
  mkdirSync(out);
  const opened = await openRun(run);
  const { manifest, spec } = opened.run;
  copyFileSync(join(run, runFiles.weights), join(out, trainedFiles.weights));
  const folder = await PreparedFolder.open(rows);
  const split = folder.description.splits.test === undefined ? "train" : "test";
  const all = await readPreparedSplit(folder, opened.model, split, { memory: 1e9 });
  const golden = selected(
    memoryRowsOf(all!),
    Int32Array.from({ length: Math.min(GOLDEN_ROWS, all!.rows) }, (_, i) => i),
  );
  const logits = await scoreRun(opened, golden, await chooseBackend("wasm"));
  writeFileSync(
    join(out, trainedFiles.golden),
    goldenText(opened.model, golden, channelLogits(opened.model, logits)),
  );
  const lines = readFileSync(join(run, runFiles.metrics), "utf8").trim().split("\n");
  const epochs = lines.map((line) => {
    const { train_loss, ...rest } = JSON.parse(line);
    const speed = { steps: 20, samples_per_second: 1234.5, curve: [train_loss + 0.01, train_loss - 0.01] };
    return `${JSON.stringify({ train_loss, ...rest, ...speed })}\n`;
  });
  writeFileSync(join(out, trainedFiles.metrics), epochs.join(""));
  await writeRecord(out, {
    version: 1,
    ...{ model: manifest.model, parent: manifest.parent, compiler: manifest.compiler },
    ...{ graphHash: manifest.graphHash, stepHash: manifest.stepHash, settings: manifest.settings },
    spec: { path: "model.din", text: spec.text },
    prepared: {
      path: resolve(rows),
      sha256: (await fingerprint(join(rows, preparedFiles.description))).hash,
    },
    given: Object.fromEntries(Object.entries(manifest.tables).map(([name, { given }]) => [name, given])),
    ...{ epoch: manifest.epoch, epochs: JSON.parse(lines.at(-1)!).epoch, steps: 40, ranks: 2 },
    ...{ ...manifest.timings, stopped: manifest.stopped },
    environment: {
      ...{ python: "3.11.7", torch: "2.14.1", torchrec: "1.9.2", fbgemm: "1.9.0" },
      ...{ platform: "linux x86_64", processor: "a processor", device: "cpu" },
    },
  });
}

/** trained.json with the files as they are now. */
export async function writeRecord(out: string, record: object): Promise<void> {
  const files: Record<string, object> = {};
  for (const name of [trainedFiles.weights, trainedFiles.metrics, trainedFiles.golden])
    files[name] = await fingerprint(join(out, name));
  writeFileSync(join(out, trainedFiles.record), JSON.stringify({ ...record, files }, null, 1));
}

export function readRecord(out: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(out, trainedFiles.record), "utf8"));
}
