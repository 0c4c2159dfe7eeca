// Derives the linear model of the features that a model reads: a baseline that a network has to beat. It is a logistic
// regression for a binary label (Richardson et al., WWW 2007), with one weight for each id; a softmax regression
// for classes; a linear regression for a number.

import { sourceFile, textOf } from "../../common/source-file.ts";
import { fieldsRead, inputsOf, readsFeature } from "../../data/graph-inputs.ts";
import { type Edit, withEdits } from "../../diagnostics/apply-fixes.ts";
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { check } from "../../frontend/check/check.ts";
import { lower } from "../../frontend/check/lower.ts";
import type { Feature, LabelType, Model } from "../../frontend/model/model.ts";
import type { TrainSetting } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import { predictionProgram } from "../../middle/programs/step.ts";
import { specText } from "../fmt/flatten.ts";

/**
 * The model with the same declarations, whose `net` is linear in what the network of `model` reads: its features, and
 * for each field of its histories the mean over the steps. Times have no weights. Null with a reason, a clause, if
 * nothing is left.
 */
export function linearModel(model: Model): Model | { readonly reason: string } {
  const terms = readTerms(model);
  if (terms.length === 0) return { reason: "the network reads nothing that has a weight" };
  // If a model is assembled from files, the declarations are in its flattened text.
  const { path } = model.file;
  const file = sourceFile(path, model.assembly === null ? model.file.text : specText(model));
  const { items, variants, tune } = parse(file).value;
  const net = model.predictions.map(({ label }) => predictText(model, label, terms)).join("\n");
  const edits = items.flatMap((item): Edit[] => {
    if (item.kind === "net") return [{ span: item.span, text: `net {\n${net}\n}` }];
    return item.kind === "train" ? item.settings.flatMap(withoutParts) : [];
  });
  // These name what was in the network.
  for (const { span } of [...variants, ...tune]) edits.push({ span, text: "" });
  const { value, diagnostics } = check(sourceFile(path, withEdits(file, edits)));
  if (value !== null) {
    const { partOptimizers, shrinkages, anew } = value.train;
    return { ...value, train: { ...model.train, partOptimizers, shrinkages, anew } };
  }
  const first = diagnostics.find((diagnostic) => hasErrors([diagnostic]));
  return { reason: first === undefined ? "what is left is not a model" : `${first.message} (${first.code})` };
}

/** Removes the values of a setting that are for parts of the network: `ftrl(0.1, for: wide)`. */
function withoutParts({ key, values, span }: TrainSetting): Edit[] {
  const kept = values.filter(
    (value) =>
      !(value.kind === "call" && value.arguments.some(({ name }) => name !== null && name.name === "for")),
  );
  if (kept.length === values.length) return [];
  const text = kept.map((value) => textOf(value.span)).join(", ");
  return [{ span, text: text === "" ? "" : `${key.name} ${text}` }];
}

/** An expression for each value that the network reads: a feature, or a field of each step of a history. */
interface Term {
  readonly value: string;
  readonly feature: Feature;
  readonly isOfSteps: boolean;
}

function readTerms(model: Model): Term[] {
  const inputs = inputsOf(predictionProgram(lower(model), model));
  const features = [...model.features.values()]
    .filter(({ name }) => readsFeature(model, inputs, name))
    .map((feature) => ({ value: feature.name, feature, isOfSteps: false }));
  const fields = [...model.histories.values()].flatMap((history) =>
    fieldsRead(history, inputs).map(({ name, feature }) => ({
      ...{ value: `${history.name}.${name}`, feature, isOfSteps: true },
    })),
  );
  return [...features, ...fields].filter(({ feature }) => feature.kind.kind !== "time");
}

/** A table of one number, or one for each class, for each value. Each label has its own. */
function predictText({ labels, predictions }: Model, name: string, terms: readonly Term[]): string {
  const { type } = labels.get(name)!;
  const isOne = predictions.length === 1;
  const width = "classes" in type ? type.classes.length : 1;
  const options = isOne ? "" : `, name: "linear_${name}"`;
  const sum = terms.map(({ value, feature, isOfSteps }) => {
    const weights = width === 1 && isOne ? `weight(${value})` : `embed(${value}, ${width}${options})`;
    const pooled = feature.set?.pool === "none" ? `sum(${weights})` : weights;
    return isOfSteps ? `mean(${pooled})` : pooled;
  });
  return `  predict ${name} = ${[sum.join(" + "), "bias", ...endOf(type)].join(" |> ")}`;
}

function endOf(type: LabelType): string[] {
  switch (type.kind) {
    case "binary":
    case "share":
      return ["sigmoid"];
    case "enum":
    case "int":
      return ["softmax"];
    case "number":
      return [];
  }
}
