// Numbers distinct raw values in the order of their first appearance.

import { idText } from "../serve/features.ts";

export class Interner {
  private readonly byText = new Map<string, number>();
  /** The same for values that come as numbers, without making their text each time. */
  private readonly byNumber = new Map<number, number>();
  private readonly values: string[] = [];

  get size(): number {
    return this.values.length;
  }

  /** Numbers a value, a new one if need be; −1 for what cannot be an id. */
  add(value: unknown): number {
    if (typeof value === "number") {
      const known = this.byNumber.get(value);
      if (known !== undefined) return known;
    }
    const text = idText(value);
    if (text === null) return -1;
    let number = this.byText.get(text);
    if (number === undefined) {
      this.byText.set(text, (number = this.values.length));
      this.values.push(text);
    }
    if (typeof value === "number") this.byNumber.set(value, number);
    return number;
  }

  /** The number of a value, −1 where it has none. */
  find(value: unknown): number {
    const text = idText(value);
    return text === null ? -1 : (this.byText.get(text) ?? -1);
  }

  /** The value with a number, as text. */
  at(number: number): string {
    return this.values[number]!;
  }
}
