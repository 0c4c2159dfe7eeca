// dinc prepare: encodes the rows of a training once. The folder of prepared rows is complete or absent.

import { inShell } from "../../../compiler/common/shell.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import { planRows, sealRows } from "../../driver/plan-rows.ts";
import { prepareTo } from "../../driver/prepare-to.ts";
import { duration, textTable, thousands } from "../../driver/text-table.ts";
import type { StoredOrder } from "../../prepared/prepared-folder.ts";
import { exitCodes } from "../exit-codes.ts";
import { continueOptions, type FromCommandOptions, withoutUndefined } from "../from-options.ts";
import { configAt, modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import { StopOnSignal } from "../stop-on-signal.ts";
import type { Terminal } from "../terminal.ts";
import { gigabytes, terminalWatch } from "../terminal-watch.ts";

export interface PrepareCommandOptions extends SpecOptions, FromCommandOptions {
  readonly out: string;
  readonly shards: number;
  readonly order: StoredOrder;
  readonly force?: boolean;
  readonly config?: string;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly limit?: number;
  readonly onBadRow?: BadRowPolicy;
  readonly plan?: "spark";
  readonly seal?: boolean;
}

export async function prepare(
  specPath: string | undefined,
  { config: named, ...options }: PrepareCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, force, seed, limit, onBadRow } = options;
  const stop = new StopOnSignal(out, terminal);
  try {
    const config = configAt(named);
    const spec = specPath === undefined ? null : await specAt(specPath);
    const asked = {
      ...{ out, set: options.set, shards: options.shards, order: options.order },
      ...withoutUndefined({ force, seed, limit, onBadRow }),
      ...modelOptions(options),
      ...continueOptions(options),
      ...(config === null ? {} : { config }),
      ...terminalWatch(terminal),
    };
    if (options.plan !== undefined || options.seal) refuseReading(options);
    if (options.plan !== undefined) {
      terminal.out(await planRows(spec, out, asked));
      return exitCodes.clean;
    }
    const { splits, seconds, peakMemory } = await (options.seal ? sealRows : prepareTo)(spec, out, asked);
    const rows = splits.map(({ split, rows, shards, bytes }) => [
      split,
      thousands(rows),
      thousands(shards),
      (bytes / 1e6).toFixed(1),
    ]);
    terminal.out(textTable(["split", "rows", "files", "MB"], rows));
    terminal.say(`rows: ${out} (${duration(seconds)} and ${gigabytes(peakMemory)} of memory in all)`);
    terminal.say(
      `next: dinc train${config === null ? "" : ` -c ${inShell(config)}`} --rows ${inShell(out)} --out my-run`,
    );
    return exitCodes.clean;
  } finally {
    stop.release();
  }
}

/** Throws UsageError for options that apply only when data is read. */
function refuseReading({ limit, onBadRow, order, from }: PrepareCommandOptions): void {
  const option =
    from !== undefined
      ? "--from"
      : limit !== undefined
        ? "--limit"
        : onBadRow !== undefined
          ? "--on-bad-row"
          : order === "trained"
            ? "--order trained"
            : null;
  if (option !== null) throw new UsageError(`${option} is nothing that a plan can do`);
}
