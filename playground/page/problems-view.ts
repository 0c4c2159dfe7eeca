// A line above the tabs while the text has mistakes: how many, the first one, and that the tabs show the text before them.

import { byId, element } from "./elements.ts";

export interface Mistake {
  readonly message: string;
  readonly line: number;
  /** In the text. */
  readonly offset: number;
}

export class ProblemsView {
  private readonly place = byId("problems");
  private readonly go: (offset: number) => void;

  constructor(go: (offset: number) => void) {
    this.go = go;
  }

  show(mistakes: readonly Mistake[]): void {
    const [first] = mistakes;
    this.place.hidden = first === undefined;
    byId("views").classList.toggle("stale", first !== undefined);
    if (first === undefined) return;
    const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
    const [words = ""] = first.message.split("\n");
    const button = element("button", { type: "button" }, `${count}. Line ${first.line}: ${words}`);
    button.addEventListener("click", () => this.go(first.offset));
    this.place.replaceChildren(button, " The views show the text as it was before.");
  }
}
