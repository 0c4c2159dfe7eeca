// A strip above the tabs while the text has mistakes, or does not fit the rows: each mistake with its line and with buttons
// that fix it, for readers without a keyboard too.

import { byId, element } from "./elements.ts";

export interface Mistake {
  readonly message: string;
  readonly line: number;
  /** In the text. */
  readonly offset: number;
  fixes(): Promise<readonly OfferedFix[]>;
}

export interface OfferedFix {
  readonly title: string;
  apply(): void;
}

/** Whether the text is wrong by itself, or does not fit the rows that it should train on. */
export type MistakeKind = "text" | "rows";

const consequences: Readonly<Record<MistakeKind, string>> = {
  text: "The views show the text as it was before.",
  rows: "The text does not fit the rows, so nothing trains.",
};

/** More would leave little room for the tabs. */
const SHOWN = 3;

export class ProblemsView {
  private readonly place = byId("problems");
  /** Puts the cursor there. */
  private readonly go: (offset: number) => void;
  /** Fixes that arrive for earlier mistakes are dropped. */
  private shown: readonly Mistake[] = [];

  constructor(go: (offset: number) => void) {
    this.go = go;
  }

  show(kind: MistakeKind, mistakes: readonly Mistake[]): void {
    this.shown = mistakes;
    this.place.hidden = mistakes.length === 0;
    byId("views").classList.toggle("stale", kind === "text" && mistakes.length > 0);
    if (mistakes.length === 0) return;
    const rows = mistakes.slice(0, SHOWN).map((mistake) => this.rowOf(mistake));
    const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
    this.place.replaceChildren(
      element("p", { role: "status" }, `${count}. ${consequences[kind]}`),
      element("ul", {}, ...rows.map(({ item }) => item)),
    );
    void this.offerFixes(mistakes, rows);
  }

  private rowOf(mistake: Mistake): ProblemRow {
    const [words = ""] = mistake.message.split("\n");
    const button = element("button", { type: "button", class: "plain" }, `Line ${mistake.line}: ${words}`);
    button.addEventListener("click", () => this.go(mistake.offset));
    return { mistake, item: element("li", {}, button) };
  }

  private async offerFixes(mistakes: readonly Mistake[], rows: readonly ProblemRow[]): Promise<void> {
    const found = await Promise.all(rows.map(({ mistake }) => mistake.fixes()));
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
