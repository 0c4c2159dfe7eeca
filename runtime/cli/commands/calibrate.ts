// dinc calibrate RUN: fits probabilities to validation rows after a training, and reports how the metrics
// change.

import { shellCommand } from "../../../compiler/common/shell.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import type { Curve } from "../../../compiler/middle/calibration/curve.ts";
import {
  type CalibratedPrediction,
  type CalibrateOptions,
  calibrate as calibrateRun,
  uncalibrate,
} from "../../driver/calibrate.ts";
import { alignedLines, thousands } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import type { RowsCommandOptions } from "../rows-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface CalibrateCommandOptions
  extends Omit<RowsCommandOptions, "split" | "uncalibrated">,
    Pick<CalibrateOptions, "method" | "by"> {
  readonly remove?: boolean;
  readonly format: "pretty" | "json";
}

export async function calibrate(
  folder: string,
  options: CalibrateCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.remove === true) {
    if ([options.data, options.config, options.rows, options.by].some((given) => given !== undefined))
      throw new UsageError("--remove fits nothing, so it takes neither rows nor --by");
    const had = await uncalibrate(folder);
    terminal.say(had ? `${folder} is as it was after training` : `${folder} has no calibration`);
    return exitCodes.clean;
  }
  const { predictions, ...calibrated } = await calibrateRun(folder, {
    ...options,
    ...terminalWatch(terminal),
  });
  if (options.format === "json") {
    terminal.out(`${JSON.stringify({ version: 1, ...calibrated, predictions }, null, 2)}\n`);
    return exitCodes.clean;
  }
  const { rows, path, method, by, report } = calibrated;
  terminal.out(
    predictions.map((prediction) => predictionText(prediction, { rows, path, method, by })).join("\n"),
  );
  terminal.say(
    `${folder} is calibrated: eval, predict and compile give calibrated probabilities from now on.`,
  );
  terminal.say(
    `Reliability diagrams: ${report}. Back to the training's own: \`${shellCommand`dinc calibrate ${folder} --remove`}\`.`,
  );
  return exitCodes.clean;
}

function predictionText(
  { label, curve, segments, values, before, after, expected }: CalibratedPrediction,
  {
    rows,
    path,
    method,
    by,
  }: { readonly rows: number; readonly path: string; readonly method: string; readonly by: string | null },
): string {
  const lines = (
    [
      ["before", before],
      ["after", after],
      ["expected of new rows", expected],
    ] as const
  ).map(([name, { logLoss, ne, ratio, ece }]) => [
    name,
    ...[logLoss, ne, ratio, ece].map((value) => (Number.isNaN(value) ? "–" : value.toFixed(5))),
  ]);
  const head = ["", "log loss", "NE", "predicted/observed", "ECE"];
  const own =
    by === null
      ? ""
      : `, ${thousands(segments.length)} of ${thousands(values)} values of ${by} have their own`;
  return `${label}, ${thousands(rows)} rows (${path}): ${method}, ${curveText(curve)}${own}
${alignedLines([head, ...lines], new Set([1, 2, 3, 4]), "  ")}`;
}

/** `0.91 · logit − 0.2`, `a curve through 23 points` */
function curveText(curve: Curve): string {
  if (curve.kind === "knots") return `a curve through ${curve.x.length} points`;
  const { slope, shift } = curve;
  return `${slope.toFixed(4)} · logit ${shift < 0 ? "−" : "+"} ${Math.abs(shift).toFixed(4)}`;
}
