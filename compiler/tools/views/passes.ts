// Shows what each pass does to a model's Graph, from the text's Graph to the kernels that a compiled module
// calls: what is computed once, split or fused, and where.

import { originsOf, stepText } from "../../backends/serving/plan.ts";
import { planFused } from "../../backends/serving/planner.ts";
import { type ChangedLine, changedLines } from "../../common/changed-lines.ts";
import type { Span } from "../../common/source-file.ts";
import { lower } from "../../frontend/check/lower.ts";
import type { Model } from "../../frontend/model/model.ts";
import { printNode } from "../../middle/builder/print.ts";
import type { Graph, Node, ValidGraph } from "../../middle/graph/graph.ts";
import { perOf } from "../../middle/graph/types.ts";
import type { WatchPasses } from "../../middle/passes/pipeline.ts";
import { rankingProgram } from "../../middle/programs/ranking.ts";
import { predictionProgram } from "../../middle/programs/step.ts";

/**
 * How often a value is computed: once for all requests, for a row of examples, for a request's user, or for
 * each candidate.
 */
export type Once = "weights" | "example" | "user" | "candidate";

export interface PassLine {
  /** Whether the line is in both Graphs, in the one before the pass, or in the one after it. */
  readonly sign: ChangedLine[0];
  readonly text: string;
  readonly once: Once;
  /** The locations in the spec; fused nodes have several. */
  readonly origins: readonly Span[];
}

export interface PassView {
  readonly name: string;
  readonly doc: string;
  /** The number of nodes. */
  readonly before: number;
  readonly after: number;
  readonly lines: readonly PassLine[];
}

/**
 * The passes that change something, in order. The first entry is the Graph of the text, the last the fused
 * loops.
 */
export function passViews(model: Model): readonly PassView[] {
  const views: PassView[] = [];
  const watch: WatchPasses = ({ name, doc }, before, after) => {
    const lines = compared(linesOf(before), linesOf(after));
    if (lines.every(({ sign }) => sign === " ") && name !== "to-request") return;
    views.push({ name, doc, before: before.nodes.length, after: after.nodes.length, lines });
  };
  const forward = lower(model);
  const ranking = rankingProgram(model, predictionProgram(forward, model, watch), new Set(), null, watch);
  return [
    {
      name: "the text",
      doc: "Each node is an op over rows of examples or their steps; blocks are unfolded where they are used.",
      before: forward.nodes.length,
      after: forward.nodes.length,
      lines: linesOf(forward).map((line) => ({ sign: " ", ...line })),
    },
    ...views,
    fusedView(ranking),
  ];
}

type Line = Omit<PassLine, "sign">;

function linesOf({ nodes }: Graph): readonly Line[] {
  return nodes.map((node) => ({
    text: printNode(node),
    once: onceOf(node),
    origins: node.origin === null ? [] : [node.origin],
  }));
}

const ONCE = { load: "weights", request: "user", candidate: "candidate", example: "example" } as const;

function onceOf({ type }: Pick<Node, "type">): Once {
  return ONCE[perOf(type.rows) ?? "load"];
}

/** Nodes that differ only in their number are the same node. */
function compared(before: readonly Line[], after: readonly Line[]): PassLine[] {
  const key = ({ text }: Line) => text.replace(/%\d+/g, "%");
  let [i, j] = [0, 0];
  return changedLines(before.map(key), after.map(key)).map(([sign]) => {
    const line = sign === "-" ? before[i]! : after[j]!;
    if (sign !== "+") i += 1;
    if (sign !== "-") j += 1;
    return { sign, ...line };
  });
}

/** The steps of the plan for WebAssembly. */
function fusedView(ranking: ValidGraph): PassView {
  const { calls } = planFused(ranking);
  const lines = (["load", "request", "candidate"] as const).flatMap((phase) =>
    calls[phase].map((step): PassLine => {
      const isOne = step.kind === "fused" && step.fusion.members.length > 1;
      return {
        ...{ sign: isOne ? "+" : " ", text: stepText(step), once: ONCE[phase] },
        origins: originsOf(step),
      };
    }),
  );
  return {
    name: "kernels",
    doc: "What the compiled module calls. What is computed number by number is fused to one loop, which keeps no values between.",
    before: ranking.nodes.length,
    after: lines.length,
    lines,
  };
}
