// The name of an item in a picture: its sign large, if it begins with one, and its words small.

import { element } from "./element.ts";

/** A sign alone, if the name begins with one. */
export function signOf(name: string): string {
  return /^\p{Extended_Pictographic}/u.test(name) ? name.split(" ")[0]! : name;
}

export function thing(name: string): HTMLElement[] {
  const drawn = signOf(name);
  const words = drawn === name ? [] : [element("span", { class: "name" }, name.slice(drawn.length + 1))];
  return [element("span", { class: words.length === 0 ? "name" : "sign" }, drawn), ...words];
}
