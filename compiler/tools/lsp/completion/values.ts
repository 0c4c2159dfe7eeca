// Completion of expressions: visible values, functions to call, and numbers where a few are usual. The best
// matches come first.

import { CompletionItemKind } from "vscode-languageserver-types";
import { type CstNode, nodeOf, tokenOf, tokensOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import { append } from "../../../common/arrays.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import { hasIds, saysValues, tellsGroups } from "../../../frontend/kinds/registry.ts";
import type { ItemCursor } from "../cursor/context.ts";
import {
  parametersOf,
  type VisibleFeature,
  type VisibleName,
  type VisibleNames,
} from "../cursor/visible-names.ts";
import { functionEntry, keepsShape, type LanguageEntry, type Takes, wordEntry } from "../language/entry.ts";
import { partEntries } from "../language/words.ts";
import { blank, callOffer, entryOffer, type Offer } from "./offer.ts";

export interface ValueContext {
  readonly cursor: ItemCursor;
  readonly visible: VisibleNames;
  /** Whether a parenthesis follows the cursor. */
  readonly isCalled: boolean;
  /** Some of the tokens after the word at the cursor. */
  readonly textBehind: string;
}

const kinds: Readonly<Record<VisibleName["kind"], CompletionItemKind>> = {
  feature: CompletionItemKind.Field,
  group: CompletionItemKind.Class,
  history: CompletionItemKind.Class,
  layer: CompletionItemKind.Function,
  let: CompletionItemKind.Variable,
  output: CompletionItemKind.Variable,
  param: CompletionItemKind.Constant,
  parameter: CompletionItemKind.Variable,
};

function nameOffer({ kind, name, type, doc }: VisibleName, rank: number): Offer {
  return { label: name, kind: kinds[kind], detail: type ?? kind, doc, rank };
}

/** Valid names at the start of an expression of the net or a block. */
export function valueOffers(context: ValueContext, takes: readonly Takes[]): readonly Offer[] {
  const wanted = takes.length === 0 ? [{ kind: "any" } as const] : takes;
  return wanted.flatMap((each) => valuesFor(context, each));
}

/** For positions that need a value known at compile time. */
export function constantOffers(context: ValueContext, takes: readonly Takes[]): readonly Offer[] {
  return valueOffers({ ...context, cursor: { ...context.cursor, item: t.TrainKeyword } }, takes);
}

function valuesFor(context: ValueContext, takes: Takes): readonly Offer[] {
  const { cursor, visible } = context;
  const inNet = cursor.item === t.NetKeyword;
  const locals = [...visible.locals(cursor), ...visible.params()];
  switch (takes.kind) {
    case "vector":
    case "sequence":
    case "probability":
    case "any": {
      const values: VisibleName[] = locals.filter(({ kind }) => kind !== "layer");
      const inLoss = context.cursor.path.some(({ name }) => name === "loss");
      const labels = inNet && inLoss ? labelOffers(visible) : [];
      if (inNet)
        append(values, [
          ...visible
            .features()
            .filter((each) => hasValue(each) || (takes.kind === "any" && isCompared(each))),
          ...visible.groups(),
          ...visible.histories(),
        ]);
      return [
        ...comparedWith(context),
        ...values.flatMap((each) => {
          const rank = rankOf(each, takes.kind);
          return rank === null ? [] : [nameOffer(each, rank)];
        }),
        ...labels,
        ...callables(context).map((entry) =>
          callOffer(entry, 3 + rankOfCall(entry, takes.kind), { isPiped: false, isCalled: context.isCalled }),
        ),
      ];
    }
    case "int":
    case "number":
    case "list":
    case "string":
      return [...locals, ...(inNet ? visible.groups() : [])].flatMap((each) => {
        const fits = each.type === null ? each.kind === "parameter" : constants[takes.kind].test(each.type);
        return fits ? [nameOffer(each, 0)] : [];
      });
    case "constant":
      return visible.params().map((each) => nameOffer(each, 0));
    case "activation":
    case "function":
      return [...functionsFor(context, takes.kind, locals)];
    case "loss":
      return [...lossesFor(context, locals)];
    case "feature": {
      const mayBe = locals.filter(
        ({ kind, type }) => kind === "parameter" && /^Feature$|^$/.test(type ?? ""),
      );
      const declared = inNet
        ? [
            ...visible.features().map((each) => nameOffer(each, 0)),
            ...visible.histories().map((each) => nameOffer(each, 1)),
          ]
        : [];
      return [...mayBe.map((each) => nameOffer(each, 0)), ...declared, ...idsOfLosses(context, locals)];
    }
    case "ids":
      return featuresOffered(visible, ({ feature, written }) =>
        feature === null
          ? written !== "number"
          : hasIds(feature.kind) && feature.kind.kind !== "cross" && feature.set === null,
      );
    case "users":
      return featuresOffered(
        visible,
        ({ scope, feature }) => scope === "user" && (feature === null || tellsGroups(feature)),
      );
    case "domain":
      return featuresOffered(visible, ({ feature }) => feature === null || saysValues(feature));
    case "metric":
      return visible.metrics().map((label) => ({ label, kind: CompletionItemKind.EnumMember, rank: 0 }));
    case "label":
      return labelOffers(visible);
    case "part": {
      const inModel = [...visible.lets(), ...visible.groups(), ...visible.features(), ...visible.histories()];
      const all = partEntries.map((entry) => entryOffer(entry, CompletionItemKind.Keyword, 1, false));
      return [...inModel.map((each) => nameOffer(each, 0)), ...labelOffers(visible), ...all];
    }
    case "rowWeight": {
      const own = context.cursor.tokens[1]?.image;
      return [
        ...labelOffers(visible, new Set(own === undefined ? [] : [own])),
        ...featuresOffered(visible, ({ scope, written }) => scope === "training" && written === "number"),
      ];
    }
    case "words":
      return takes.words.map((entry) =>
        entryOffer(entry, CompletionItemKind.EnumMember, 0, context.isCalled),
      );
    case "kind":
    case "none":
      return [];
  }
}

/** The listed values of a feature, after `gender ==`. */
function comparedWith({ cursor, visible }: ValueContext): readonly Offer[] {
  const before = cursor.tokens.filter((token) => t.endOf(token) <= cursor.word.span.start);
  const [history, dot, name, sign] = before.slice(-4);
  if (sign?.tokenType !== t.EqualTo && sign?.tokenType !== t.UnequalTo) return [];
  const isField = dot?.tokenType === t.Dot;
  const feature = visible.featureNamed(isField ? history!.image : null, name!.image);
  if (feature?.kind.kind !== "enum") return [];
  return feature.kind.values.map((value) => ({
    label: JSON.stringify(value),
    kind: CompletionItemKind.EnumMember,
    rank: 0,
  }));
}

const constants: Readonly<Record<"int" | "number" | "list" | "string", RegExp>> = {
  int: /^Int\b/,
  number: /^(Int|Float)\b/,
  list: /^List/,
  string: /^String/,
};

export function labelOffers(
  visible: VisibleNames,
  except: ReadonlySet<string> = new Set(),
): readonly Offer[] {
  return visible
    .labels()
    .filter(({ name }) => !except.has(name))
    .map(({ name, doc }) => ({
      label: name,
      kind: CompletionItemKind.EnumMember,
      detail: "label",
      doc,
      rank: 0,
    }));
}

export function featuresOffered(
  visible: VisibleNames,
  isMeant: (feature: VisibleFeature) => boolean,
): readonly Offer[] {
  return visible
    .features()
    .filter((each) => each.written !== "" && isMeant(each))
    .map((each) => nameOffer(each, 0));
}

/** Tells whether a feature's name has a value in the net. */
function hasValue({ feature }: VisibleFeature): boolean {
  return feature === null || feature.embed !== null || !hasIds(feature.kind);
}

/** Tells whether a feature's values are written in the spec, so that it may be compared with one even without a table. */
function isCompared({ feature }: VisibleFeature): boolean {
  return feature?.kind.kind === "enum" || feature?.kind.kind === "int";
}

/** The rank of a name; null if it does not fit at all. */
function rankOf(
  { kind, type }: VisibleName,
  takes: "vector" | "sequence" | "probability" | "any",
): number | null {
  if (type === null) return 1;
  const isSequence = type.startsWith("Seq");
  const isVector = type.startsWith("Vec");
  switch (takes) {
    case "sequence":
      return isSequence || kind === "group" ? 0 : kind === "param" ? null : isVector ? 2 : 1;
    case "vector":
      return isVector ? 0 : isSequence ? 1 : kind === "param" ? null : 2;
    case "probability":
      return type === "Prob" ? 0 : isVector || isSequence ? 2 : null;
    case "any":
      return kind === "param" ? 2 : isVector || isSequence ? 0 : 1;
  }
}

function rankOfCall({ label }: LanguageEntry, takes: "vector" | "sequence" | "probability" | "any"): number {
  const result = / -> (\w+)[^>]*$/.exec(label)?.[1];
  if (takes === "sequence") return result === "Seq" ? 0 : 1;
  return takes === "probability" ? (/^sigmoid\b|-> Prob$/.test(label) ? 0 : 1) : 0;
}

/** Functions that mix the rows of a batch. */
const LOSS_ONLY: ReadonlySet<string> = new Set([
  "shuffled",
  "batch",
  "drawn",
  "draw_probability",
  "frequency",
  "log_partition",
  "rows",
]);

/** Functions that keep the ids of a feature, or draw some. */
const ID_FUNCTIONS: ReadonlySet<string> = new Set(["after_first", "before_last", "batch", "drawn", "rows"]);

/** Ids that a loss takes for a feature: those of other steps or rows, and drawn ones. */
function idsOfLosses(context: ValueContext, locals: readonly VisibleName[]): readonly Offer[] {
  const inLoss = context.cursor.path.some(({ name }) => name === "loss");
  // The axis of a `let` that only losses read is named after what made it: `rows(item_id)`.
  const ids = inLoss ? /^Seq\[/ : /^Seq\[\w+\(/;
  const sequences = locals.filter(({ kind, type }) => kind === "let" && ids.test(type ?? ""));
  const calls = inLoss ? callables(context).filter(({ name }) => ID_FUNCTIONS.has(name)) : [];
  return [
    ...sequences.map((each) => nameOffer(each, 2)),
    ...calls.map((entry) => callOffer(entry, 3, { isPiped: false, isCalled: context.isCalled })),
  ];
}

/**
 * Everything that can be called at a position: blocks (the nearest of each name), then built-in functions.
 */
function callables({ cursor, visible }: ValueContext): readonly LanguageEntry[] {
  const inLoss = cursor.path.some(({ name }) => name === "loss");
  const blocks = visible.blocks();
  const own = cursor.path.find(({ name }) => name === "block");
  // A block's features are its parameters.
  const hasFeatures = own === undefined || parametersOf(own).some(({ text }) => /^$|\bFeature\b/.test(text));
  // A block may be written for losses, and a `let`.
  const mayMix = inLoss || own !== undefined || cursor.path.some(({ name }) => name === "let");
  const built = [...languageFunctions.values()].filter(
    ({ name, parameters }) =>
      !blocks.has(name) &&
      (hasFeatures || !parameters.some((each) => each.accepts === "feature" && each.default === undefined)) &&
      (mayMix || !LOSS_ONLY.has(name)),
  );
  const itself = own === undefined ? undefined : tokenOf(own, t.DeclaredName)?.image;
  const layers = visible.layers();
  const above = visible.locals(cursor).flatMap(({ kind, name }) => (kind === "layer" ? [name] : []));
  return [
    ...above.map((name) => layers.get(name) ?? wordEntry(name, "")),
    ...[...blocks.values()].filter(({ name }) => name !== itself),
    ...built.map(functionEntry),
  ];
}

function* functionsFor(
  context: ValueContext,
  takes: "activation" | "function",
  locals: readonly VisibleName[],
): Iterable<Offer> {
  for (const each of locals) if (mayBeCalled(each)) yield nameOffer(each, 0);
  for (const entry of callables(context)) {
    const fits = takes === "function" || keepsShape(entry);
    const { name, label, doc } = entry;
    if (fits) yield { label: name, kind: CompletionItemKind.Function, detail: label, doc, rank: 1 };
  }
}

/** Functions of two values; those for the label's kind come first. */
function* lossesFor(context: ValueContext, locals: readonly VisibleName[]): Iterable<Offer> {
  const statement = context.cursor.path.find(({ name }) => name === "predict");
  const label = statement === undefined ? undefined : tokenOf(statement, t.DeclaredName)?.image;
  for (const each of locals) if (mayBeCalled(each)) yield nameOffer(each, 1);
  const meant = context.visible.lossesOf(label ?? "");
  for (const { name, label: detail, doc, parameters } of callables(context)) {
    const needed = parameters.filter(({ isOptional }) => !isOptional).length;
    const takesTwo = needed <= 2 && (parameters.length >= 2 || parameters.some(({ isRest }) => isRest));
    if (takesTwo)
      yield {
        label: name,
        kind: CompletionItemKind.Function,
        detail,
        doc,
        rank: meant.includes(name) ? 0 : 2,
      };
  }
}

/** Tells whether a value is, or may be, a function. */
function mayBeCalled({ kind, type }: VisibleName): boolean {
  if (kind === "layer") return true;
  return type === null ? kind === "parameter" : /^(Activation|Block|function)/.test(type);
}

/** Completion after `|>`. */
export function stageOffers(context: ValueContext): readonly Offer[] {
  const piped = pipedType(context);
  const locals = context.visible.locals(context.cursor);
  const given = locals.filter(mayBeCalled);
  return [
    ...given.map((each) => nameOffer(each, 0)),
    ...callables(context).flatMap((entry) => {
      const first = entry.parameters[0];
      if (first === undefined || first.takes.kind === "function") return [];
      if (first.takes.kind === "list" && piped !== null && !piped.startsWith("List")) return [];
      const rank = piped === null ? 1 : fitsPiped(first.takes, piped) ? 1 : 2;
      return [callOffer(entry, rank, { isPiped: true, isCalled: context.isCalled })];
    }),
  ];
}

function fitsPiped(takes: Takes, type: string): boolean {
  if (takes.kind === "sequence") return type.startsWith("Seq");
  return takes.kind === "vector" && type.startsWith("Vec");
}

/** The type of the expression before the last `|>`, if that is a name, or a call with a declared result. */
function pipedType({ cursor, visible }: ValueContext): string | null {
  const expression = cursor.path.findLast(({ name }) => name === "expression");
  if (expression === undefined) return null;
  const stages = expression.children.filter(
    (child): child is CstNode => "children" in child && child.name === "stage",
  );
  const before = stages.at(-2);
  if (before !== undefined) return resultOf(visible.callable(tokenOf(before, t.Identifier)?.image ?? ""));
  const sum = nodeOf(expression, "sum");
  const operand = sum?.children.length === 1 ? nodeOf(sum, "operand") : undefined;
  const name = operand === undefined ? null : tokenOf(operand, t.Identifier)?.image;
  if (operand === undefined || name == null) return null;
  if (nodeOf(operand, "call") !== undefined) return resultOf(visible.callable(name));
  const [, field] = tokensOf(operand, t.Identifier);
  if (field !== undefined)
    return visible.fields(name).find((each) => each.name === field.image)?.type ?? null;
  const known = [
    ...visible.locals(cursor),
    ...visible.features(),
    ...visible.groups(),
    ...visible.histories(),
  ];
  return known.find((each) => each.name === name)?.type ?? null;
}

function resultOf(entry: LanguageEntry | null): string | null {
  return entry === null ? null : (/ -> (\S[^>]*)$/.exec(entry.label)?.[1] ?? null);
}

/** An offer for an inline function. */
export function lambdaOffer({ kind }: Takes): readonly Offer[] {
  if (kind !== "function" && kind !== "loss") return [];
  const [first, second] = kind === "loss" ? (["p", "y"] as const) : (["a", "b"] as const);
  return [
    {
      label: `(${first}, ${second}) => …`,
      kind: CompletionItemKind.Snippet,
      detail: "a function written in place",
      text: `(${first}, ${second}) => `,
      snippet: `(${blank(1, first)}, ${blank(2, second)}) => $0`,
      rank: 0,
    },
  ];
}

export function numberOffers(numbers: readonly (number | string)[]): readonly Offer[] {
  return numbers.map((number, i) => ({
    label: String(number),
    kind: CompletionItemKind.Value,
    rank: 0,
    order: String(i).padStart(2, "0"),
  }));
}
