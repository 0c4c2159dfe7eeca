// Removes diagnostics that only follow from another one, so that one mistake gives one message.

import { appendTo } from "../../common/maps.ts";
import { textOf } from "../../common/source-file.ts";
import * as bindings from "../../diagnostics/catalog/bindings.ts";
import { sourceUnknown } from "../../diagnostics/catalog/computed.ts";
import {
  notEmbedded,
  unknownField,
  unknownFunction,
  unknownName,
} from "../../diagnostics/catalog/expressions.ts";
import { unusedGroup } from "../../diagnostics/catalog/feature-lists.ts";
import { crossOfUnknown } from "../../diagnostics/catalog/features.ts";
import * as model from "../../diagnostics/catalog/model.ts";
import { unknownLabel } from "../../diagnostics/catalog/predictions.ts";
import { unusedImport, unusedParam } from "../../diagnostics/catalog/reuse.ts";
import { shareUnknown } from "../../diagnostics/catalog/tables.ts";
import { tuneUnknownName } from "../../diagnostics/catalog/tune.ts";
import { type Diagnostic, type Fix, hasErrors, type Related } from "../../diagnostics/diagnostic.ts";

/** While there are errors, it is unknown which names are used. */
const aboutUse = new Set(
  [
    ...[model.unusedFeature, model.unusedHistory, model.unusedLet, model.unusedBlock, model.unusedParameter],
    ...[unusedGroup, unusedParam, unusedImport],
  ].map(({ code }) => code),
);

/** Diagnostics about undeclared names. */
const undeclared = new Set(
  [
    ...[unknownName, unknownFunction, unknownField, shareUnknown, crossOfUnknown, sourceUnknown],
    ...[bindings.unknownTarget, model.groupByUnknown, unknownLabel, tuneUnknownName],
  ].map(({ code }) => code),
);

/** Diagnostics about a name that are the same mistake wherever it is read. */
const oncePerName = new Set([
  ...undeclared,
  ...[notEmbedded, bindings.targetNotEmbedded].map(({ code }) => code),
]);

/** More locations would hide the first. */
const mostPlaces = 3;

/** `mayDeclare`: tells whether the unreadable text may declare a name, like `Unread`. */
type MayDeclare = (name: string, known: Iterable<string>) => boolean;

/** Removes from `diagnostics`, which are in order, those that repeat others. */
export function withoutConsequences(
  diagnostics: readonly Diagnostic[],
  mayDeclare: MayDeclare,
): readonly Diagnostic[] {
  if (!hasErrors(diagnostics)) return diagnostics;
  const left = diagnostics.filter(
    (each) =>
      !aboutUse.has(each.code) && (!isUndeclared(each) || !mayDeclare(nameOf(each), suggestionsOf(each))),
  );
  const byName = new Map<string, Diagnostic[]>();
  for (const diagnostic of left) {
    const name = keyOf(diagnostic);
    if (name === null) continue;
    appendTo(byName, name, diagnostic);
  }
  return left.flatMap((diagnostic) => {
    const same = byName.get(keyOf(diagnostic) ?? "");
    if (same === undefined || same.length === 1) return [diagnostic];
    return same[0] === diagnostic ? [joined(diagnostic, same.slice(1))] : [];
  });
}

function isUndeclared({ code }: Diagnostic): boolean {
  return undeclared.has(code);
}

function nameOf({ location }: Diagnostic): string {
  return location.kind === "text" ? textOf(location.span) : "";
}

function suggestionsOf({ fixes }: Diagnostic): string[] {
  return fixes.flatMap(({ edits }) => edits.map(({ text }) => text));
}

/** Names are distinguished by file, like fixes. */
function keyOf(diagnostic: Diagnostic): string | null {
  const { code, location } = diagnostic;
  if (!oncePerName.has(code) || location.kind !== "text") return null;
  return `${location.span.file.path} ${nameOf(diagnostic)}`;
}

/** Joins diagnostics into one that shows all uses of the name and fixes all of them. */
function joined(first: Diagnostic, others: readonly Diagnostic[]): Diagnostic {
  const more = others.length - mostPlaces;
  const related = others.slice(0, mostPlaces).map(
    ({ location }, i): Related => ({
      location,
      label: i === mostPlaces - 1 && more > 0 ? `here too, and in ${more} more places` : "here too",
    }),
  );
  const fixes = first.fixes.map((fix): Fix => {
    const same = others.flatMap((other) =>
      other.fixes.filter(({ title }) => title === fix.title).slice(0, 1),
    );
    return same.length < others.length
      ? fix
      : { ...fix, edits: [...fix.edits, ...same.flatMap(({ edits }) => edits)] };
  });
  return { ...first, related: [...first.related, ...related], fixes };
}
