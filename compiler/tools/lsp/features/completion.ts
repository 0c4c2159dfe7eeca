// Completion at a position. The grammar determines the words and the kind of names, the tree and the latest
// analysis the names themselves. Only valid items are offered, the best first.

import { type CompletionItem, CompletionItemKind } from "vscode-languageserver-types";
import { type CstNode, nodeOf, tokenOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import { append } from "../../../common/arrays.ts";
import type { SourceFile } from "../../../common/source-file.ts";
import { SERVED } from "../../../frontend/check/served.ts";
import { VARIANT } from "../../../frontend/modules/ranges.ts";
import { directiveAt, suppressionOffers } from "../completion/comments.ts";
import {
  bindableOffers,
  inEmbed,
  inKind,
  kindOffers,
  mayFollow,
  shareOffers,
  sourceOffers,
  transformOffers,
} from "../completion/declarations.ts";
import { importOffers, unimportedOffers } from "../completion/imports.ts";
import { itemOffers, keywordOffer } from "../completion/keywords.ts";
import {
  type Abilities,
  blank,
  entryOffer,
  itemsOf,
  type Offer,
  parameterOffer,
  wordOffers,
} from "../completion/offer.ts";
import { rangeNameOffers, rangeOffers } from "../completion/ranges.ts";
import { settingOffers, settingValueOffers } from "../completion/settings.ts";
import {
  constantOffers,
  labelOffers,
  lambdaOffer,
  numberOffers,
  stageOffers,
  type ValueContext,
  valueOffers,
} from "../completion/values.ts";
import {
  beginsLayer,
  type Callee,
  calleeAt,
  domainOf,
  namesBehind,
  nextParameters,
} from "../cursor/callee.ts";
import { cursorAt, type ItemCursor } from "../cursor/context.ts";
import { VisibleNames, widthsOf } from "../cursor/visible-names.ts";
import { isWord, type Takes, typeTaken } from "../language/entry.ts";
import { autoEntry, labelKindEntries, scopeEntries, typeEntries } from "../language/words.ts";
import type { Snapshot } from "../snapshot.ts";

/** The number of characters after the cursor that are read. */
const MOST_READ = 1000;

/** Characters after which editors request completion. */
export const triggerCharacters: readonly string[] = [".", ">", "(", "[", ",", ":", "=", '"', "/", " "];

/** `trigger`: the character that caused the request, if the author did not ask for it. */
export function completion(
  snapshot: Snapshot,
  path: string,
  offset: number,
  abilities: Abilities,
  trigger: string | null = null,
): readonly CompletionItem[] {
  const file = snapshot.file(path);
  const cursor = file === null ? null : cursorAt(file, offset);
  if (file === null || cursor === null) return [];
  switch (cursor.kind) {
    case "comment": {
      const word = directiveAt(cursor, path, snapshot);
      return word === null ? [] : itemsOf(suppressionOffers(cursor, path, snapshot), word, abilities);
    }
    case "items": {
      if (trigger !== null) return [];
      const visible = new VisibleNames(snapshot, path, cursor.variant);
      return itemsOf(itemOffers(visible, cursor.variant), cursor.word, abilities);
    }
    case "item": {
      if (cursor.string !== null) return inString(snapshot, path, offset, cursor, abilities);
      const offers = new Completer(snapshot, path, cursor, file).offers(trigger);
      return itemsOf(offers, cursor.word, abilities);
    }
  }
}

/** Only import strings have candidates. */
function inString(
  snapshot: Snapshot,
  path: string,
  offset: number,
  { path: nodes, string }: ItemCursor,
  abilities: Abilities,
): readonly CompletionItem[] {
  const file = snapshot.file(path)!;
  if (nodes.at(-1)?.name !== "import" || string === null) return [];
  const start = string.startOffset + 1;
  const behind = /^[^"\n\r]*/.exec(file.text.slice(offset))![0];
  const word = { typed: file.text.slice(start, offset), span: { file, start, end: offset + behind.length } };
  return itemsOf(importOffers(snapshot, path, new VisibleNames(snapshot, path, null).spec), word, abilities);
}

class Completer {
  private readonly snapshot: Snapshot;
  private readonly path: string;
  private readonly cursor: ItemCursor;
  private readonly visible: VisibleNames;
  private readonly context: ValueContext;

  constructor(snapshot: Snapshot, path: string, cursor: ItemCursor, file: SourceFile) {
    this.snapshot = snapshot;
    this.path = path;
    this.cursor = cursor;
    this.visible = new VisibleNames(snapshot, path, cursor.variant);
    const { end } = cursor.word.span;
    const textBehind = file.text.slice(end, end + MOST_READ);
    this.context = { cursor, visible: this.visible, isCalled: textBehind.startsWith("("), textBehind };
  }

  offers(trigger: string | null): readonly Offer[] {
    const { keywords, path } = this.cursor;
    const names = path.length === 0 ? [] : this.names();
    // After a blank, words that are valid anywhere would be a nuisance.
    if (trigger === " " && names.length === 0) return this.isBehindClause() ? this.keywords() : [];
    return keywords.size === 0 ? names : [...this.keywords(), ...names];
  }

  private keywords(): readonly Offer[] {
    // `embed` is also a valid name of a feature.
    const isDeclared = /^\s*(<->|↔|:)/.test(this.context.textBehind);
    const keywords = isDeclared
      ? []
      : [...this.cursor.keywords].filter((word) => mayFollow(word, this.context));
    return keywords.map((word) => {
      if (word === "predict") {
        const [label] = this.unpredicted();
        return keywordOffer(word, 0, `predict ${blank(1, label?.label ?? "click")} = $0`);
      }
      if (word === "embed") return keywordOffer(word, 0, `embed ${blank(1, "16")}`);
      if (word === "share") return keywordOffer(word, 1, `share ${blank(1, "item_id")}`);
      if (word === "from" && this.cursor.keywords.has("embed"))
        return keywordOffer(word, 2, `from ${blank(1, "item_id")}`);
      return keywordOffer(word, 0);
    });
  }

  /** Tells whether a clause such as `embed` is likely to follow. */
  private isBehindClause(): boolean {
    return this.cursor.keywords.has("embed") || this.cursor.keywords.has("from");
  }

  private names(): readonly Offer[] {
    const { path } = this.cursor;
    const node = path.at(-1)!;
    switch (node.name) {
      case "features":
        return wordOffers(scopeEntries, CompletionItemKind.Keyword);
      case "kind":
        return kindOffers(this.context);
      case "labelKind":
        return wordOffers(labelKindEntries, CompletionItemKind.TypeParameter);
      case "transform":
        return transformOffers(this.context);
      case "source":
        return sourceOffers(this.context);
      case "share":
        return shareOffers(this.context);
      case "binding":
        return tokenOf(node, t.BindingArrow) === null ? bindableOffers(this.context) : [];
      case "predict":
        return this.unpredicted();
      case "setting":
        return settingOffers(this.context);
      case "range":
        return rangeNameOffers(this.context, tokenOf(node, t.Dot) !== null);
      case "variant":
        return tokenOf(node, t.FromKeyword) === null ? [] : this.parents();
      case "type":
        return typeEntries.map((entry) =>
          entryOffer(entry, CompletionItemKind.TypeParameter, 0, this.context.textBehind.startsWith("[")),
        );
      case "stage":
        return [...stageOffers(this.context), ...this.unimported(true)];
      case "operand":
        if (tokenOf(node, t.Dot) !== null) return this.fields(node);
        return beginsLayer(path) && node.children.length === 1 ? this.layer() : this.expression();
      default:
        return [];
    }
  }

  /** A valid value after `|>`, or a function. */
  private layer(): readonly Offer[] {
    return [...stageOffers(this.context), ...this.unimported(true), ...lambdaOffer({ kind: "function" })];
  }

  private unpredicted(): readonly Offer[] {
    return labelOffers(this.visible, this.visible.predicted(this.cursor.word.span.start));
  }

  private parents(): readonly Offer[] {
    const own = this.cursor.tokens[1]?.image;
    return this.visible
      .variants()
      .filter(({ name }) => name !== own)
      .map(({ name, doc }) => ({ label: name, kind: CompletionItemKind.Module, doc, rank: 0 }));
  }

  /** Values of a `choice`: variants, or values of a param. */
  private rangeValues(): readonly Offer[] {
    const range = this.cursor.path.find(({ name }) => name === "range");
    const isOfVariants = range !== undefined && tokenOf(range, t.Identifier)?.image === VARIANT;
    return isOfVariants
      ? this.parents()
      : constantOffers(this.context, [{ kind: "number" }, { kind: "list" }, { kind: "function" }]);
  }

  private fields(operand: CstNode): readonly Offer[] {
    const history = tokenOf(operand, t.Identifier)?.image ?? "";
    return this.visible.fields(history).map(({ name, type, doc }) => ({
      label: name,
      kind: CompletionItemKind.Field,
      detail: type ?? "field",
      doc,
      rank: 0,
    }));
  }

  private expression(): readonly Offer[] {
    const { path } = this.cursor;
    const callee = calleeAt(path, this.visible);
    // Only if the whole argument or value begins at the cursor, anything that fits there is offered.
    const begins = this.beginsAt();
    const isArgument = begins === "argument" && callee !== null;
    const takes = isArgument ? nextParameters(callee).map((parameter) => parameter.takes) : [];
    const offers: Offer[] = isArgument ? [...this.named(callee)] : [];
    const domain = domainOf(path);
    switch (domain?.kind) {
      case "code":
        append(offers, this.code(takes, begins));
        break;
      case "param":
        offers.push(
          ...constantOffers(this.context, [{ kind: "number" }, { kind: "list" }, { kind: "function" }]),
        );
        break;
      case "kind":
        append(offers, inKind(this.context, takes));
        break;
      case "embed":
        offers.push(
          ...inEmbed(
            this.context,
            isArgument ? takes : [{ kind: "words", words: [autoEntry] }, { kind: "int" }],
            callee,
          ),
        );
        break;
      case "setting": {
        const given = callee === null ? [] : nextParameters(callee);
        const isInSum = begins === "part" && given.some((parameter) => parameter.takes.kind === "metric");
        const isInside = isArgument || isInSum || (begins === "value" && callee?.current != null);
        append(offers, settingValueOffers(this.context, domain.key, isInside ? callee : null));
        break;
      }
      case "history":
        append(offers, constantOffers(this.context, [{ kind: "int" }]));
        if (isArgument && callee.current !== null) append(offers, numberOffers([20, 50, 100]));
        break;
      case "range":
        append(offers, begins === "value" ? rangeOffers() : this.rangeValues());
        break;
      case "transform":
        append(offers, constantOffers(this.context, [{ kind: "number" }]));
        break;
      case "labelKind":
        append(offers, valueOffers(this.context, takes));
        break;
      case "loss":
      case "predict":
        // Each of their options begins with its name.
        if (begins !== "argument" || takes.length > 0) append(offers, this.code(takes, begins));
        break;
    }
    return offers;
  }

  /** Whether an argument, a statement's value, or a part of one begins at the cursor. */
  private beginsAt(): "argument" | "value" | "part" {
    const { path } = this.cursor;
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
    const behind = namesBehind(this.context.textBehind);
    const isColonBehind = /^\s*:/.test(this.context.textBehind);
    const given = (name: string) => callee.names.has(name) || behind.has(name);
    return callee.entries.flatMap(({ parameters }) => {
      // If several kinds have one name, those with all given options.
      const all = parameters.map(({ name }) => name);
      const isOther = [...callee.names, ...behind].some((name) => !all.includes(name));
      if (callee.entries.length > 1 && isOther) return [];
      // `set(` wants a kind first.
      const next = parameters[callee.positional];
      const isAsked = next !== undefined && !next.isNamed && !next.isRest && !next.isOptional;
      const wantsOther = isAsked && !given(next.name);
      return parameters.flatMap((parameter, i) => {
        const isOnly = parameters.length === 1 && domainOf(this.cursor.path)?.kind === "code";
        if (parameter.isNamed ? wantsOther : isOnly) return [];
        const isTaken =
          given(parameter.name) || parameter.isRest || (!parameter.isNamed && i < callee.positional);
        if (isTaken || parameter.takes.kind === "kind" || isWord(parameter)) return [];
        if (parameter.name === SERVED.option && this.cursor.tokens[1]?.image !== "training") return [];
        return [parameterOffer(parameter, parameter.isNamed ? 0 : 5, isColonBehind)];
      });
    });
  }

  private code(takes: readonly Takes[], begins: "argument" | "value" | "part"): readonly Offer[] {
    const { path } = this.cursor;
    const type = path.findLast(({ name }) => name === "type");
    if (type !== undefined) return this.widths(type);
    const parameter = path.find(({ name }) => name === "parameter");
    if (parameter !== undefined) {
      const written = nodeOf(parameter, "type");
      const name = written === undefined ? "" : (tokenOf(written, t.Identifier)?.image ?? "");
      return constantOffers(this.context, [typeTaken(name)]);
    }
    const wanted: readonly Takes[] = begins === "argument" && takes.length > 0 ? takes : [{ kind: "any" }];
    const values = [...valueOffers(this.context, wanted), ...wanted.flatMap(lambdaOffer)];
    const isValue = wanted.some(({ kind }) => kind === "any" || kind === "vector" || kind === "sequence");
    return isValue ? [...values, ...this.unimported(false)] : values;
  }

  private unimported(isPiped: boolean): readonly Offer[] {
    const known = new Set(this.visible.blocks().keys());
    return unimportedOffers(this.snapshot, this.path, this.visible.spec, known, {
      isPiped,
      isCalled: this.context.isCalled,
    });
  }

  /**
   * Completion in the brackets of a type: the widths and axes in the block's head, and the types of list
   * elements.
   */
  private widths(type: CstNode): readonly Offer[] {
    const name = tokenOf(type, t.Identifier)?.image;
    if (name === "List")
      return ["Int", "Float", "Feature"].map((label) => ({
        label,
        kind: CompletionItemKind.TypeParameter,
        rank: 0,
      }));
    const block = this.cursor.path.find((node) => node.name === "block");
    const widths = [...(block === undefined ? [] : widthsOf(block))].map((label) => ({
      label,
      kind: CompletionItemKind.Variable,
      detail: "width",
      rank: 0,
    }));
    return [...widths, ...constantOffers(this.context, [{ kind: "int" }])];
  }
}
