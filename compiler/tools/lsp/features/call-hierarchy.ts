// Call hierarchy: the blocks and nets that use a block, and the blocks that it uses, across files and into
// the standard library.

import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type Range,
  SymbolKind,
} from "vscode-languageserver-types";
import type { Span } from "../../../common/source-file.ts";
import type { BlockItem, NetItem } from "../../../frontend/syntax/nodes.ts";
import { itemsOf } from "../../../frontend/syntax/walk.ts";
import { signatureOf } from "../../views/types.ts";
import { usesOf } from "../block-uses.ts";
import { rangeOf, touches } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { keyOf, type SpecSymbol } from "../symbols/symbol.ts";

/** The block whose name is at an offset. */
export function prepareCallHierarchy(
  snapshot: Snapshot,
  path: string,
  offset: number,
): readonly CallHierarchyItem[] {
  const symbol = snapshot.mentionAt(path, offset)?.symbol;
  const caller = symbol?.kind === "block" ? declarationOf(snapshot, symbol) : null;
  return caller === null ? [] : [shown(snapshot, caller)];
}

/**
 * `path` and `offset` locate the name of an item, as `prepareCallHierarchy` and these two functions return
 * it.
 */
export function incomingCalls(
  snapshot: Snapshot,
  path: string,
  offset: number,
): readonly CallHierarchyIncomingCall[] {
  const symbol = snapshot.mentionAt(path, offset)?.symbol;
  if (symbol?.kind !== "block") return [];
  const calls = new Map<string, { readonly from: CallHierarchyItem; readonly fromRanges: Range[] }>();
  for (const { span } of usesOf(snapshot, symbol, path)) {
    const caller = callerAt(snapshot, span.file.path, span.start);
    if (caller === null) continue;
    const key = `${caller.span.file.path} ${caller.span.start}`;
    const call = calls.get(key) ?? { from: shown(snapshot, caller), fromRanges: [] };
    call.fromRanges.push(rangeOf(span));
    calls.set(key, call);
  }
  return [...calls.values()];
}

export function outgoingCalls(
  snapshot: Snapshot,
  path: string,
  offset: number,
): readonly CallHierarchyOutgoingCall[] {
  const caller = callerAt(snapshot, path, offset);
  if (caller === null) return [];
  const calls = new Map<string, { readonly to: CallHierarchyItem; readonly fromRanges: Range[] }>();
  for (const { span, symbol, declares } of snapshot.mentions(path)) {
    const isInside = caller.span.start <= span.start && span.end <= caller.span.end;
    if (!isInside || declares || symbol.kind !== "block") continue;
    const called = declarationOf(snapshot, symbol);
    if (called === null) continue;
    const call = calls.get(keyOf(symbol)) ?? { to: shown(snapshot, called), fromRanges: [] };
    call.fromRanges.push(rangeOf(span));
    calls.set(keyOf(symbol), call);
  }
  return [...calls.values()];
}

/** An item that may contain calls. */
type Caller = BlockItem | NetItem;

function callersIn(snapshot: Snapshot, path: string): readonly Caller[] {
  const spec = snapshot.parsed(path)?.value;
  if (spec === undefined) return [];
  return itemsOf(spec).filter((item) => item.kind === "block" || item.kind === "net");
}

function callerAt(snapshot: Snapshot, path: string, offset: number): Caller | null {
  return callersIn(snapshot, path).find(({ span }) => touches(span, offset)) ?? null;
}

function declarationOf(snapshot: Snapshot, { declaration }: SpecSymbol): Caller | null {
  return declaration === null ? null : callerAt(snapshot, declaration.file.path, declaration.start);
}

function shown(snapshot: Snapshot, caller: Caller): CallHierarchyItem {
  const { span } = caller;
  const { path } = span.file;
  const isBlock = caller.kind === "block";
  const selection: Span = isBlock ? caller.name.span : { ...span, end: span.start + caller.kind.length };
  const model = snapshot.parsed(path)?.value.name?.name;
  return {
    name: isBlock ? caller.name.name : "net",
    kind: isBlock ? SymbolKind.Function : SymbolKind.Namespace,
    detail: isBlock ? signatureOf(caller) : (model ?? path),
    uri: snapshot.uriOf(path),
    range: rangeOf(span),
    selectionRange: rangeOf(selection),
  };
}
