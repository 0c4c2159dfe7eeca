// Every kind of label. One without an object does not compile.

import type { Label } from "../model/model.ts";
import { binary } from "./binary.label.ts";
import type { LabelKind } from "./define-label-kind.ts";

export const labelKinds: { readonly [K in Label["kind"]]: LabelKind } = { binary };

/** The kind that a spec names; null where there is none. */
export function labelKindNamed(name: string): Label["kind"] | null {
  return Object.hasOwn(labelKinds, name) ? (name as Label["kind"]) : null;
}
