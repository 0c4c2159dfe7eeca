// What may be written at a place: the grammar says which words and which kind of names, the tree and the last analysis which
// there are. Only what belongs there is offered, what fits best first.

import { type CompletionItem, CompletionItemKind } from "vscode-languageserver-types";
import type { TokenType } from "../../../grammar/chevrotain.mjs";
import type { CstNode } from "../../../grammar/cst.ts";
import { nodeOf, nodesOf, tokenOf } from "../../../grammar/cst.ts";
import * as t from "../../../grammar/tokens.ts";
import { hasIds } from "../../kinds/registry.ts";
import { allBinnings } from "../../kinds/transforms.ts";
import type { SourceFile } from "../../source/source-file.ts";
import { directiveAt, suppressionOffers } from "../completion/comments.ts";
import { importOffers, unimportedOffers } from "../completion/imports.ts";
import { itemOffers, keywordOffer } from "../completion/keywords.ts";
import {
  type Abilities,
  blank,
  entryOffer,
  itemsOf,
  type Offer,
  parameterOffer,
} from "../completion/offer.ts";
import {
  featuresOffered,
  labelOffers,
  lambdaOffer,
  numberOffers,
  stageOffers,
  type ValueContext,
  valueOffers,
} from "../completion/values.ts";
import { type Entry, type EntryParameter, type Takes, typeTaken } from "../language/entry.ts";
import {
  autoEntry,
  choicesOf,
  kindEntries,
  labelKindEntries,
  scopeEntries,
  settingEntries,
  transformEntries,
  typeEntries,
} from "../language/words.ts";
import { type Callee, calleeAt, domainOf, nextParameters } from "../places/callee.ts";
import { declarationAt, type ItemPlace, placeAt } from "../places/place.ts";
import { Sight, widthsOf } from "../places/sight.ts";
import type { Snapshot } from "../snapshot.ts";

/** Of what stands behind the cursor so much is read, in characters. */
const MOST_READ = 1000;

/** Signs behind which something may be offered at once. */
export const triggerCharacters: readonly string[] = [".", ">", "(", "[", ",", ":", "=", '"', "/", " "];

/** `trigger`: the sign that the editor asks behind, of its own accord. */
export function completion(
  snapshot: Snapshot,
  path: string,
  offset: number,
  abilities: Abilities,
  trigger: string | null = null,
): readonly CompletionItem[] {
  const file = snapshot.file(path);
  const place = file === null ? null : placeAt(file, offset);
  if (file === null || place === null) return [];
  switch (place.kind) {
    case "comment": {
      const word = directiveAt(place, path, snapshot);
      return word === null ? [] : itemsOf(suppressionOffers(place, path, snapshot), word, abilities);
    }
    case "items": {
      if (trigger !== null) return [];
      const sight = new Sight(snapshot, path, place.variant);
      return itemsOf(itemOffers(sight, place.variant), place.word, abilities);
    }
    case "item": {
      if (place.string !== null) return inString(snapshot, path, offset, place, abilities);
      const offers = new Completer(snapshot, path, place, file).offers(trigger);
      return itemsOf(offers, place.word, abilities);
    }
  }
}

