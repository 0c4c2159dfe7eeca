// How the ids of a model's features are found: while training rows are read, the vocabularies are not known yet and
// values are only numbered; afterwards, and in prediction, ids are final.

import { unreachable } from "../../compiler/internal-error.ts";
import type { Feature, Fitted } from "../../compiler/model/model.ts";
import { IntegerRange, type NumberStep, Vocabulary } from "../serve/features.ts";
import { Interner } from "./interner.ts";

/** Gives `UNKNOWN_ID` for what is not known and `NOT_AN_ID` for what cannot be an id. */
export type IdEncoder = (value: unknown) => number;

export interface Encoders {
  /** The same encoder each time for one feature. */
  ids(feature: Feature): IdEncoder;
}

/** Numbers the values of learned vocabularies by first appearance; `interners` then tells which they were. */
export class FittingEncoders implements Encoders {
  readonly interners = new Map<string, Interner>();
  private readonly closed = new Map<string, IdEncoder>();

  ids(feature: Feature): IdEncoder {
    if (feature.kind.kind !== "id") return cached(this.closed, feature.name, () => closedEncoder(feature));
    const interner = cached(this.interners, feature.name, () => new Interner());
    return (value) => interner.add(value);
  }
}

/** Final ids. */
export class FittedEncoders implements Encoders {
  private readonly fitted: Fitted;
  private readonly encoders = new Map<string, IdEncoder>();

  constructor(fitted: Fitted) {
    this.fitted = fitted;
  }

  ids(feature: Feature): IdEncoder {
    return cached(this.encoders, feature.name, () => {
      if (feature.kind.kind !== "id") return closedEncoder(feature);
      const vocabulary = new Vocabulary(this.fitted.vocabularies.get(feature.name) ?? []);
      return (value) => vocabulary.idOf(value);
    });
  }
}

function closedEncoder({ kind, name }: Feature): IdEncoder {
  switch (kind.kind) {
    case "sized_id": {
      const range = new IntegerRange(0, kind.size);
      return (value) => range.idOf(value);
    }
    case "int": {
      const range = new IntegerRange(kind.low, kind.high - kind.low + 1);
      return (value) => range.idOf(value);
    }
    case "enum": {
      const vocabulary = new Vocabulary(kind.values);
      return (value) => vocabulary.idOf(value);
    }
    case "id":
    case "number":
      return unreachable(kind as never, `closed feature ${name}`);
    default:
      return unreachable(kind, "feature kind");
  }
}

/** The transforms of a number feature with what was fitted for them. */
export function numberSteps(feature: Feature, fitted: Fitted): NumberStep[] {
  if (feature.kind.kind !== "number") return [];
  return feature.kind.transforms.map((transform) =>
    transform === "log1p" ? { kind: "log1p" } : { kind: "standardize", ...fitted.scales.get(feature.name)! },
  );
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
