// Completion after the name of a feature or a field (kinds, transforms, tables), and for the bindings of a
// history.

import { CompletionItemKind } from "vscode-languageserver-types";
import type { IToken, TokenType } from "../../../../grammar/chevrotain.mjs";
import { isNode, tokenOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import { codesTransform } from "../../../frontend/kinds/codes.kind.ts";
import { allKinds, hasIds, hasRawValue } from "../../../frontend/kinds/registry.ts";
import { allBinnings, allTransforms } from "../../../frontend/kinds/transforms.ts";
import { vector } from "../../../frontend/kinds/vector.kind.ts";
import type { Feature } from "../../../frontend/model/model.ts";
import type { Callee } from "../cursor/callee.ts";
import { declarationAt, type ItemCursor } from "../cursor/context.ts";
import type { Takes } from "../language/entry.ts";
import { kindEntries, transformEntries } from "../language/words.ts";
import { blank, type Offer, wordOffers } from "./offer.ts";
import { constantOffers, featuresOffered, numberOffers, type ValueContext } from "./values.ts";

/** A number with one of these has ids. */
const binningNames: readonly string[] = allBinnings.map(({ keyword }) => keyword);

/** Kinds that may be the elements of a set. */
const inSets: ReadonlySet<string | null> = new Set(
  allKinds.flatMap((kind) =>
    kind.gives === "ids" && kind.takes === "ids" && kind.keyword !== "text" ? [kind.keyword] : [],
  ),
);

/** Tells whether a clause may follow a kind: a table's only after a kind with ids, and only one of these. */
export function mayFollow(word: string, { cursor }: ValueContext): boolean {
  if (word !== "embed" && word !== "share") return true;
  const written = declarationAt(cursor);
  const has = (type: TokenType) => written.some(({ tokenType }) => tokenType === type);
  if (has(t.EmbedKeyword) || has(t.ShareKeyword) || has(t.BindingArrow)) return false;
  if (word === "share" && cursor.item === t.HistoryKeyword) return false;
  const names = written.map(({ image }) => image);
  const kind = kindIn(written);
  if (kind === "number") return binningNames.some((name) => names.includes(name));
  return kind === "vector" ? names.includes(codesTransform.keyword) : kind !== "time";
}

/**
 * Transforms of a number that are not used yet, none after buckets; `codes` of a vector. Those of a label give
 * numbers.
 */
export function transformOffers({ cursor, isCalled }: ValueContext): readonly Offer[] {
  if (cursor.item === t.LabelKeyword) {
    const used = cursor.tokens.map(({ image }) => image);
    const numeric = transformEntries.filter(({ name }) =>
      allTransforms.some(({ keyword }) => keyword === name && !used.includes(name)),
    );
    return wordOffers(numeric, CompletionItemKind.Function, isCalled);
  }
  const tokens = declarationAt(cursor);
  const written = tokens.map(({ image }) => image);
  if (binningNames.some((name) => written.includes(name))) return [];
  const isVector = kindIn(tokens) === vector.keyword;
  const left = transformEntries.filter(
    ({ name }) => !written.includes(name) && (name === codesTransform.keyword) === isVector,
  );
  return wordOffers(left, CompletionItemKind.Function, isCalled);
}

function kindIn(declaration: readonly IToken[]): string {
  const colon = declaration.findIndex(({ tokenType }) => tokenType === t.Colon);
  return declaration[colon + 1]?.image ?? "";
}

/** The names of the declaration at the cursor. */
function declaredAt({ path }: ItemCursor): ReadonlySet<string> {
  const declaration = path.find(({ name }) => name === "declaration" || name === "binding");
  const tokens = (declaration?.children ?? []).filter((child): child is IToken => !isNode(child));
  const end = tokens.findIndex(({ tokenType }) => tokenType === t.Colon);
  return new Set(tokens.slice(0, end < 0 ? 1 : end).map(({ image }) => image));
}

/** `id` comes first, because most features have it. */
export function kindOffers({ isCalled }: ValueContext): readonly Offer[] {
  return wordOffers(kindEntries, CompletionItemKind.TypeParameter, isCalled).flatMap((offer) =>
    offer.label.startsWith("id(min_count")
      ? [
          { ...offer, label: "id", text: "id", snippet: "id", rank: 0 },
          { ...offer, rank: 1 },
        ]
      : [{ ...offer, rank: 1 }],
  );
}

/** Item features, for the left of `<->`; with a column if nothing follows. */
export function bindableOffers({ visible, textBehind }: ValueContext): readonly Offer[] {
  const isBound = /^\s*(<->|↔|:)/.test(textBehind);
  return featuresOffered(visible, ({ scope, written }) => scope === "item" && written !== "cross").map(
    (offer) => ({
      ...offer,
      ...(isBound ? {} : { snippet: `${offer.label} <-> ${blank(1, `hist_${offer.label}`)}` }),
    }),
  );
}

/** The features or fields beside it that have raw values, from which it may be computed. */
export function sourceOffers({ visible, cursor }: ValueContext): readonly Offer[] {
  const own = declaredAt(cursor);
  const [, head] = cursor.tokens.map(({ image }) => image);
  if (head === undefined) return [];
  const isMeant = (name: string, feature: Feature | null) =>
    !own.has(name) && (feature === null || hasRawValue(feature));
  if (cursor.item !== t.HistoryKeyword)
    return featuresOffered(visible, ({ feature, name, scope }) => scope === head && isMeant(name, feature));
  return visible.fields(head).flatMap((field) => {
    const feature = visible.featureNamed(head, field.name);
    if (feature?.scope !== "history" || !isMeant(field.name, feature)) return [];
    return [{ label: field.name, kind: CompletionItemKind.Field, doc: field.doc, rank: 0 }];
  });
}

/** Features whose vocabulary and table may be shared. */
export function shareOffers({ visible, cursor }: ValueContext): readonly Offer[] {
  const own = declaredAt(cursor);
  return featuresOffered(
    visible,
    ({ feature, name }) =>
      !own.has(name) && (feature === null || (hasIds(feature.kind) && feature.shares === null)),
  );
}

/** Completion in the parentheses of a kind. */
export function inKind(context: ValueContext, takes: readonly Takes[]): readonly Offer[] {
  if (takes.some(({ kind }) => kind === "kind"))
    return wordOffers(
      kindEntries.filter(({ name }) => inSets.has(name)),
      CompletionItemKind.TypeParameter,
      context.isCalled,
    );
  const kind = context.cursor.path.findLast(({ name }) => name === "kind");
  const isCross = kind !== undefined && tokenOf(kind, t.Identifier)?.image === "cross";
  const own = declaredAt(context.cursor);
  const offers = constantOffers(context, takes.length === 0 ? [{ kind: "constant" }] : takes);
  return isCross ? offers.filter(({ label }) => !own.has(label)) : offers;
}

/** The width of a table, and its options. */
export function inEmbed(
  context: ValueContext,
  takes: readonly Takes[],
  callee: Callee | null,
): readonly Offer[] {
  const isWidth =
    callee === null ||
    (callee.entries[0]?.name === "embed" && callee.positional === 0 && callee.current === null);
  const offers = constantOffers(context, takes);
  return isWidth
    ? [...offers, ...constantOffers(context, [{ kind: "int" }]), ...numberOffers([4, 8, 16, 32, 64])]
    : offers;
}
