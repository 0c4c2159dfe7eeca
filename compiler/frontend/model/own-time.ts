// The time of a row or a request: the one `time` of the context. Steps of histories come before it, in rows
// and in requests.

import type { Feature, Model } from "./model.ts";

/** Null if the context has none, or several. */
export function ownTimeOf({ features }: Pick<Model, "features">): Feature | null {
  const times = [...features.values()].filter(
    ({ scope, kind }) => scope === "context" && kind.kind === "time",
  );
  return times.length === 1 ? times[0]! : null;
}
