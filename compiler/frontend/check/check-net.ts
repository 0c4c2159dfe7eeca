// Checks `net` from top to bottom: its `let`s, predictions, outputs and losses.

import type { Span } from "../../common/source-file.ts";
import { predictionNotClasses, predictionNotNumber } from "../../diagnostics/catalog/labels.ts";
import { predictionIgnoresCandidate } from "../../diagnostics/catalog/model.ts";
import {
  predictedTwice,
  predictionHasAxis,
  predictionNotProbability,
  predictionWithoutFeatures,
  unknownLabel,
} from "../../diagnostics/catalog/predictions.ts";
import type { Fix, Related } from "../../diagnostics/diagnostic.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { NamedOutput } from "../../middle/training/channels.ts";
import type { AuxiliaryLoss } from "../../middle/training/settings.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import { labelTypeText } from "../labels/registry.ts";
import type { Label, Prediction } from "../model/model.ts";
import {
  type Expression,
  isLocal,
  type Loss,
  type NetItem,
  namesOf,
  type Predict,
  pathNameOf,
} from "../syntax/nodes.ts";
import { referencesOf } from "../syntax/references.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import type { UnparsedNames } from "../syntax/unparsed-names.ts";
import { constantOf } from "../values/dims.ts";
import { describe } from "../values/leading-axes.ts";
import { isError, isTensor, NO_AXES, printType, sameAxes } from "../values/types.ts";
import { Environment, type Value } from "../values/values.ts";
import { warnAboutUnusedInside, warnAboutUnusedName } from "./check-blocks.ts";
import { checkLoss } from "./check-loss.ts";
import { checkOutput } from "./check-output.ts";
import { readersOf } from "./let-readers.ts";
import type { ContentsByStatement, PartContents } from "./named-parts.ts";
import { ownLoss } from "./own-loss.ts";
import { reportTrainingOnly } from "./training-only.ts";

export interface CheckedNet {
  readonly predictions: readonly Prediction[];
  readonly outputs: readonly NamedOutput[];
  readonly losses: readonly AuxiliaryLoss[];
  /** The results of each statement, by the statement's name. */
  readonly made: ContentsByStatement;
}

export function checkNet(
  net: NetItem,
  elaborator: Elaborator,
  reporter: Reporter,
  unparsed: UnparsedNames,
): CheckedNet {
  const environment = Environment.ofNet();
  const predictions = new Map<string, Prediction>();
  const outputs: NamedOutput[] = [];
  const losses: AuxiliaryLoss[] = [];
  const locals = net.statements.filter(isLocal);
  const later = new Map<string, Span>();
  for (const local of locals)
    for (const name of namesOf(local))
      if (elaborator.declarations.claim(name, local.kind === "let" ? "value" : local.kind))
        later.set(name.name, name.span);
  elaborator.beginNet(later);
  for (const { name } of net.statements.filter((statement): statement is Loss => statement.kind === "loss"))
    elaborator.declarations.claim(name, "loss");
  const made = new Map<string, PartContents>();
  const noting = (name: string) => {
    const own = { tables: new Set<string>(), weights: new Set<string>() };
    made.set(name, own);
    elaborator.reads.note(own);
  };
  const readers = readersOf(net.statements);
  const { labels } = elaborator.declarations;
  // It may be meant for a label whose prediction it would replace: a variant's for its parent's.
  const isOneMisnamed = net.statements.some(
    (each) => each.kind === "predict" && !labels.has(each.label.name),
  );
  for (const statement of net.statements) {
    if (statement.kind === "predict") {
      noting(statement.label.name);
      const value = elaborator.named(statement.label.name, statement.value, environment);
      const prediction = checkPrediction(
        statement,
        value,
        predictions,
        elaborator,
        environment,
        reporter,
        unparsed,
        isOneMisnamed,
      );
      if (prediction !== null) predictions.set(prediction.label, prediction);
      const what = `the prediction of \`${statement.label.name}\``;
      reportTrainingOnly(what, statement.value, value, { lets: locals, environment, elaborator });
      continue;
    }
    if (statement.kind === "loss") {
      noting(statement.name.name);
      losses.push(checkLoss(statement, elaborator, environment));
      continue;
    }
    noting(pathNameOf(statement));
    const by = readers(statement);
    const values = elaborator.inMode({ inLoss: by === "losses", unread: by === "none" }, () =>
      elaborator.local(statement, environment),
    );
    for (const [name, value] of values) {
      later.delete(name.name);
      // A second `let` of the same name is already reported and does not change the meaning of the first.
      if (elaborator.declarations.owns(name) || environment.peek(name.name) === undefined)
        environment.define(name.name, value);
      if (statement.kind !== "output") continue;
      const output = checkOutput(statement, value, elaborator.declarations.labels.keys(), reporter);
      if (output !== null) outputs.push(output);
      const what = `the output \`${name.name}\``;
      reportTrainingOnly(what, statement.value, value, { lets: locals, environment, elaborator });
    }
  }
  const predicts = net.statements.some((statement) => statement.kind === "predict");
  for (const { value } of unparsed.any ? [] : net.statements) warnAboutUnusedInside(value, reporter);
  for (const local of predicts && !unparsed.any ? locals : [])
    for (const name of namesOf(local)) {
      const used = environment.isUsed(name.name) || elaborator.reads.early.has(name.name);
      const broken = environment.peek(name.name)?.type.kind === "error";
      if (elaborator.declarations.owns(name) && local.kind !== "output" && !used && !broken)
        warnAboutUnusedName(local, name, false, reporter);
    }
  return { predictions: [...predictions.values()], outputs, losses, made };
}

