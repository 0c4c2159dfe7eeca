// dinc ablate: trains a model without each of its inputs in turn, and reports the loss of quality.

import { type AblateOptions, ablate as ablateModel } from "../../driver/ablate.ts";
import { Stopped } from "../../driver/events.ts";
import type { Verdict } from "../../driver/importance.ts";
import { noiseOf, noiseSentence } from "../../driver/seed-noise.ts";
import { thousands } from "../../driver/text-table.ts";
import { differencesText } from "../differences-text.ts";
import { exitCodes } from "../exit-codes.ts";
import type { FromCommandOptions } from "../from-options.ts";
import { UNMEASURED, WITHIN } from "../noise-text.ts";
import { configAt, modelOptions, specAt } from "../spec-options.ts";
import { StopOnSignal } from "../stop-on-signal.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";
import type { TrainCommandOptions } from "./train.ts";

export interface AblateCommandOptions
  extends Omit<TrainCommandOptions, OfOneTraining | keyof FromCommandOptions>,
    Pick<AblateOptions, "metric" | "resamples" | "noise"> {
  readonly out: string;
  readonly only: readonly string[];
  readonly format: "pretty" | "json";
}

type OfOneTraining = "out" | "resume" | "linear" | "tensorboard" | "mlflow" | "explain" | "format" | "state";

const notes: Readonly<Record<Verdict, string>> = {
  helps: "",
  nothing: "the difference may be chance",
  harms: "better without it",
  unknown: "",
};

export async function ablate(
  specPath: string | undefined,
  { checkpointEvery, ...options }: AblateCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const stop = new StopOnSignal(options.out, terminal);
  const watch = terminalWatch(terminal);
  try {
    const config = configAt(options.config);
    const { only } = options;
    const found = await ablateModel(specPath === undefined ? null : await specAt(specPath), {
      ...options,
      ...modelOptions(options),
      ...(config === null ? {} : { config }),
      ...{ only, checkpointSeconds: checkpointEvery, signal: stop.signal },
      onEvent: (event) => {
        // Signals stay caught while a run is written, since other trainings follow.
        if (event.kind !== "writing") stop.take(event);
        watch.onEvent(event);
      },
    });
    if (options.format === "json") {
      terminal.out(`${JSON.stringify({ version: 1, ...found }, null, 2)}\n`);
      return exitCodes.clean;
    }
    const { metric, split, rows, predictions, report, base, noise } = found;
    const words = split === "valid" ? "validation" : "test";
    terminal.out(
      predictions
        .map(({ label, parts }) => {
          const lines = parts.map(({ name, with: gone, verdict, isNoise, differences }) => ({
            name: gone.length === 0 ? name : `${name} (with ${gone.join(", ")})`,
            differences,
            note: isNoise === true ? WITHIN : notes[verdict],
          }));
          return `${label}, ${thousands(rows)} ${words} rows: the loss if the model is trained without a part\n${differencesText("without", metric, lines)}`;
        })
        .join("\n"),
    );
    const by = predictions[0]?.parts[0]?.differences.find((each) => each.metric === metric)?.interval;
    if (by != null)
      terminal.say(
        `interval: the middle 95 % of ${thousands(by.resamples)} resamples of the users (${by.by}); it does not cover the effect of another seed`,
      );
    const measured = noise === null ? null : noiseOf(noise[split === "valid" ? "valid" : "test"], metric);
    terminal.say(measured === null ? UNMEASURED : noiseSentence(noise!, metric, measured));
    if (split === "test")
      terminal.say(
        "There are no validation rows: after a choice by these rows, they can no longer measure the result.",
      );
    terminal.say(`runs: ${base} and next to it; plot: ${report}`);
    return exitCodes.clean;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    terminal.say("stopped: continue with the same command");
    return stop.code;
  } finally {
    stop.release();
  }
}
