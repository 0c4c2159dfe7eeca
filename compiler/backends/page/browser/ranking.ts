// The ranking that the reader edits: the user's values and clicks on one side, candidates in the order of their scores on the
// other, and above both a picture of what each click adds.

import type { PageField, PageHistory, RankingPageData } from "../page-data.ts";
import { type PageValues, titleOf } from "./cells.ts";
import { element } from "./element.ts";
import { choicesOf, fieldsOf } from "./fields.ts";
import type { PageScorer } from "./model.ts";
import { contributionsTo } from "./scores.ts";
import { thing } from "./thing.ts";
import { drawThreads, threadsElement } from "./threads.ts";

/** A record with its element, which stays the same while values change. */
interface Shown {
  readonly values: PageValues;
  readonly place: HTMLElement;
  /** Its name, and its score or what it adds to one. */
  readonly name: HTMLElement;
  readonly figure: HTMLElement;
}

interface ShownHistory {
  readonly history: PageHistory;
  readonly list: HTMLElement;
  steps: Shown[];
}

const PICTURED = 3;
const NARROWEST = 46;

export class RankingView {
  private readonly data: RankingPageData;
  private readonly score: PageScorer;
  private readonly user: PageValues;
  private readonly context: PageValues;
  private readonly histories: readonly ShownHistory[];
  private candidates: Shown[] = [];
  /** The candidate for which clicks are explained; the best one if none was chosen. */
  private chosen: Shown | null = null;
  private readonly list = element("ol", { class: "records" });
  private readonly problem = element("p", { class: "problem", role: "status" });
  private readonly explains = element("p", { class: "key" });
  private readonly past = element("ol", { class: "past", "aria-label": "clicks, latest last" });
  private readonly threads = threadsElement();
  private readonly ranks = element("ol", { class: "ranks", "aria-label": "best candidates" });

  constructor(place: HTMLElement, data: RankingPageData, score: PageScorer) {
    const { request } = data;
    this.data = data;
    this.score = score;
    this.user = { ...request.user };
    this.context = { ...request.context };
    this.histories = data.histories.map((history) => ({
      ...{ history, list: element("ol", { class: "records" }), steps: [] },
    }));
    for (const shown of this.histories)
      for (const values of request.history[shown.history.name] ?? []) this.addStep(shown, values);
    for (const values of request.candidates) this.addCandidate(values);
    place.replaceChildren(...this.parts());
    addEventListener("resize", () => this.rank());
    this.rank();
  }

  private parts(): HTMLElement[] {
    const { data } = this;
    const fields = [
      ...data.user,
      ...data.context,
      ...data.item,
      ...data.histories.flatMap((each) => each.fields),
    ];
    const changed = () => this.rank();
    const known = [
      ...(data.user.length === 0
        ? []
        : [element("h2", {}, "The user"), fieldsOf(data.user, this.user, "the user", changed)]),
      ...(data.context.length === 0
        ? []
        : [element("h2", {}, "The request"), fieldsOf(data.context, this.context, "the request", changed)]),
    ];
    const histories = this.histories.flatMap((shown) => [
      element("h2", {}, `${shown.history.name}, latest last`),
      shown.list,
      this.button(`Add to ${shown.history.name}`, () =>
        this.addStep(shown, shown.steps.at(-1)?.values ?? {}),
      ),
    ]);
    const ranked = [
      element("h2", {}, "Candidates, best first"),
      this.list,
      this.button("Add a candidate", () => this.addCandidate(this.candidates.at(-1)?.values ?? {})),
    ];
    const picture = element("div", { class: "picture" }, this.past, this.threads, this.ranks);
    return [
      ...(data.histories.length === 0 ? [] : [picture, this.explains]),
      this.problem,
      element(
        "div",
        { class: "columns" },
        element("section", {}, ...known, ...histories),
        element("section", {}, ...ranked),
      ),
      element("div", { hidden: "" }, ...choicesOf(fields)),
    ];
  }

  private button(words: string, press: () => void): HTMLButtonElement {
    const button = element("button", { type: "button" }, words);
    button.addEventListener("click", () => {
      press();
      this.rank();
    });
    return button;
  }

  private addStep(shown: ShownHistory, values: PageValues): void {
    const { history } = shown;
    const of = `step ${shown.steps.length + 1} of ${history.name}`;
    const step = this.record(history.fields, { ...values }, of, () => {
      shown.steps = shown.steps.filter((each) => each !== step);
    });
    shown.steps.push(step);
    shown.list.append(step.place);
  }

  private addCandidate(values: PageValues): void {
    const of = `candidate ${this.candidates.length + 1}`;
    const candidate = this.record(this.data.item, { ...values }, of, () => {
      this.candidates = this.candidates.filter((each) => each !== candidate);
      if (this.chosen === candidate) this.chosen = null;
    });
    const explain = this.button("why", () => {
      this.chosen = this.chosen === candidate ? null : candidate;
    });
    explain.setAttribute("aria-pressed", "false");
    const [first] = this.histories;
    const clicked =
      first === undefined
        ? null
        : this.button("clicked it", () => this.addStep(first, this.asStep(first, candidate)));
    candidate.place.firstElementChild!.lastElementChild!.before(
      ...(this.histories.length === 0 ? [] : [explain, " "]),
      ...(clicked === null ? [] : [clicked, " "]),
    );
    this.candidates.push(candidate);
  }

