// The hover text of a name: its meaning.

import { unreachable } from "../../../common/internal-error.ts";
import { oneLine, type Span } from "../../../common/source-file.ts";
import { hasErrors } from "../../../diagnostics/diagnostic.ts";
import type { Analysis } from "../../../frontend/check/check.ts";
import { library } from "../../../frontend/functions/library.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import { WEIGHTED } from "../../../frontend/kinds/read-set.ts";
import { classesOf } from "../../../frontend/labels/predicted-values.ts";
import { labelKindOf } from "../../../frontend/labels/registry.ts";
import type { Label } from "../../../frontend/model/model.ts";
import { rangeKinds } from "../../../frontend/modules/ranges.ts";
import { type Expression, isLocal, namesOf } from "../../../frontend/syntax/nodes.ts";
import {
  formsOf,
  type RetiredForm,
  retiredArgument,
  retiredFunction,
} from "../../../frontend/syntax/retired-forms.ts";
import { itemsOf } from "../../../frontend/syntax/walk.ts";
import { printType } from "../../../frontend/values/types.ts";
import type { Source } from "../../../frontend/values/values.ts";
import type { TypedBinding } from "../../views/types.ts";
import {
  type KnownValue,
  learnedByCall,
  learnedNumbers,
  spanKey,
  valueAt,
  variantAt,
} from "../cursor/values.ts";
import { blockEntry, functionEntry, type LanguageEntry } from "../language/entry.ts";
import { choiceOf, optionNamed } from "../language/look-up.ts";
import {
  kindEntries,
  labelKindEntries,
  settingEntries,
  transformEntries,
  typeEntries,
} from "../language/words.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Mention } from "../symbols/symbol.ts";
import { columnHover, featureHover, fieldHover, groupHover, historyHover, tablesText } from "./features.ts";
import { hoverText, learnedText, thousands, typed } from "./text.ts";

