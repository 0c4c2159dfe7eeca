// How raw values of a model's features are encoded: while training rows are read, what they teach is not known yet and
// values are only numbered; afterwards, and in prediction, ids are final.

import type { Serve } from "../../compiler/kinds/define-kind.ts";
import {
  hasLearnedVocabulary,
  idKindOf,
  learnedOf,
  transformOf,
  transformsOf,
} from "../../compiler/kinds/registry.ts";
import type { Feature, Fitted } from "../../compiler/model/model.ts";
import * as ids from "../serve/features.ts";
import * as numbers from "../serve/numbers.ts";
import { Interner } from "./interner.ts";

const serve: Serve = { ...ids, ...numbers };

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
    if (!hasLearnedVocabulary(feature))
      return cached(this.closed, feature.name, () => finalEncoder(feature, NOTHING));
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
    return cached(this.encoders, feature.name, () => finalEncoder(feature, this.fitted));
  }
}

const NOTHING: Fitted = { vocabularies: new Map(), transforms: new Map() };

function finalEncoder(feature: Feature, fitted: Fitted): IdEncoder {
  const space = spaceOf(feature, fitted);
  return (value) => space.idOf(value);
}

/** The ids of a feature, with what was fitted for it. */
export function spaceOf(feature: Feature, fitted: Fitted): ids.IdSpace {
  return idKindOf(feature).space(serve, feature.kind, learnedOf(feature, fitted));
}

/** The transforms of a number feature with what was fitted for them, as far as it is known. */
export function numberSteps({ name, kind }: Feature, fitted: Fitted): numbers.NumberStep[] {
  const learned = fitted.transforms.get(name) ?? [];
  return transformsOf(kind).map((transform, i) =>
    transformOf(transform).step(serve, transform, learned[i] ?? []),
  );
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
