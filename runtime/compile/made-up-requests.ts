// Makes requests up from what training knows: known and unseen ids, empty, short and overlong histories, candidates
// that occur twice. Golden requests and tests are drawn from them.

import { unreachable } from "../../compiler/internal-error.ts";
import { type Feature, type Fitted, type Model, vocabularyOf } from "../../compiler/model/model.ts";
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
      [...this.model.features.values()].filter((feature) => feature.scope === wanted);
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
          const features = fields.map(({ feature }) => this.model.features.get(feature)!);
          return [name, Array.from({ length: steps(max) }, () => this.record(features, unseen))];
        }),
      ),
      candidates: made,
    };
  }

  private record(features: readonly Feature[], unseen: number): RawRecord {
    return Object.fromEntries(features.map((feature) => [feature.name, this.value(feature, unseen)]));
  }

  private value(feature: Feature, unseen: number): string | number {
    const { kind, name } = feature;
    const { random } = this;
    const unknown = random.next() < unseen;
    switch (kind.kind) {
      case "id": {
        const values = vocabularyOf(feature, this.fitted) ?? [];
        if (unknown || values.length === 0) return `unseen-${random.integer(1000)}`;
        return this.spelled(values[random.integer(values.length)]!);
      }
      case "enum":
        return unknown ? "unseen" : kind.values[random.integer(kind.values.length)]!;
      case "sized_id":
        return unknown ? kind.size + random.integer(9) : random.integer(kind.size);
      case "int":
        return unknown ? kind.high + 1 : kind.low + random.integer(kind.high - kind.low + 1);
      case "number": {
        const { mean, deviation } = this.fitted.scales.get(name) ?? { mean: 0, deviation: 1 };
        let x = mean + deviation * random.normal();
        if (kind.transforms.includes("log1p")) x = Math.expm1(Math.min(20, Math.abs(x)));
        return Number(x.toPrecision(6));
      }
      default:
        return unreachable(kind, "feature kind");
    }
  }

  private spelled(text: string): string | number {
    const value = Number(text);
    return Number.isSafeInteger(value) && String(value) === text && this.numeric ? value : text;
  }
}
