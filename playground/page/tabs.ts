// The tabs next to the editor. They follow the ARIA guide's pattern for tabs: arrow keys move between them.

import { byId } from "./elements.ts";

export class Tabs {
  shown = "";
  private buttons = [...document.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  private readonly onShow: (name: string) => void;

  constructor(onShow: (name: string) => void) {
    this.onShow = onShow;
    for (const button of this.buttons) {
      button.id = `tab-${nameOf(button)}`;
      const panel = byId(nameOf(button));
      panel.setAttribute("aria-labelledby", button.id);
      // Allows keyboard scrolling in a panel without other focusable elements.
      panel.tabIndex = 0;
      button.addEventListener("click", () => this.show(nameOf(button)));
      button.addEventListener("keydown", ({ key }) => {
        const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
        const next = this.buttons.at((this.buttons.indexOf(button) + by) % this.buttons.length);
        if (by === 0 || next === undefined) return;
        next.focus();
        this.show(nameOf(next));
      });
    }
    this.mark(nameOf(this.buttons[0]!));
  }

  /** Hides tabs without content. */
  leaveOut(...names: readonly string[]): void {
    const isOut = (button: HTMLButtonElement) => names.includes(nameOf(button));
    for (const button of this.buttons.filter(isOut)) button.hidden = true;
    this.buttons = this.buttons.filter((button) => !isOut(button));
    if (!names.includes(this.shown)) return;
    byId(this.shown).hidden = true;
    this.show(nameOf(this.buttons[0]!));
  }

  /** An unknown name changes nothing. */
  show(name: string): void {
    if (!this.buttons.some((button) => nameOf(button) === name)) return;
    this.mark(name);
    this.onShow(name);
  }

  private mark(name: string): void {
    this.shown = name;
    for (const button of this.buttons) {
      const isShown = nameOf(button) === name;
      button.setAttribute("aria-selected", String(isShown));
      button.tabIndex = isShown ? 0 : -1;
      byId(nameOf(button)).hidden = !isShown;
    }
  }
}

function nameOf(button: HTMLButtonElement): string {
  return button.getAttribute("aria-controls") ?? "";
}
