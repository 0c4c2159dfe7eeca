// Prints what becomes of the numbers of each label and output of candidates: predictions, and the number by which
// candidates are ordered.

import { unreachable } from "../../common/internal-error.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { LibraryLabel, RequestOutput } from "./facts.ts";
import { identifiers } from "./names.ts";

/** The labels, and after them the outputs that each candidate has. */
export function labelsOf({ predictions, labels, outputs }: Model): LibraryLabel[] {
  const predicted = predictions.map(({ label: name, width }) => {
    const { type } = labels.get(name)!;
    const { outcome } = labelKindOf({ type });
    const link: LibraryLabel["link"] =
      outcome === "number" ? "number" : outcome === "class" ? "softmax" : "sigmoid";
    return { name, width, link, low: type.kind === "int" ? type.low : null };
  });
  const named = outputs
    .filter(({ per }) => per === "candidate")
    .map(({ name, width }) => ({ name, width, link: "number" as const, low: null }));
  return placed([...predicted, ...named]);
}

export function requestOutputsOf({ outputs }: Model): RequestOutput[] {
  const own = outputs.filter(({ per }) => per === "request");
  return placed(own.map(({ name, width }) => ({ name, width })));
}

/** Adds the identifier of each, and the sum of the widths before it. */
function placed<T extends { readonly name: string; readonly width: number }>(
  all: readonly T[],
): (T & { readonly identifier: string; readonly before: number })[] {
  const names = identifiers(all.map(({ name }) => name));
  let before = 0;
  return all.map((each, i) => {
    const own = { ...each, identifier: names[i]!, before };
    before += each.width;
    return own;
  });
}

/** Tells whether candidates can be ordered by it: by one number, or by the expected value of its classes. */
function hasOrder({ link, low, width }: LibraryLabel): boolean {
  return link === "softmax" ? low !== null : width === 1;
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
    ...labels.map((label, i) => `    case ${i}: return ${hasOrder(label) ? 1 : 0};`),
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

function orderLines(label: LibraryLabel, i: number): string[] {
  const { before, width, link, low } = label;
  if (!hasOrder(label)) return [];
  switch (link) {
    case "number":
      return [`    case ${i}: return *score = logits[${before}];`];
    case "sigmoid":
      return [`    case ${i}: *score = dinc_sigmoid(logits[${before}]); return logits[${before}];`];
    case "softmax":
      return [
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
