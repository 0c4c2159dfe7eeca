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
import type { Place, Rows, Views, ViewsRequest } from "../workers/messages.ts";
import { CodeTabs, torchrecView } from "./code-tabs.ts";
import { byId } from "./elements.ts";
import { connect, languageOf } from "./language.ts";
import { linkOf, readLink } from "./link.ts";
import { OwnDataView } from "./own-data-view.ts";
import { PassesView } from "./passes-view.ts";
import { RankView } from "./rank-view.ts";
import { Tabs } from "./tabs.ts";
import { TrainingView } from "./training-view.ts";
import { costView, drawingView, MISTAKEN, namesView } from "./views.ts";

/** Set when the page is built. */
declare const START: string;
declare const VERSION: string;

/** Milliseconds without typing after which the network trains anew. */
const REST = 1500;

const workerOf = (name: string) => new Worker(new URL(`./${name}.js`, import.meta.url), { type: "module" });

const lit = StateEffect.define<Place | null>();
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
  const code = new CodeTabs(trainer);
  const tabs = new Tabs((name) => {
    ranking.look(name === "rank");
    code.look(name);
    if (also() !== null) look();
  });
  let asked = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let isRight = true;
  let rows: Rows = "simulated";

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

  /** What takes longer and is wanted only by who looks at it. */
  function also(): ViewsRequest["also"] {
    return tabs.shown === "passes" || tabs.shown === "torchrec" ? tabs.shown : null;
  }

  function look(): void {
    asked += 1;
    views.postMessage({ number: asked, spec: text(), also: also() } satisfies ViewsRequest);
  }

  function changed(): void {
    look();
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (isRight) training.start(text(), seed, rows);
    }, REST);
  }

  const show = (place: Place | null) => editor.dispatch({ effects: lit.of(place) });
  const go = (offset: number) => {
    editor.dispatch({ selection: { anchor: offset }, scrollIntoView: true });
    editor.focus();
  };
  const passes = new PassesView(show, go);
  const replace = (spec: string) =>
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: spec } });
  const train = () => {
    clearTimeout(rest);
    training.start(text(), seed, rows);
  };
  new OwnDataView(trainer, {
    opening: () => tabs.show("data"),
    drafted: (spec) => {
      rows = "own";
      replace(spec);
      train();
    },
    simulated: () => {
      rows = "simulated";
      replace(START);
      train();
    },
  });
  views.addEventListener("message", ({ data }: MessageEvent<Views>) => {
    if (data.number !== asked) return;
    isRight = data.drawing !== null;
    code.isRight = isRight;
    drawingView(byId("graph"), data.drawing, show, go);
    namesView(byId("types"), data.names, go);
    costView(byId("cost"), data.cost);
    if (tabs.shown === "passes") passes.take(data.passes);
    if (tabs.shown === "torchrec")
      torchrecView(byId("torchrec"), isRight ? data.torchrec : { problem: MISTAKEN });
  });

  byId("restart").addEventListener("click", train);
  byId("reset").addEventListener("click", () => {
    rows = "simulated";
    replace(START);
  });
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
  training.start(text(), seed, rows);
}

void open();
