// Finds the names that are visible at a cursor. They come from the tokens before the cursor, and from the
// tree and types of the latest analysis, usually one keystroke old, so that completion never waits for the
// parser or the checker.

import type { IToken, TokenType } from "../../../../grammar/chevrotain.mjs";
import { type CstNode, nodeOf, nodesOf, tokenOf, tokensOf } from "../../../../grammar/cst.ts";
import * as t from "../../../../grammar/tokens.ts";
import type { Analysis } from "../../../frontend/check/check.ts";
import { fieldNames } from "../../../frontend/check/histories.ts";
import { library } from "../../../frontend/functions/library.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import { labelKindOf } from "../../../frontend/labels/registry.ts";
import type { Feature } from "../../../frontend/model/model.ts";
import {
  type BlockItem,
  type FeatureScope,
  type Item,
  isLocal,
  type Local,
  namesOf,
  type ParamItem,
  type Spec,
  type Statement,
} from "../../../frontend/syntax/nodes.ts";
import { valuesOf, within } from "../../../frontend/syntax/walk.ts";
import { type TypedBinding, typesOf } from "../../views/types.ts";
import { blockEntry, functionEntry, type LanguageEntry, layerEntry } from "../language/entry.ts";
import type { Snapshot } from "../snapshot.ts";
import { searchedIn } from "../symbols/searches.ts";
import { type ItemCursor, openBodies } from "./context.ts";

/** A name with a value. */
export interface VisibleName {
  readonly kind: "feature" | "group" | "history" | "layer" | "let" | "output" | "param" | "parameter";
  readonly name: string;
  /** Such as `Vec[16]`; null if it is unknown. */
  readonly type: string | null;
  readonly doc: string;
}

export interface VisibleFeature extends VisibleName {
  readonly kind: "feature";
  readonly scope: FeatureScope;
  /** The keyword of its kind. */
  readonly written: string;
  /** Null if it is not known yet. */
  readonly feature: Feature | null;
}

export interface SightedField {
  readonly name: string;
  readonly type: string | null;
  readonly doc: string;
}

type Parts = Pick<Spec, "items" | "params">;

export class VisibleNames {
  readonly spec: Spec;
  private readonly imported: readonly Spec[];
  /** The spec, and the chain of variants down to the one at the cursor. */
  private readonly chain: readonly Parts[];
  private readonly analysis: Analysis | null;
  private readonly types: ReadonlyMap<string, TypedBinding>;

  constructor(snapshot: Snapshot, path: string, variant: string | null) {
    const latest = snapshot.latestAnalysis(path);
    this.spec = latest?.spec ?? snapshot.parsed(path)!.value;
    this.imported = snapshot.importsOf(this.spec);
    this.chain = chainTo(this.spec, variant);
    // Used in a variant too: most names mean the same there.
    this.analysis = latest?.analysis ?? null;
    this.types = this.analysis === null ? new Map() : typesByName(this.analysis);
  }

