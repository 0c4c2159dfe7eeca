// The picture of a prediction: a user's clicks, three candidates below in the order of their scores, and threads between them, as
// thick as what a click adds to a score. The reader takes clicks away, adds others, and moves them.

import { signOf, thing } from "../../compiler/backends/page/browser/thing.ts";
import { drawThreads, threadsElement } from "../../compiler/backends/page/browser/threads.ts";
import type { Contributions, ShownItem, TrainingNews } from "../workers/messages.ts";
import { byId, element } from "./elements.ts";
import type { ShownClicks } from "./shown-clicks.ts";

/** The narrowest click, in pixels: as many of the latest as fit are shown. */
const NARROWEST = 46;
const MOST_CLICKS = 14;
const RANKS = ["1st", "2nd", "3rd"];

/** A person drags a click, known by its place, or a thing that becomes one. */
type Dragged = { readonly from: number } | { readonly item: ShownItem };

export class Picture {
  private readonly clicks: ShownClicks;
  private latest: Contributions | null = null;
  private dragged: Dragged | null = null;
  /** As many clicks as fit. */
  private fit = 0;
  private readonly threads = threadsElement();
  private readonly past = element("ol", { class: "past", "aria-label": "the user's clicks, latest last" });
  private readonly ranks = element("ol", { class: "ranks", "aria-label": "candidates, best first" });
  private readonly shelf = element("p", { class: "shelf" });
  private readonly asks = element("p", { class: "asks" });

