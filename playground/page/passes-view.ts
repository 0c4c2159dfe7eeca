// The tab with the compiler's passes: the nodes that each removes from the Graph and adds, how often each
// value is computed, and its origin in the text.

import type { ShownPass } from "../workers/messages.ts";
import { MISTAKEN } from "../workers/mistaken.ts";
import { byId, element } from "./elements.ts";
import type { Links } from "./links.ts";

const ONCE = {
  weights: "with the weights",
  example: "for each row",
  user: "once for the user",
  candidate: "for each candidate",
};

export class PassesView {
  private passes: readonly ShownPass[] = [];
  private at = 0;
  private readonly links: Links;

  constructor(links: Links) {
    this.links = links;
  }

  /** Null if the spec has errors. */
  take(passes: readonly ShownPass[] | null): void {
    if (passes === null) {
      byId("passes").replaceChildren(element("p", {}, MISTAKEN));
      return;
    }
    this.passes = passes;
    this.at = Math.min(this.at, passes.length - 1);
    this.draw();
  }

  private draw(): void {
    const buttons = this.passes.map(({ name }, i) => {
      const button = element("button", { type: "button", "aria-pressed": String(i === this.at) }, name);
      button.addEventListener("click", () => {
        this.at = i;
        this.draw();
        byId("passes").querySelectorAll("button")[i]?.focus();
      });
      return element("li", {}, button);
    });
    const { doc, before, after, lines } = this.passes[this.at]!;
    const signs = (sign: string) => lines.filter((line) => line.sign === sign).length;
    const counts = Object.entries(ONCE)
      .map(
        ([once, words]) =>
          [lines.filter((line) => line.once === once && line.sign !== "-").length, words] as const,
      )
      .filter(([count]) => count > 0)
      .map(([count, words]) => `${count} ${words}`);
    const changed =
      this.at === 0 ? "" : ` ${before} before, ${after} after: ${signs("-")} out, ${signs("+")} in.`;
    byId("passes").replaceChildren(
      element("ol", { class: "passes", "aria-label": "passes, in their order" }, ...buttons),
      element("p", {}, `${doc}${changed}`),
      element("p", { class: "key" }, `Computed ${counts.join(", ")}.`),
      element("pre", { class: "lines" }, ...lines.map((line) => this.line(line))),
    );
  }

  private line({ sign, text, once, places }: ShownPass["lines"][number]): HTMLElement {
    const kind = { " ": "same", "-": "out", "+": "in" }[sign];
    const line = element("span", { class: `${kind} ${once}`, title: ONCE[once] }, `${sign} ${text}\n`);
    return this.links.tie(line, places);
  }
}
