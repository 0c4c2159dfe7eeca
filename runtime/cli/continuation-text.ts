// The table of `dinc train --from RUN --explain`: a line for each table, each layer, each transform and the
// optimizer, with what the training keeps of it.

import type {
  Continuation,
  ContinuedTable,
  ContinuedWeights,
} from "../../compiler/train/from/continuation.ts";
import type { ExplainedContinuation } from "../driver/explain-from.ts";
import { alignedLines, thousands } from "../driver/text-table.ts";

export function continuationText(run: string, continuation: ExplainedContinuation): string {
  const { tables, weights, transforms, optimizer, average, left, sameNetwork, serving } = continuation;
  const { steps, why } = optimizer;
  const rows = [
    ["of", "", "becomes", ""],
    ...tables.map((table) => ["table", called(table), tableState(table), tableText(table)]),
    ...weights.map((layer) => ["layer", called(layer), layer.becomes, layerText(layer)]),
    ...transforms.map(({ feature, becomes }) => [
      "transform",
      feature,
      becomes,
      becomes === "kept" ? "numbers are transformed as before" : "fitted on the new rows",
    ]),
    [
      "optimizer",
      optimizer.name,
      optimizer.becomes,
      why ?? `its state, and its count of ${thousands(steps)} steps`,
    ],
    ...averageLines(average),
    ["schedule", "", "anew", "the learning rate goes by the steps of this training"],
    [
      "module",
      "",
      serving.servesOn ? "kept" : "anew",
      serving.servesOn
        ? "one that is served takes the new weights (--weights-only)"
        : serving.why.join(", and "),
    ],
    ...left.map((name) => ["not taken", name, "", ""]),
  ];
  const note = sameNetwork
    ? ""
    : "The network is another one. Layers are taken by their names and shapes: inputs that changed places within a layer would not show.\n";
  return `what becomes of ${run}\n${alignedLines(rows, new Set(), "  ")}${note}`;
}

/** A run may have averages of its weights; a training that begins to average starts from the weights. */
function averageLines({ before, now }: Continuation["average"]): string[][] {
  if (before === null && now === null) return [];
  const weights =
    before === null ? "the weights above" : `the weights above, which are averages (ema(${before}))`;
  return [
    now === null
      ? ["average", "", "gone", `this training has none; it begins with ${weights}`]
      : ["average", `ema(${now})`, "anew", `over the steps of this training, which begins with ${weights}`],
  ];
}

function called({ name, was }: { readonly name: string; readonly was: string | null }): string {
  return was === null ? name : `${name} (was ${was})`;
}

function tableState({ becomes, gone }: ContinuedTable): string {
  return becomes !== "anew" && gone > 0 ? `${becomes}, evicted` : becomes;
}

/** `1,200 ids keep their rows, 57 are new, 12 are gone, so that 300 have other row numbers` */
function tableText({ becomes, kept, added, gone, moved, why }: ContinuedTable): string {
  if (becomes === "anew") return `${why}; ${ids(added)} new`;
  const parts = [
    `${ids(kept)} kept`,
    ...(added === 0 ? [] : [`${thousands(added)} new`]),
    ...(gone === 0 ? [] : [`${thousands(gone)} gone`]),
    ...(moved === 0 ? [] : [`${thousands(moved)} of the kept ones move to other rows, with their ids`]),
  ];
  return parts.join(", ");
}

function ids(count: number): string {
  return count === 1 ? "1 id" : `${thousands(count)} ids`;
}

function layerText({ shapes, hasStatistics, why }: ContinuedWeights): string {
  return why ?? `${shapes}${hasStatistics ? ", with its statistics" : ""}`;
}
