// Completion of the settings of `train` and their values.

import { CompletionItemKind } from "vscode-languageserver-types";
import { nodesOf, tokenOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import type { OptimizerDefinition } from "../../../middle/training/optimizers/define-optimizer.ts";
import { optimizers } from "../../../middle/training/optimizers/registry.ts";
import type { Optimizer } from "../../../middle/training/settings.ts";
import { type Callee, nextParameters } from "../cursor/callee.ts";
import type { LanguageEntry } from "../language/entry.ts";
import { choicesOf, settingEntries } from "../language/words.ts";
import { blank, entryOffer, type Offer } from "./offer.ts";
import { constantOffers, numberOffers, type ValueContext, valueOffers } from "./values.ts";

/** Settings that are not written yet. */
export function settingOffers(context: ValueContext): readonly Offer[] {
  const written = context.cursor.path.flatMap((node) => nodesOf(node, "setting"));
  const before = written.slice(0, -1).flatMap((node) => tokenOf(node, t.Identifier)?.image ?? []);
  const taken = new Set([...before, ...settingsBehind(context)]);
  const typed = context.cursor.word.typed;
  return settingEntries.flatMap((entry) => {
    if (taken.has(entry.name) && entry.name !== typed) return [];
    const { name, doc, form } = entry;
    return [{ label: name, kind: CompletionItemKind.Property, detail: form, doc, rank: 0 }];
  });
}

/** Settings after the cursor. */
function settingsBehind({ textBehind }: ValueContext): readonly string[] {
  const names = settingEntries.map(({ name }) => name);
  const found: string[] = [];
  let depth = 0;
  for (const { tokenType, image } of t.lex(textBehind).tokens) {
    if (tokenType === t.RightBrace) break;
    if (tokenType === t.LeftParenthesis || tokenType === t.CallParenthesis) depth++;
    else if (tokenType === t.RightParenthesis) depth--;
    else if (depth === 0 && names.includes(image)) found.push(image);
  }
  return found;
}

/** Completion after a setting's name. `callee` is set if an argument of one of its choices begins there. */
export function settingValueOffers(
  context: ValueContext,
  key: string,
  callee: Callee | null,
): readonly Offer[] {
  if (callee !== null) {
    const parameters = nextParameters(callee);
    const takes = parameters.map((parameter) => parameter.takes);
    // If all parameters are named, only names are valid.
    const offers = takes.length === 0 ? [] : constantOffers(context, takes);
    const isRate = parameters.some(({ name }) => name === "learning_rate");
    return isRate ? [...offers, ...rateOffers(callee)] : offers;
  }
  const last = context.cursor.tokens.findLastIndex(({ image }) => image === key);
  const written = new Set(context.cursor.tokens.slice(last + 1).map(({ image }) => image));
  const mayRepeat = ({ parameters }: LanguageEntry) => parameters.some(({ isNamed }) => !isNamed);
  const left = choicesOf(key).filter((choice) => mayRepeat(choice) || !written.has(choice.name));
  const choices = left.map((entry) => ({
    ...entryOffer(entry, CompletionItemKind.EnumMember, 0, context.isCalled),
    ...withUsers(entry, context),
  }));
  const numbers = key === "batch" ? [128, 256, 512, 1024, 4096] : [];
  return [...choices, ...constantOffers(context, [{ kind: "number" }]), ...numberOffers(numbers)];
}

/** A metric such as `gauc(by: user_id)` with the user feature of this spec. */
function withUsers({ name, form }: LanguageEntry, context: ValueContext): Partial<Offer> {
  const users = valueOffers(context, [{ kind: "users" }]);
  const user = users[0]?.label;
  if (context.isCalled) return { label: name };
  if (user === undefined || !form.includes("by: user_id")) return {};
  const label = form.replace("by: user_id", `by: ${user}`);
  return { label, text: label, snippet: label.replace(/(?<=: )\d+/, (number) => blank(1, number)) };
}

/** The usual learning rate of an optimizer, and a tenth and ten times that rate if these are also used. */
function rateOffers({ entries }: Callee): readonly Offer[] {
  const all: Readonly<Record<string, Pick<OptimizerDefinition<Optimizer>, "rates">>> = optimizers;
  const rates = all[entries[0]?.name ?? ""]?.rates;
  if (rates === undefined) return [];
  const { least, most, usual } = rates;
  return numberOffers([usual, usual / 10, usual * 10].filter((rate) => least <= rate && rate <= most));
}
