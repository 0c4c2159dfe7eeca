// Writes what a generated module makes of the network's numbers for each label: probabilities, a number, or
// the probabilities of classes. It also writes the order of candidates.

import { quoted, typed } from "../../common/quoting.ts";
import { classesOf } from "../../frontend/labels/predicted-values.ts";
import type { LabelType } from "../../frontend/model/model.ts";
import type { PlannedOutput } from "../serving/plan.ts";
import { propertyName } from "./schema.ts";
import type { Declaration } from "./writer.ts";

/** A label with a prediction. */
export interface ScoredLabel {
  readonly label: string;
  readonly type: LabelType;
  /** The outputs of the program: one, or one for each class. */
  readonly channels: readonly PlannedOutput[];
}

/**
 * `Scores`, and the module's other declarations about labels. For one label, scores are a list of numbers;
 * for several, a list for each.
 */
export function scoresDeclarations(labels: readonly ScoredLabel[]): readonly Declaration[] {
  const isOne = labels.length === 1;
  const ranked = labels.filter(isRanked);
  const withClasses = labels.filter(({ channels }) => channels.length > 1);
  return [
    isOne
      ? { kind: "type", name: "Scores", isExported: true, doc: scoresDoc(labels[0]!), type: "Float32Array" }
      : {
          ...{ kind: "interface", name: "Scores", isExported: true },
          doc: "By label: one number a candidate, in their order.",
          properties: labels.map((each) => ({
            name: propertyName(each.label),
            type: "Float32Array",
            isReadonly: true,
            ...(each.channels.length === 1 ? {} : { doc: scoresDoc(each) }),
          })),
        },
    ...(withClasses.length === 0
      ? []
      : [
          {
            ...({ kind: "constant", name: "CLASSES", isExported: true } as const),
            doc: "By label its classes, in the order of their scores.",
            value: `{ ${withClasses
              .map((each) => `[${quoted(each.label)}]: [${classesOf(each).map(quoted).join(", ")}]`)
              .join(", ")} }${typed(" as const")}`,
          },
        ]),
    ...(isOne || ranked.length === 0
      ? []
      : [
          {
            ...({ kind: "type", name: "Label", isExported: true } as const),
            doc: "What is predicted of a candidate.",
            type: ranked.map(({ label }) => quoted(label)).join(" | "),
          },
        ]),
    ...(ranked.length === 0
      ? []
      : [
          {
            ...({ kind: "type", name: "RankedBy" } as const),
            type: isOne ? "readonly []" : "readonly [label: Label]",
          },
        ]),
  ];
}

function scoresDoc(label: ScoredLabel): string {
  const classes = classesOf(label);
  return classes.length === 0
    ? "One number a candidate, in their order."
    : `${classes.length} numbers a candidate, one for each class, in the order of \`CLASSES\`.`;
}

/** Tells whether a label orders candidates; classes without numbers do not. */
export function isRanked({ type }: ScoredLabel): boolean {
  return type.kind !== "enum";
}

/** Tells whether a module has `topK`. */
export function hasTop(labels: readonly ScoredLabel[]): boolean {
  return labels.some(isRanked);
}