  constructor(clicks: ShownClicks, worker: Worker) {
    this.clicks = clicks;
    byId("picture").replaceChildren(this.asks, this.past, this.threads, this.ranks, this.shelf);
    this.past.addEventListener("dragover", (event) => event.preventDefault());
    this.past.addEventListener("drop", (event) => {
      event.preventDefault();
      this.drop(event.clientX);
    });
    clicks.onChange(() => this.begin());
    new ResizeObserver(() => this.measure()).observe(byId("picture"));
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "contributions" || data.kind === "ranked") this.take(data);
    });
  }

  /** While another tab is open, the picture has no width and keeps what it shows. */
  private measure(): void {
    const { clientWidth } = byId("picture");
    if (clientWidth === 0) return;
    const fit = Math.max(4, Math.min(MOST_CLICKS, Math.floor(clientWidth / NARROWEST)));
    if (fit === this.fit) return;
    this.fit = fit;
    this.begin();
  }

  /** The latest clicks that fit, and the number of earlier ones. */
  private get shown(): { readonly earlier: number; readonly items: readonly ShownItem[] } {
    const { fit } = this;
    const { history } = this.clicks;
    return { earlier: Math.max(0, history.length - fit), items: history.slice(-fit) };
  }

  private begin(): void {
    const { user } = this.clicks;
    if (user === null || this.fit === 0) return;
    const { earlier, items } = this.shown;
    const before = earlier === 0 ? "" : ` (${earlier} earlier ones are not drawn)`;
    this.asks.textContent =
      user.historyName === null
        ? `This network reads no clicks. It orders these three for a person (${user.name}):`
        : `A person (${user.name}) clicked these${before}. Which of the three below is next?`;
    this.past.style.setProperty("--count", String(Math.max(1, items.length)));
    this.past.replaceChildren(...items.map((item, i) => this.click(item, earlier + i)));
    const kinds = new Map(user.candidates.map((item) => [item.group || item.title, item]));
    this.shelf.hidden = user.historyName === null;
    this.shelf.replaceChildren(
      "Add a click: ",
      ...[...kinds].map(([name, item]) => this.onShelf(name, item)),
    );
    const reset = element("button", { type: "button", class: "plain" }, "as it was");
    reset.addEventListener("click", () => this.clicks.reset());
    this.shelf.append(" ", reset);
    this.draw();
  }

  private click(item: ShownItem, at: number): HTMLElement {
    const button = element(
      "button",
      { type: "button", draggable: "true", title: `${item.title}: take it away` },
      ...thing(item.group || item.title),
    );
    button.addEventListener("click", () => this.clicks.remove(at));
    this.drags(button, { from: at });
    return element("li", {}, button);
  }

  private onShelf(name: string, item: ShownItem): HTMLElement {
    const button = element(
      "button",
      { type: "button", draggable: "true", title: `add ${name}` },
      signOf(name),
    );
    button.addEventListener("click", () => this.clicks.add(item));
    this.drags(button, { item });
    return button;
  }

  private drags(what: HTMLElement, dragged: Dragged): void {
    what.addEventListener("dragstart", () => {
      this.dragged = dragged;
    });
    what.addEventListener("dragend", () => {
      this.dragged = null;
    });
  }

  private drop(x: number): void {
    const { dragged } = this;
    if (dragged === null) return;
    const { left, width } = this.past.getBoundingClientRect();
    const { earlier, items } = this.shown;
    const at = earlier + Math.min(items.length, Math.max(0, Math.floor(((x - left) / width) * items.length)));
    // One more click may take the first place that is drawn; the new one is to be seen.
    if ("item" in dragged)
      this.clicks.add(dragged.item, Math.max(at, this.clicks.history.length + 1 - this.fit));
    else this.clicks.move(dragged.from, at);
  }

  private take(news: Contributions): void {
    this.latest = news;
    this.draw();
  }

  private draw(): void {
    const { user } = this.clicks;
    if (user === null || this.latest === null || this.fit === 0) return;
    const { scores, contributions } = this.latest;
    // The clicks have changed since these were asked for; others will come.
    if (contributions.some((added) => added.length !== this.clicks.history.length)) return;
    const candidates = user.candidates.slice(0, RANKS.length).filter((_, i) => i < scores.length);
    const order = candidates.map((_, i) => i).toSorted((a, b) => scores[b]! - scores[a]!);
    const added = candidates.map((_, i) => contributions[i]!);
    this.order(candidates, order);
    const { earlier, items } = this.shown;
    const drawn = added.map((each) => each.slice(earlier));
    drawThreads(this.threads, drawn, order);
    candidates.forEach((_, i) => {
      const card = this.ranks.children[i]!.firstElementChild!;
      card.setAttribute("title", explained(items, drawn[i]!));
    });
  }

  private order(candidates: readonly ShownItem[], order: readonly number[]): void {
    const { scores } = this.latest!;
    // Their elements stay, so that they move to a new place.
    const titles = candidates.map(({ title }) => title).join("\n");
    if (this.ranks.dataset["titles"] !== titles) {
      this.ranks.dataset["titles"] = titles;
      this.ranks.style.setProperty("--count", String(candidates.length));
      this.ranks.replaceChildren(...candidates.map((item) => this.candidate(item)));
    }
    const isChance = scores.every((score) => score >= 0 && score <= 1);
    candidates.forEach((_, i) => {
      const place = this.ranks.children[i] as HTMLElement;
      const rank = order.indexOf(i);
      place.style.setProperty("--rank", String(rank));
      place.style.setProperty("--score", String(isChance ? scores[i] : 0));
      place.querySelector(".rank")!.textContent = `${RANKS[rank]} · ${scores[i]!.toFixed(3)}`;
    });
  }

  private candidate(item: ShownItem): HTMLElement {
    const button = element(
      "button",
      { type: "button" },
      ...thing(item.group || item.title),
      element("span", { class: "rank" }),
    );
    if (this.clicks.user?.historyName === null) button.disabled = true;
    button.addEventListener("click", () => this.clicks.add(item));
    return element("li", {}, button);
  }
}

/** Says in words how the strongest clicks change a candidate's score. */
function explained(items: readonly ShownItem[], added: readonly number[]): string {
  const said = items
    .map(({ title }, i) => ({ title, value: added[i] ?? 0 }))
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, 4)
    .map(({ title, value }) => `${title} ${value < 0 ? "takes away" : "adds"} ${Math.abs(value).toFixed(3)}`);
  return `${said.join("\n")}${said.length > 0 ? "\n" : ""}Press it: the user clicks it.`;
}