/** Markdown; null if there is nothing to show. */
export function symbolHover(snapshot: Snapshot, path: string, mention: Mention): string | null {
  const { symbol, through, span } = mention;
  const { kind, name, of, doc } = symbol;
  const variant = variantAt(snapshot, path, span.start);
  const analysis = snapshot.analysis(path, variant);
  if (analysis === null) return null;
  const known = () => valueAt(snapshot, path, variant, span.start);
  const type = () => bindingOf(snapshot, mention)?.type ?? "?";
  switch (kind) {
    case "feature":
      return through === null
        ? featureHover(name, type(), doc, analysis)
        : fieldHover(historyAround(through, analysis), name, typeAt(snapshot, through), doc, analysis);
    case "group":
      return groupHover(name, analysis);
    case "history":
      return historyHover(name, type(), doc, analysis);
    case "field":
      return fieldHover(of ?? "", name, type(), doc, analysis);
    case "column":
      if (symbol.declaration === null) return hoverText(`(column) ${name}`, WEIGHTED.columnDoc);
      return mention.declares
        ? columnHover(of ?? "", name, doc, analysis)
        : fieldHover(of ?? "", name, type(), doc, analysis);
    case "label": {
      const predicted = predictionText(snapshot, path, variant, mention);
      if (predicted !== null) return hoverText(`predict ${name}: ${predicted.type}`, doc, predicted.text);
      return hoverText(
        `(label) ${typed(name, type())}`,
        doc,
        `The column \`${name}\` of the data: ${heldBy(analysis?.declarations.labels.get(name))}${rowsOf(analysis?.declarations.labels.get(name))}. A loss may read it.`,
      );
    }
    case "let":
    case "output":
      return valueHover(snapshot, path, variant, mention, known());
    case "layer":
      return layerHover(snapshot, path, variant, mention);
    case "loss":
      return hoverText(
        `(loss) ${name}`,
        doc,
        "For training only: its mean over the examples is added to the loss.",
      );
    case "param":
      return hoverText(`(param) ${typed(name, type())}`, doc);
    case "parameter": {
      const value = known()?.value;
      const shown = bindingOf(snapshot, mention)?.type ?? (value === undefined ? "?" : printType(value.type));
      return hoverText(`(parameter) ${typed(name, shown)}`, doc, byUse(shown, analysis));
    }
    case "width":
      return hoverText(`(width) ${name}`, `Any width or axis; what \`${of}\` is given says which.`);
    case "block": {
      const entry = blockNamed(snapshot, mention);
      return entry === null
        ? null
        : callableHover(snapshot, path, variant, mention, `block ${entry.label}`, entry);
    }
    case "function": {
      const definition = languageFunctions.get(name);
      const entry = definition === undefined ? null : functionEntry(definition);
      if (entry === null) return retiredHover(retiredFunction(name));
      return callableHover(snapshot, path, variant, mention, entry.label, entry);
    }
    case "model":
      return hoverText(`model ${name}`, doc, learnedText(totalOf(snapshot, path, null)));
    case "variant":
      return hoverText(`variant ${name} from ${of ?? "…"}`, doc, learnedText(totalOf(snapshot, path, name)));
    case "kind":
      return entryHover(
        "kind",
        (isOfLabel(snapshot, path, variant, mention) ? labelKindEntries : kindEntries).filter(
          (entry) => entry.name === name,
        ),
      );
    case "transform":
      return entryHover(
        "transform",
        transformEntries.filter((entry) => entry.name === name),
      );
    case "type":
      return entryHover(
        "type",
        typeEntries.filter((entry) => entry.name === name),
      );
    case "setting":
      return entryHover(
        "setting",
        settingEntries.filter((entry) => entry.name === name),
      );
    case "option": {
      const option = isOfLabel(snapshot, path, variant, mention)
        ? optionNamed(
            name,
            of ?? "",
            labelKindEntries.filter((entry) => entry.name === of),
          )
        : optionNamed(name, of ?? "");
      if (option === null) return retiredHover(retiredArgument(of ?? "", name));
      return hoverText(
        `(option of ${of}) ${option.parameter.text}`,
        option.parameter.doc || `\`${option.entry.label}\``,
      );
    }
    case "choice": {
      if (of === "tune") return rangeHover(name);
      const choice = choiceOf(name, of ?? "");
      return choice === null ? null : hoverText(`(${of}) ${choice.label}`, choice.doc);
    }
    default:
      return unreachable(kind, "symbol");
  }
}

function bindingOf(snapshot: Snapshot, { symbol, span, declares }: Mention): TypedBinding | null {
  const place = declares ? span : symbol.declaration;
  return place === null ? null : (snapshot.types(place.file.path).get(place.start) ?? null);
}

function typeAt(snapshot: Snapshot, { file, start }: Span): string {
  return snapshot.types(file.path).get(start)?.type ?? "?";
}

/** The history whose binding of a feature contains a span. */
function historyAround({ start, end }: Span, { declarations }: Analysis): string {
  for (const { name, fields } of declarations.histories.values())
    if (fields.some(({ span }) => span.start <= start && end <= span.end)) return name;
  return "";
}

/** For the value that a `let` or an output names. */
function valueHover(
  snapshot: Snapshot,
  path: string,
  variant: string | null,
  mention: Mention,
  known: KnownValue | null,
): string {
  const { kind, name, doc, of } = mention.symbol;
  const binding = bindingOf(snapshot, mention);
  const type =
    binding === null || binding.type === "?"
      ? known === null
        ? "?"
        : printType(known.value.type)
      : binding.type;
  const learned = of === null ? learnedOfLet(snapshot, path, variant, mention) : null;
  return hoverText(
    `${kind} ${typed(name, type)}`,
    doc,
    kind === "output" ? "Served beside the predictions, without a label." : null,
    byUse(type, snapshot.analysis(path, variant)),
    binding === null ? null : whenKnown(binding.sources, binding.axis),
    learnedText(learned),
  );
}

