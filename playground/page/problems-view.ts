// A strip above the tabs while the text has mistakes: each with its line and with buttons that fix it, for readers without
// a keyboard too. It says that the tabs show the text before the mistakes.

import { byId, element } from "./elements.ts";

export interface Mistake {
  readonly message: string;
  readonly line: number;
  /** In the text. */
  readonly offset: number;
}

export interface OfferedFix {
  readonly title: string;
  apply(): void;
}

export interface ProblemActions {
  /** Puts the cursor there. */
  go(offset: number): void;
  fixesOf(mistake: Mistake): Promise<readonly OfferedFix[]>;
}

/** More would leave little room for the tabs. */
const SHOWN = 3;

export class ProblemsView {
  private readonly place = byId("problems");
  private readonly actions: ProblemActions;
  /** Fixes that arrive for earlier mistakes are dropped. */
  private shown: readonly Mistake[] = [];

  constructor(actions: ProblemActions) {
    this.actions = actions;
  }

  show(mistakes: readonly Mistake[]): void {
    this.shown = mistakes;
    this.place.hidden = mistakes.length === 0;
    byId("views").classList.toggle("stale", mistakes.length > 0);
    if (mistakes.length === 0) return;
    const rows = mistakes.slice(0, SHOWN).map((mistake) => this.rowOf(mistake));
    const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
    this.place.replaceChildren(
      element("p", { role: "status" }, `${count}. The views show the text as it was before.`),
      element("ul", {}, ...rows.map(({ item }) => item)),
    );
    void this.offerFixes(mistakes, rows);
  }

  private rowOf(mistake: Mistake): ProblemRow {
    const [words = ""] = mistake.message.split("\n");
    const button = element("button", { type: "button", class: "plain" }, `Line ${mistake.line}: ${words}`);
    button.addEventListener("click", () => this.actions.go(mistake.offset));
    return { mistake, item: element("li", {}, button) };
  }

  private async offerFixes(mistakes: readonly Mistake[], rows: readonly ProblemRow[]): Promise<void> {
    const found = await Promise.all(rows.map(({ mistake }) => this.actions.fixesOf(mistake)));
    if (this.shown !== mistakes) return;
    // A fix of all mistakes is offered at each of them, and needs one button.
    const titles = new Set<string>();
    rows.forEach(({ item }, i) => {
      for (const { title, apply } of found[i] ?? []) {
        if (titles.has(title)) continue;
        titles.add(title);
        const button = element("button", { type: "button", class: "fix" }, title);
        button.addEventListener("click", apply);
        item.append(" ", button);
      }
    });
  }
}

interface ProblemRow {
  readonly mistake: Mistake;
  readonly item: HTMLElement;
}
