// Checks `net`: its `let`s from top to bottom, what it predicts and what else it is trained by.

import type { Let, Loss, NetItem, Predict } from "../ast/nodes.ts";
import {
  predictedTwice,
  predictionHasAxis,
  predictionIgnoresCandidate,
  predictionNotProbability,
  unknownLabel,
  unusedLet,
} from "../diagnostics/catalog/model.ts";
import { predictionIsList } from "../diagnostics/catalog/training.ts";
import { checkLoss } from "./check-loss.ts";
import { constantOf, printDim } from "./dims.ts";
import { Environment } from "./environment.ts";
import type { AuxiliaryLoss, Prediction } from "./model.ts";
import { at, didYouMean, type Reporter } from "./reporter.ts";
import { isError, isTensor, printType, type Value } from "./types.ts";
import type { Unread } from "./unread.ts";
import type { Walker } from "./walker.ts";

export interface CheckedNet {
  readonly predictions: readonly Prediction[];
  readonly losses: readonly AuxiliaryLoss[];
}

export function checkNet(net: NetItem, walker: Walker, reporter: Reporter, unread: Unread): CheckedNet {
  const environment = Environment.ofNet();
  const predictions = new Map<string, Prediction>();
  const losses: AuxiliaryLoss[] = [];
  const lets = net.statements.filter((statement): statement is Let => statement.kind === "let");
  for (const { name } of lets)
    if (walker.declarations.claim(name, "value")) walker.later.set(name.name, name.span);
  for (const { name } of net.statements.filter((statement): statement is Loss => statement.kind === "loss"))
    walker.declarations.claim(name, "loss");
  for (const statement of net.statements) {
    if (statement.kind === "predict") {
      const value = walker.named(statement.label.name, statement.value, environment);
      const prediction = checkPrediction(statement, value, predictions, walker, reporter, unread);
      if (prediction !== null) predictions.set(prediction.label, prediction);
      continue;
    }
    if (statement.kind === "loss") {
      losses.push(checkLoss(statement, walker, environment));
      continue;
    }
    const { name } = statement.name;
    const value = walker.named(name, statement.value, environment);
    walker.later.delete(name);
    // A second `let` of a name is reported already and does not change what the first means.
    if (walker.declarations.owns(statement.name) || environment.peek(name) === undefined)
      environment.define(name, value);
  }
  const predicts = net.statements.some((statement) => statement.kind === "predict");
  for (const { name } of predicts && !unread.any ? lets : []) {
    const used = environment.isUsed(name.name) || walker.usedEarly.has(name.name);
    const broken = environment.peek(name.name)?.type.kind === "error";
    if (walker.declarations.owns(name) && !used && !broken)
      reporter.report(unusedLet, { name: name.name }, name.span, {
        help: "remove it, or use it in a prediction",
      });
  }
  return { predictions: [...predictions.values()], losses };
}

function checkPrediction(
  statement: Predict,
  value: Value,
  earlier: ReadonlyMap<string, Prediction>,
  walker: Walker,
  reporter: Reporter,
  unread: Unread,
): Prediction | null {
  const label = statement.label.name;
  const declared = walker.declarations.labels.get(label);
  const labels = walker.declarations.labels;
  if (declared === undefined) {
    const names = [...labels.keys()];
    if (label === "" || unread.mayDeclare(label, names)) return null;
    const known =
      names.length === 0 ? `declare it: \`label ${label} : binary\`` : `labels: ${names.join(", ")}`;
    reporter.report(
      unknownLabel,
      { name: label },
      statement.label.span,
      didYouMean(statement.label, names, known),
    );
    return null;
  }
  const first = earlier.get(label);
  if (first !== undefined) {
    reporter.report(predictedTwice, { name: label }, statement.label.span, {
      related: [at(first.span, "predicted here already")],
      help: "remove one of the two, or declare a second label",
    });
    return null;
  }
  const prediction = { label, value: statement.value, span: statement.span };
  if (isError(value)) return prediction;
  const { span } = statement.value;
  const origin = value.widthOrigin === null ? [] : [at(value.widthOrigin.span, value.widthOrigin.what)];
  const related = [at(declared.span, "declared as binary"), ...origin];
  if (isTensor(value) && value.type.axis !== null)
    reporter.report(predictionHasAxis, { label, axis: value.type.axis.name }, span, {
      label: printType(value.type),
      related: [at(value.type.axis.span, "one value for each of its steps")],
      help: "reduce the steps with `sum`, `mean` or `max` before the last layers",
    });
  else if (isTensor(value) && value.type.list !== null)
    reporter.report(predictionIsList, { label, length: printDim(value.type.list) }, span, {
      label: printType(value.type),
      related: origin,
      help: "put its elements side by side with `flatten`, or take their `sum` or `mean`, before the last layers",
    });
  else if (!isTensor(value) || !value.type.probability) {
    const one = isTensor(value) && constantOf(value.type.width) === 1;
    reporter.report(predictionNotProbability, { label, type: printType(value.type) }, span, {
      label: printType(value.type),
      related,
      help: one ? "add `|> sigmoid`" : "add `|> dense(1) |> sigmoid`",
      fixes: one
        ? [
            {
              title: "add `|> sigmoid`",
              edits: [{ span: { ...span, start: span.end }, text: " |> sigmoid" }],
            },
          ]
        : [],
    });
  } else if (!value.sources.has("item"))
    reporter.report(predictionIgnoresCandidate, { label }, statement.label.span, {
      help: "use an item feature, so that candidates get different scores",
    });
  return prediction;
}
