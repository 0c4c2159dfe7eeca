// Items, statements and clauses, by their keywords.

import { CompletionItemKind } from "vscode-languageserver-types";
import { itemKeywords, keywordNamed } from "../../../../grammar/tokens.ts";
import type { VisibleNames } from "../cursor/visible-names.ts";
import { blank, type Offer } from "./offer.ts";

/**
 * The texts to insert for clients with placeholders; for an item, all of it. `model` is the name of the
 * spec's model.
 */
const snippets: Readonly<Record<string, (model: string) => string>> = {
  model: () => `model ${blank(1, "name")}`,
  import: () => `import "${blank(1, "blocks")}.din"`,
  param: () => `param ${blank(1, "name")} = ${blank(2, "16")}`,
  features: () =>
    `features ${blank(1, "item")} {\n  ${blank(2, "name")} : ${blank(3, "id")}  embed ${blank(4, "16")}\n}`,
  history: () =>
    `history ${blank(1, "clicks")}(max: ${blank(2, "50")}) {\n  ${blank(3, "item_id")} <-> ${blank(4, "hist_item_id")}\n}`,
  label: () => `label ${blank(1, "click")} : binary`,
  block: () =>
    `block ${blank(1, "name")}(${blank(2, "x")}: Vec[d]) -> Vec[${blank(3, "1")}] {\n  ${blank(4, "dense(x, 1)")}\n}`,
  net: () => `net {\n  predict ${blank(1, "click")} = ${blank(2, "item_id")} |> dense(1) |> sigmoid\n}`,
  train: () =>
    `train {\n  optimizer adam(learning_rate: ${blank(1, "1e-3")})\n  batch ${blank(2, "256")}  epochs ${blank(3, "2")}\n  metrics auc, log_loss\n}`,
  tune: () => `tune {\n  ${blank(1, "rate")}: log(${blank(2, "1e-4")}..${blank(3, "1e-2")})\n}`,
  variant: (model) => `variant ${blank(1, "name")} from ${blank(2, model)} {\n  $0\n}`,
  let: () => `let ${blank(1, "name")} = $0`,
  layer: () => `layer ${blank(1, "name")} = $0`,
  output: () => `output ${blank(1, "name")} = $0`,
  loss: () => `loss ${blank(1, "name")} = $0`,
};

/** Items that a spec has only once. */
const single = new Set(["model", "net", "train"]);

/** Completion between items. `variant` is the variant around the cursor. */
export function itemOffers(visible: VisibleNames, variant: string | null): readonly Offer[] {
  const model = visible.spec.name?.name;
  return [...itemKeywords.keys()].flatMap((word) => {
    const isTaken =
      word === "model" ? model !== undefined : (word === "net" || word === "train") && visible.has(word);
    if (single.has(word) && isTaken) return [];
    if (variant !== null && (word === "model" || word === "import" || word === "variant" || word === "tune"))
      return [];
    return [keywordOffer(word, 0, snippets[word]?.(model ?? "model"))];
  });
}

export function keywordOffer(word: string, rank: number, snippet = snippets[word]?.("")): Offer {
  return {
    label: word,
    kind: CompletionItemKind.Keyword,
    doc: keywordNamed(word)?.doc,
    rank,
    ...(snippet === undefined ? {} : { snippet }),
  };
}
