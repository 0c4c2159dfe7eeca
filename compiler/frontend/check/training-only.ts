// Reports predictions and outputs that depend on values known in training only, and shows the path from the prediction to
// that value.

import { withOption } from "../../common/quoting.ts";
import { textOf } from "../../common/source-file.ts";
import { labelInPrediction, trainingInPrediction } from "../../diagnostics/catalog/training-only.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import { scopesOf } from "../kinds/model-queries.ts";
import { type Expression, type Identifier, type Local, namesOf } from "../syntax/nodes.ts";
import { referencesOf } from "../syntax/references.ts";
import { at } from "../syntax/reporter.ts";
import { isError } from "../values/types.ts";
import type { Environment, Value } from "../values/values.ts";

interface Net {
  readonly lets: readonly Local[];
  /** The names that the prediction sees. */
  readonly environment: Environment;
  readonly elaborator: Elaborator;
}

/** `what` is the prediction or output with this expression, in words. */
export function reportTrainingOnly(what: string, expression: Expression, value: Value, net: Net): void {
  if (isError(value) || !isTrainingOnly(value)) return;
  const [first, ...way] = wayFrom(expression, net, new Set());
  if (first === undefined) return;
  const last = way.at(-1) ?? first;
  const { features, featureSyntax, labels } = net.elaborator.declarations;
  const isLabel = labels.has(last.name);
  const declared = (isLabel ? labels : features).get(last.name);
  const origin = isLabel ? `the label \`${last.name}\`` : `\`${last.name}\``;
  const related = [
    ...way.flatMap(({ span, name }, i) =>
      span === (way[i - 1] ?? first).span ? [] : [at(span, name === last.name ? origin : "through this")],
    ),
    ...(declared === undefined ? [] : [at(declared.span, "declared here")]),
  ];
  const parameters = { what, read: last.name };
  if (isLabel) net.elaborator.report(labelInPrediction, parameters, first.span, { related });
  else {
    const syntax = featureSyntax.get(last.name);
    const kind = syntax === undefined ? "int(1..50)" : textOf(syntax.type.span);
    const inLines = { ...parameters, declared: `${last.name} : ${withOption(kind, "served: …")}` };
    net.elaborator.report(trainingInPrediction, inLines, first.span, { related });
  }
}

function isTrainingOnly({ sources }: Value): boolean {
  return sources.has("label") || sources.has("training");
}

/** The path from a name in `expression` through `let`s to a label or feature; empty if there is none. */
function wayFrom(expression: Expression, net: Net, seen: Set<string>): readonly Identifier[] {
  const { lets, environment, elaborator } = net;
  const { features, groups, labels } = elaborator.declarations;
  const ofTraining = (name: string) => {
    const feature = features.get(name);
    return feature !== undefined && feature.served === null && scopesOf(feature, features).has("training");
  };
  for (const reference of referencesOf(expression)) {
    const { name, span } = reference;
    const value = environment.peek(name);
    if (value === undefined) {
      const inGroup = groups.get(name)?.features.find(ofTraining);
      if (inGroup !== undefined) return [reference, { name: inGroup, span }];
      if (labels.has(name) || ofTraining(name)) return [reference];
      continue;
    }
    const defined = lets.find((each) => namesOf(each).some((own) => own.name === name));
    if (defined === undefined || seen.has(name)) continue;
    const way = wayFrom(defined.value, net, seen.add(name));
    if (way.length > 0) return [reference, ...way];
  }
  return [];
}