  private items<K extends Item["kind"]>(kind: K): readonly Extract<Item, { kind: K }>[] {
    return this.chain.flatMap(({ items }) =>
      items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind),
    );
  }

  features(): readonly VisibleFeature[] {
    const found = new Map<string, VisibleFeature>();
    for (const { scope, features } of this.items("features"))
      for (const { name, type, doc } of features)
        found.set(name.name, {
          kind: "feature",
          name: name.name,
          type: this.typeOf("feature", name.name, null),
          doc,
          scope,
          written: type.name.name,
          feature: this.analysis?.declarations.features.get(name.name) ?? null,
        });
    return [...found.values()];
  }

  groups(): readonly VisibleName[] {
    const names = this.items("features").flatMap(({ group }) => (group === null ? [] : [group.name]));
    return [...new Set(names)].map((name) => ({ kind: "group", name, type: "List[Feature]", doc: "" }));
  }

  histories(): readonly VisibleName[] {
    const named = new Map(this.items("history").map((item) => [item.name.name, item]));
    return [...named].map(([name, { doc }]) => ({
      kind: "history",
      name,
      type: this.typeOf("history", name, null),
      doc,
    }));
  }

  /** The fields of a history, or of a `let` that searches in one, named as in `clicks.item_id`. */
  fields(object: string): readonly SightedField[] {
    const declared = this.items("history").findLast(({ name }) => name.name === object);
    const history = declared === undefined ? this.searched(object) : object;
    const item = declared ?? this.items("history").findLast(({ name }) => name.name === history);
    if (item === undefined) return [];
    const names = fieldNames(item);
    const written = item.fields.map(({ doc }, i) => ({ name: names[i]!.name, doc }));
    const computed = this.items("features")
      .flatMap(({ features }) => features)
      .filter(({ source }) => source !== null && names.some(({ name }) => name === source.feature.name))
      .map(({ name: { name }, doc }) => ({ name, doc }));
    return [...written, ...computed].map(({ name, doc }) => {
      return { name, type: this.typeOf("field", name, item.name.name), doc };
    });
  }

  private searched(name: string): string | null {
    const statements = this.items("net").flatMap((net) => net.statements);
    const found = statements.findLast(
      (each) => isLocal(each) && namesOf(each).some((own) => own.name === name),
    );
    return found === undefined ? null : searchedIn(found.value);
  }

  labels(): readonly { readonly name: string; readonly doc: string }[] {
    const named = new Map(this.items("label").map(({ name, doc }) => [name.name, doc]));
    return [...named].map(([name, doc]) => ({ name, doc }));
  }

  /** A feature, or a field of a history or of a `let` that searches in one. */
  featureNamed(history: string | null, name: string): Feature | null {
    const { features, histories } = this.analysis?.declarations ?? { features: null, histories: null };
    const of =
      history === null ? null : (histories?.get(history) ?? histories?.get(this.searched(history) ?? ""));
    const field = of?.fields.find((each) => each.name === name);
    return (history === null ? features?.get(name) : field?.feature) ?? null;
  }

  /** Losses for the kind of a label. */
  lossesOf(label: string): readonly string[] {
    const declared = this.analysis?.declarations.labels.get(label);
    return declared === undefined ? [] : labelKindOf(declared).losses;
  }

  /** Labels that have a `predict` in the net, except the one at `except`. */
  predicted(except: number): ReadonlySet<string> {
    const statements = this.items("net").flatMap((net) => net.statements);
    return new Set(
      statements.flatMap((each) =>
        each.kind === "predict" && each.label.span.start !== except ? [each.label.name] : [],
      ),
    );
  }

  params(): readonly VisibleName[] {
    const items = new Map<string, ParamItem>();
    for (const { params } of [...this.imported, ...this.chain])
      for (const param of params) items.set(param.name.name, param);
    return [...items].map(([name, { doc }]) => ({
      kind: "param",
      name,
      type: this.typeOf("param", name, null),
      doc,
    }));
  }

  /**
   * Names that are visible in the net or in a block in addition to those of the whole spec, the nearest
   * first.
   */
  locals(cursor: ItemCursor): readonly VisibleName[] {
    const { path, item } = cursor;
    const found = new Map<string, VisibleName>();
    const add = (kind: "layer" | "let" | "output" | "parameter", name: string, type: string | null) => {
      if (name !== "_" && !found.has(name)) found.set(name, { kind, name, type, doc: "" });
    };
    for (const lambda of path.toReversed().filter(({ name }) => name === "lambda"))
      for (const token of tokensOf(lambda, t.Identifier)) add("parameter", token.image, null);
    const block = path.find(({ name }) => name === "block");
    const blockName = block === undefined ? null : (tokenOf(block, t.DeclaredName)?.image ?? "");
    for (const { kind, name } of localsIn(cursor).toReversed())
      add(kind, name, this.typeOf(kind, name, blockName));
    if (block !== undefined) {
      for (const { name, text } of parametersOf(block)) add("parameter", name, text === "" ? null : text);
      for (const name of widthsOf(block)) add("parameter", name, "Int");
    }
    if (item === t.NetKeyword && this.chain.length > 1)
      for (const { items } of this.chain.slice(0, -1))
        for (const net of items)
          for (const statement of net.kind === "net" ? net.statements : [])
            if (isLocal(statement))
              for (const { name } of namesOf(statement))
                add(statement.kind, name, this.typeOf(statement.kind, name, null));
    return [...found.values()];
  }

  /** Values and layers of the net. */
  lets(): readonly VisibleName[] {
    const statements = this.items("net").flatMap((net) => net.statements);
    const named = new Map(
      statements.filter(isLocal).flatMap((each) => namesOf(each).map(({ name }) => [name, each.kind])),
    );
    return [...named].map(([name, kind]) => ({ kind, name, type: this.typeOf(kind, name, null), doc: "" }));
  }

  /** Blocks of this spec, its imports and the standard library; the nearest of each name. */
  blocks(): ReadonlyMap<string, LanguageEntry> {
    const found = new Map<string, LanguageEntry>();
    for (const name of library.keys()) found.set(name, blockEntry(library.get(name)!));
    for (const { items } of [...this.imported, ...this.chain])
      for (const item of items) if (item.kind === "block") found.set(item.name.name, blockEntry(item));
    return found;
  }

  /** The entry for a name that is called in the net or in blocks. */
  callable(name: string): LanguageEntry | null {
    const layer = this.items("net")
      .flatMap(({ statements }) => statements)
      .find((each) => each.kind === "layer" && each.name.name === name);
    if (layer?.kind === "layer") return layerEntry(layer);
    const block = this.blockNamed(name);
    if (block !== null) return blockEntry(block);
    const definition = languageFunctions.get(name);
    if (definition !== undefined) return functionEntry(definition);
    return this.layers().get(name) ?? null;
  }

  /** The layers of the net, of blocks and of functions; the last of each name. */
  layers(): ReadonlyMap<string, LanguageEntry> {
    const items = this.chain.flatMap((each) => each.items);
    const locals = items.flatMap((item): readonly (Local | Statement)[] => [
      ...(item.kind === "net" ? item.statements : item.kind === "block" ? item.body : []),
      ...valuesOf(item)
        .flatMap((value) => [...within(value)])
        .flatMap((each) => (each.kind === "lambda" ? each.locals : [])),
    ]);
    return new Map(
      locals.flatMap((each) => (each.kind === "layer" ? [[each.name.name, layerEntry(each)] as const] : [])),
    );
  }

  private blockNamed(name: string): BlockItem | null {
    for (const { items } of [...this.chain.toReversed(), ...this.imported])
      for (const item of items) if (item.kind === "block" && item.name.name === name) return item;
    return library.get(name) ?? null;
  }

  isOwnBlock(name: string): boolean {
    return this.items("block").some((item) => item.name.name === name);
  }

  variants(): readonly { readonly name: string; readonly doc: string }[] {
    const { name, doc, variants } = this.spec;
    const model = name === null ? [] : [{ name: name.name, doc }];
    return [...model, ...variants.map((each) => ({ name: each.name.name, doc: each.doc }))];
  }

  /** Names of the measured metrics. */
  metrics(): readonly string[] {
    const settings = this.items("train").flatMap((item) => item.settings);
    const values = settings.findLast(({ key }) => key.name === "metrics")?.values ?? [];
    return values.flatMap((value) =>
      value.kind === "name" ? [value.name] : value.kind === "call" ? [value.callee.name] : [],
    );
  }

  has(kind: Item["kind"]): boolean {
    return this.chain.at(-1)!.items.some((item) => item.kind === kind);
  }

  private typeOf(kind: TypedBinding["kind"], name: string, of: string | null): string | null {
    const type = this.types.get(keyOf(kind, name, of))?.type;
    return type === undefined || type === "?" ? null : type;
  }
}

