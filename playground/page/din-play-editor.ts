// The live editor of a `<din-play>` element: the text with dinc's language server, its mistakes, and a training with its curve.
// Loaded when somebody wants to edit.

import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { forEachDiagnostic, lintKeymap, setDiagnosticsEffect } from "@codemirror/lint";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { formatCount } from "../../compiler/common/format-count.ts";
import type { TrainingNews } from "../workers/messages.ts";
import { newDocument, type PlayTraining, startTraining } from "./din-play-workers.ts";
import { element } from "./elements.ts";
import { languageOf } from "./language.ts";
import { linkOf } from "./link.ts";
import { PlayCurve } from "./play-curve.ts";
import { unfit, unfitMistakes } from "./unfit-mistakes.ts";

/** Set when the page is built. */
declare const VERSION: string;

const SEED = 7;
/** More would hide the editor on a phone. */
const MISTAKES = 3;
/** The milliseconds without typing before the link follows the text. */
const REST = 300;

/** Shows the editor in place of all else in a shadow root. Returns a function that puts the cursor there. */
export function openEditor(place: ShadowRoot, spec: string): () => void {
  const editor = new PlayEditor(place, spec);
  place.replaceChildren(...editor.parts);
  return () => editor.focus();
}

class PlayEditor implements PlayTraining {
  private readonly editor: EditorView;
  private readonly mistakes = element("div", { class: "mistakes", role: "status" });
  private readonly train = element("button", { type: "button" }, "Train");
  private readonly link = element("a", { target: "_blank", rel: "noopener" }, "Open in the playground");
  private readonly score = element("p", { class: "score", role: "status" });
  private readonly curve = new PlayCurve();
  private rest: ReturnType<typeof setTimeout> | undefined;
  private measure = "auc";

  constructor(root: ShadowRoot, spec: string) {
    const { client, uri } = newDocument();
    this.editor = new EditorView({
      ...{ root, doc: spec },
      extensions: [
        ...[lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), autocompletion()],
        ...[unfitMistakes, EditorView.lineWrapping, languageOf(client, uri)],
        EditorView.contentAttributes.of({ "aria-label": "the spec", tabindex: "0" }),
        keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        EditorView.updateListener.of(({ docChanged, transactions }) => {
          if (docChanged) this.changed();
          if (transactions.some(({ effects }) => effects.some((each) => each.is(setDiagnosticsEffect))))
            this.showMistakes();
        }),
      ],
    });
    this.train.addEventListener("click", () => this.start());
    void this.follow();
  }

  get parts(): readonly HTMLElement[] {
    const bar = element("div", { class: "bar" }, this.train, this.link);
    return [element("div", {}, this.editor.dom), this.mistakes, bar, this.score, this.curve.place];
  }

  focus(): void {
    this.editor.focus();
  }

  take(news: TrainingNews): void {
    switch (news.kind) {
      case "started":
        this.measure = news.measure.length <= 5 ? news.measure.toUpperCase() : news.measure;
        this.curve.begin(news.steps * news.epochs, news.best?.auc ?? null);
        this.score.textContent = `${formatCount(news.rows)} ${news.of}`;
        break;
      case "measured": {
        const { best } = this.curve;
        this.curve.add(news.step, news.value);
        this.score.replaceChildren(
          `${this.measure} of test rows `,
          element("b", {}, news.value.toFixed(4)),
          `${best === null ? "" : ` of at most ${best.toFixed(4)}`}, step ${news.step}`,
        );
        break;
      }
      case "failed":
        this.score.textContent = news.text;
        this.editor.dispatch({ effects: unfit.of(news.mistakes) });
        break;
      case "over":
        this.score.append(": trained to the end");
        break;
      // The playground shows more of a training.
      case "user":
      case "progress":
      case "contributions":
      case "compiled":
      case "ranked":
      case "drafted":
      case "refused":
      case "report":
      case "archive":
      case "page":
        break;
    }
  }

  stopped(why: string): void {
    this.score.textContent = why;
  }

  private get text(): string {
    return this.editor.state.doc.toString();
  }

  private start(): void {
    this.score.textContent = "reading the rows";
    this.curve.clear();
    startTraining(this, this.text, SEED);
  }

  private changed(): void {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => void this.follow(), REST);
  }

  private async follow(): Promise<void> {
    const linked = { spec: this.text, seed: SEED, tab: "train", version: VERSION };
    this.link.href = new URL(`index.html${await linkOf(linked)}`, import.meta.url).href;
  }

  private showMistakes(): void {
    const { state } = this.editor;
    const found: HTMLElement[] = [];
    forEachDiagnostic(state, ({ message, severity }, from) => {
      if (severity !== "error") return;
      const [words = ""] = message.split("\n");
      found.push(element("p", {}, `Line ${state.doc.lineAt(from).number}: ${words}`));
    });
    this.train.disabled = found.length > 0;
    const more = found.length - MISTAKES;
    this.mistakes.replaceChildren(
      ...found.slice(0, MISTAKES),
      ...(more > 0 ? [element("p", {}, `and ${more} more`)] : []),
    );
  }
}
