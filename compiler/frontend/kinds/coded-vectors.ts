// Distinct vectors of a feature with codes, and a number for each of their levels, until the codes are fitted.

import type { KindOf } from "./define-kind.ts";
import { VectorList } from "./vector-list.ts";

export class CodedVectors {
  readonly vectors: VectorList;
  private readonly kind: Pick<KindOf<"codes">, "width" | "levels">;

  constructor(kind: Pick<KindOf<"codes">, "width" | "levels">, vectors = new VectorList(kind.width)) {
    this.kind = kind;
    this.vectors = vectors;
  }

  /** The number of levels of all vectors together. */
  get size(): number {
    return this.vectors.size * this.kind.levels;
  }

  copy(): CodedVectors {
    return new CodedVectors(this.kind, this.vectors.copy());
  }

  /** Returns the numbers of the levels of a vector. */
  add(vector: Float32Array): readonly number[] {
    const { levels } = this.kind;
    const first = this.vectors.add(vector) * levels;
    return Array.from({ length: levels }, (_, level) => first + level);
  }

  /** The number of the vector that a number belongs to. */
  at(index: number): number {
    return Math.floor(index / this.kind.levels);
  }
}
