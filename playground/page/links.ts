// Links the contents of tabs to the text, in the same way for all tabs. Hovering or focusing a part
// highlights its places in the text; a click puts the cursor there; and the cursor's line marks its results
// in the open tab.

import type { ChangeDesc } from "@codemirror/state";
import type { TextRange } from "../workers/messages.ts";

export interface LinkedText {
  /** Highlights ranges; an empty list clears the highlight. */
  show(places: readonly TextRange[]): void;
  /** Moves the cursor. */
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
    // Selecting text is for copying and does not move the cursor.
    views.addEventListener("click", ({ target }) => {
      if (getSelection()?.isCollapsed !== false) this.follow(target);
    });
    views.addEventListener("keydown", (event) => this.press(event));
  }

  /** Links a part of a tab to ranges of the text; without ranges, it stays unchanged. */
  tie<T extends Shown>(shown: T, places: readonly TextRange[]): T {
    if (places.length === 0) return shown;
    this.places.set(shown, places);
    shown.classList.add("placed");
    shown.tabIndex = -1;
    if (!this.isWaiting) {
      this.isWaiting = true;
      // After the tab has been filled.
      queueMicrotask(() => {
        this.isWaiting = false;
        this.mark();
      });
    }
    return shown;
  }

  /** The cursor moved to another line. `isAsked`: the user asked to see its results. */
  look(line: TextRange, isAsked: boolean): void {
    this.line = line;
    const [first] = this.mark();
    if (isAsked) first?.scrollIntoView({ block: "nearest" });
  }

  /** Another tab was opened. */
  turned(): void {
    this.mark();
  }

  /** The text changed: ranges move with it until the tab is filled again. */
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

  /** Marks the parts of the open tab that come from the line. */
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

  /** The Tab key reaches one of the parts; arrow keys reach the others. */
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
