// Reads `history` items and joins their bindings: `item_id <-> hist_item_id` shares vocabulary, width and table
// with the feature on the left, so nothing of these may be said differently on the right.

import type { Binding, HistoryItem } from "../ast/nodes.ts";
import { targetIsCross } from "../diagnostics/catalog/features.ts";
import {
  badOptionValue,
  bindingCountsPadding,
  bindingOtherTable,
  bindingRepeats,
  bindingVocabulary,
  bindingWidth,
  columnBoundTwice,
  columnIsFeature,
  emptyHistory,
  historyWithoutMax,
  targetBoundTwice,
  targetIsNumber,
  targetNotEmbedded,
  targetNotItem,
  unknownOption,
  unknownTarget,
} from "../diagnostics/catalog/model.ts";
import { historyOfHistory } from "../diagnostics/catalog/sets.ts";
import type { Fix } from "../diagnostics/diagnostic.ts";
import { readKind } from "../kinds/read-kind.ts";
import { takeApart } from "../kinds/read-set.ts";
import { hasIds, isSameKind, partsOf, withoutIds } from "../kinds/registry.ts";
import { type Span, textOf } from "../source/source-file.ts";
import { isBroken, readWhole, removal, spanOfArgument, written } from "./constants.ts";
import { checkCase, type Declarations } from "./declarations.ts";
import { readWidth } from "./embedding.ts";
import type { Feature, HistoryField, SetOptions } from "./model.ts";
import { at, didYouMean, type Reporter } from "./reporter.ts";

/**
 * `columns` are those bound so far, of all histories; `partial` says that the text could not be read as a whole.
 * Features must have been declared.
 */