function checkPrediction(
  statement: Predict,
  value: Value,
  earlier: ReadonlyMap<string, Prediction>,
  elaborator: Elaborator,
  environment: Environment,
  reporter: Reporter,
  unparsed: UnparsedNames,
  isOneMisnamed: boolean,
): Prediction | null {
  const label = statement.label.name;
  const declared = elaborator.declarations.labels.get(label);
  const labels = elaborator.declarations.labels;
  if (declared === undefined) {
    const names = [...labels.keys()];
    if (label === "" || unparsed.mayDeclare(label, names)) return null;
    const { helps } = unknownLabel;
    const known = names.length === 0 ? helps.declareIt(label) : helps.orOutput(names, label);
    const details = reporter.didYouMean(statement.label, names, known);
    const { start } = statement.span;
    const fix: Fix = {
      title: "make it an output",
      isGuess: true,
      edits: [{ span: { ...statement.span, end: start + "predict".length }, text: "output" }],
    };
    const isPlain = details.fixes === undefined && statement.arguments.length === 0 && names.length > 0;
    reporter.report(unknownLabel, { name: label }, statement.label.span, {
      ...details,
      ...(isPlain ? { fixes: [fix] } : {}),
    });
    return null;
  }
  const first = earlier.get(label);
  if (first !== undefined) {
    reporter.report(predictedTwice, { name: label }, statement.label.span, {
      related: [at(first.span, "already predicted here")],
    });
    return null;
  }
  const { type } = declared;
  const width = "classes" in type ? type.classes.length : 1;
  const prediction = { label, width, weight: 1, value: statement.value, span: statement.span };
  if (isOneMisnamed || isError(value) || elaborator.declarations.broken.has(label)) return prediction;
  const { span } = statement.value;
  const origin = value.widthOrigin === null ? [] : [at(value.widthOrigin.span, value.widthOrigin.what)];
  const related = [at(declared.span, `declared as ${labelTypeText(type)}`), ...origin];
  if (isTensor(value) && !sameAxes(value.type, NO_AXES)) {
    const { axis, list } = value.type;
    reporter.report(
      predictionHasAxis,
      {
        label,
        each: describe(list === null ? value.type : { axis: null, list }),
        isList: list !== null && list.facing === undefined,
      },
      span,
      {
        label: printType(value.type),
        related: axis === null ? [] : [at(axis.span, "one value for each of its steps")],
      },
    );
  } else if (fitsLabel(statement, declared, value, related, reporter, environment)) {
    if (value.sources.size === 0)
      reporter.report(predictionWithoutFeatures, { label }, span, {
        related: [at(declared.span, "the label")],
      });
    else if (!value.sources.has("item"))
      reporter.report(predictionIgnoresCandidate, { label }, statement.label.span);
    const { factor } = ownLoss(statement, declared, value, elaborator, environment, null);
    return { ...prediction, weight: factor };
  }
  return prediction;
}

/** Tells whether an expression reads a probability, or a list of some, by its name. */
function readsProbabilities(expression: Expression, environment: Environment): boolean {
  const isProbable = ({ type }: Value): boolean =>
    type.kind === "list"
      ? type.elements?.some(isProbable) === true
      : type.kind === "tensor" && type.probability;
  return referencesOf(expression).some(({ name }) => {
    const value = environment.peek(name);
    return value !== undefined && isProbable(value);
  });
}

const SQUASHING: ReadonlySet<string> = new Set(["softmax", "sigmoid"]);
const COMBINING: ReadonlySet<string> = new Set(["dot", "total", "sum", "mean", "max", "min", "concat"]);

