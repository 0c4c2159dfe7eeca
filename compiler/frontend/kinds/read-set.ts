// Reads a feature's kind with the options for several values: `set(id(min_count: 2), max: 20, pool: mean)`,
// `text(hash: 50_000, max: 20)`. The inner kind defines a single value, as for a feature with one value.

import { shared } from "../../diagnostics/catalog/helps.ts";
import { unknownOption } from "../../diagnostics/catalog/model.ts";
import {
  setMissing,
  setOfOthers,
  setWithoutKind,
  setWithoutMax,
  textWithoutHash,
  weightsUnused,
} from "../../diagnostics/catalog/sets.ts";
import type { FeatureKind, SetOptions } from "../model/model.ts";
import { isBroken, quoteExpression, readWhole, spanOfArgument, withoutElement } from "../syntax/constants.ts";
import type { Argument, Expression, Identifier, KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import { badOption, option } from "./options.ts";
import { hasRawIds } from "./registry.ts";

/** The memory for a row's values while candidates are scored. */
const MOST_VALUES = 10_000;

export const POOLINGS: readonly SetOptions["pool"][] = ["sum", "mean", "max", "none"];

/** The options of a set, with their documentation. */
export const SET_OPTIONS: Readonly<Record<string, string>> = {
  max: "The largest number of different values in a row; the first ones count, each once.",
  pool: "Combines their vectors to one: `sum`, `mean` (the default) or `max`, number by number. `none` keeps them as an axis.",
};

/** The word for a set whose values have weights. */
export const WEIGHTED = {
  word: "weighted",
  doc: "Each value has a weight: `comedy:0.7`. A sum is Σ w·v, a mean Σ w·v / Σ w. `weighted(by: tag_weights)` reads the weights from another column.",
  option: "by",
  form: "weighted(by: tag_weights)",
  columnDoc:
    "The column of the data with the weights of a set's values: a weight for each, in the same order.",
} as const;

/** Separates a value from its weight in a text: the last one counts, so that a value may contain it. */
export const WEIGHT_SIGN = ":";
const OPTIONS = Object.keys(SET_OPTIONS);

export const set = {
  keyword: "set",
  form: "set(id, max: 20)",
  doc: "Any number of values per row, of a kind with ids, such as tags or interests. Its name in the network is one vector, pooled from those of its values; with `pool: none` it is an axis with a vector for each.",
} as const;

/** The parts of a written kind. */
export interface WrittenKind {
  /** The kind of one value. */
  readonly element: KindReference;
  /** Null if there is one value per row. */
  readonly set: SetOptions | null;
}

/** The kind of one value; the kind itself if it isn't a set. */
export function elementOf(type: KindReference): KindReference {
  if (type.name.name === "set") return referenceIn(type.arguments[0]) ?? type;
  if (type.name.name === "text")
    return { ...type, arguments: type.arguments.filter((each) => !isOption(each)) };
  return type;
}

/** `feature` is its name in messages. Returns null if a mistake was reported. */
export function takeApart(type: KindReference, feature: string, reporter: Reporter): WrittenKind | null {
  const word = type.name.name;
  if (word !== "set" && word !== "text") return { element: type, set: null };
  const [first] = type.arguments;
  const element = elementOf(type);
  if (word === "set" && element === type) {
    if (first === undefined || first.name !== null) reporter.report(setWithoutKind, {}, type.span);
    else if (!isBroken(first.value))
      reporter.report(setOfOthers, { got: quoteExpression(first.value) }, first.value.span, {
        help: setOfOthers.helps.ids(),
      });
    return null;
  }
  if (word === "set" && (element.name.name === "set" || element.name.name === "text")) {
    const isText = element.name.name === "text";
    reporter.report(setOfOthers, { got: isText ? "texts" : "sets" }, element.span, {
      help: isText
        ? setOfOthers.helps.text(quoteExpression(element).replaceAll("`", ""))
        : setOfOthers.helps.oneSet(),
    });
    return null;
  }
  const others = word === "set" ? type.arguments.slice(1) : type.arguments;
  if (!others.every((argument) => isKnown(argument, word, feature, reporter))) return null;
  if (word === "text" && option(type, "hash") === undefined) {
    const [head] = type.arguments;
    const start = head === undefined ? null : spanOfArgument(head).start;
    reporter.report(textWithoutHash, { feature }, type.span, {
      fixes:
        start === null
          ? []
          : [
              {
                title: "add `hash: 50_000`",
                isGuess: true,
                edits: [{ span: { ...type.span, start, end: start }, text: "hash: 50_000, " }],
              },
            ],
    });
    return null;
  }
  const set = readOptions(type, feature, reporter);
  return set === null ? null : { element, set };
}

/** Tells whether values of `kind` may be in a set, and reports it if not. */
export function mayBeInSet(kind: FeatureKind, element: KindReference, reporter: Reporter): boolean {
  if (hasRawIds(kind)) return true;
  const isCross = kind.kind === "cross";
  const isTime = "zone" in kind || kind.kind === "time";
  const got = isCross ? "crosses" : isTime ? "times" : kind.kind === "vector" ? "vectors" : "numbers";
  const { cross, times, numbers } = setOfOthers.helps;
  reporter.report(setOfOthers, { got }, element.span, {
    help: isCross ? cross() : isTime ? times() : numbers(),
  });
  return false;
}

function referenceIn(argument: Argument | undefined): KindReference | null {
  if (argument === undefined || argument.name !== null) return null;
  const { value } = argument;
  if (value.kind === "name")
    return { name: { name: value.name, span: value.span }, arguments: [], span: value.span };
  return value.kind === "call" ? { name: value.callee, arguments: value.arguments, span: value.span } : null;
}

/** `weighted`, or `weighted(by: tag_weights)` with the name of a column. */
function isWeighted(argument: Argument): boolean {
  const { name, value } = argument;
  if (name !== null) return false;
  return (value.kind === "name" && value.name === WEIGHTED.word) || weightsColumnOf(argument) !== null;
}

/** The column that has the weights; null if none is named. */
export function weightsColumnOf({ value }: Argument): Identifier | null {
  if (value.kind !== "call" || value.callee.name !== WEIGHTED.word) return null;
  const [by, ...more] = value.arguments;
  if (more.length > 0 || by?.name?.name !== WEIGHTED.option || by.value.kind !== "name") return null;
  return { name: by.value.name, span: by.value.span };
}

function isOption({ name }: Argument): boolean {
  return name !== null && OPTIONS.includes(name.name);
}

function isKnown(argument: Argument, word: "set" | "text", feature: string, reporter: Reporter): boolean {
  const { name, value } = argument;
  if (isBroken(value)) return false;
  if (isOption(argument) || (word === "text" && name?.name === "hash")) return true;
  if (word === "set" && isWeighted(argument)) return true;
  const span = spanOfArgument(argument);
  if (name?.name === "missing") {
    const what = word === "set" ? "a set" : "a text";
    reporter.report(setMissing, { feature, what }, span, {
      fixes: withoutElement(span),
    });
    return false;
  }
  const known = word === "text" ? ["hash", ...OPTIONS] : OPTIONS;
  const isOfWeights = word === "set" && value.kind === "call" && value.callee.name === WEIGHTED.word;
  const hint =
    word === "text"
      ? shared.write("text(hash: 50_000, max: 20)")
      : isOfWeights
        ? shared.write(WEIGHTED.form)
        : unknownOption.helps.set();
  if (name === null)
    reporter.report(unknownOption, { option: quoteExpression(value).replaceAll("`", ""), of: word }, span, {
      help: hint,
    });
  else
    reporter.report(
      unknownOption,
      { option: name.name, of: word },
      name.span,
      reporter.didYouMean(name, known, hint, "option"),
    );
  return false;
}

function readOptions(type: KindReference, feature: string, reporter: Reporter): SetOptions | null {
  const word = type.name.name;
  const [max, pool] = [option(type, "max"), option(type, "pool")];
  const pooling = pool === undefined ? "mean" : poolingOf(pool.value);
  if (pooling === null) return badOption(pool!, word, "`sum`, `mean`, `max` or `none`", reporter);
  if (max === undefined) {
    // Inserts after the last argument: a set has its kind, a text its `hash`.
    const { end } = spanOfArgument(type.arguments.at(-1)!);
    reporter.report(setWithoutMax, { feature, what: word === "text" ? "words" : "values" }, type.span, {
      fixes: [
        {
          title: "add `max: 20`",
          isGuess: true,
          edits: [{ span: { ...type.span, start: end, end }, text: ", max: 20" }],
        },
      ],
    });
    return null;
  }
  const most = readWhole(max.value, 1, MOST_VALUES);
  if (most === null)
    return badOption(
      max,
      word,
      `a whole number from 1 to ${MOST_VALUES}${word === "set" ? " (for more, a `history` keeps the latest)" : ""}`,
      reporter,
    );
  const ofWeights = word === "set" ? type.arguments.slice(1).find(isWeighted) : undefined;
  const weighted = ofWeights !== undefined;
  if (weighted && (pooling === "max" || pooling === "none")) {
    reporter.report(weightsUnused, { feature, pool: pooling }, spanOfArgument(pool!), {
      fixes: [{ title: "pool by `sum`", isGuess: true, edits: [{ span: pool!.value.span, text: "sum" }] }],
    });
    return null;
  }
  const column = ofWeights === undefined ? null : weightsColumnOf(ofWeights);
  return {
    ...{ max: most, pool: pooling, weighted },
    ...(column === null ? {} : { weightsColumn: column.name }),
  };
}

function poolingOf(value: Expression): SetOptions["pool"] | null {
  return value.kind === "name" ? (POOLINGS.find((pooling) => pooling === value.name) ?? null) : null;
}
