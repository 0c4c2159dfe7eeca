// Symbols: the declarations of a spec as an outline, and those of a workspace by parts of their names.

import { type DocumentSymbol, SymbolKind, type WorkspaceSymbol } from "vscode-languageserver-types";
import { unreachable } from "../../../common/internal-error.ts";
import type { Span } from "../../../common/source-file.ts";
import { oneLine } from "../../../common/source-file.ts";
import {
  type BlockItem,
  type FeatureDeclaration,
  type HistoryItem,
  type Identifier,
  type Item,
  isLocal,
  type Local,
  namesOf,
  type Spec,
} from "../../../frontend/syntax/nodes.ts";
import { signatureOf } from "../../views/types.ts";
import { rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";

/** In the order of the text. */
export function documentSymbols(snapshot: Snapshot, path: string): readonly DocumentSymbol[] {
  const parsed = snapshot.parsed(path);
  return parsed === null ? [] : outlineOf(parsed.value).map(shown);
}

/** Enough results for an author to type on. */
const mostSymbols = 200;

/** Declarations in the workspace whose names contain the letters of `query` in order; the closest first. */
export function workspaceSymbols(snapshot: Snapshot, query: string): readonly WorkspaceSymbol[] {
  const found = snapshot.specs().flatMap((path) => {
    const spec = snapshot.parsed(path)?.value;
    if (spec === undefined) return [];
    const all = outlineOf(spec).flatMap((symbol) => declarationsIn(symbol, spec.name?.name ?? path));
    return all.flatMap(({ symbol, container }) => {
      const distance = distanceOf(query, symbol.name);
      return distance === null ? [] : [{ symbol, container, distance, path }];
    });
  });
  return found
    .sort((a, b) => a.distance - b.distance || a.symbol.name.length - b.symbol.name.length)
    .slice(0, mostSymbols)
    .map(({ symbol: { name, kind, selection }, container, path }) => ({
      name,
      kind,
      containerName: container,
      location: { uri: snapshot.uriOf(path), range: rangeOf(selection) },
    }));
}

/**
 * The distance of a name from the query: 0 equal, 1 begins with it, 2 contains it, 3 has its letters at the
 * beginnings of words or anywhere; null otherwise.
 */
function distanceOf(query: string, name: string): number | null {
  const [wanted, known] = [query.toLowerCase(), name.toLowerCase()];
  if (wanted === known) return 0;
  if (known.startsWith(wanted)) return 1;
  if (known.includes(wanted)) return 2;
  let at = 0;
  for (const letter of known) if (letter === wanted[at]) at++;
  return at === wanted.length ? 3 : null;
}

interface Symbol {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly detail: string;
  /** Two symbols may not have the same one in an outline. */
  readonly span: Span;
  readonly selection: Span;
  readonly children: readonly Symbol[];
  /** A container without a name of its own: `net`. */
  readonly isSection: boolean;
}

function shown({ name, kind, detail, span, selection, children }: Symbol): DocumentSymbol {
  return {
    name,
    kind,
    ...(detail === "" ? {} : { detail }),
    range: rangeOf(span),
    selectionRange: rangeOf(selection),
    ...(children.length === 0 ? {} : { children: children.map(shown) }),
  };
}

/**
 * Declarations with their containers. Parameters and `let`s of blocks are left out, because only their block
 * uses them.
 */
function declarationsIn(
  symbol: Symbol,
  container: string,
): readonly { readonly symbol: Symbol; readonly container: string }[] {
  const { name, kind, isSection, children } = symbol;
  const own = isSection ? [] : [{ symbol, container }];
  if (kind === SymbolKind.Function) return own;
  const inner = isSection ? container : name;
  return [...own, ...children.flatMap((child) => declarationsIn(child, inner))];
}

function outlineOf(spec: Spec): readonly Symbol[] {
  const { name, variants } = spec;
  const model = name === null ? [] : [declared(name, SymbolKind.Module, "model", name.span)];
  const inVariants = variants.map((variant) =>
    declared(variant.name, SymbolKind.Class, `from ${variant.parent.name}`, variant.span, partsOf(variant)),
  );
  return inOrder([...model, ...partsOf(spec), ...inVariants]);
}

function partsOf({ items, params }: Pick<Spec, "items" | "params">): readonly Symbol[] {
  return inOrder([
    ...params.map((param) =>
      declared(param.name, SymbolKind.Constant, `= ${oneLine(param.default.span)}`, param.span),
    ),
    ...items.map(symbolOf),
  ]);
}

function inOrder(symbols: readonly Symbol[]): readonly Symbol[] {
  return symbols.filter(({ name }) => name !== "").sort((a, b) => a.span.start - b.span.start);
}

function symbolOf(item: Item): Symbol {
  switch (item.kind) {
    case "features":
      return section(
        `features ${item.scope}${item.group === null ? "" : ` ${item.group.name}`}`,
        SymbolKind.Namespace,
        item.span,
        item.features.filter(isFirstOfRange).map(feature),
      );
    case "history":
      return declared(item.name, SymbolKind.Array, "history", item.span, fieldsOf(item));
    case "label":
      return declared(
        item.name,
        SymbolKind.Boolean,
        `label : ${oneLine({ ...item.span, start: item.type.span.start })}`,
        item.span,
      );
    case "block":
      return declared(item.name, SymbolKind.Function, signatureOf(item), item.span, insideBlock(item));
    case "net":
      return section(
        "net",
        SymbolKind.Namespace,
        item.span,
        item.statements.flatMap((statement) => {
          if (isLocal(statement)) return locals(statement);
          return statement.kind === "predict"
            ? [declared(statement.label, SymbolKind.Event, "predict", statement.span)]
            : [declared(statement.name, SymbolKind.Variable, "loss", statement.span)];
        }),
      );
    case "train":
      return section(
        "train",
        SymbolKind.Object,
        item.span,
        item.settings.map(({ key, values, span }) =>
          section(
            key.name,
            SymbolKind.Property,
            span,
            [],
            values.map((each) => oneLine(each.span)).join(", "),
          ),
        ),
      );
    default:
      return unreachable(item, "item");
  }
}

function isFirstOfRange({ name, range }: FeatureDeclaration): boolean {
  return range === null || name.name === range.first.name;
}

/** A feature's kind and transforms. */
function feature(declaration: FeatureDeclaration): Symbol {
  const { name: own, range, names, type, span } = declaration;
  const name = range === null ? own : { name: oneLine(range.span), span: range.span };
  const detail = oneLine({ ...span, start: type.span.start });
  return declared(name, SymbolKind.Field, detail, names.isList ? name.span : span);
}

function fieldsOf({ fields }: HistoryItem): readonly Symbol[] {
  return fields.flatMap((field) => {
    if (field.kind === "own") return isFirstOfRange(field) ? [feature(field)] : [];
    return [declared(field.target, SymbolKind.Field, `<-> ${field.column.name}`, field.span)];
  });
}

function insideBlock({ parameters, body }: BlockItem): readonly Symbol[] {
  return [
    ...parameters.map(({ name, type, default: preset }) => {
      const end = preset?.span.end ?? type?.span.end ?? name.span.end;
      const detail = type === null ? "parameter" : oneLine(type.span);
      return declared(name, SymbolKind.TypeParameter, detail, { ...name.span, end });
    }),
    ...body.flatMap(locals),
  ];
}

function locals(local: Local): readonly Symbol[] {
  const kind = local.kind === "layer" ? SymbolKind.Function : SymbolKind.Variable;
  return namesOf(local).map((name) =>
    declared(name, kind, local.kind, namesOf(local).length === 1 ? local.span : name.span),
  );
}

function declared(
  { name, span: selection }: Identifier,
  kind: SymbolKind,
  detail: string,
  span: Span,
  children: readonly Symbol[] = [],
): Symbol {
  // If text is missing, a name may be outside its declaration.
  const isInside = span.start <= selection.start && selection.end <= span.end;
  const symbol = { name, kind, detail, span, selection: isInside ? selection : span, isSection: false };
  return { ...symbol, children: inOrder(children) };
}

function section(
  name: string,
  kind: SymbolKind,
  span: Span,
  children: readonly Symbol[],
  detail = "",
): Symbol {
  const selection = { ...span, end: Math.min(span.end, span.start + name.length) };
  return { name, kind, detail, span, selection, isSection: true, children: inOrder(children) };
}
