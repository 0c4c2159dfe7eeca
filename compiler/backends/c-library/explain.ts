// Prints what `explain` of a module needs: each head of an attention over a history, and how its weights are read from the
// values of a program that keeps them.

import { invariant } from "../../common/internal-error.ts";
import { oneLine } from "../../common/source-file.ts";
import { perOf } from "../../middle/graph/types.ts";
import type { PlannedOutput } from "../serving/plan.ts";
import type { Explained } from "../typescript/explain.ts";
import { cString } from "./names.ts";
import type { SessionProgram } from "./session-program.ts";

/** The number of attentions, each head counted. */
export function attentionCount(explained: readonly Explained[]): number {
  return explained.reduce((sum, { attention: { heads } }) => sum + heads, 0);
}

/** `histories` are those of the session, in its order. */
export function explainFunctions(
  prefix: string,
  network: SessionProgram,
  explained: readonly Explained[],
  histories: readonly string[],
): string[] {
  const heads = explained.flatMap((each) =>
    Array.from({ length: each.attention.heads }, (_, head) => ({ each, head })),
  );
  const { arena } = network.code;
  return [
    "/* The attentions: the number of the history, where the spec uses their weights, the head, whether weights are shares. */",
    "static const dinc_attention dinc_attentions[] = {",
    ...heads.map(({ each: { attention }, head }) => {
      const { history, origin, areShares } = attention;
      const code = origin === null ? history : oneLine(origin);
      return `  {${histories.indexOf(history)}, ${cString(history)}, ${cString(code)}, ${head}, ${areShares ? 1 : 0}},`;
    }),
    "};",
    "",
    "/* Multiplies the weights of `n` candidates for one attention by what it computed. */",
    `static void dinc_weigh(${prefix}_session *s, int attention, float *weights, size_t steps, size_t n) {`,
    "  const char *M = s->memory;",
    "  switch (attention) {",
    ...heads.flatMap(({ each, head }, i) => [
      `    case ${i}:`,
      ...weighing(each, head, network).map((line) => `      ${line}`),
      "      return;",
    ]),
    "    default: return;",
    "  }",
    "}",
    "",
    `enum { DINC_ATTENTIONS = ${heads.length}, DINC_PAIRS = ${arena.pairs} };`,
    "",
  ];
}

function weighing({ from }: Explained, head: number, network: SessionProgram): string[] {
  if (from.kind === "factors")
    return from.outputs.map((name) => {
      const output = network.output(name);
      const { location, rows, size } = output;
      const column = size === 1 ? 0 : head;
      return `dinc_weigh_steps(weights, steps, n, ${network.placeText(location)}, ${stepsText(output, network)}, ${size}, ${column}, ${perOf(rows) === "candidate" ? 1 : 0});`;
    });
  const [query, key] = [network.output(from.query), network.output(from.key)];
  const { heads, scale } = from.attributes;
  // Each query has all heads, one query after the other.
  const queries = query.size / key.size;
  const by = (output: PlannedOutput) => (perOf(output.rows) === "candidate" ? 1 : 0);
  const given = [
    ...[network.placeText(query.location), queries, Math.floor(head / heads), by(query)],
    ...[network.placeText(key.location), stepsText(key, network), by(key)],
    ...[key.size, heads, head % heads, Number.isInteger(scale) ? `${scale}.0` : scale],
  ].join(", ");
  return [`dinc_ask_steps(weights, steps, n, ${given});`];
}

/** The number of steps of each candidate, or of the request. */
function stepsText({ rows }: PlannedOutput, network: SessionProgram): string {
  invariant(rows.kind === "steps", "attention is over steps");
  return network.layout.countText({ ...rows, per: "request" });
}
