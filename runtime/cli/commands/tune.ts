// dinc tune: searches for settings. It prints a line at the end of each training, and the result below these
// lines.

import type { EngineName } from "../../../compiler/backends/choices.ts";
import { inShell, shellWord } from "../../../compiler/common/shell.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import type { Search } from "../../../compiler/tune/searches.ts";
import { Stopped } from "../../driver/events.ts";
import { duration } from "../../driver/text-table.ts";
import { chosenText, foundNotes } from "../../tune/study-words.ts";
import { type TuneEvent, tune as tuneModel } from "../../tune/tune.ts";
import { exitCodes } from "../exit-codes.ts";
import { UNMEASURED } from "../noise-text.ts";
import { configAt, modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import { StopSearch } from "../stop-search.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";
import { TrialTable } from "../trial-table.ts";

export interface TuneCommandOptions extends SpecOptions {
  readonly out: string;
  readonly config?: string;
  readonly rows?: string;
  readonly set: readonly string[];
  readonly try: readonly string[];
  readonly trials?: number;
  readonly noise?: string;
  readonly minutes?: number;
  readonly metric?: string;
  readonly search: Search;
  readonly reduction: number;
  readonly parallel?: number;
  readonly seed?: number;
  readonly limit?: number;
  readonly onBadRow?: BadRowPolicy;
  readonly backend: EngineName | "auto";
  readonly threads?: number;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly format: "pretty" | "json";
}

export async function tune(
  specPath: string | undefined,
  { try: ranges, format, ...options }: TuneCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { out } = options;
  const watch = terminalWatch(terminal);
  const table = new TrialTable(terminal);
  const stop = new StopSearch(out, terminal);
  const onEvent = (event: TuneEvent): void => {
    switch (event.kind) {
      case "study":
        stop.begin();
        table.begin(event);
        return;
      case "trial":
        table.add(event);
        return;
      case "chosen":
        table.end(event.line);
        return;
      case "backend":
        return;
      default:
        watch.onEvent(event);
    }
  };
  try {
    const config = configAt(options.config);
    const spec = specPath === undefined ? null : await specAt(specPath);
    const study = await tuneModel(spec, {
      ...options,
      ...modelOptions(options),
      ...(config === null ? {} : { config }),
      tune: Object.fromEntries(ranges.map(rangeAt)),
      signal: stop.signal,
      onEvent,
    });
    const { spec: lines, arguments: given } = chosenText(study);
    if (format === "json") terminal.out(`${JSON.stringify({ version: 1, ...study }, null, 2)}\n`);
    else terminal.out(`${lines}\n`);
    for (const note of foundNotes(study)) terminal.say(note);
    if (study.noise === null) terminal.say(UNMEASURED);
    terminal.say(`run: ${study.run} (${duration(study.seconds)} in all; report: ${study.report})`);
    const train = ["dinc train", ...argumentsGiven(specPath, options), ...given, "--out my-run"];
    terminal.say(`the same again: ${train.join(" ")}`);
    return exitCodes.clean;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    terminal.say("stopped: continue with the same command and --resume");
    return stop.code;
  } finally {
    stop.release();
  }
}

/** The arguments that this command shares with `dinc train`. */
function argumentsGiven(
  spec: string | undefined,
  {
    config,
    rows,
    set,
    param = [],
    variant,
    seed,
    limit,
    backend,
  }: Omit<TuneCommandOptions, "try" | "format">,
): string[] {
  const one = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [`${flag} ${shellWord(String(value))}`];
  return [
    ...(spec === undefined ? [] : [inShell(spec)]),
    ...one("-c", config),
    ...one("--rows", rows),
    ...set.flatMap((each) => one("--set", each)),
    ...param.flatMap((each) => one("--param", each)),
    ...one("--variant", variant),
    ...one("--seed", seed),
    ...one("--limit", limit),
    ...(backend === "auto" ? [] : one("--backend", backend)),
  ];
}

function rangeAt(argument: string): [name: string, range: string] {
  const equals = argument.indexOf("=");
  if (equals < 1)
    throw new UsageError(`--try ${argument}: write --try "name=range", like --try "rate=log(1e-4..1e-2)"`);
  return [argument.slice(0, equals).trim(), argument.slice(equals + 1)];
}
