// Reads `history` items and resolves their bindings. `item_id <-> hist_item_id` shares vocabulary, width and
// table with the feature on the left, so the right side may not contradict them. own-fields.ts reads unbound
// fields.

import { type Span, textOf } from "../../common/source-file.ts";
import {
  bindingCountsPadding,
  bindingOtherTable,
  bindingRepeats,
  bindingVocabulary,
  bindingWidth,
  columnBoundTwice,
  columnIsFeature,
  emptyHistory,
  historyWithoutMax,
  targetNotEmbedded,
  targetNotItem,
  unknownTarget,
} from "../../diagnostics/catalog/bindings.ts";
import { targetIsComputed } from "../../diagnostics/catalog/computed.ts";
import { targetIsCross } from "../../diagnostics/catalog/features.ts";
import { historyAsField } from "../../diagnostics/catalog/histories.ts";
import { badOptionValue, embedOnNumber, unknownOption } from "../../diagnostics/catalog/model.ts";
import type { Fix } from "../../diagnostics/diagnostic.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import { checkCase, type Declarations } from "../elaborate/declarations.ts";
import { readKind } from "../kinds/read-kind.ts";
import { takeApart } from "../kinds/read-set.ts";
import { hasIds, isSameKind, kindPhrase, partsOf } from "../kinds/registry.ts";
import type { Feature, FeatureKind, HistoryField, SetOptions } from "../model/model.ts";
import { isBroken, quoteExpression, readWhole, removal, spanOfArgument } from "../syntax/constants.ts";
import type { Binding, HistoryItem, Identifier } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { readWidth } from "./embedding.ts";
import { declareOwnField } from "./own-fields.ts";
import { computedFields, withSources } from "./sources.ts";

/** The options of a history, in parentheses, with their documentation. */
export const HISTORY_OPTIONS: Readonly<Record<"max", string>> = {
  max: "The largest number of steps; only the latest ones are read.",
};

/** The columns of all histories that were read so far. */
export type ReadColumns = Map<string, ReadColumn>;

interface ReadColumn {
  readonly span: Span;
  readonly history: string;
  /** The feature that the column is bound to, or null. */
  readonly target: string | null;
}

/** `partial`: parts of the text could not be read. Features must already be declared. */
export function declareHistory(
  item: HistoryItem,
  columns: ReadColumns,
  partial: boolean,
  declarations: Declarations,
  reporter: Reporter,
): void {
  if (!declarations.owns(item.name)) return;
  const name = item.name.name;
  const max = readMax(item, reporter);
  const fields: HistoryField[] = [];
  const names = fieldNames(item);
  let fine = max !== null;
  for (const [i, syntax] of item.fields.entries()) {
    const field =
      syntax.kind === "binding"
        ? bind(item, syntax, names[i]!.name, columns, declarations, reporter)
        : checkColumn(syntax.name, item, null, columns, declarations, reporter)
          ? declareOwnField(item, syntax, declarations, reporter)
          : null;
    if (field === null) fine = false;
    else fields.push(field);
  }
  if (item.fields.length === 0) {
    if (!partial) reporter.report(emptyHistory, { name }, item.name.span);
    fine = false;
  }
  const read = withSources(item, fields, declarations, reporter);
  if (!fine || read === null) declarations.broken.add(name);
  declarations.historySyntax.set(name, item);
  const { doc } = item;
  declarations.histories.set(name, {
    name,
    max: max ?? 1,
    fields: [...(read ?? fields), ...computedFields(fields, declarations)],
    doc,
    span: item.name.span,
  });
}

function readMax(item: HistoryItem, reporter: Reporter): number | null {
  const name = item.name.name;
  let max: number | null = null;
  let fine = true;
  for (const argument of item.arguments) {
    if (isBroken(argument.value)) return null;
    if (argument.name === null || !Object.hasOwn(HISTORY_OPTIONS, argument.name.name)) {
      const of = `history ${name}`;
      const help = unknownOption.helps.history();
      if (argument.name === null)
        reporter.report(
          unknownOption,
          { option: quoteExpression(argument.value).replaceAll("`", ""), of },
          argument.value.span,
          { help },
        );
      else
        reporter.report(
          unknownOption,
          { option: argument.name.name, of },
          argument.name.span,
          reporter.didYouMean(argument.name, Object.keys(HISTORY_OPTIONS), help, "option"),
        );
      fine = false;
      continue;
    }
    max = readWhole(argument.value, 1, 1_000_000);
    if (max === null) {
      reporter.report(
        badOptionValue,
        {
          option: "`max`",
          of: `history ${name}`,
          expected: "a whole number from 1 to 1000000",
          got: quoteExpression(argument.value),
        },
        spanOfArgument(argument),
      );
      fine = false;
    }
  }
  if (fine && max === null) {
    reporter.report(historyWithoutMax, { name }, item.name.span, {
      fixes: [
        {
          title: "keep the latest 50 steps",
          isGuess: true,
          edits: [{ span: { ...item.name.span, start: item.name.span.end }, text: "(max: 50)" }],
        },
      ],
    });
    return null;
  }
  return fine ? max : null;
}