  /** The candidate as a click. What only clicks have, such as a time, is that of the latest. */
  private asStep({ history, steps }: ShownHistory, { values }: Shown): PageValues {
    const last = steps.at(-1)?.values ?? {};
    return Object.fromEntries(history.fields.map(({ name }) => [name, values[name] ?? last[name] ?? null]));
  }

  private record(fields: readonly PageField[], values: PageValues, of: string, removed: () => void): Shown {
    const [name, figure] = [element("b", {}), element("span", { class: "figure" })];
    const away = this.button("×", () => {
      removed();
      place.remove();
    });
    away.setAttribute("aria-label", `take ${of} away`);
    const head = element("p", { class: "head" }, figure, name, away);
    const place: HTMLElement = element(
      "li",
      {},
      head,
      fieldsOf(fields, values, of, () => this.rank()),
    );
    return { values, place, name, figure };
  }

  private request(pasts: readonly (readonly PageValues[])[]) {
    return {
      ...{ user: this.user, context: this.context },
      history: Object.fromEntries(this.histories.map(({ history }, i) => [history.name, pasts[i] ?? []])),
      candidates: this.candidates.map(({ values }) => values),
    };
  }

  /** Scores what is there now. A value that the model refuses leaves the last scores, with the reason. */
  private rank(): void {
    const { item, titles, histories } = this.data;
    for (const { values, name } of this.candidates) name.textContent = titleOf(values, item, titles);
    for (const [i, { steps }] of this.histories.entries())
      for (const { values, name } of steps) name.textContent = titleOf(values, histories[i]!.fields, titles);
    try {
      const pasts = this.histories.map(({ steps }) => steps.map(({ values }) => values));
      const scores = this.candidates.length === 0 ? [] : this.score(this.request(pasts));
      const added = pasts.map((past, i) =>
        contributionsTo(scores, past, (other) => this.score(this.request(pasts.with(i, other)))),
      );
      this.problem.textContent = "";
      this.show(scores, added);
    } catch (error) {
      this.problem.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  /** `added`: by history and candidate, what each step adds. */
  private show(scores: readonly number[], added: readonly (readonly (readonly number[])[])[]): void {
    const order = scores.map((_, i) => i).toSorted((a, b) => scores[b]! - scores[a]!);
    const [least, most] = this.data.label.isChance ? [0, 1] : [Math.min(...scores), Math.max(...scores)];
    for (const [i, { place, figure }] of this.candidates.entries()) {
      figure.textContent = scores[i]!.toFixed(4);
      place.style.setProperty("--score", String(most === least ? 0 : (scores[i]! - least) / (most - least)));
    }
    this.inOrder(order.map((i) => this.candidates[i]!.place));
    const explained = this.chosen === null ? (order[0] ?? -1) : this.candidates.indexOf(this.chosen);
    for (const each of this.candidates)
      each.place.querySelector("[aria-pressed]")?.setAttribute("aria-pressed", String(each === this.chosen));
    for (const [i, { steps }] of this.histories.entries()) {
      const effects = added[i]![explained] ?? [];
      const largest = Math.max(1e-9, ...effects.map(Math.abs));
      for (const [step, { place, figure }] of steps.entries()) {
        const effect = effects[step] ?? 0;
        figure.textContent = `${effect < 0 ? "−" : "+"}${Math.abs(effect).toFixed(4)}`;
        place.classList.toggle("against", effect < 0);
        place.style.setProperty("--effect", String(Math.abs(effect) / largest));
      }
    }
    this.picture(scores, order, added[0] ?? []);
    const named = this.candidates[explained];
    this.explains.textContent =
      named === undefined
        ? ""
        : `A blue thread adds to a score, a red one takes away: the thicker, the more. Beside each click below is what it adds to the score of ${named.name.textContent}.`;
  }

  /** Moved elements would lose the keyboard. */
  private inOrder(places: readonly HTMLElement[]): void {
    if (places.every((place, i) => this.list.children[i] === place)) return;
    const { activeElement } = document;
    this.list.append(...places);
    if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
  }

  private picture(
    scores: readonly number[],
    order: readonly number[],
    added: readonly (readonly number[])[],
  ): void {
    const [first] = this.histories;
    if (first === undefined) return;
    const fit = Math.max(4, Math.floor((this.past.parentElement?.clientWidth ?? 0) / NARROWEST));
    const steps = first.steps.slice(-fit);
    const best = order.slice(0, PICTURED);
    const card = ({ name }: Shown, more: string) =>
      element(
        "li",
        {},
        element(
          "div",
          {},
          ...thing(name.textContent ?? ""),
          ...(more === "" ? [] : [element("span", { class: "rank" }, more)]),
        ),
      );
    this.past.replaceChildren(...steps.map((step) => card(step, "")));
    this.ranks.replaceChildren(...best.map((i) => card(this.candidates[i]!, scores[i]!.toFixed(3))));
    drawThreads(
      this.threads,
      best.map((i) => added[i]!.slice(-fit)),
      best.map((_, i) => i),
    );
  }
}
