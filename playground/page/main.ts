// The playground's page: an editor with dinc's language server, and beside it what becomes of the text.

import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { searchKeymap } from "@codemirror/search";
import { Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { Views, ViewsRequest } from "../workers/messages.ts";
import { byId, element } from "./elements.ts";
import { connect, languageOf } from "./language.ts";
import { linkOf, readLink } from "./link.ts";
import { RankView } from "./rank-view.ts";
import { Tabs } from "./tabs.ts";
import { TrainingView } from "./training-view.ts";
import { costView, drawingView, namesView } from "./views.ts";

/** Set when the page is built. */
declare const START: string;
declare const VERSION: string;

/** Milliseconds without typing after which the network trains anew. */
const REST = 1500;

const workerOf = (name: string) => new Worker(new URL(`./${name}.js`, import.meta.url), { type: "module" });

const lit = StateEffect.define<{ readonly start: number; readonly end: number } | null>();
const litLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(lit))
        return effect.value === null || effect.value.end > transaction.newDoc.length
          ? Decoration.none
          : Decoration.set(Decoration.mark({ class: "din-lit" }).range(effect.value.start, effect.value.end));
    return shown.map(transaction.changes);
  },
  // Around all other marks, which would cut it in pieces.
  provide: (own) => Prec.lowest(EditorView.decorations.from(own)),
});

async function open(): Promise<void> {
  const linked = await readLink(location.hash);
  const seed = linked?.seed ?? 7;
  const client = connect(workerOf("language-worker"));
  const trainer = workerOf("training-worker");
  const training = new TrainingView(trainer);
  const ranking = new RankView(trainer);
  const views = workerOf("views-worker");
  const tabs = new Tabs((name) => {
    ranking.look(name === "rank");
    if (name === "typescript") void showModule();
  });
  let asked = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let isRight = true;

  const editor = new EditorView({
    parent: byId("editor"),
    doc: linked?.spec ?? START,
    extensions: [
      ...[
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
      ],
      ...[autocompletion(), lintGutter(), litLine, EditorView.lineWrapping, languageOf(client)],
      // The page's policy allows styles of the editor's own.
      EditorView.cspNonce.of("editor"),
      EditorView.contentAttributes.of({ "aria-label": "the spec, model.din" }),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...completionKeymap, ...lintKeymap]),
      EditorView.updateListener.of(({ docChanged }) => {
        if (docChanged) changed();
      }),
    ],
  });
  const text = () => editor.state.doc.toString();

  function look(): void {
    asked += 1;
    views.postMessage({ number: asked, spec: text() } satisfies ViewsRequest);
  }

  function changed(): void {
    look();
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (isRight) training.start(text(), seed);
    }, REST);
  }

  async function showModule(): Promise<void> {
    const place = byId("typescript");
    place.replaceChildren(element("p", {}, "Compiling the weights of this moment."));
    const files = await training.compile();
    const sizes = [...files].map(([name, content]) => `${name}: ${(content.length / 1024).toFixed(1)} KiB`);
    place.replaceChildren(
      element("p", {}, `The module that serves this model, without any dependency: ${sizes.join(", ")}.`),
      element("pre", {}, files.get("model.ts") ?? ""),
    );
  }

  const show = (place: { readonly start: number; readonly end: number } | null) =>
    editor.dispatch({ effects: lit.of(place) });
  const go = (offset: number) => {
    editor.dispatch({ selection: { anchor: offset }, scrollIntoView: true });
    editor.focus();
  };
  views.addEventListener("message", ({ data }: MessageEvent<Views>) => {
    if (data.number !== asked) return;
    isRight = data.drawing !== null;
    drawingView(byId("graph"), data.drawing, show, go);
    namesView(byId("types"), data.names, go);
    costView(byId("cost"), data.cost);
    byId("passes").textContent = data.graph ?? "The spec has mistakes: the editor shows where.";
  });

  byId("restart").addEventListener("click", () => training.start(text(), seed));
  byId("reset").addEventListener("click", () =>
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: START } }),
  );
  byId("share").addEventListener("click", async () => {
    const hash = await linkOf({ spec: text(), seed, tab: tabs.shown, version: VERSION });
    location.hash = hash;
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    byId("said").textContent =
      copied === true ? "The link is in the clipboard." : "The link is the address of this page now.";
  });
  if (linked !== null && linked.tab !== "") tabs.show(linked.tab);
  look();
  training.start(text(), seed);
}

void open();
