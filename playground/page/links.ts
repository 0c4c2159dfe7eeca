// Ties what the tabs show to the text, one way for all of them. What is looked at there, with the pointer or
// from the keyboard, lights up the places of the text that it comes from; a click puts the cursor there; and
// the line of the cursor marks what became of it in the open tab.

import type { ChangeDesc } from "@codemirror/state";
import type { TextRange } from "../workers/messages.ts";

export interface LinkedText {
  /** Lights up places; none at all where there are none. */
  show(places: readonly TextRange[]): void;
  /** Puts the cursor there. */
  go(offset: number): void;
}

type Shown = HTMLElement | SVGElement;

const PLACED = ".placed";

export class Links {
  private readonly views: HTMLElement;
  private readonly text: LinkedText;
  private places = new WeakMap<Element, readonly TextRange[]>();
  private line: TextRange = { start: 0, end: 0 };
  private isWaiting = false;

  constructor(views: HTMLElement, text: LinkedText) {
    this.views = views;
    this.text = text;
    const looked = ({ target }: Event) => text.show(this.placesAround(target));
    views.addEventListener("pointerover", looked);
    views.addEventListener("pointerleave", () => text.show([]));
    views.addEventListener("focusout", () => text.show([]));
    views.addEventListener("focusin", (event) => {
      looked(event);
      if (event.target instanceof Element && event.target.matches(PLACED)) this.beStop(event.target as Shown);
    });
    // Who selects a part of what is shown wants to copy it.
    views.addEventListener("click", ({ target }) => {
      if (getSelection()?.isCollapsed !== false) this.follow(target);
    });
    views.addEventListener("keydown", (event) => this.press(event));
  }

  /** Says where a thing that a tab shows comes from; of no place it is left as it is. */
  tie<T extends Shown>(shown: T, places: readonly TextRange[]): T {
    if (places.length === 0) return shown;
    this.places.set(shown, places);
    shown.classList.add("placed");
    shown.tabIndex = -1;
    if (!this.isWaiting) {
      this.isWaiting = true;
      // When the tab has all that is being made.
      queueMicrotask(() => {
        this.isWaiting = false;
        this.mark();
      });
    }
    return shown;
  }

  /** The cursor is in another line. `isAsked`: by who wants to see what became of it. */
  look(line: TextRange, isAsked: boolean): void {
    this.line = line;
    const [first] = this.mark();
    if (isAsked) first?.scrollIntoView({ block: "nearest" });
  }

  /** Another tab is open. */
  turned(): void {
    this.mark();
  }

  /** The text is another: places move with it, until what is shown is made anew. */
  changed(changes: ChangeDesc): void {
    for (const shown of this.views.querySelectorAll(PLACED)) {
      const places = this.places.get(shown) ?? [];
      const moved = ({ start, end }: TextRange) => ({
        start: changes.mapPos(start, 1),
        end: changes.mapPos(end, -1),
      });
      this.places.set(shown, places.filter(({ end }) => end <= changes.length).map(moved));
    }
  }

  /** What of the open tab comes from the line. */
  private mark(): Shown[] {
    const all = this.inOpenTab();
    const { start, end } = this.line;
    const isOfLine = (shown: Shown) =>
      (this.places.get(shown) ?? []).some((place) => place.start <= end && start <= place.end);
    const marked = all.filter(isOfLine);
    const ofLine = new Set(marked);
    for (const shown of all) {
      const isMarked = ofLine.has(shown);
      shown.classList.toggle("of-line", isMarked);
      if (isMarked) shown.setAttribute("aria-current", "true");
      else shown.removeAttribute("aria-current");
    }
    if (!all.some(({ tabIndex }) => tabIndex === 0)) this.beStop(marked[0] ?? all[0]);
    return marked;
  }

  private inOpenTab(): Shown[] {
    return [...this.views.querySelectorAll<Shown>(`[role="tabpanel"]:not([hidden]) ${PLACED}`)];
  }

  /** Of many things one is reached by the tab key, and the others from it by arrows. */
  private beStop(stop: Shown | undefined): void {
    if (stop === undefined) return;
    for (const shown of this.inOpenTab()) shown.tabIndex = shown === stop ? 0 : -1;
  }

  private press(event: KeyboardEvent): void {
    const { target, key } = event;
    if (!(target instanceof Element) || !target.matches(PLACED)) return;
    const by = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[key];
    if (by === undefined) return;
    event.preventDefault();
    if (by === 0) this.follow(target);
    const all = this.inOpenTab();
    if (by !== 0) all[all.indexOf(target as Shown) + by]?.focus();
  }

  private placesAround(target: EventTarget | null): readonly TextRange[] {
    const shown = target instanceof Element ? target.closest(PLACED) : null;
    return shown === null ? [] : (this.places.get(shown) ?? []);
  }

  private follow(target: EventTarget | null): void {
    const [first] = this.placesAround(target);
    if (first !== undefined) this.text.go(first.start);
  }
}