/** Tells whether an expression combines results of `softmax` and `sigmoid` alone, as their names or calls show. */
function isMadeOfChances(expression: Expression, environment: Environment): boolean {
  const areMade = (all: readonly Expression[]) => all.every((each) => isMadeOfChances(each, environment));
  switch (expression.kind) {
    case "name": {
      const type = environment.peek(expression.name)?.type;
      return type?.kind === "tensor" && (type.distribution || type.probability);
    }
    case "call":
    case "pipe": {
      if (SQUASHING.has(expression.callee.name)) return true;
      const given = expression.arguments.map(({ value }) => value);
      const all = expression.kind === "pipe" ? [expression.input, ...given] : given;
      return COMBINING.has(expression.callee.name) && areMade(all);
    }
    case "binary":
      return areMade([expression.left, expression.right]);
    default:
      return false;
  }
}

/** Tells whether a value may be the prediction of a label, and reports it if not. */
function fitsLabel(
  statement: Predict,
  { name: label, type }: Label,
  value: Value,
  related: readonly Related[],
  reporter: Reporter,
  environment: Environment,
): boolean {
  const { span } = statement.value;
  const isOne = isTensor(value) && constantOf(value.type.width) === 1;
  const isProbability = isTensor(value) && value.type.probability;
  const printed = printType(value.type);
  const adding = (text: string, isGuess: boolean): Fix => ({
    title: `add \`${text.trim()}\``,
    // The value may end before the parenthesis that closes it, so the edit goes to the end of the statement.
    edits: [{ span: { ...statement.span, start: statement.span.end }, text }],
    ...(isGuess ? { isGuess: true } : {}),
  });
  switch (type.kind) {
    case "binary":
    case "share": {
      if (isProbability) return true;
      const last = statement.value.kind === "pipe" ? statement.value.callee : null;
      const isClasses = isTensor(value) && value.type.distribution;
      const isMixed = readsProbabilities(statement.value, environment);
      const wide = isMixed ? "mixed" : "wide";
      const several = isClasses ? "classes" : last?.name === "sigmoid" ? "squashed" : wide;
      const ofOne = isMadeOfChances(statement.value, environment) ? "chance" : "number";
      const one = endsInUnits(statement.value, 1) ? "logit" : isMixed ? "mixed" : ofOne;
      const ends = isOne ? one : several;
      reporter.report(predictionNotProbability, { label, type: printed, value: ends }, span, {
        label: printed,
        related,
        fixes:
          ends === "mixed"
            ? []
            : isOne
              ? [adding(ends === "chance" ? " |> dense(1) |> sigmoid" : " |> sigmoid", ends !== "logit")]
              : ends === "squashed"
                ? [{ ...replacing(last!.span, "dense(1) |> sigmoid"), isGuess: true }]
                : [],
      });
      return false;
    }
    case "number":
      if (isOne && !isProbability) return true;
      reporter.report(predictionNotNumber, { label, type: printed }, span, {
        label: printed,
        related,
        help: isProbability
          ? predictionNotNumber.helps.ofProbability()
          : isTensor(value) && value.type.distribution
            ? predictionNotNumber.helps.ofClasses()
            : predictionNotNumber.helps.oneUnit(),
      });
      return false;
    case "enum":
    case "int": {
      const classes = type.classes.length;
      const isWide = isTensor(value) && constantOf(value.type.width) === classes;
      if (isWide && value.type.distribution) return true;
      const { helps } = predictionNotClasses;
      const last = statement.value.kind === "pipe" ? statement.value.callee : null;
      const isSquashed = isWide && last?.name === "sigmoid";
      reporter.report(predictionNotClasses, { label, classes, type: printed }, span, {
        label: printed,
        related,
        help: isSquashed ? helps.insteadOf(last.name) : isWide ? helps.softmax() : helps.end(classes),
        fixes: isSquashed
          ? [replacing(last.span, "softmax")]
          : isWide
            ? [adding(" |> softmax", !endsInUnits(statement.value, classes))]
            : [],
      });
      return false;
    }
  }
}

/** Tells whether the last layer is `dense(units)`, whose output can only be logits. */
function endsInUnits(value: Expression, units: number): boolean {
  if ((value.kind !== "pipe" && value.kind !== "call") || value.callee.name !== "dense") return false;
  const [width, more] = value.kind === "pipe" ? value.arguments : value.arguments.slice(1);
  return more === undefined && width?.value.kind === "number" && width.value.value === units;
}
