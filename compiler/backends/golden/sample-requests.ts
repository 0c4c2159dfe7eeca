// Samples requests from fitted values: known and unseen ids; empty, short and overlong histories; repeated
// candidates. Golden requests and tests are drawn from them.

import { InternalError } from "../../common/internal-error.ts";
import type { Random } from "../../common/random.ts";
import { type Fillings, fillingsOf, type Padding } from "../../frontend/config/padding.ts";
import {
  hasRawLists,
  hasRawValue,
  learnedOf,
  mayBeMissing,
  rawKindOf,
} from "../../frontend/kinds/registry.ts";
import { rawBefore } from "../../frontend/kinds/transforms.ts";
import {
  type Feature,
  type Fitted,
  type History,
  type Model,
  UNKNOWN_ID,
} from "../../frontend/model/model.ts";
import type { RawRecord, RawRequest, RawValue } from "./reference-inputs.ts";

/** The properties of a sample request. */
export interface RequestShape {
  readonly candidates: number;
  /** The number of steps of each history, limited to its maximum. */
  readonly steps: (max: number) => number;
  /** The share of values unknown to training. */
  readonly unseen: number;
}

/** Sets rarely have more values. */
const USUAL_VALUES = 8;

/** The most padding steps at an end of a history. */
const MOST_FILL = 3;

/** The share of missing values, where these are allowed. */
const MISSING = 0.2;
/** The range of sampled times, in seconds since 1970. */
const TIMES_BEGIN = 1_750_000_000;
const MONTH = 30 * 86_400;

export class RequestSampler {
  private readonly model: Model;
  private readonly fitted: Fitted;
  private readonly random: Random;
  private readonly fillings: Fillings;

  constructor(model: Model, fitted: Fitted, random: Random, padding: Padding | null = null) {
    this.model = model;
    this.fitted = fitted;
    this.random = random;
    this.fillings = fillingsOf(padding, model.histories.keys());
  }

  /** Whether this request has whole numbers as text instead of numbers: both must give the same scores. */
  private numeric = false;

  make({ candidates, steps, unseen }: RequestShape): RawRequest {
    this.numeric = this.random.next() < 0.5;
    const scope = (wanted: Feature["scope"]) =>
      [...this.model.features.values()].filter((feature) => feature.scope === wanted && hasRawValue(feature));
    const items = scope("item");
    const made: RawRecord[] = [];
    for (let i = 0; i < Math.min(candidates, this.model.requests?.max ?? candidates); i++) {
      // A quarter of the candidates repeat earlier ones.
      const again = i > 0 && this.random.next() < 0.25;
      made.push(again ? made[this.random.integer(i)]! : this.record(items, unseen));
    }
    return {
      user: this.record(scope("user"), unseen),
      context: this.record(scope("context"), unseen),
      history: Object.fromEntries(
        [...this.model.histories.values()].map((history) => {
          const { name, max, fields } = history;
          const step = () =>
            Object.fromEntries(fields.map((field) => [field.name, this.value(field.feature, unseen)]));
          const made = Array.from({ length: steps(max) }, step);
          // Steps are ordered by time.
          for (const { name: field, feature } of fields) {
            if (feature.kind.kind !== "time") continue;
            const times = made.map((each) => Number(each[field])).sort((a, b) => a - b);
            for (const [i, each] of made.entries()) each[field] = times[i]!;
          }
          return [name, this.filledUp(history, made)];
        }),
      ),
      candidates: made,
    };
  }

  /** Pads half of the histories that may be padded, at one end or both. */
  private filledUp({ name, fields }: History, own: readonly RawRecord[]): readonly RawRecord[] {
    const values = this.fillings.get(name);
    const { random } = this;
    if (values === undefined || random.next() < 0.5) return own;
    const fill = (): RawRecord[] =>
      Array.from({ length: random.integer(MOST_FILL + 1) }, () =>
        Object.fromEntries(
          fields.map(({ name, feature }) => {
            const text = values[random.integer(values.length)]!;
            const value = text === "" ? null : this.spelled(text);
            const isList = hasRawLists(feature);
            return [name, isList ? Array.from({ length: 1 + random.integer(3) }, () => value) : value];
          }),
        ),
      );
    return [...fill(), ...own, ...fill()];
  }

  private record(features: readonly Feature[], unseen: number): RawRecord {
    return Object.fromEntries(features.map((feature) => [feature.name, this.value(feature, unseen)]));
  }

  private value(feature: Feature, unseen: number): RawRecord[string] {
    const { set, kind } = feature;
    // All other times are before the request's.
    if (kind.kind === "time")
      return TIMES_BEGIN + (feature.scope === "context" ? MONTH : 0) + this.random.integer(MONTH);
    if (kind.kind === "vector" || kind.kind === "codes") {
      if (mayBeMissing(feature) && this.random.next() < MISSING) return null;
      return Array.from({ length: kind.width }, () => Number(this.random.normal().toPrecision(6)));
    }
    if (set === null) return this.single(feature, unseen);
    // Empty sets, full ones, and sets with too many values; some values occur twice.
    const values = Array.from({ length: this.random.integer(Math.min(set.max, USUAL_VALUES) + 3) }, () =>
      this.single(feature, unseen),
    );
    if (set.weighted) return this.weighted(values, set.pool === "mean");
    return kind.kind === "text" ? values.join(", ") : values;
  }

  /** The values with weights: some are 0, and so are all of some sets. */
  private weighted(values: readonly RawValue[], ofMean: boolean): readonly (readonly [RawValue, number])[] {
    const { random } = this;
    const scale = random.next() < 0.1 ? 0 : 1;
    return values.map((value) => {
      if (random.next() < 0.1) return [value, 0];
      const sign = ofMean || random.next() < 0.8 ? 1 : -1;
      return [value, scale * sign * Number(random.next().toPrecision(3))];
    });
  }

  private single(feature: Feature, unseen: number): RawValue {
    const { kind } = feature;
    const { random } = this;
    const learned = learnedOf(feature, this.fitted);
    const unknown = random.next() < unseen;
    if (mayBeMissing(feature) && random.next() < MISSING) return null;
    const definition = rawKindOf(feature);
    if (definition.gives === "vector") throw new InternalError(`${feature.name} has more than one number`);
    if (definition.gives === "number")
      return Number(rawBefore(kind, learned.transforms, random.normal()).toPrecision(6));
    const known = definition.size(kind, learned) ?? 0;
    // Any word will do for a text: finding one with a given row takes long if there are many.
    if (unknown || known === 0 || kind.kind === "text") return definition.unknownValue(kind, learned, random);
    return this.spelled(definition.valueAt(kind, learned, random.integer(known), 0, () => UNKNOWN_ID));
  }

  private spelled(text: string | number): string | number {
    if (typeof text === "number") return text;
    const value = Number(text);
    return Number.isSafeInteger(value) && String(value) === text && this.numeric ? value : text;
  }
}
