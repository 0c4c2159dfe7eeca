// The time of a row and of a request: the one `time` of the context. Steps of histories lie before it, in
// rows and in requests.

import type { Feature, Model } from "./model.ts";

/** Null where the context has none, or several. */
export function ownTimeOf({ features }: Pick<Model, "features">): Feature | null {
  const times = [...features.values()].filter(
    ({ scope, kind }) => scope === "context" && kind.kind === "time",
  );
  return times.length === 1 ? times[0]! : null;
}
