// Options that several commands share, and what their values have to be.

import { type Command, InvalidArgumentError, Option } from "commander";
import { engines, replacementOf, targets } from "../../compiler/backends/choices.ts";
import { type EmitOptionName, emitOptions } from "../../compiler/backends/contract/emit-options.ts";
import { PERIODS } from "../../compiler/common/calendar.ts";
import { badRowPolicies } from "../../compiler/frontend/config/choices.ts";
import { decimalSigns, encodings } from "../../compiler/frontend/config/csv-format.ts";
import { wideVectorsChoices } from "../engines/options.ts";

export function paramOption(): Option {
  return new Option("--param <name=value>", "set a param of the spec; repeatable")
    .argParser<string[]>((value, previous) => collect(value, previous ?? []))
    .default([], "none");
}

export function variantOption(): Option {
  return new Option("--variant <name>", "use this variant of the model");
}

export function backendOption(): Option {
  const choices = ["auto", ...engines.map(({ name }) => name)];
  return new Option("--backend <backend>", "the back end; auto chooses the faster one for the model")
    .choices(choices)
    .default("auto")
    .argParser((name) => {
      if (choices.includes(name) || replacementOf(name) !== null) return name;
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
    });
}

export function threadsOption(): Option {
  return new Option(
    "--threads <n>",
    "threads that compute a step with --backend wasm; results are the same for any number (default: as many as make it faster)",
  ).argParser(positiveWholeNumber);
}

export function wideVectorsOption(): Option {
  return new Option(
    "--wide-vectors [when]",
    "compute with V8's experimental vectors of 256 bits with --backend wasm (Node 24 and later, x64), as long as batches that are computed with and without them have the same bits. auto, where nothing is said: if they are faster; on: from the first step",
  )
    .choices(wideVectorsChoices)
    .default("off")
    .preset("auto");
}

/** How a training is set and run, of commands that train once or often. */
export function trainingOptions(target: Command, seed = "seed of everything random"): Command {
  return target
    .option("--set <path=value>", "override a value of dinc.yaml or of train { … }; repeatable", collect, [])
    .addOption(paramOption())
    .addOption(variantOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(wideVectorsOption())
    .option("--seed <n>", seed, wholeNumber)
    .option("--limit <rows>", "use the first rows of each split only", positiveWholeNumber)
    .addOption(badRowOption("`data.on_bad_row` of dinc.yaml, or fail"));
}

export function checkpointOption(): Option {
  return new Option(
    "--checkpoint-every <seconds>",
    "how often to write a checkpoint, besides after each epoch",
  )
    .argParser(positiveNumber)
    .default(60);
}

/** For people, or for programs. */
export function formatOption(doc = "how to print"): Option {
  return new Option("--format <format>", doc).choices(["pretty", "json"]).default("pretty");
}

/** What only some targets take, with their names. */
export function emitOptionsOf(): Option[] {
  return Object.entries(emitOptions).map(([name, { flag, doc, choices }]) => {
    const takers = targets.filter(({ takes }) => takes.includes(name as EmitOptionName));
    const option = new Option(flag, `${takers.map((target) => target.name).join(", ")}: ${doc}`);
    switch (choices) {
      case "names":
        return option.argParser<string[]>((value, previous) => collect(value, previous ?? []));
      case "number":
        return option.argParser(wholeNumber);
      default:
        return option.choices([...choices]);
    }
  });
}

/** How CSVs of --data are written. */
export function csvOptions(target: Command, otherwise: string): Command {
  return target
    .option("--delimiter <signs>", `between the values of a line of a CSV (default: ${otherwise})`)
    .addOption(
      new Option("--decimal <sign>", `of numbers in a CSV (default: ${otherwise})`).choices(
        Object.keys(decimalSigns),
      ),
    )
    .addOption(
      new Option("--encoding <name>", `of a CSV (default: ${otherwise})`).choices(Object.keys(encodings)),
    );
}

export function badRowOption(otherwise: string): Option {
  return new Option(
    "--on-bad-row <policy>",
    `rows that cannot be read: fail at once, skip them and report how many, or count them in every file and then fail (default: ${otherwise})`,
  ).choices(Object.keys(badRowPolicies));
}

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === "")
    throw new InvalidArgumentError("Expected a whole number.");
  return value;
}

export function positiveWholeNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("Expected at least 1.");
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number greater than 0.");
  return value;
}

/** How a training goes on from a run; what rows are prepared for it, `prepare` takes of it. */
export function fromOptions(command: "train" | "prepare" = "train"): Option[] {
  const ids = [
    new Option("--from <run>", FROM[command]),
    new Option("--rename <old=new>", "--from: what the run calls otherwise; repeatable")
      .argParser<string[]>((value, previous) => collect(value, previous ?? []))
      .default([], "none"),
    new Option("--refit", "--from: fit transforms of numbers on the new rows, instead of keeping them"),
    new Option("--evict-unseen <days>", "--from: take out ids that no training met for so many days"),
    new Option("--evict-below <count>", "--from: take out ids that all trainings met less often"),
  ];
  ids[3]!.argParser(wholeNumber);
  ids[4]!.argParser(positiveWholeNumber);
  if (command === "prepare") return ids;
  return [
    ...ids,
    new Option("--new-ids <begin>", "--from: new ids begin as their `init`, or as unknown values were")
      .choices(["init", "unknown"])
      .default("init"),
    new Option("--fresh-optimizer", "--from: begin the optimizer's state and its count of steps anew"),
    new Option("--no-test-first", "--from: do not measure the old weights on the new rows before training"),
    new Option(
      "--each <period>",
      "a run for each period from data.since on that is over, each from the one before, in folders of --out",
    ).choices(PERIODS),
    new Option("--complete", "--each: the log has all rows of its last period: train that, too"),
    new Option("--explain", "--from: print what becomes of the run, and train nothing"),
    formatOption("how --explain, --each and --folds print"),
    new Option("--no-state", "leave out state.safetensors, by which a training goes on from this run"),
  ];
}

const FROM = {
  train: "go on from this run: its weights, its ids at their places, its optimizer",
  prepare: "for a training that goes on from this run: its ids at their places, new ones after them",
} as const;
