// Reduces items with syntax errors. Only the name of a feature, a statement or a signature with an error
// remains, because the rest is not what its author meant, and every conclusion from it would be a second
// message.

import type { Span } from "../../common/source-file.ts";
import type { AnyItem } from "./build.ts";
import type { Expression, FeatureDeclaration, KindReference, TypeReference } from "./nodes.ts";

/** Removes from the item everything that the errors at `places`, which are in order, make meaningless. */
export function withoutUnreadable<T extends AnyItem>(item: T, places: readonly number[]): T;
export function withoutUnreadable(item: AnyItem, places: readonly number[]): AnyItem {
  if (places.length === 0) return item;
  switch (item.kind) {
    case "features": {
      const bad = lastBefore(item.features, places);
      return { ...item, features: item.features.map((each) => (bad.has(each) ? withoutKind(each) : each)) };
    }
    case "history":
      // A field may be missing, so the width is unknown.
      return { ...item, arguments: [{ name: null, value: unread({ span: item.name.span }) }] };
    case "label":
      return { ...item, type: unreadKind(item.type) };
    case "param":
      return { ...item, default: unread(item.default) };
    case "net": {
      const bad = lastBefore(item.statements, places);
      const statements = item.statements.map((each) =>
        bad.has(each) ? { ...each, value: unread(each.value) } : each,
      );
      return { ...item, statements };
    }
    case "block": {
      const bad = lastBefore([...item.body, item.value], places);
      const isEmpty = item.body.length === 0 && item.value.kind === "error";
      const isHead = isEmpty || places.some((place) => place < (item.body[0] ?? item.value).span.start);
      return {
        ...item,
        result: isHead ? unreadType(item.name) : item.result,
        body: item.body.map((each) => (bad.has(each) ? { ...each, value: unread(each.value) } : each)),
        value: bad.has(item.value) ? unread(item.value) : item.value,
      };
    }
    case "train": {
      const bad = lastBefore(item.settings, places);
      return { ...item, settings: item.settings.filter((each) => !bad.has(each)) };
    }
    case "tune": {
      const bad = lastBefore(item.ranges, places);
      return { ...item, ranges: item.ranges.filter((each) => !bad.has(each)) };
    }
    case "model":
    case "import":
    case "variant":
      return item;
  }
}

/**
 * For each place, the last element that begins at or before it, and the previous one on the same line, whose
 * end may have been misread as a beginning. Both are in the order of the text.
 */
function lastBefore<T extends { readonly span: Span }>(
  things: readonly T[],
  places: readonly number[],
): Set<T> {
  const found = new Set<T>();
  let next = 0;
  for (const place of places) {
    while (next < things.length && things[next]!.span.start <= place) next++;
    const thing = things[next - 1];
    if (thing === undefined) continue;
    found.add(thing);
    const before = things[next - 2];
    if (before !== undefined && isOneLine(before.span.end, thing.span)) found.add(before);
  }
  return found;
}

function isOneLine(from: number, { file, start }: Span): boolean {
  return !/[\r\n]/.test(file.text.slice(from, start));
}

function withoutKind(feature: FeatureDeclaration): FeatureDeclaration {
  return {
    ...feature,
    type: unreadKind(feature.type),
    transforms: [],
    source: null,
    embed: null,
    share: null,
  };
}

function unreadKind({ span }: KindReference): KindReference {
  return { name: { name: "", span }, arguments: [], span };
}

function unreadType({ span }: { readonly span: TypeReference["span"] }): TypeReference {
  return { name: { name: "", span }, arguments: [], span };
}

function unread({ span }: Pick<Expression, "span">): Expression {
  return { kind: "error", span };
}
