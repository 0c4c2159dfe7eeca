// A completion item, before it is written in the protocol's form.

import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type TextEdit,
} from "vscode-languageserver-types";
import type { Word } from "../cursor/context.ts";
import type { EntryParameter, LanguageEntry } from "../language/entry.ts";
import { rangeOf } from "../ranges.ts";

export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** Its type, or a short description. */
  readonly detail?: string | undefined;
  readonly doc?: string | undefined;
  /** The text to insert; the label by default. */
  readonly text?: string;
  /** The same with placeholders, for clients that support them. */
  readonly snippet?: string;
  /** 0 for the best match. */
  readonly rank: number;
  /** The sort key within a rank; the label by default. */
  readonly order?: string;
  /** Additional edits elsewhere. */
  readonly edits?: readonly TextEdit[];
}

/** The client's capabilities. */
export interface Abilities {
  readonly snippets: boolean;
}

export function itemsOf(offers: readonly Offer[], word: Word, { snippets }: Abilities): CompletionItem[] {
  const seen = new Set<string>();
  const range = rangeOf(word.span);
  // After a digit, only numbers are valid.
  const isNumber = /^\d/.test(word.typed);
  return offers.flatMap((offer) => {
    const { label, kind, detail, doc, text, snippet, rank, order = label, edits } = offer;
    if (seen.has(label) || (isNumber && !/^\d/.test(label))) return [];
    seen.add(label);
    const isSnippet = snippets && snippet !== undefined;
    return [
      {
        label,
        kind,
        ...(detail === undefined ? {} : { detail }),
        ...(doc === undefined || doc === ""
          ? {}
          : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
        sortText: `${rank}${order}`,
        insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
        textEdit: { range, newText: isSnippet ? snippet : (text ?? label) },
        ...(edits === undefined ? {} : { additionalTextEdits: [...edits] }),
      },
    ];
  });
}

/** A placeholder of a snippet with its initial text. */
export function blank(number: number, shown: string): string {
  return `\${${number}:${shown}}`;
}

/** A form such as `id(min_count: 2)` with placeholders for its values. */
export function formSnippet(form: string): string {
  let cursor = 0;
  const open = form.indexOf("(");
  if (open < 0) return form;
  const inside = form
    .slice(open + 1, -1)
    .replace(
      /"[^"]*"|(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?=$|[,)\s]|\.\.)|(?<=\.\.)\d+|\b[a-z_]+\b(?!:|\()/g,
      (value) => `\${${++cursor}:${value}}`,
    );
  return `${form.slice(0, open)}(${inside})`;
}

/** An offer for a word of the language: `name` alone if it needs no arguments, else its form. */
export function entryOffer(
  entry: LanguageEntry,
  kind: CompletionItemKind,
  rank: number,
  isCalled: boolean,
): Offer {
  const { name, form, doc, label } = entry;
  const detail = label === name ? undefined : label;
  const common = { kind, detail, doc, rank };
  if (isCalled) return { ...common, label: name };
  return { ...common, label: form, text: form, snippet: formSnippet(form) };
}

/** A call of a function or block, with placeholders for its required arguments. */
export function callOffer(
  entry: LanguageEntry,
  rank: number,
  { isPiped, isCalled }: { isPiped: boolean; isCalled: boolean },
): Offer {
  const { name, label, doc, parameters, isValue = false } = entry;
  const needed = parameters.slice(isPiped ? 1 : 0).filter(({ isOptional }) => !isOptional);
  const isBare = isValue || (isPiped && needed.length === 0);
  const snippet = isBare ? name : `${name}(${needed.map(argumentSnippet).join(", ")})$0`;
  return {
    label: name,
    kind: isValue ? CompletionItemKind.Constant : CompletionItemKind.Function,
    detail: label,
    doc,
    rank,
    text: name,
    ...(isCalled ? {} : { snippet }),
  };
}

function argumentSnippet({ name, text, isNamed }: EntryParameter, index: number): string {
  const shown = /^\w+/.exec(text)?.[0] ?? name;
  return isNamed ? `${name}: \${${index + 1}:${shown}}` : `\${${index + 1}:${shown}}`;
}

export function parameterOffer(parameter: EntryParameter, rank: number, isColonBehind: boolean): Offer {
  const { name, text, doc } = parameter;
  return {
    label: `${name}:`,
    kind: CompletionItemKind.Property,
    detail: text === name ? undefined : text,
    doc,
    rank,
    text: isColonBehind ? name : `${name}: `,
  };
}

export function wordOffers(
  entries: readonly LanguageEntry[],
  kind: CompletionItemKind,
  isCalled = false,
): readonly Offer[] {
  return entries.map((entry) => entryOffer(entry, kind, 0, isCalled));
}
