// Reads the options that select and weigh a label's rows: `weight: dwell` and `missing: none` of `label click
// : binary(weight: dwell, missing: none)`.

import { argumentTwice } from "../../diagnostics/catalog/expressions.ts";
import { badLabelOption } from "../../diagnostics/catalog/training-only.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { kindOf } from "../kinds/registry.ts";
import type { Feature, Label } from "../model/model.ts";
import { quoteExpression } from "../syntax/constants.ts";
import type { Argument, Expression, Identifier, LabelItem } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";

/** The options that labels of every kind have, with their documentation. */
export const LABEL_OPTIONS: Readonly<Record<"weight" | "missing", string>> = {
  weight:
    "The column with the weight of each row in the label's loss and metrics: another label, or a number of `features training`. A row of weight 0 counts like a row without the label.",
  missing:
    "`missing: none`: an empty cell is allowed. The row then counts in no loss and no metric of the label.",
};

type LabelRowOptions = Pick<Label, "mayBeMissing" | "weight">;

/** Reads a label's row options from `given`, and returns the other arguments. */
export function readLabelOptions(
  label: LabelItem,
  reporter: Reporter,
): LabelRowOptions & { readonly others: readonly Argument[] } {
  const others: Argument[] = [];
  const found = new Map<string, Expression>();
  for (const argument of label.type.arguments) {
    const { name, value } = argument;
    if (name === null || !Object.hasOwn(LABEL_OPTIONS, name.name)) others.push(argument);
    else if (found.has(name.name))
      reporter.report(argumentTwice, { callee: label.type.name.name, name: name.name }, name.span);
    else found.set(name.name, value);
  }
  const [missing, weight] = [found.get("missing"), found.get("weight")];
  const report = (
    option: string,
    value: Expression,
    help: ReturnType<typeof badLabelOption.helps.missing>,
  ) => {
    const parameters = { label: label.name.name, option, got: quoteExpression(value) };
    reporter.report(badLabelOption, parameters, value.span, { help });
  };
  const isNone = missing?.kind === "name" && missing.name === "none";
  if (missing !== undefined && missing.kind !== "error" && !isNone)
    report("missing", missing, badLabelOption.helps.missing());
  const isNamed = weight?.kind === "name";
  if (weight !== undefined && weight.kind !== "error" && !isNamed)
    report("weight", weight, badLabelOption.helps.weight());
  return { mayBeMissing: isNone, weight: isNamed ? { name: weight.name, span: weight.span } : null, others };
}

/**
 * Reports weights that are neither labels nor numbers of the scope `training`. All names must already be
 * declared.
 */
export function checkWeights(
  declarations: Declarations,
  reporter: Reporter,
  mayDeclare: (name: string) => boolean,
): void {
  const { features, labels, broken } = declarations;
  for (const { name: label, weight } of labels.values()) {
    if (weight === null || weight.name === "" || broken.has(weight.name)) continue;
    const help = wrongWeight(label, weight, declarations);
    if (
      help === null ||
      (features.get(weight.name) === undefined && !labels.has(weight.name) && mayDeclare(weight.name))
    )
      continue;
    const declared = features.get(weight.name) ?? labels.get(weight.name);
    const parameters = { label, option: "weight", got: `\`${weight.name}\`` };
    const known = [...labels.keys(), ...[...features.values()].flatMap(weighing)].filter(
      (each) => each !== label,
    );
    reporter.report(badLabelOption, parameters, weight.span, {
      ...(declared === undefined ? reporter.didYouMean(weight, known, help) : { help }),
      related: declared === undefined || declared.name === label ? [] : [at(declared.span, "declared here")],
    });
  }
}

/** The feature's name if it may weigh rows. */
function weighing({ name, scope, kind, set }: Feature): readonly string[] {
  return scope === "training" && kindOf(kind).gives === "number" && set === null ? [name] : [];
}

/** The help for a wrong weight; null if the weight is right. */
function wrongWeight(
  label: string,
  { name }: Identifier,
  { features, labels }: Declarations,
): ReturnType<typeof badLabelOption.helps.missing> | null {
  const { helps } = badLabelOption;
  if (name === label) return helps.itself();
  if (labels.has(name)) return null;
  const feature = features.get(name);
  if (feature === undefined) return helps.declareWeight(name);
  if (feature.scope !== "training") return helps.scope(name, feature.scope, label);
  return weighing(feature).length > 0 ? null : helps.number(name);
}