/**
 * The name of each field of a history in the network: its feature's name. A field has its column's name
 * instead if it is unbound, or if several columns are bound to its feature.
 */
export function fieldNames({ fields }: HistoryItem): readonly Identifier[] {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const field of fields) {
    if (field.kind !== "binding") continue;
    const { name } = field.target;
    (once.has(name) ? more : once).add(name);
  }
  return fields.map((field) => {
    if (field.kind === "own") return field.name;
    return more.has(field.target.name) ? field.column : field.target;
  });
}

/** Binds a column; returns null if a mistake was reported. `name` comes from `fieldNames`. */
function bind(
  item: HistoryItem,
  binding: Binding,
  name: string,
  columns: ReadColumns,
  declarations: Declarations,
  reporter: Reporter,
): HistoryField | null {
  if (!checkBinding(item, binding, columns, declarations, reporter)) return null;
  const [target, column] = [binding.target.name, binding.column.name];
  return { name, feature: declarations.features.get(target)!, source: null, column, span: binding.span };
}

function checkBinding(
  item: HistoryItem,
  binding: Binding,
  columns: ReadColumns,
  declarations: Declarations,
  reporter: Reporter,
): boolean {
  checkCase(binding.column, reporter);
  if (isTurned(binding, declarations)) {
    const [feature, column] = [binding.column, binding.target];
    reporter.report(unknownTarget, { name: column.name }, column.span, {
      help: unknownTarget.helps.turned(feature.name, column.name),
      fixes: [
        {
          title: `write \`${feature.name} <-> ${column.name}\``,
          edits: [
            { span: column.span, text: feature.name },
            { span: feature.span, text: column.name },
          ],
        },
      ],
    });
    return false;
  }
  const fine = checkColumn(binding.column, item, binding.target.name, columns, declarations, reporter);
  const target = declarations.features.get(binding.target.name);
  if (target === undefined && declarations.kindOf(binding.target.name) === "history") {
    reporter.report(historyAsField, { history: binding.target.name }, binding.target.span, {
      help: historyAsField.helps.bindToFeature(),
    });
    return false;
  }
  if (target === undefined) {
    const items = reporter.known(() =>
      [...declarations.features.values()]
        .filter((feature) => feature.scope === "item")
        .map((feature) => feature.name),
    );
    reporter.report(
      unknownTarget,
      { name: binding.target.name },
      binding.target.span,
      reporter.didYouMean(binding.target, items),
    );
    return false;
  }
  if (target.scope !== "item") {
    reporter.report(targetNotItem, { name: target.name, scope: target.scope }, binding.target.span, {
      related: [at(target.span, `declared as a ${target.scope} feature`)],
    });
    return false;
  }
  if (declarations.broken.has(target.name)) return false;
  if (partsOf(target).length > 0) {
    reporter.report(
      targetIsCross,
      { name: target.name, parts: partsOf(target).map((part) => part.name) },
      binding.target.span,
      {
        related: [at(declarations.featureSyntax.get(target.name)!.type.span, "a cross")],
      },
    );
    return false;
  }
  if (target.source !== null) {
    const facts = { name: target.name, source: target.source, column: binding.column.name };
    reporter.report(targetIsComputed, facts, binding.target.span, {
      related: [at(declarations.featureSyntax.get(target.name)!.source!.span, "computed here")],
      fixes: [{ ...replacing(binding.target.span, target.source), isGuess: true }],
    });
    return false;
  }
  if (!hasIds(target.kind) && binding.embed !== null) {
    const what = kindPhrase(target.kind);
    reporter.report(embedOnNumber, { feature: target.name, what }, binding.embed.span, {
      related: [at(declarations.featureSyntax.get(target.name)!.type.span, what)],
      help: embedOnNumber.helps.ofSteps(),
      fixes: [{ title: "remove `embed`", isGuess: true, edits: [removal(binding.embed.span)] }],
    });
    return false;
  }
  // Without `embed`, the ids may still be looked up in tables that the network declares.
  if (target.embed === null && binding.embed !== null) {
    reporter.report(targetNotEmbedded, { name: target.name }, binding.embed.span, {
      related: [at(target.span, "declared without `embed`")],
      help: targetNotEmbedded.helps.there(
        `${target.name} : ${kindText(target, declarations)}  embed ${textOf((binding.embed.width ?? binding.embed).span)}`,
      ),
    });
    return false;
  }
  return checkRightSide(binding, target, declarations, reporter) && fine;
}

/** Tells whether the column is on the left and a feature of the item on the right. */
function isTurned({ target, column }: Binding, declarations: Declarations): boolean {
  const isFeature = declarations.features.get(column.name)?.scope === "item";
  return (
    isFeature && !declarations.features.has(target.name) && declarations.kindOf(target.name) !== "history"
  );
}