function chainTo(spec: Spec, variant: string | null): readonly Parts[] {
  const chain: Parts[] = [];
  const seen = new Set<string>();
  for (let name = variant; name !== null && !seen.has(name); ) {
    seen.add(name);
    const found = spec.variants.find((each) => each.name.name === name);
    if (found === undefined) break;
    chain.unshift(found);
    name = found.parent.name;
  }
  return [spec, ...chain];
}

function keyOf(kind: string, name: string, of: string | null): string {
  return `${kind} ${of ?? ""} ${name}`;
}

const typesOfAnalyses = new WeakMap<Analysis, ReadonlyMap<string, TypedBinding>>();

function typesByName(analysis: Analysis): ReadonlyMap<string, TypedBinding> {
  let types = typesOfAnalyses.get(analysis);
  if (types === undefined) {
    types = new Map(typesOf(analysis).map((each) => [keyOf(each.kind, each.name, each.of), each]));
    typesOfAnalyses.set(analysis, types);
  }
  return types;
}

interface SightedLocal {
  readonly kind: Local["kind"];
  readonly name: string;
}

/**
 * The `let`s and layers before a position, the outermost first, without the one that contains the position.
 */
function localsIn({ tokens, path }: ItemCursor): readonly SightedLocal[] {
  const brace = tokens.findIndex(({ tokenType }) => tokenType === t.LeftBrace);
  if (brace < 0) return [];
  const bodies = openBodies(tokens, brace);
  const inStatement = statementsAround(path);
  return bodies.flatMap(({ begin, last }, i) => {
    const isIn = inStatement.at(i - bodies.length) ?? true;
    return localsOf(tokens.slice(begin, isIn ? last : tokens.length - 1));
  });
}