function layerHover(snapshot: Snapshot, path: string, variant: string | null, mention: Mention): string {
  const { name, whole, of } = mention.symbol;
  const text = whole === null ? name : oneLine(whole).replace(/^layer /, "");
  const learned = of === null ? learnedOfLet(snapshot, path, variant, mention) : null;
  return hoverText(
    `layer ${text}`,
    "A function with weights of its own, shared by all its calls.",
    learnedText(learned),
  );
}

/** For names without one type in a spec without errors. */
function byUse(type: string, analysis: Analysis | null): string | null {
  if (type !== "?" || analysis === null || hasErrors(analysis.diagnostics)) return null;
  return "Its type differs by use: the block is checked where it is used.";
}

/** Tells whether the mentioned kind or option belongs to a label. */
function isOfLabel(snapshot: Snapshot, path: string, variant: string | null, { span }: Mention): boolean {
  const items = snapshot.analysis(path, variant)?.spec.items ?? [];
  return items.some(
    (item) =>
      item.kind === "label" &&
      item.span.file.path === span.file.path &&
      item.span.start <= span.start &&
      span.end <= item.span.end,
  );
}

/** The text of a label after `predict`; null elsewhere. */
function predictionText(
  snapshot: Snapshot,
  path: string,
  variant: string | null,
  { span }: Mention,
): { readonly type: string; readonly text: string } | null {
  const analysis = snapshot.analysis(path, variant);
  for (const item of analysis?.spec.items ?? [])
    for (const statement of item.kind === "net" ? item.statements : []) {
      if (statement.kind !== "predict" || spanKey(statement.label.span) !== spanKey(span)) continue;
      const learned = learnedNumbers(snapshot, path, variant).get(spanKey(statement.value.span));
      const label = analysis?.declarations.labels.get(statement.label.name);
      const type = label === undefined ? "Prob" : labelKindOf(label).predicts(label.type).replace(/^a /, "");
      return { type, text: `${predictedText(label)} ${learnedText(learned) ?? ""}`.trim() };
    }
  return null;
}

function heldBy(label: Label | undefined): string {
  return label === undefined ? "0 or 1" : labelKindOf(label).holds(label.type);
}

function predictedText(label: Label | undefined): string {
  if (label?.type.kind === "number") return "Its value, for each candidate.";
  if (label !== undefined && classesOf(label).length > 0)
    return "The probability of each of its classes, for each candidate.";
  return "The probability that it is 1, for each candidate.";
}

/** The learned numbers of the value that a `let` names. */
function learnedOfLet(
  snapshot: Snapshot,
  path: string,
  variant: string | null,
  { symbol }: Mention,
): number | null {
  const learned = learnedNumbers(snapshot, path, variant);
  const analysis = snapshot.analysis(path, variant);
  for (const item of analysis?.spec.items ?? [])
    for (const statement of item.kind === "net" ? item.statements : [])
      if (isLocal(statement) && namesOf(statement).some(({ name }) => name === symbol.name))
        return learned.get(spanKey(statement.value.span)) ?? null;
  return null;
}

function totalOf(snapshot: Snapshot, path: string, variant: string | null): number | null {
  const learned = learnedNumbers(snapshot, path, variant);
  let total = 0;
  for (const item of snapshot.analysis(path, variant)?.spec.items ?? [])
    for (const { value } of item.kind === "net" ? item.statements : [])
      total += learned.get(spanKey(value.span)) ?? 0;
  return total;
}

export function whenKnown(sources: readonly Source[], axis: string | null): string | null {
  if (sources.length === 0) return null;
  const each = axis === null ? "" : `, at each step of \`${axis}\``;
  const when = sources.includes("item") ? "Computed for each candidate" : "Computed once per request";
  const from = sources.map((source) => (source === "history" ? "histories" : source)).join(", ");
  return `${when}${each}; from ${from}.`;
}

function blockNamed(snapshot: Snapshot, { symbol, span, declares }: Mention): LanguageEntry | null {
  const place = declares ? span : symbol.declaration;
  const spec = place === null ? null : snapshot.parsed(place.file.path)?.value;
  for (const item of spec == null ? [] : itemsOf(spec))
    if (item.kind === "block" && item.name.span.start === place?.start) return blockEntry(item);
  const known = library.get(symbol.name);
  return known === undefined ? null : blockEntry(known);
}