/** Of strings only an import's has something to choose from. */
function inString(
  snapshot: Snapshot,
  path: string,
  offset: number,
  { path: nodes, string }: ItemPlace,
  abilities: Abilities,
): readonly CompletionItem[] {
  const file = snapshot.file(path)!;
  if (nodes.at(-1)?.name !== "import" || string === null) return [];
  const start = string.startOffset + 1;
  const behind = /^[^"\n\r]*/.exec(file.text.slice(offset))![0];
  const word = { typed: file.text.slice(start, offset), span: { file, start, end: offset + behind.length } };
  return itemsOf(importOffers(snapshot, path, new Sight(snapshot, path, null).spec), word, abilities);
}

class Completer {
  private readonly snapshot: Snapshot;
  private readonly path: string;
  private readonly place: ItemPlace;
  private readonly file: SourceFile;
  private readonly sight: Sight;
  private readonly context: ValueContext;
  /** The sign behind the word at the cursor. */
  private readonly behind: string;

  constructor(snapshot: Snapshot, path: string, place: ItemPlace, file: SourceFile) {
    this.snapshot = snapshot;
    this.path = path;
    this.place = place;
    this.file = file;
    this.sight = new Sight(snapshot, path, place.variant);
    const { end } = place.word.span;
    this.behind = file.text.charAt(end);
    this.context = { place, sight: this.sight, isCalled: this.behind === "(" };
  }

  offers(trigger: string | null): readonly Offer[] {
    const { keywords, path } = this.place;
    const names = path.length === 0 ? [] : this.names();
    // Behind a blank, what may begin anywhere is in the way.
    if (trigger === " " && names.length === 0) return this.isBehindClause() ? this.keywords() : [];
    return keywords.size === 0 ? names : [...this.keywords(), ...names];
  }

  private keywords(): readonly Offer[] {
    // A feature may be called `embed`.
    const isDeclared = /^\s*(<->|↔|:)/.test(this.file.text.slice(this.place.word.span.end));
    const keywords = isDeclared ? [] : [...this.place.keywords].filter((word) => this.mayFollow(word));
    return keywords.map((word) => {
      if (word === "predict") {
        const [label] = this.unpredicted();
        return keywordOffer(word, 0, `predict ${blank(1, label?.label ?? "click")} = $0`);
      }
      if (word === "embed") return keywordOffer(word, 0, `embed ${blank(1, "16")}`);
      if (word === "share") return keywordOffer(word, 1, `share ${blank(1, "item_id")}`);
      return keywordOffer(word, 0);
    });
  }

  /** Of clauses behind a kind: one of them, behind what has ids. */
  private mayFollow(word: string): boolean {
    if (word !== "embed" && word !== "share") return true;
    const written = declarationAt(this.place);
    const has = (type: TokenType) => written.some(({ tokenType }) => tokenType === type);
    if (has(t.EmbedKeyword) || has(t.ShareKeyword) || has(t.BindingArrow)) return false;
    if (word === "share" && this.place.item === t.HistoryKeyword) return false;
    const names = written.map(({ image }) => image);
    const kind = names[2] ?? "";
    return kind === "number" ? binningNames.some((name) => names.includes(name)) : kind !== "vector";
  }

  /** Each once, and none behind buckets. */
  private transforms(): readonly Offer[] {
    const written = declarationAt(this.place).map(({ image }) => image);
    if (binningNames.some((name) => written.includes(name))) return [];
    const left = transformEntries.filter(({ name }) => !written.includes(name));
    return words(left, CompletionItemKind.Function, this.context.isCalled);
  }

  /** Whether a clause such as `embed` is what most likely comes. */
  private isBehindClause(): boolean {
    return this.place.keywords.has("embed") || this.place.keywords.has("from");
  }

  private names(): readonly Offer[] {
    const { path } = this.place;
    const node = path.at(-1)!;
    switch (node.name) {
      case "features":
        return words(scopeEntries, CompletionItemKind.Keyword);
      case "kind":
        return this.kinds();
      case "labelKind":
        return words(labelKindEntries, CompletionItemKind.TypeParameter);
      case "transform":
        return this.transforms();
      case "share":
        return featuresOffered(
          this.sight,
          ({ feature, name }) =>
            name !== this.declared() &&
            (feature === null || (hasIds(feature.kind) && feature.shares === null)),
        );
      case "binding":
        return tokenOf(node, t.BindingArrow) === null ? this.bindable() : [];
      case "predict":
        return this.unpredicted();
      case "setting":
        return this.settings();
      case "variant":
        return tokenOf(node, t.FromKeyword) === null ? [] : this.parents();
      case "type":
        return typeEntries.map((entry) =>
          entryOffer(entry, CompletionItemKind.TypeParameter, 0, this.behind === "["),
        );
      case "stage":
        return [...stageOffers(this.context), ...this.unimported(true)];
      case "operand":
        return tokenOf(node, t.Dot) === null ? this.expression() : this.fields(node);
      default:
        return [];
    }
  }

  /** The name of the feature that the cursor stands behind. */
  private declared(): string {
    const declaration = this.place.path.find(({ name }) => name === "declaration" || name === "binding");
    return declaration === undefined ? "" : (tokenOf(declaration, t.Identifier)?.image ?? "");
  }

  private kinds(): readonly Offer[] {
    return words(kindEntries, CompletionItemKind.TypeParameter, this.context.isCalled).flatMap((offer) =>
      offer.label.startsWith("id(min_count")
        ? [
            { ...offer, label: "id", text: "id", snippet: "id", rank: 0 },
            { ...offer, rank: 1 },
          ]
        : [{ ...offer, rank: 1 }],
    );
  }

  /** Item features, for the left of `<->`; with a column where nothing stands behind. */
  private bindable(): readonly Offer[] {
    const isBound = /^\s*(<->|↔|:)/.test(this.file.text.slice(this.place.word.span.end));
    return featuresOffered(this.sight, ({ scope, written }) => scope === "item" && written !== "cross").map(
      (offer) => ({
        ...offer,
        ...(isBound ? {} : { snippet: `${offer.label} <-> ${blank(1, `hist_${offer.label}`)}` }),
      }),
    );
  }

  private unpredicted(): readonly Offer[] {
    return labelOffers(this.sight, this.sight.predicted(this.place.word.span.start));
  }

  private settings(): readonly Offer[] {
    const written = this.place.path.flatMap((node) => nodesOf(node, "setting"));
    const before = written.slice(0, -1).flatMap((node) => tokenOf(node, t.Identifier)?.image ?? []);
    const taken = new Set([...before, ...this.settingsBehind()]);
    const typed = this.place.word.typed;
    return settingEntries.flatMap((entry) => {
      if (taken.has(entry.name) && entry.name !== typed) return [];
      const { name, doc, form } = entry;
      return [{ label: name, kind: CompletionItemKind.Property, detail: form, doc, rank: 0 }];
    });
  }

  /** Settings that stand behind the cursor. */
  private settingsBehind(): readonly string[] {
    const { end } = this.place.word.span;
    const names = settingEntries.map(({ name }) => name);
    const found: string[] = [];
    let depth = 0;
    for (const { tokenType, image } of t.lex(this.file.text.slice(end, end + MOST_READ)).tokens) {
      if (tokenType === t.RightBrace) break;
      if (tokenType === t.LeftParenthesis || tokenType === t.CallParenthesis) depth++;
      else if (tokenType === t.RightParenthesis) depth--;
      else if (depth === 0 && names.includes(image)) found.push(image);
    }
    return found;
  }

  private parents(): readonly Offer[] {
    const own = this.place.tokens[1]?.image;
    return this.sight
      .variants()
      .filter(({ name }) => name !== own)
      .map(({ name, doc }) => ({ label: name, kind: CompletionItemKind.Module, doc, rank: 0 }));
  }

  private fields(operand: CstNode): readonly Offer[] {
    const history = tokenOf(operand, t.Identifier)?.image ?? "";
    return this.sight.fields(history).map(({ name, type, doc }) => ({
      label: name,
      kind: CompletionItemKind.Field,
      detail: type ?? "field",
      doc,
      rank: 0,
    }));
  }

  private expression(): readonly Offer[] {
    const { path } = this.place;
    const callee = calleeAt(path, this.sight);
    // Only where the whole argument, or value, begins at the cursor may it be anything that fits there.
    const begins = this.beginsAt();
    const isArgument = begins === "argument" && callee !== null;
    const parameters = isArgument ? nextParameters(callee) : [];
    const takes = parameters.map((parameter) => parameter.takes);
    const offers: Offer[] = isArgument ? [...this.named(callee)] : [];
    const domain = domainOf(path);
    switch (domain?.kind) {
      case "code":
        offers.push(...this.code(takes, begins));
        break;
      case "param":
        offers.push(...this.constants([{ kind: "number" }, { kind: "list" }, { kind: "function" }]));
        break;
      case "kind":
        offers.push(...this.inKind(takes));
        break;
      case "embed":
        offers.push(
          ...this.inEmbed(
            isArgument ? takes : [{ kind: "words", words: [autoEntry] }, { kind: "int" }],
            callee,
          ),
        );
        break;
      case "setting":
        offers.push(...this.inSetting(domain.key, isArgument ? parameters : null));
        if (isArgument && domain.key === "loss") offers.push(...this.weights(callee));
        break;
      case "history":
        offers.push(...this.constants([{ kind: "int" }]));
        if (isArgument && callee.current !== null) offers.push(...numberOffers([20, 50, 100], ""));
        break;
      case "transform":
      case "loss":
        offers.push(...this.constants([{ kind: "number" }]));
        break;
    }
    return offers;
  }

  /** What begins at the cursor: an argument, a statement's value, or only a part of either. */
  private beginsAt(): "argument" | "value" | "part" {
    const { path } = this.place;
    for (let i = path.length - 1; i > 0; i--) {
      const node = path[i]!;
      const parent = path[i - 1]!;
      if (node.name === "operand" || node.name === "sum" || node.name === "expression") {
        if (node.children.length > 1) return "part";
        continue;
      }
      if (node.name === "argument") return "argument";
      return parent.name === "call" ? "part" : "value";
    }
    return "part";
  }

  private named(callee: Callee): readonly Offer[] {
    if (callee.current !== null) return [];
    const behind = this.namesBehind();
    const isColonBehind = /^\s*:/.test(this.file.text.slice(this.place.word.span.end));
    const given = (name: string) => callee.names.has(name) || behind.has(name);
    return callee.entries.flatMap(({ parameters }) => {
      // Of several kinds with one name, those that have all that is given.
      const all = parameters.map(({ name }) => name);
      const isOther = [...callee.names, ...behind].some((name) => !all.includes(name));
      if (callee.entries.length > 1 && isOther) return [];
      // `set(` wants a kind first.
      const next = parameters[callee.positional];
      const wantsOther = next !== undefined && !next.isNamed && !next.isRest && !next.isOptional;
      return parameters.flatMap((parameter, i) => {
        const isOnly = parameters.length === 1 && domainOf(this.place.path)?.kind === "code";
        if (parameter.isNamed ? wantsOther : isOnly) return [];
        const isTaken =
          given(parameter.name) || parameter.isRest || (!parameter.isNamed && i < callee.positional);
        if (isTaken || parameter.takes.kind === "kind" || parameter.name === "freeze") return [];
        return [parameterOffer(parameter, parameter.isNamed ? 0 : 5, isColonBehind)];
      });
    });
  }

  /** Labels, whose losses have weights. */
  private weights({ current, names }: Callee): readonly Offer[] {
    if (current !== null) return [];
    const given = new Set([...names, ...this.namesBehind()]);
    return labelOffers(this.sight, given).map((offer) => ({
      ...offer,
      label: `${offer.label}:`,
      detail: "the weight of a label",
      text: `${offer.label}: `,
    }));
  }

  /** Names of arguments that stand behind the cursor in the same parentheses. */
  private namesBehind(): ReadonlySet<string> {
    const { end } = this.place.word.span;
    const { tokens } = t.lex(this.file.text.slice(end, end + MOST_READ));
    const names = new Set<string>();
    let depth = 0;
    for (const [i, { tokenType, image }] of tokens.entries()) {
      if (tokenType === t.RightParenthesis && depth-- === 0) break;
      if (tokenType === t.LeftParenthesis || tokenType === t.CallParenthesis) depth++;
      if (tokenType === t.LeftBrace || tokenType === t.RightBrace) break;
      const isName = depth === 0 && tokenType === t.Identifier && tokens[i + 1]?.tokenType === t.Colon;
      if (isName) names.add(image);
    }
    return names;
  }

  private code(takes: readonly Takes[], begins: "argument" | "value" | "part"): readonly Offer[] {
    const { path } = this.place;
    const type = path.findLast(({ name }) => name === "type");
    if (type !== undefined) return this.widths(type);
    const parameter = path.find(({ name }) => name === "parameter");
    if (parameter !== undefined) {
      const written = nodeOf(parameter, "type");
      const name = written === undefined ? "" : (tokenOf(written, t.Identifier)?.image ?? "");
      return this.constants([typeTaken(name)]);
    }
    const wanted: readonly Takes[] = begins === "argument" && takes.length > 0 ? takes : [{ kind: "any" }];
    const values = [...valueOffers(this.context, wanted), ...wanted.flatMap(lambdaOffer)];
    const isValue = wanted.some(({ kind }) => kind === "any" || kind === "vector" || kind === "sequence");
    return isValue ? [...values, ...this.unimported(false)] : values;
  }

  private unimported(isPiped: boolean): readonly Offer[] {
    const known = new Set(this.sight.blocks().keys());
    return unimportedOffers(this.snapshot, this.path, this.sight.spec, known, {
      isPiped,
      isCalled: this.context.isCalled,
    });
  }

  /** In the brackets of a type: the widths and axes that the head of the block has, and types that stand in a list. */
  private widths(type: CstNode): readonly Offer[] {
    const name = tokenOf(type, t.Identifier)?.image;
    if (name === "List")
      return ["Int", "Float"].map((label) => ({ label, kind: CompletionItemKind.TypeParameter, rank: 0 }));
    const block = this.place.path.find((node) => node.name === "block");
    const widths = [...(block === undefined ? [] : widthsOf(block))].map((label) => ({
      label,
      kind: CompletionItemKind.Variable,
      detail: "width",
      rank: 0,
    }));
    return [...widths, ...this.constants([{ kind: "int" }])];
  }

  private inKind(takes: readonly Takes[]): readonly Offer[] {
    if (takes.some(({ kind }) => kind === "kind"))
      return words(
        kindEntries.filter(
          ({ name }) =>
            name !== "set" && name !== "text" && name !== "number" && name !== "vector" && name !== "cross",
        ),
        CompletionItemKind.TypeParameter,
        this.context.isCalled,
      );
    const kind = this.place.path.findLast(({ name }) => name === "kind");
    const isCross = kind !== undefined && tokenOf(kind, t.Identifier)?.image === "cross";
    const own = this.declared();
    const offers = this.constants(takes.length === 0 ? [{ kind: "constant" }] : takes);
    return isCross ? offers.filter(({ label }) => label !== own) : offers;
  }

  private inEmbed(takes: readonly Takes[], callee: Callee | null): readonly Offer[] {
    const isWidth =
      callee === null ||
      (callee.entries[0]?.name === "embed" && callee.positional === 0 && callee.current === null);
    const offers = this.constants(takes);
    return isWidth
      ? [...offers, ...this.constants([{ kind: "int" }]), ...numberOffers([4, 8, 16, 32, 64], "")]
      : offers;
  }

  private inSetting(key: string, parameters: readonly EntryParameter[] | null): readonly Offer[] {
    if (parameters !== null) {
      const offers = this.constants(parameters.map(({ takes }) => takes));
      const isRate = parameters.some(({ name }) => name === "learning_rate");
      return isRate ? [...offers, ...numberOffers(["1e-3", "3e-4", "1e-2", "1e-4"], "")] : offers;
    }
    const last = this.place.tokens.findLastIndex(({ image }) => image === key);
    const written = new Set(this.place.tokens.slice(last + 1).map(({ image }) => image));
    const left = choicesOf(key).filter(({ name, parameters }) => parameters.length > 0 || !written.has(name));
    const choices = left.map((entry) => ({
      ...entryOffer(entry, CompletionItemKind.EnumMember, 0, this.context.isCalled),
      ...this.withUsers(entry),
    }));
    const numbers = key === "batch" ? [128, 256, 512, 1024, 4096] : [];
    return [...choices, ...this.constants([{ kind: "number" }]), ...numberOffers(numbers, "")];
  }

  /** `gauc(by: user_id)` with the user feature of this spec. */
  private withUsers({ name, form }: Entry): Partial<Offer> {
    const users = valueOffers(this.context, [{ kind: "users" }]);
    const user = users[0]?.label;
    if (this.context.isCalled) return { label: name };
    if (user === undefined || !form.includes("by: user_id")) return {};
    const label = form.replace("by: user_id", `by: ${user}`);
    return { label, text: label, snippet: label.replace(/(?<=: )\d+/, (number) => blank(1, number)) };
  }

  /** Where only what is known when compiling may stand. */
  private constants(takes: readonly Takes[]): readonly Offer[] {
    const inNet = { ...this.place, item: t.TrainKeyword };
    return valueOffers({ ...this.context, place: inNet }, takes);
  }
}

/** Behind these a number has ids. */
const binningNames: readonly string[] = allBinnings.map(({ keyword }) => keyword);

function words(entries: readonly Entry[], kind: CompletionItemKind, isCalled = false): readonly Offer[] {
  return entries.map((entry) => entryOffer(entry, kind, 0, isCalled));
}
