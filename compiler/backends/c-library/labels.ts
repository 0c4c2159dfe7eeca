// Prints what becomes of the logits of each label: predictions, and the number by which candidates are ordered.

import { unreachable } from "../../common/internal-error.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { LibraryLabel } from "./facts.ts";
import { identifiers } from "./names.ts";

export function labelsOf({ predictions, labels }: Model): LibraryLabel[] {
  const names = identifiers(predictions.map(({ label }) => label));
  let before = 0;
  return predictions.map(({ label, width }, i) => {
    const { type } = labels.get(label)!;
    const { outcome } = labelKindOf({ type });
    const own: LibraryLabel = {
      ...{ name: label, identifier: names[i]!, width, before },
      link: outcome === "number" ? "number" : outcome === "class" ? "softmax" : "sigmoid",
      low: type.kind === "int" ? type.low : null,
    };
    before += width;
    return own;
  });
}

export function labelFunctions(labels: readonly LibraryLabel[]): string[] {
  return [
    "/* Logits of `n` candidates to predictions, from number `from` on, of `all`. */",
    "static void dinc_predict(float *scores, size_t all, size_t from, size_t n) {",
    "  (void)scores;",
    "  (void)all;",
    "  (void)from;",
    "  (void)n;",
    ...labels.flatMap(predictLines),
    "}",
    "",
    "static int dinc_has_order(int label) {",
    "  switch (label) {",
    ...labels.map(
      ({ link, low }, i) => `    case ${i}: return ${link !== "softmax" || low !== null ? 1 : 0};`,
    ),
    "    default: return 0;",
    "  }",
    "}",
    "",
    "/* The number by which a candidate is ordered, from its logits; NaN for a label without an order. */",
    "static float dinc_order(int label, const float *logits, float *score) {",
    "  switch (label) {",
    ...labels.flatMap(orderLines),
    '    default: (void)logits; (void)score; return __builtin_nanf("");',
    "  }",
    "}",
    "",
    `static const unsigned dinc_label_widths[] = {${labels.map(({ width }) => width).join(", ")}};`,
    "",
  ];
}

function predictLines({ before, width, link }: LibraryLabel): string[] {
  const first = `scores + ${before} * all + ${width} * from`;
  switch (link) {
    case "number":
      return [];
    case "sigmoid":
      return [`  for (size_t i = 0; i < n; i++) (${first})[i] = dinc_sigmoid((${first})[i]);`];
    case "softmax":
      return [`  for (size_t i = 0; i < n; i++) dinc_softmax(${first} + ${width} * i, ${width});`];
    default:
      return unreachable(link, "link");
  }
}

function orderLines({ before, width, link, low }: LibraryLabel, i: number): string[] {
  switch (link) {
    case "number":
      return [`    case ${i}: return *score = logits[${before}];`];
    case "sigmoid":
      return [`    case ${i}: *score = dinc_sigmoid(logits[${before}]); return logits[${before}];`];
    case "softmax":
      return low === null
        ? []
        : [
            `    case ${i}: {`,
            `      float shares[${width}];`,
            "      double sum = 0;",
            `      memcpy(shares, logits + ${before}, sizeof shares);`,
            `      dinc_softmax(shares, ${width});`,
            `      for (int k = 0; k < ${width}; k++) sum += (${low} + k) * (double)shares[k];`,
            "      return *score = (float)sum;",
            "    }",
          ];
    default:
      return unreachable(link, "link");
  }
}
