// Catalogue: `facing`, pairs of steps. Codes DIN0333–DIN0335.

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
    "Each step is paired with every other one, so 2,000 steps make 4 million pairs in each row. `attention` computes its pairs without keeping them, and a recurrence needs none.",
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
