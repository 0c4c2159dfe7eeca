// Catalogue: `facing`, pairs of steps. Codes DIN0333–DIN0335 and DIN0668.

import { defineError } from "./define.ts";
import { OF_THE_BATCH, shared } from "./helps.ts";

/** Functions that give a value for each step, which `facing` then accepts. */
const OF_EACH_STEP: ReadonlySet<string> = new Set(["place", "position", "window"]);

export const facingTooLong = defineError<{ axis: string; steps: number; most: number }>({
  code: "DIN0333",
  name: "facing-too-long",
  message: ({ axis, steps, most }) =>
    `\`facing\` takes at most ${most} steps, but \`${axis}\` may have ${steps}`,
  help: ({ axis, most }) => `keep fewer steps of it: \`history ${axis.split(" ")[0]}(max: ${most})\``,
  explanation:
    "Each step is paired with every other one, so 5,000 steps make 25 million pairs in each row. A recurrence needs no pairs, and a search, as in SIM, picks a few steps first.",
});

export const tooManyKept = defineError<{
  axis: string;
  steps: number;
  most: number;
  /** The target of `dinc compile` whose requests keep them, and whether it keeps all pairs; null in a check. */
  target: { readonly name: string; readonly keepsPairs: boolean } | null;
}>({
  code: "DIN0668",
  name: "too-many-pairs-kept",
  message: ({ axis, steps, most, target }) =>
    target !== null
      ? `a model for the target \`${target.name}\` keeps a number for each pair of \`${axis}\`, so it takes at most ${most} steps, not ${steps}`
      : `this keeps numbers for each pair of \`${axis}\`, so that may have at most ${most} steps, not ${steps}`,
  help: ({ axis, most, target }) =>
    target !== null
      ? `keep fewer steps: \`history ${axis.split(" ")[0]}(max: ${most})\`; or ${target.keepsPairs ? "compile to TypeScript or C" : "score rows with `dinc predict`"}, which keeps no pairs`
      : `sum over the faced steps numbers, or numbers times faced vectors, which keeps none; or keep fewer steps: \`history ${axis.split(" ")[0]}(max: ${most})\``,
  explanation:
    "Training, predictions and the targets `ts` and `c` compute pairs a few steps at a time, and keep none, where each number of a pair is elementwise arithmetic, an inner product of a step with a faced one, a softmax or a learned number of a bucket, and is read by sums over the faced steps alone. All other pairs are kept: 1,000 steps have a million pairs in each row. Models for ONNX and packages for PyTorch keep all pairs.",
});

export const notAlongFacing = defineError<{ callee: string; axis: string }>({
  code: "DIN0334",
  name: "not-along-facing",
  message: ({ callee, axis }) => `\`${callee}\` does not go along \`facing ${axis}\``,
  help: ({ callee, axis }) =>
    OF_EACH_STEP.has(callee)
      ? `apply it to the steps first, and face the result: \`facing(${callee}(${axis}, …))\``
      : OF_THE_BATCH.has(callee)
        ? shared.withoutStatistics()
        : "reduce it first, with `sum`, `mean`, `max` or `min`",
  explanation:
    "Each step faces all steps of its history. The pairs are scored and combined number by number, and reduced by `sum`, `mean`, `max`, `min` and `softmax`. Order, neighbours, positions and recurrences belong to the history itself.",
});

export const facingNeedsSteps = defineError<{ got: string }>({
  code: "DIN0335",
  name: "facing-needs-steps",
  message: ({ got }) => `\`facing\` needs a value for each step of a history, not a ${got}`,
  help: () => "to combine the elements of a list with each other, use `product` or `attention`",
  explanation:
    "`facing(x)` gives each step of the history all values of x. A list has a function of its own: `product(a, b, f)` combines every element of one with every element of the other.",
});