/**
 * For each body around a position, the outermost first: whether the position is inside a statement, and not
 * in the body's value.
 */
function statementsAround(path: readonly CstNode[]): readonly boolean[] {
  const found: boolean[] = [];
  for (const { name } of path) {
    if (name === "net" || name === "block" || name === "body") found.push(false);
    else if (/^(let|layer|predict|output|loss)$/.test(name)) found[found.length - 1] = true;
  }
  return found;
}

const localKinds: ReadonlyMap<TokenType, Local["kind"]> = new Map([
  [t.LetKeyword, "let"],
  [t.LayerKeyword, "layer"],
  [t.OutputKeyword, "output"],
]);

/** The names in the tokens of a body, without those in inner braces. */
function localsOf(tokens: readonly IToken[]): readonly SightedLocal[] {
  const found: SightedLocal[] = [];
  let depth = 0;
  for (const [i, { tokenType }] of tokens.entries()) {
    if (tokenType === t.LeftBrace) depth++;
    else if (tokenType === t.RightBrace) depth--;
    const kind = localKinds.get(tokenType);
    if (kind === undefined || depth > 0) continue;
    const end = tokens.findIndex((token, at) => at > i && token.tokenType === t.Equals);
    for (const token of tokens.slice(i + 1, end < 0 ? undefined : end))
      if (token.tokenType === t.Identifier) found.push({ kind, name: token.image });
  }
  return found;
}

/** The parameters in the head of a block, each with its written type. */
export function parametersOf(block: CstNode): readonly { readonly name: string; readonly text: string }[] {
  return nodesOf(block, "parameter").flatMap((node) => {
    const name = tokenOf(node, t.Identifier)?.image;
    const type = nodeOf(node, "type");
    if (name === undefined || name === "·") return [];
    return [{ name, text: type === undefined ? "" : textIn(type) }];
  });
}

/** Widths and axes in the head of a block, including its `Int` parameters. */
export function widthsOf(block: CstNode): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, text } of parametersOf(block)) {
    if (text === "Int") found.add(name);
    for (const [variable] of text.replace(/^\w+/, "").matchAll(/[a-z_]\w*/gi))
      if (!/^(Prob|Int|Float|Feature)$/.test(variable)) found.add(variable);
  }
  return found;
}

function textIn(node: CstNode): string {
  let text = "";
  for (const child of node.children)
    text += "children" in child ? textIn(child) : child.image === "," ? ", " : child.image;
  return text;
}
