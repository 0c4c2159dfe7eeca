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
    ["part", "", "status", ""],
    ...tables.map((table) => ["table", called(table), tableState(table), tableText(table)]),
    ...weights.map((layer) => ["layer", called(layer), shown(layer.becomes), layerText(layer)]),
    ...transforms.map(({ feature, becomes }) => [
      "transform",
      feature,
      shown(becomes),
      becomes === "kept" ? "numbers are transformed as before" : "fitted on the new rows",
    ]),
    [
      "optimizer",
      optimizer.name,
      shown(optimizer.becomes),
      why ?? `its state, and its count of ${thousands(steps)} steps`,
    ],
    ...averageLines(average),
    ["schedule", "", "new", "the learning rate follows the steps of this training"],
    [
      "module",
      "",
      serving.servesOn ? "kept" : "new",
      serving.servesOn
        ? "a module in service can take the new weights (--weights-only)"
        : serving.why.join(", and "),
    ],
    ...left.map((name) => ["not taken", name, "", ""]),
  ];
  const note = sameNetwork
    ? ""
    : "The network has changed. Layers are matched by their names and shapes, so inputs that were swapped within a layer would go unnoticed.\n";
  return `what the training keeps of ${run}\n${alignedLines(rows, new Set(), "  ")}${note}`;
}

/** A run may have averages of its weights; a training that begins to average starts from the weights. */
function averageLines({ before, now }: Continuation["average"]): string[][] {
  if (before === null && now === null) return [];
  const weights =
    before === null ? "the weights above" : `the weights above, which are averages (ema(${before}))`;
  return [
    now === null
      ? ["average", "", "none", `this training begins with ${weights}`]
      : ["average", `ema(${now})`, "new", `over the steps of this training, which begins with ${weights}`],
  ];
}

/** The word for users: `anew` of the files is `reset`. */
function shown(becomes: string): string {
  return becomes === "anew" ? "reset" : becomes;
}

function called({ name, was }: { readonly name: string; readonly was: string | null }): string {
  return was === null ? name : `${name} (was ${was})`;
}

function tableState({ becomes, gone }: ContinuedTable): string {
  return becomes !== "anew" && gone > 0 ? `${becomes}, evicted` : shown(becomes);
}

/** `1,200 ids keep their rows, 57 are new, 12 are evicted, and 300 have other row numbers` */
function tableText({ becomes, kept, added, gone, moved, why }: ContinuedTable): string {
  if (becomes === "anew") return `${why}; ${ids(added)} new`;
  const parts = [
    `${ids(kept)} kept`,
    ...(added === 0 ? [] : [`${thousands(added)} new`]),
    ...(gone === 0 ? [] : [`${thousands(gone)} evicted`]),
    ...(moved === 0 ? [] : [`${thousands(moved)} of the kept ones move to other rows, with their vectors`]),
  ];
  return parts.join(", ");
}

function ids(count: number): string {
  return count === 1 ? "1 id" : `${thousands(count)} ids`;
}

function layerText({ shapes, hasStatistics, why }: ContinuedWeights): string {
  return why ?? `${shapes}${hasStatistics ? ", with its statistics" : ""}`;
}
