// Reads `served: 1` of a training-only feature: the id or number that replaces it in predictions.

import { badServed, servedOutside } from "../../diagnostics/catalog/training-only.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
import {
  hasLearnedVocabulary,
  hasLearningPipe,
  idKindOf,
  kindOf,
  vocabularyFileOf,
} from "../kinds/registry.ts";
import { serve } from "../kinds/serve.ts";
import { type Feature, type FeatureKind, UNKNOWN_ID } from "../model/model.ts";
import { isBroken, quoteExpression, readNumber, spanOfArgument } from "../syntax/constants.ts";
import type { Argument, Expression } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";

/** The option `served`, for every kind in `features training` except crosses and sets. */
export const SERVED = {
  option: "served",
  doc: "The value that predictions use instead of a feature that is known only in training: a value, or `unknown`, which is the id 1. Without it, no prediction may read the feature.",
  unknown: "unknown",
} as const;

interface Served extends Pick<Feature, "name" | "scope"> {
  readonly kind: FeatureKind;
  readonly isSet: boolean;
}

/** Kinds whose values can be served learn nothing from data. */
const NOTHING_LEARNED = { vocabulary: [], transforms: [] };

/** Reads the served id or number; returns null if a mistake was reported. */
export function readServed(argument: Argument, feature: Served, reporter: Reporter): number | null {
  const { name, scope } = feature;
  if (isBroken(argument.value)) return null;
  if (scope !== "training") {
    reporter.report(servedOutside, { name, scope }, spanOfArgument(argument));
    return null;
  }
  const served = servedOf(argument.value, feature);
  if (typeof served === "number") return served;
  const parameters = { name, got: quoteExpression(argument.value) };
  reporter.report(badServed, parameters, spanOfArgument(argument), { help: served });
  return null;
}

function servedOf(value: Expression, { name, kind, isSet }: Served): number | Help {
  const { helps } = badServed;
  const definition = kindOf(kind);
  if (isSet || definition.gives === "cross") return helps.oneValue();
  const number = readNumber(value);
  if (definition.gives !== "ids") {
    if (hasLearningPipe({ kind })) return helps.learnedNumber();
    if (kind.kind === "time") return helps.oneValue();
    if (number === null) return helps.number();
    if (definition.gives === "vector") return Math.fround(number);
    const seen = Math.fround(definition.numbers(serve, kind, NOTHING_LEARNED).numberOf(number));
    return Number.isFinite(seen) ? seen : helps.number();
  }
  if (value.kind === "name" && value.name === SERVED.unknown) return UNKNOWN_ID;
  if (hasLearnedVocabulary({ kind }) || vocabularyFileOf({ kind }) !== null || hasLearningPipe({ kind }))
    return helps.learnedIds();
  const raw = number ?? (value.kind === "string" ? value.value : null);
  const id =
    raw === null ? UNKNOWN_ID : idKindOf({ name, kind }).space(serve, kind, NOTHING_LEARNED).idOf(raw);
  return id > UNKNOWN_ID ? id : helps.noValue();
}
