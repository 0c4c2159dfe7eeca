// Makes requests up from what training knows: known and unseen ids, empty, short and overlong histories, candidates
// that occur twice. Golden requests and tests are drawn from them.

import { learnedOf, mayBeMissing, partsOf, rawKindOf } from "../../compiler/kinds/registry.ts";
import { rawBefore } from "../../compiler/kinds/transforms.ts";
import type { Feature, Fitted, Model } from "../../compiler/model/model.ts";
import type { Random } from "../random.ts";
import type { RawRecord, RawRequest } from "./reference-inputs.ts";

/** What a made-up request is to be like. */
export interface RequestShape {
  readonly candidates: number;
  /** Steps of every history, as many as it may have where the history allows no more. */
  readonly steps: (max: number) => number;
  /** Share of values that training did not know. */
  readonly unseen: number;
}

/** Share of missing values where there may be any. */
const MISSING = 0.2;

export class RequestMaker {
  private readonly model: Model;
  private readonly fitted: Fitted;
  private readonly random: Random;

  constructor(model: Model, fitted: Fitted, random: Random) {
    this.model = model;
    this.fitted = fitted;
    this.random = random;
  }

  /** Whole numbers are given as numbers in one request and as text in another: it must not matter. */
  private numeric = false;

  make({ candidates, steps, unseen }: RequestShape): RawRequest {
    this.numeric = this.random.next() < 0.5;
    const scope = (wanted: Feature["scope"]) =>
      [...this.model.features.values()].filter(
        (feature) => feature.scope === wanted && partsOf(feature).length === 0,
      );
    const items = scope("item");
    const made: RawRecord[] = [];
    for (let i = 0; i < candidates; i++) {
      // A quarter of the candidates have been there before.
      const again = i > 0 && this.random.next() < 0.25;
      made.push(again ? made[this.random.integer(i)]! : this.record(items, unseen));
    }
    return {
      user: this.record(scope("user"), unseen),
      context: this.record(scope("context"), unseen),
      history: Object.fromEntries(
        [...this.model.histories.values()].map(({ name, max, fields }) => {
          const step = () =>
            Object.fromEntries(fields.map((field) => [field.name, this.value(field.feature, unseen)]));
          return [name, Array.from({ length: steps(max) }, step)];
        }),
      ),
      candidates: made,
    };
  }

  private record(features: readonly Feature[], unseen: number): RawRecord {
    return Object.fromEntries(features.map((feature) => [feature.name, this.value(feature, unseen)]));
  }

  private value(feature: Feature, unseen: number): RawRecord[string] {
    const { kind } = feature;
    const { random } = this;
    const learned = learnedOf(feature, this.fitted);
    const unknown = random.next() < unseen;
    if (mayBeMissing(feature) && random.next() < MISSING) return null;
    const definition = rawKindOf(feature);
    if (definition.gives === "vector")
      return Array.from({ length: definition.width(kind) }, () => Number(random.normal().toPrecision(6)));
    if (definition.gives === "number")
      return Number(rawBefore(kind, learned.transforms, random.normal()).toPrecision(6));
    const known = definition.size(kind, learned) ?? 0;
    if (unknown || known === 0) return definition.unknownValue(kind, learned, random);
    return this.spelled(definition.valueAt(kind, learned, random.integer(known)));
  }

  private spelled(text: string | number): string | number {
    if (typeof text === "number") return text;
    const value = Number(text);
    return Number.isSafeInteger(value) && String(value) === text && this.numeric ? value : text;
  }
}
