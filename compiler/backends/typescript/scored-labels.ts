// What a generated module makes of the network's numbers for each label: probabilities, a number, or the
// probabilities of classes; and by what it puts candidates in an order.

import { quoted, typed } from "../../common/quoting.ts";
import { classesOf } from "../../frontend/labels/predicted-values.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { LabelType } from "../../frontend/model/model.ts";
import type { Plan, PlannedOutput } from "../serving/plan.ts";
import { propertyName } from "./schema.ts";
import type { Declaration, Parameter } from "./writer.ts";

/** A label that is predicted. */
export interface ScoredLabel {
  readonly label: string;
  readonly type: LabelType;
  /** Of the program: one, or one for each class. */
  readonly channels: readonly PlannedOutput[];
}

/** Functions of `compiler/serve` that a module may need for these. */
export const scoringFunctions = [
  ...(["copyScores", "softmaxRows", "checkOut"] as const),
  ...(["topOf", "topNumbers", "expectedOf"] as const),
] as const;

/** `Scores` and what makes them. One label: a list of numbers. Several: such a list for each. */
export function scoresDeclarations(labels: readonly ScoredLabel[]): readonly Declaration[] {
  const isOne = labels.length === 1;
  const fresh = ({ channels }: ScoredLabel) =>
    `new Float32Array(${channels.length === 1 ? "count" : `count * ${channels.length}`})`;
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
    {
      ...{ kind: "function", name: "newScores", returns: "Scores" },
      parameters: [{ name: "count", type: "number" }],
      code: isOne
        ? [`return ${fresh(labels[0]!)};`]
        : ["return {", ...labels.map((each) => `[${quoted(each.label)}]: ${fresh(each)},`), "};"],
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
    // With several labels one must be named to have candidates in an order.
    ...(isOne || ranked.length === 0
      ? []
      : [
          {
            ...({ kind: "type", name: "Label", isExported: true } as const),
            doc: "What is predicted of a candidate.",
            type: ranked.map(({ label }) => quoted(label)).join(" | "),
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

/** What `rank` gives, in words. */
export function predictionDoc(labels: readonly ScoredLabel[]): string {
  const [first, ...others] = labels.map(({ type }) => labelKindOf({ type }).outcome);
  if (others.some((other) => other !== first)) return "The predictions for each candidate, by label.";
  if (first === "number") return "The predicted number of each candidate.";
  return first === "class"
    ? "The probability of each class of each candidate."
    : "The probability of each candidate.";
}

/** What `logits` gives, in words. */
export function logitsDoc(labels: readonly ScoredLabel[]): string {
  const outcomes = labels.map(({ type }) => labelKindOf({ type }).outcome);
  if (outcomes.every((outcome) => outcome === "number")) return "The same as `rank`.";
  return outcomes.includes("class") ? "As `rank`, before the softmax." : "As `rank`, before the sigmoid.";
}

/** The part of `Scores` that belongs to a label, as an expression. */
export function scoresOf(scores: string, label: string, count: number): string {
  return count === 1 ? scores : `${scores}[${quoted(label)}]`;
}

/** Copies a block's numbers to `out`. */
export function copying({ channels }: ScoredLabel, out: string, { outputs }: Plan): string[] {
  return channels.map((channel, i) => {
    const { rows } = channel;
    const isByCandidate = rows.kind === "each" && rows.per === "candidate";
    const ofClass = channels.length === 1 ? "" : `, ${channels.length}, ${i}`;
    return `copyScores(${out}, from, c.out${outputs.indexOf(channel)}, n, ${isByCandidate}${ofClass});`;
  });
}

/** Makes predictions of `count` candidates' numbers in `out`. */
export function predicting({ type, channels }: ScoredLabel, out: string): string[] {
  if (channels.length > 1) return [`softmaxRows(${out}, ${channels.length}, count);`];
  const { kernel } = labelKindOf({ type });
  return kernel === null ? [] : [`${kernel}(${out}, ${out}, count);`];
}

/** Whether candidates can be put in an order by it: classes without numbers have none. */
export function isRanked({ type }: ScoredLabel): boolean {
  return type.kind !== "enum";
}

/** The best candidates by a label, from its logits. */
function top({ type }: ScoredLabel, logits: string): string {
  if (type.kind === "number") return `topNumbers(${logits}, k)`;
  if (type.kind !== "int") return `topOf(${logits}, k)`;
  return `topNumbers(expectedOf(${logits}, ${type.low}, ${type.classes.length}), k)`;
}

/** Whether a module has `topK`. */
export function hasTop(labels: readonly ScoredLabel[]): boolean {
  return labels.some(isRanked);
}

export function topCode(labels: readonly ScoredLabel[]): string[] {
  if (labels.length === 1) return [`return ${top(labels[0]!, "this.logits(candidates)")};`];
  const ranked = labels.filter(isRanked);
  const names = ranked.map(({ label }) => JSON.stringify(label)).join(", ");
  const byForm = new Map<string, ScoredLabel[]>();
  for (const each of ranked) {
    const form = top(each, "logits[label]");
    byForm.set(form, [...(byForm.get(form) ?? []), each]);
  }
  const forms = [...byForm];
  return [
    "const logits = this.logits(candidates);",
    `if (![${ranked.map(({ label }) => quoted(label)).join(", ")}].includes(label)) throw new RankerInputError("label", ${quoted(`must be one of ${names}`)});`,
    ...forms
      .slice(0, -1)
      .map(
        ([form, own]) =>
          `if (${own.map(({ label }) => `label === ${quoted(label)}`).join(" || ")}) return ${form};`,
      ),
    `return ${forms.at(-1)![0]};`,
  ];
}

export function topDoc(labels: readonly ScoredLabel[]): string {
  const of = labels.length === 1 ? "" : " by one label";
  const byExpected = labels.some(({ type }) => type.kind === "int")
    ? " Classes count by their expected value."
    : "";
  return `The k best candidates${of}, the best first; of equal ones the one given first. All where there are fewer.${byExpected}`;
}

export function topParameters(labels: readonly ScoredLabel[]): Parameter[] {
  const k = { name: "k", type: "number" };
  return labels.length === 1 ? [k] : [k, { name: "label", type: "Label" }];
}
