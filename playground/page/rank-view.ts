// The tab for ranking: a user's history as an editable list, the model's scores of candidates, the share of
// the work that is done once per user, and an explanation of each score.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { RankedCandidates, ShownItem, TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { byId, element, row, table } from "./elements.ts";
import type { ShownClicks } from "./shown-clicks.ts";

export class RankView {
  private readonly clicks: ShownClicks;
  /** The position of the dragged click. */
  private dragged: number | null = null;
  /** The explained candidate, by title, because the order changes. */
  private explained: string | null = null;
  private ranked: RankedCandidates | null = null;
  private isShown = false;

  constructor(clicks: ShownClicks, worker: Worker) {
    this.clicks = clicks;
    clicks.onChange(() => this.begin());
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "user") this.explained = null;
      // Another user, or other weights.
      if ((data.kind === "user" || data.kind === "contributions") && this.isShown) clicks.rank();
      else if (data.kind === "ranked") this.show(data);
    });
    byId("as-it-was").addEventListener("click", () => clicks.reset());
    const who = byId("who");
    if (who instanceof HTMLInputElement)
      who.addEventListener("change", () =>
        worker.postMessage({ kind: "user", name: who.value } satisfies WorkerRequest),
      );
  }

  /** A hidden tab asks for no scores. */
  look(isShown: boolean): void {
    this.isShown = isShown;
    if (isShown) this.clicks.rank();
  }

  private begin(): void {
    const { user, history } = this.clicks;
    byId("whose").textContent = user?.name ?? "";
    byId("users").replaceChildren(...(user?.others ?? []).map((name) => element("option", { value: name })));
    byId("clicked").replaceChildren(...history.map((item, at) => this.clicked(item, at)));
  }

  private clicked({ title }: ShownItem, at: number): HTMLElement {
    const away = element("button", { type: "button", title: "take it away" }, `${title} ×`);
    away.addEventListener("click", () => this.clicks.remove(at));
    const place = element("li", { draggable: "true" }, away);
    place.addEventListener("dragstart", () => {
      this.dragged = at;
    });
    place.addEventListener("dragover", (event) => event.preventDefault());
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      if (this.dragged === null) return;
      this.clicks.move(this.dragged, at);
      this.dragged = null;
    });
    return place;
  }

  private show(ranked: RankedCandidates): void {
    this.ranked = ranked;
    const { candidates = [], historyName = null } = this.clicks.user ?? {};
    const { scores, microseconds, once, each } = ranked;
    byId("ranked").textContent =
      `The compiled module scores ${candidates.length} candidates with ${this.clicks.history.length} clicks in ${Math.round(microseconds)} µs.`;
    shares(once, each * candidates.length, candidates.length);
    // For probabilities, a bar shows the score itself; for other numbers, its position between the smallest
    // and the largest.
    const isChance = scores.every((score) => score >= 0 && score <= 1);
    const [least, most] = isChance ? [0, 1] : [Math.min(...scores), Math.max(...scores)];
    byId("score-name").textContent = isChance ? "chance of a click" : "score";
    const order = candidates.map((_, i) => i).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    byId("scores").replaceChildren(
      ...order.map((i) => {
        const item = candidates[i]!;
        const score = scores[i] ?? 0;
        const why = element(
          "button",
          { type: "button", "aria-pressed": String(item.title === this.explained) },
          "why",
        );
        why.addEventListener("click", () => {
          this.explained = item.title === this.explained ? null : item.title;
          this.show(ranked);
          byId("scores").querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
        });
        const add = element("button", { type: "button" }, "clicked it");
        add.addEventListener("click", () => this.clicks.add(item));
        const bar = element("td", { class: "score" }, score.toFixed(3));
        bar.style.setProperty("--score", String(most === least ? 0 : (score - least) / (most - least)));
        const actions = historyName === null ? [why] : [why, " ", add];
        return element(
          "tr",
          {},
          element("th", { scope: "row" }, item.title),
          bar,
          element("td", { class: "actions" }, ...actions),
        );
      }),
    );
    this.explain();
  }

  /** Shows the attention weight of each click, and what the click adds to the score. */
  private explain(): void {
    const place = byId("why");
    const at = this.clicks.user?.candidates.findIndex(({ title }) => title === this.explained) ?? -1;
    if (this.ranked === null || at < 0) {
      place.replaceChildren();
      return;
    }
    const { scores, weights, contributions } = this.ranked;
    const score = scores[at]!;
    const own = weights?.[at] ?? null;
    const effects = contributions[at]!;
    const most = Math.max(1e-9, ...effects.map(Math.abs));
    // Steps that no longer count have no weight.
    const first = this.clicks.history.length - (own?.length ?? 0);
    const rows = this.clicks.history.map(({ title }, i) => {
      const weight = own?.[i - first] ?? null;
      const effect = effects[i] ?? 0;
      const sign = effect < 0 ? "−" : "+";
      const cell = element("td", { class: "weight" }, `${sign}${Math.abs(effect).toFixed(3)}`);
      cell.style.setProperty("--weight", String(Math.abs(effect) / most));
      cell.classList.toggle("against", effect < 0);
      return {
        effect,
        cells: [
          element("th", { scope: "row" }, title),
          element("td", {}, weight === null ? "–" : weight.toFixed(3)),
          cell,
        ],
      };
    });
    const heads = [
      "click",
      own === null ? "no attention" : "weight of attention",
      "what it adds to the score",
    ];
    place.replaceChildren(
      element("h2", {}, `Why ${this.explained} has ${score.toFixed(3)}`),
      rows.length === 0
        ? element(
            "p",
            {},
            "There are no clicks: the score follows from the user, the candidate and the context.",
          )
        : table(
            heads,
            rows
              .toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
              .map(({ cells }) => row(...cells)),
          ),
    );
  }
}

/** The operations of a request as a bar: those done once for the user, and those for the candidates. */
function shares(once: number, each: number, candidates: number): void {
  const place = byId("shares");
  const share = once / Math.max(1, once + each);
  const count = (n: number) => formatCount(Math.round(n));
  const said = `Computed once for the user: ${count(once)} operations. For ${candidates} candidates: ${count(each)}.`;
  place.setAttribute("aria-label", said);
  const bar = element("span", { class: "once" });
  bar.style.setProperty("--share", String(share));
  place.replaceChildren(element("span", { class: "bar" }, bar), element("span", { class: "key" }, said));
}
