// Writes what a generated module makes of the network's numbers for each label: probabilities, a number, or
// the probabilities of classes. It also writes the order of candidates.

import { quoted, typed } from "../../common/quoting.ts";
import { classesOf } from "../../frontend/labels/predicted-values.ts";
import type { LabelType } from "../../frontend/model/model.ts";
import type { NamedOutput } from "../../middle/training/channels.ts";
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

/** An output of the model under its own name. */
export interface ScoredOutput extends NamedOutput {
  /** The output of the program. */
  readonly planned: PlannedOutput;
}

/**
 * `Scores`, and the module's other declarations about labels. For one label, scores are a list of numbers;
 * for several, and with outputs, a list for each.
 */
export function scoresDeclarations(
  labels: readonly ScoredLabel[],
  outputs: readonly ScoredOutput[],
): readonly Declaration[] {
  const isOne = labels.length + outputs.length === 1;
  const ranked = rankedNames(labels, outputs);
  const withClasses = labels.filter(({ channels }) => channels.length > 1);
  return [
    isOne
      ? { kind: "type", name: "Scores", isExported: true, doc: scoresDoc(labels[0]!), type: "Float32Array" }
      : {
          ...{ kind: "interface", name: "Scores", isExported: true },
          doc: `By label${outputs.length > 0 ? " or output" : ""}: one number a candidate, in their order.`,
          properties: [
            ...labels.map((each) => ({
              name: propertyName(each.label),
              type: "Float32Array",
              isReadonly: true,
              ...(each.channels.length === 1 ? {} : { doc: scoresDoc(each) }),
            })),
            ...outputs.map((each) => ({
              ...{ name: propertyName(each.name), type: "Float32Array", isReadonly: true },
              doc: outputDoc(each),
            })),
          ],
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
            type: ranked.map(quoted).join(" | "),
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

function outputDoc({ width, per }: NamedOutput): string {
  const numbers = width === 1 ? "one number" : `${width} numbers`;
  return per === "request"
    ? `An output of the request: ${numbers}, however many candidates there are.`
    : `An output: ${numbers} a candidate${width === 1 ? "" : ", side by side"}.`;
}

/** The labels and outputs by which candidates may be ordered. */
function rankedNames(labels: readonly ScoredLabel[], outputs: readonly ScoredOutput[]): readonly string[] {
  return [
    ...labels.filter(isRanked).map(({ label }) => label),
    ...outputs.filter(isRankedOutput).map(({ name }) => name),
  ];
}

/** Tells whether an output orders candidates: if it is one number of each. */
export function isRankedOutput({ width, per }: Pick<NamedOutput, "width" | "per">): boolean {
  return width === 1 && per === "candidate";
}

/** Tells whether a label orders candidates; classes without numbers do not. */
export function isRanked({ type }: ScoredLabel): boolean {
  return type.kind !== "enum";
}

/** Tells whether a module has `topK`. */
export function hasTop(labels: readonly ScoredLabel[], outputs: readonly ScoredOutput[]): boolean {
  return rankedNames(labels, outputs).length > 0;
}
