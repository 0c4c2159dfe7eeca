// Groups of features in lists and in `concat`: each is replaced by its features.

import { type Span, textOf } from "../../common/source-file.ts";
import { featureTwice } from "../../diagnostics/catalog/feature-lists.ts";
import { at } from "../syntax/reporter.ts";
import { nameOf } from "../values/leading-axes.ts";
import { featuresIn, featureValue } from "../values/types.ts";
import type { ArgumentValue, Value } from "../values/values.ts";
import type { Walk } from "./walk.ts";

export function isGroup({ type }: Value): boolean {
  return type.kind === "list" && type.isGroup;
}

/** Replaces each group by its features; a repeated feature is a warning. */
export function withoutGroups(walk: Walk, given: readonly ArgumentValue[]): readonly ArgumentValue[] {
  if (!given.some(({ value }) => isGroup(value))) return given;
  const seen = new Map<string, Span>();
  return given.flatMap((each) => {
    const { value, span } = each;
    const features = isGroup(value) ? featuresIn(value) : null;
    const names =
      features !== null
        ? features.map(nameOf)
        : value.type.kind === "feature"
          ? namesIn(value)
          : [textOf(span)];
    for (const name of names) {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, span);
      else if (first !== span)
        walk.report(featureTwice, { name, by: [first, span].map(textOf).map(quoted).join(" and ") }, span, {
          related: [at(first, "first here")],
        });
    }
    return features === null
      ? [each]
      : features.map((feature) => ({ ...each, value: featureValue([feature]) }));
  });
}

function namesIn({ type }: Value): readonly string[] {
  return type.kind === "feature" && type.lift === null ? type.references.map(nameOf) : [];
}

function quoted(text: string): string {
  return `\`${text}\``;
}
