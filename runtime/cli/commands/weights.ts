// dinc weights diff FROM TO and dinc weights apply WEIGHTS PATCH…: make patches of weights, and apply them.

import { thousands } from "../../driver/text-table.ts";
import {
  type ApplyPatchesOptions,
  applyPatches,
  type DiffWeightsOptions,
  diffWeights,
} from "../../driver/weights.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export type WeightsDiffOptions = Required<Pick<DiffWeightsOptions, "out" | "deltas">>;

export async function weightsDiff(
  from: string,
  to: string,
  options: WeightsDiffOptions,
  terminal: Terminal,
): Promise<number> {
  const watched = { ...options, ...terminalWatch(terminal) };
  const { bytes, fileBytes, changed, deltas, ...patch } = await diffWeights(from, to, watched);
  const longest = Math.max(0, ...changed.map(({ name }) => name.length));
  for (const { name, changed: count, length } of changed)
    terminal.say(
      `  ${name.padEnd(longest)} ${thousands(count).padStart(12)} of ${thousands(length)} numbers`,
    );
  terminal.say(
    `${options.out} leads from ${runText(patch.from)} to ${runText(patch.to)}: ${thousands(bytes.length)} bytes, ${(bytes.length / fileBytes).toFixed(3)} of the file.`,
  );
  if (deltas === "16-bit")
    terminal.say(
      `Its deltas have 16 bits, so it leads near ${to}, not to its bits. Make the next patch from the patched file.`,
    );
  return exitCodes.clean;
}

export type WeightsApplyOptions = Required<Pick<ApplyPatchesOptions, "out">>;

export async function weightsApply(
  weights: string,
  patches: readonly string[],
  options: WeightsApplyOptions,
  terminal: Terminal,
): Promise<number> {
  const watched = { ...options, ...terminalWatch(terminal) };
  const { bytes, weights: now } = await applyPatches(weights, patches, watched);
  terminal.say(`${options.out} has the weights of ${runText(now)}: ${thousands(bytes.length)} bytes.`);
  return exitCodes.clean;
}

function runText({ run, hash }: { readonly run: string | null; readonly hash: string }): string {
  return `${run === null ? "no run" : `run ${run}`} (${hash.slice(0, 12)})`;
}