export function declareHistory(
  item: HistoryItem,
  columns: Map<string, Span>,
  partial: boolean,
  declarations: Declarations,
  reporter: Reporter,
): void {
  if (!declarations.owns(item.name)) return;
  const name = item.name.name;
  const max = readMax(item, reporter);
  const fields = new Map<string, HistoryField>();
  let fine = max !== null;
  for (const binding of item.bindings) {
    const sound = checkBinding(item, binding, fields, columns, declarations, reporter);
    const feature = binding.target.name;
    if (sound) fields.set(feature, { feature, column: binding.column.name, span: binding.span });
    else fine = false;
  }
  if (item.bindings.length === 0) {
    if (!partial)
      reporter.report(emptyHistory, { name }, item.name.span, {
        help: "bind a column to an item feature: `item_id <-> hist_item_id`",
      });
    fine = false;
  }
  if (!fine) declarations.broken.add(name);
  declarations.historySyntax.set(name, item);
  const { doc } = item;
  declarations.histories.set(name, {
    name,
    max: max ?? 1,
    fields: [...fields.values()],
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
    if (argument.name?.name !== "max") {
      const of = `history ${name}`;
      const help = "write `history clicks(max: 50)`";
      if (argument.name === null)
        reporter.report(
          unknownOption,
          { option: written(argument.value).replaceAll("`", ""), of },
          argument.value.span,
          { help },
        );
      else
        reporter.report(
          unknownOption,
          { option: argument.name.name, of },
          argument.name.span,
          didYouMean(argument.name, ["max"], help),
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
          got: written(argument.value),
        },
        spanOfArgument(argument),
      );
      fine = false;
    }
  }
  if (fine && max === null) {
    reporter.report(historyWithoutMax, { name }, item.name.span, {
      help: `write \`history ${name}(max: 50)\``,
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

function checkBinding(
  item: HistoryItem,
  binding: Binding,
  fields: ReadonlyMap<string, HistoryField>,
  columns: Map<string, Span>,
  declarations: Declarations,
  reporter: Reporter,
): boolean {
  checkCase(binding.column, reporter);
  let fine = checkColumn(binding, columns, declarations, reporter);
  const target = declarations.features.get(binding.target.name);
  if (target === undefined && declarations.histories.has(binding.target.name)) {
    const { name } = binding.target;
    reporter.report(historyOfHistory, { name }, binding.target.span, {
      related: [at(declarations.histories.get(name)!.span, "declared here")],
      help: "bind the column to an item feature; one that is a `set(id, max: 20)` has several values a step",
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
      didYouMean(binding.target, items, "bind to a feature declared in `features item`"),
    );
    return false;
  }
  const earlier = fields.get(target.name);
  if (earlier !== undefined) {
    reporter.report(targetBoundTwice, { target: target.name, history: item.name.name }, binding.span, {
      related: [at(earlier.span, "bound here already")],
      help: "declare a second history for the other column",
    });
    fine = false;
  }
  if (target.scope !== "item") {
    reporter.report(targetNotItem, { name: target.name, scope: target.scope }, binding.target.span, {
      related: [at(target.span, `declared as a ${target.scope} feature`)],
      help: `declare \`${target.name}\` in \`features item\`, or bind to an item feature`,
    });
    return false;
  }
  if (declarations.broken.has(target.name)) return false;
  if (!hasIds(target.kind)) {
    reporter.report(
      targetIsNumber,
      { name: target.name, what: withoutIds(target.kind) },
      binding.target.span,
      {
        related: [
          at(
            declarations.featureSyntax.get(target.name)!.type.span,
            `declared as ${withoutIds(target.kind)}`,
          ),
        ],
        help: "bind to a feature with ids",
      },
    );
    return false;
  }
  if (partsOf(target).length > 0) {
    reporter.report(targetIsCross, { name: target.name }, binding.target.span, {
      related: [at(declarations.featureSyntax.get(target.name)!.type.span, "a cross")],
      help: `bind its parts: ${partsOf(target)
        .map((part) => `\`${part.name}\``)
        .join(", ")}`,
    });
    return false;
  }
  // Without `embed` its ids may still be looked up in tables that the network declares.
  if (target.embed === null && binding.embed !== null) {
    reporter.report(targetNotEmbedded, { name: target.name }, binding.embed.span, {
      related: [at(target.span, "declared without `embed`")],
      help: `give the width there: \`${target.name} : ${kindText(target, declarations)}  embed ${textOf((binding.embed.width ?? binding.embed).span)}\``,
    });
    return false;
  }
  return checkRightSide(binding, target, declarations, reporter) && fine;
}

function checkColumn(
  binding: Binding,
  columns: Map<string, Span>,
  declarations: Declarations,
  reporter: Reporter,
): boolean {
  const column = binding.column.name;
  const feature = declarations.features.get(column);
  if (feature !== undefined) {
    reporter.report(columnIsFeature, { column }, binding.column.span, {
      related: [at(feature.span, `declared as a ${feature.scope} feature, one value a row`)],
      help: "name the column that holds the sequence",
    });
    return false;
  }
  const first = columns.get(column);
  if (first !== undefined) {
    reporter.report(columnBoundTwice, { column }, binding.column.span, {
      related: [at(first, "bound here already")],
      help: "each binding needs a column of its own",
    });
    return false;
  }
  columns.set(column, binding.column.span);
  return true;
}

/**
 * A kind or width on the right. Told apart, because the fix differs: a width that differs; a vocabulary larger by
 * one (padding was counted); another vocabulary; and both at once (the column describes a table of its own).
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
  const kindDiffers = kind !== null && !(isSameKind(kind, target.kind) && sameSet(written!.set, target.set));
  if (binding.embed !== null && given !== null && width !== null && widthDiffers)
    reporter.report(bindingWidth, { column, given, target: target.name, width }, binding.embed.span, {
      label: `says ${given}`,
      related: [at(syntax.embed!.span, `the table's width, ${width}`)],
      help: "remove it: the width is given once, at the feature",
      fixes: [{ title: "remove the width", edits: [removal(binding.embed.span)] }],
    });
  if (binding.type !== null && kind !== null && kindDiffers) {
    const types = { given: textOf(binding.type.span), kind: kindText(target, declarations) };
    const related = [at(syntax.type.span, "the vocabulary it shares")];
    const names = { column, target: target.name };
    if (widthDiffers)
      reporter.report(bindingOtherTable, { ...names, ...types }, binding.type.span, {
        related: [...related, at(syntax.embed!.span, "the width it shares")],
        help: "remove kind and width to share the table; or declare an item feature of this kind and width and bind to that",
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
          help: "remove it: padding has its own id, which no vocabulary counts",
          fixes: [removeRightSide(binding)],
        },
      );
    else
      reporter.report(bindingVocabulary, { ...names, ...types }, binding.type.span, {
        related,
        help: "remove it: the vocabulary is given once, at the feature",
        fixes: [removeRightSide(binding)],
      });
  }
  if (widthDiffers || kindDiffers) return false;
  if (binding.type !== null || binding.embed !== null) {
    const what =
      binding.type === null ? "width" : binding.embed === null ? "vocabulary" : "vocabulary and width";
    const span = {
      ...binding.span,
      start: (binding.type ?? binding.embed)!.span.start,
      end: (binding.embed ?? binding.type)!.span.end,
    };
    reporter.report(bindingRepeats, { column, what, target: target.name }, span, {
      related: [at(syntax.span, "said here")],
      help: "remove it",
      fixes: [removeRightSide(binding)],
    });
  }
  return true;
}

function removeRightSide(binding: Binding): Fix {
  const edit = removal({ ...binding.span, start: binding.column.span.end });
  return { title: "remove what is shared", edits: [edit] };
}

function sameSet(a: SetOptions | null, b: SetOptions | null): boolean {
  return a?.max === b?.max && a?.pool === b?.pool;
}

function kindText(feature: Feature, declarations: Declarations): string {
  return textOf(declarations.featureSyntax.get(feature.name)!.type.span);
}