/** Tells whether a history may read a column as `target`; null means a field of its own. */
function checkColumn(
  column: Identifier,
  { name: { name: history } }: HistoryItem,
  target: string | null,
  columns: ReadColumns,
  declarations: Declarations,
  reporter: Reporter,
): boolean {
  const { name } = column;
  const feature = declarations.features.get(name);
  if (feature !== undefined) {
    reporter.report(
      columnIsFeature,
      { column: name, isItem: target === null && feature.scope === "item" },
      column.span,
      {
        related: [
          at(
            feature.span,
            `declared as ${feature.scope === "item" ? "an" : "a"} ${feature.scope} feature, with one value per row`,
          ),
        ],
      },
    );
    return false;
  }
  const first = columns.get(name);
  if (first === undefined) columns.set(name, { span: column.span, history, target });
  // Two histories, a long and a short one, may read the same column.
  else if (first.history === history || first.target !== target) {
    reporter.report(columnBoundTwice, { column: name }, column.span, {
      related: [at(first.span, "already bound here")],
    });
    return false;
  }
  return true;
}

/**
 * Reports a kind or width on the right side. It distinguishes four cases, because their fixes differ: another
 * width; a vocabulary larger by one (padding was counted); another vocabulary; and both (the column describes
 * a table of its own).
 */
function checkRightSide(
  binding: Binding,
  target: Feature,
  declarations: Declarations,
  reporter: Reporter,
): boolean {
  const syntax = declarations.featureSyntax.get(target.name)!;
  const column = binding.column.name;
  const given = binding.embed === null ? null : readWidth(binding.embed, reporter);
  const written = binding.type === null ? null : takeApart(binding.type, column, reporter);
  const kind = written === null ? null : readKind(written.element, reporter);
  if ((binding.embed !== null && given === null) || (binding.type !== null && kind === null)) return false;
  const width = target.embed;
  const widthDiffers = given !== null && given !== width;
  const kindDiffers = kind !== null && !(saysSame(kind, target.kind) && sameSet(written!.set, target.set));
  if (binding.embed !== null && given !== null && width !== null && widthDiffers)
    reporter.report(bindingWidth, { column, given, target: target.name, width }, binding.embed.span, {
      label: `width ${given}`,
      related: [at(syntax.embed!.span, `the table's width, ${width}`)],
      fixes: [{ title: "remove the width", isGuess: true, edits: [removal(binding.embed.span)] }],
    });
  if (binding.type !== null && kind !== null && kindDiffers) {
    const types = { given: textOf(binding.type.span), kind: kindText(target, declarations) };
    const related = [at(syntax.type.span, "the vocabulary it shares")];
    const names = { column, target: target.name };
    if (widthDiffers)
      reporter.report(bindingOtherTable, { ...names, ...types }, binding.type.span, {
        related: [...related, at(syntax.embed!.span, "the width it shares")],
      });
    else if (
      kind.kind === "sized_id" &&
      target.kind.kind === "sized_id" &&
      kind.size === target.kind.size + 1
    )
      reporter.report(
        bindingCountsPadding,
        { ...names, given: kind.size, size: target.kind.size },
        binding.type.span,
        {
          label: `${kind.size} = ${target.kind.size} + 1`,
          related,
          fixes: [{ ...removeRightSide(binding), isGuess: true }],
        },
      );
    else
      reporter.report(bindingVocabulary, { ...names, ...types }, binding.type.span, {
        related,
        fixes: [{ ...removeRightSide(binding), isGuess: true }],
      });
  }
  if (widthDiffers || kindDiffers) return false;
  if (binding.type !== null || binding.embed !== null) {
    const shared = hasIds(target.kind) ? "vocabulary" : "kind";
    const what = binding.type === null ? "width" : binding.embed === null ? shared : `${shared} and width`;
    const span = {
      ...binding.span,
      start: (binding.type ?? binding.embed)!.span.start,
      end: (binding.embed ?? binding.type)!.span.end,
    };
    reporter.report(bindingRepeats, { column, what, target: target.name }, span, {
      related: [at(syntax.span, "given by this feature")],
      fixes: [removeRightSide(binding)],
    });
  }
  return true;
}

function removeRightSide(binding: Binding): Fix {
  const edit = removal({ ...binding.span, start: binding.column.span.end });
  return { title: "remove the definition on the right", edits: [edit] };
}

/** Transforms are ignored, because the right side has none: `number` matches any number. */
function saysSame(given: FeatureKind, target: FeatureKind): boolean {
  return (given.kind === "number" && "transforms" in target) || isSameKind(given, target);
}

function sameSet(a: SetOptions | null, b: SetOptions | null): boolean {
  return a?.max === b?.max && a?.pool === b?.pool && a?.weighted === b?.weighted;
}

function kindText(feature: Feature, declarations: Declarations): string {
  return textOf(declarations.featureSyntax.get(feature.name)!.type.span);
}