/** The forms that replace a retired one. */
function retiredHover(form: RetiredForm | null): string | null {
  if (form === null) return null;
  const forms = formsOf(form).map(([was, instead]) => `\`${was}\` is written \`${instead}\``);
  return hoverText(formsOf(form)[0]![0], `Since ${form.since}, ${forms.join(", ")}: ${form.reason}.`);
}

function callableHover(
  snapshot: Snapshot,
  path: string,
  variant: string | null,
  { span, declares }: Mention,
  code: string,
  { doc }: LanguageEntry,
): string {
  if (declares) return hoverText(code, doc, usesText(snapshot, path, variant, span));
  for (const [expression, value] of snapshot.analysis(path, variant)?.values ?? []) {
    if (expression.kind !== "call" && expression.kind !== "pipe") continue;
    const { callee } = expression;
    if (callee.span.file.path !== path || callee.span.start !== span.start) continue;
    const learned = learnedByCall(expression, learnedNumbers(snapshot, path, variant));
    const type = value.type.kind === "error" ? null : `Here: \`${printType(value.type)}\``;
    const numbers = learnedText(learned);
    const tables = tablesRead(expression, snapshot.analysis(path, variant)!);
    return hoverText(code, [type, numbers].filter((each) => each !== null).join(", "), tables, doc);
  }
  return hoverText(code, doc);
}

/** The cost of a block at its uses in the net. */
function usesText(snapshot: Snapshot, path: string, variant: string | null, span: Span): string | null {
  const learned = learnedNumbers(snapshot, path, variant);
  const name = span.file.text.slice(span.start, span.end);
  const uses: number[] = [];
  for (const expression of snapshot.analysis(path, variant)?.values.keys() ?? [])
    if ((expression.kind === "call" || expression.kind === "pipe") && expression.callee.name === name) {
      const numbers = learnedByCall(expression, learned) ?? 0;
      if (numbers > 0) uses.push(numbers);
    }
  if (uses.length === 0) return null;
  const places = uses.length === 1 ? "In `net`" : `In ${uses.length} places of \`net\``;
  return `${places}: ${[...new Set(uses)].map(thousands).join(", ")} trainable numbers${uses.length === 1 ? "" : " each"}`;
}

/** The tables of the feature that `weight` or `embed` takes. */
function tablesRead(call: Expression, analysis: Analysis): string | null {
  if (call.kind !== "call") return null;
  const definition = languageFunctions.get(call.callee.name);
  const [first] = call.arguments;
  if (first === undefined || !definition?.parameters.some(({ accepts }) => accepts === "feature"))
    return null;
  const { value } = first;
  const { features, histories } = analysis.declarations;
  if (value.kind === "name") {
    const feature = features.get(value.name);
    return feature === undefined ? null : tablesText(feature, analysis);
  }
  if (value.kind !== "field" || value.object.kind !== "name") return null;
  const { name } = value.field;
  const field = histories.get(value.object.name)?.fields.find((each) => each.name === name);
  return field === undefined ? null : tablesText(field.feature, analysis);
}

/** All forms of a word of the language. */
function entryHover(what: string, entries: readonly LanguageEntry[]): string | null {
  const [first, ...more] = entries;
  if (first === undefined) return null;
  const text = (entry: LanguageEntry) => hoverText(`(${what}) ${entry.label}`, entry.doc);
  return [first, ...more].map(text).join("\n\n");
}

/** A word of a range in `tune`. */
function rangeHover(name: string): string | null {
  const kind = Object.hasOwn(rangeKinds, name) ? rangeKinds[name as keyof typeof rangeKinds] : undefined;
  return kind === undefined ? null : hoverText(`(range) ${kind.form}`, kind.doc);
}

/** The rows that have a label. */
function rowsOf(label: Label | undefined): string {
  const where = label?.mayBeMissing === true ? ", or nothing" : ", in every row";
  return label?.weight == null ? where : `${where}; the weight of a row is \`${label.weight.name}\``;
}
