// The examples by topic: the DIN paper step by step, and the zoo by family, each model with a sentence and
// its paper.

import { describeZooModel, families, sentenceOf, titleOf } from "../examples/zoo.ts";
import { exampleAddress } from "./address.ts";
import type { Bench } from "./bench.ts";
import { element } from "./elements.ts";
import { locationOf, ownText } from "./own-texts.ts";

export interface ExampleTexts {
  /** The specs of examples/zoo by name. */
  readonly zoo: Readonly<Record<string, string>>;
  /** The steps of the DIN paper, in order. */
  readonly din: Readonly<Record<string, string>>;
  /** The AUC of each step on the simulated clicks, and the best possible one. */
  readonly auc: { readonly best: number; readonly steps: Readonly<Record<string, { readonly auc: number }>> };
}

export class ExamplesView {
  readonly root: HTMLElement;
  readonly heading = element("h2", {}, "By topic");
  private readonly shown: string;

  /** Puts the example `shown` into the editor, if it exists. */
  constructor({ zoo, din, auc }: ExampleTexts, shown: string, bench: Bench) {
    this.shown = shown;
    const text = zoo[shown] ?? din[shown];
    const place = locationOf({ kind: "example", name: shown });
    if (text !== undefined) bench.put(ownText(place) ?? text, place);
    const search = element("input", {
      type: "search",
      "aria-label": "find a model",
      placeholder: "find a model",
    });
    const groups = families.map(({ name, models }) =>
      element(
        "section",
        {},
        element("h3", {}, name),
        element("ul", {}, ...models.map((model) => this.model(model, zoo[model]!))),
      ),
    );
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase();
      for (const group of groups) {
        const items = [...group.querySelectorAll("li")];
        for (const item of items) item.hidden = !(item.textContent ?? "").toLowerCase().includes(wanted);
        group.hidden = items.every((item) => item.hidden);
      }
    });
    this.root = element(
      "article",
      {},
      this.heading,
      element("h3", {}, "DIN, step by step"),
      element(
        "p",
        {},
        `Each step of the DIN paper adds one thing. The AUC is that of four epochs on the simulated clicks, where no model can reach more than ${auc.best.toFixed(4)}. Dice alone changes little on them; with regularisation the AUC rises.`,
      ),
      element(
        "ol",
        {},
        ...Object.entries(din).map(([name, spec]) => this.step(name, spec, auc.steps[name]!.auc)),
      ),
      element("h2", {}, "The zoo"),
      element(
        "p",
        {},
        `${Object.keys(zoo).length} published models, each as its paper's figure. They are written for the columns of MovieLens and train here on ratings that the page makes up.`,
      ),
      search,
      ...groups,
    );
  }

  private step(name: string, spec: string, auc: number): HTMLElement {
    const said = describeZooModel(spec);
    return element("li", {}, this.link(name, titleOf(said)), `, AUC ${auc.toFixed(4)}. ${sentenceOf(said)}`);
  }

  private model(name: string, spec: string): HTMLElement {
    const said = describeZooModel(spec);
    return element(
      "li",
      {},
      this.link(name, titleOf(said)),
      `. ${sentenceOf(said)} `,
      element("span", { class: "key" }, said.paper ?? ""),
    );
  }

  private link(name: string, title: string): HTMLElement {
    const link = element("a", { href: exampleAddress(name) }, title);
    if (name === this.shown) link.setAttribute("aria-current", "page");
    return link;
  }
}
