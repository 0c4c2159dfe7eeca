// Completion of `tune`: names to search for, and their ranges.

import { CompletionItemKind } from "vscode-languageserver-types";
import { type CstNode, nodesOf, tokensOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import { rangeKinds, trainNames, VARIANT } from "../../../frontend/modules/ranges.ts";
import { blank, type Offer } from "./offer.ts";
import type { ValueContext } from "./values.ts";

/** Names without a range yet; after `train.` those of settings. */
export function rangeNameOffers(context: ValueContext, isOfTrain: boolean): readonly Offer[] {
  const { cursor, visible, textBehind } = context;
  const ranges = cursor.path.flatMap((node) => nodesOf(node, "range")).slice(0, -1);
  const written = new Set(ranges.map(nameOf));
  const behind = /^\s*:/.test(textBehind) ? null : `: ${blank(1, "log(1e-4..1e-2)")}`;
  const offer = (label: string, kind: CompletionItemKind, rank: number, doc = ""): Offer => ({
    ...{ label, kind, rank },
    ...(doc === "" ? {} : { doc }),
    ...(behind === null ? {} : { text: `${label}: `, snippet: `${label}${behind}` }),
  });
  const settings = trainNames.filter((name) => !written.has(name));
  if (isOfTrain)
    return settings.map((name) => offer(name.slice("train.".length), CompletionItemKind.Property, 0));
  const others = visible.variants().length > 1 && !written.has(VARIANT) ? [...settings, VARIANT] : settings;
  return [
    ...visible
      .params()
      .filter(({ name }) => !written.has(name))
      .map(({ name, doc }) => offer(name, CompletionItemKind.Constant, 0, doc)),
    ...others.map((name) => offer(name, CompletionItemKind.Property, 1)),
  ];
}

/** The name in a range: `train.batch` of `train.batch: choice(128, 256)`. */
function nameOf(range: CstNode): string {
  return tokensOf(range, t.Identifier)
    .map(({ image }) => image)
    .join(".");
}

export function rangeOffers(): readonly Offer[] {
  const snippets = {
    log: `log(${blank(1, "1e-4")}..${blank(2, "1e-2")})`,
    uniform: `uniform(${blank(1, "0")}..${blank(2, "0.5")})`,
    int: `int(${blank(1, "1")}..${blank(2, "4")})`,
    choice: `choice(${blank(1, "a")}, ${blank(2, "b")})`,
  } satisfies Record<keyof typeof rangeKinds, string>;
  return (Object.keys(rangeKinds) as (keyof typeof rangeKinds)[]).map((word) => ({
    label: word,
    kind: CompletionItemKind.Function,
    detail: rangeKinds[word].form,
    doc: rangeKinds[word].doc,
    rank: 0,
    snippet: snippets[word],
  }));
}
