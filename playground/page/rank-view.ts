// The tab that ranks: the history of one user as a list to change, and the scores that the model gives to candidates for it.

import type { ShownItem, ShownUser, TrainingNews, TrainingRequest } from "../workers/messages.ts";
import { byId, element } from "./elements.ts";

type Ranked = Extract<TrainingNews, { readonly kind: "ranked" }>;

export class RankView {
  private readonly worker: Worker;
  private user: ShownUser | null = null;
  private history: readonly ShownItem[] = [];
  /** Place of the click that is dragged. */
  private dragged: number | null = null;
  private isShown = false;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "started") this.begin(data.user);
      // The weights are others now.
      else if (data.kind === "weights" && this.isShown) this.ask();
      else if (data.kind === "ranked") this.show(data);
    });
    byId("as-it-was").addEventListener("click", () => this.change(this.user?.history ?? []));
  }

  /** Nothing is asked while nobody looks. */
  look(isShown: boolean): void {
    this.isShown = isShown;
    if (isShown) this.ask();
  }

  private begin(user: ShownUser): void {
    this.user = user;
    this.change(user.history);
  }

  private ask(): void {
    this.worker.postMessage({ kind: "rank", history: this.history } satisfies TrainingRequest);
  }

  private change(history: readonly ShownItem[]): void {
    this.history = history;
    byId("clicked").replaceChildren(...history.map((item, at) => this.clicked(item, at)));
    if (this.isShown) this.ask();
  }

  private clicked(item: ShownItem, at: number): HTMLElement {
    const away = element("button", { type: "button", title: "take it away" }, `${called(item)} ×`);
    away.addEventListener("click", () => this.change(this.history.toSpliced(at, 1)));
    const place = element("li", { draggable: "true" }, away);
    place.addEventListener("dragstart", () => {
      this.dragged = at;
    });
    place.addEventListener("dragover", (event) => event.preventDefault());
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      if (this.dragged === null) return;
      const moved = this.history[this.dragged]!;
      this.change(this.history.toSpliced(this.dragged, 1).toSpliced(at, 0, moved));
      this.dragged = null;
    });
    return place;
  }

  private show({ scores, microseconds }: Ranked): void {
    const { candidates } = this.user ?? { candidates: [] };
    const ranked = candidates
      .map((item, i) => ({ item, score: scores[i] ?? 0 }))
      .toSorted((a, b) => b.score - a.score);
    byId("ranked").textContent =
      `The compiled module scores ${candidates.length} candidates with ${this.history.length} clicks in ${Math.round(microseconds)} µs.`;
    byId("scores").replaceChildren(
      ...ranked.map(({ item, score }) => {
        const add = element("button", { type: "button" }, "clicked it");
        add.addEventListener("click", () => this.change([...this.history, item]));
        const bar = element("td", { class: "score" }, score.toFixed(3));
        bar.style.setProperty("--score", String(score));
        return element("tr", {}, element("th", { scope: "row" }, called(item)), bar, element("td", {}, add));
      }),
    );
  }
}

function called({ id, category }: ShownItem): string {
  return `item ${id}, c${category}`;
}
