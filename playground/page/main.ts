// The playground's page: an editor with dinc's language server, and tabs with the results of the text.

import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { forEachDiagnostic, lintGutter, lintKeymap, setDiagnosticsEffect } from "@codemirror/lint";
import { searchKeymap } from "@codemirror/search";
import { Compartment, type EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { messageOf } from "../../compiler/common/message.ts";
import {
  type RowsChoice,
  type RunDescription,
  type ShownFix,
  type ShownMistake,
  type TextRange,
  type TrainingNews,
  trainingNews,
  type Views,
  type ViewsRequest,
  viewsAnswers,
  type WorkerRequest,
} from "../workers/messages.ts";
import { MISTAKEN } from "../workers/mistaken.ts";
import { type PageAddress, readAddress } from "./address.ts";
import { CodeTabs, torchrecView } from "./code-tabs.ts";
import { byId } from "./elements.ts";
import type { SpecColours } from "./first-colours.ts";
import type { Guide } from "./guide.ts";
import { connect, fixesAt, languageClient, languageOf, serverMessage } from "./language.ts";
import { isLink, type Linked, linkOf, readLink } from "./link.ts";
import { Links } from "./links.ts";
import { Observed } from "./observed.ts";
import { OwnDataView } from "./own-data-view.ts";
import { OwnTexts, ownText, type TextLocation, triesLocation } from "./own-texts.ts";
import { PassesView } from "./passes-view.ts";
import { type Mistake, type OfferedFix, ProblemsView } from "./problems-view.ts";
import type { RankView } from "./rank-view.ts";
import { ReportView } from "./report-view.ts";
import { RunDownload } from "./run-download.ts";
import { shareButtons } from "./share-buttons.ts";
import { ShownClicks } from "./shown-clicks.ts";
import { Tabs } from "./tabs.ts";
import { replayEarlyEvents, runAddress, SEED, trainer } from "./trainer.ts";
import { TrainingView } from "./training-view.ts";
import { unfit, unfitMistakes } from "./unfit-mistakes.ts";
import { costView, drawingView, namesView } from "./views.ts";

/** Set when the page is built. */
declare const START: string;
declare const START_COLOURS: SpecColours;
declare const VERSION: string;
/** The address of the manual; null if the page was built without it. */
declare const MANUAL: string | null;
/** Whether the browser keeps the page. */
declare const OFFLINE: boolean;

const DOCUMENT = "file:///model.din";

/** The milliseconds without typing before the network is trained again. */
const REST = 1500;

/** Said in place of the spec of a link that cannot be read. */
const CUT_LINK =
  "This link is cut off or damaged, so its spec cannot be read. Copy the whole link and open it again.";

function say(words: string): void {
  byId("said").textContent = words;
}

/**
 * A worker that ends, for example for lack of memory, or that sends an invalid message is reported, because
 * the page would wait forever. Tabs receive only valid messages.
 */
function watched(worker: Worker, name: string, check: (received: unknown) => void): Worker {
  const stopped = (message: string) => {
    const why = message ? `: ${message}` : "";
    say(`A part of this page has stopped${why}. Copy your text and load the page again.`);
  };
  worker.addEventListener("error", ({ message }) => stopped(message));
  worker.addEventListener("messageerror", () => stopped(`${name} sent what cannot be read`));
  worker.addEventListener("message", (event: MessageEvent<unknown>) => {
    try {
      check(event.data);
    } catch (error) {
      event.stopImmediatePropagation();
      stopped(error instanceof Error ? error.message : String(error));
    }
  });
  return worker;
}

function workerOf(name: string, check: (received: unknown) => void): Worker {
  return watched(new Worker(new URL(`./${name}.js`, import.meta.url), { type: "module" }), name, check);
}

const lit = StateEffect.define<readonly TextRange[]>();
const litLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(lit))
        return Decoration.set(
          effect.value
            .filter(({ start, end }) => start < end && end <= transaction.newDoc.length)
            .map(({ start, end }) => Decoration.mark({ class: "din-lit" }).range(start, end)),
          true,
        );
    return shown.map(transaction.changes);
  },
  // Outermost, because other marks would split it.
  provide: (own) => Prec.lowest(EditorView.decorations.from(own)),
});

async function open(): Promise<void> {
  const linked = await readLink(location.hash);
  const runAt = runAddress();
  const run: RunDescription | null = runAt === null ? null : await (await fetch(runAt)).json();
  const seed = linked?.seed ?? SEED;
  watched(trainer, "training-worker", (received) => messageOf(received, trainingNews, "training-worker"));
  replayEarlyEvents();
  const client = languageClient();
  const training = new TrainingView(trainer);
  const clicks = new ShownClicks(trainer);
  /** Loaded when its tab is first shown. */
  let ranking: Promise<RankView> | null = null;
  const lookAtRanking = (isShown: boolean) => {
    if (isShown) ranking ??= import("./rank-view.ts").then(({ RankView }) => new RankView(clicks, trainer));
    ranking?.then((view) => view.look(isShown)).catch(() => say("The ranking could not be loaded."));
  };
  // The picture is loaded apart: the first scores come later anyway.
  void import("./picture.ts").then(({ Picture }) => new Picture(clicks, trainer));
  const report = new ReportView(trainer, run?.report ?? null);
  new RunDownload(trainer);
  byId("download-page").addEventListener("click", async () =>
    (await import("./page-download.ts")).downloadPage(trainer, say),
  );
  const observed = new Observed(trainer);
  let guide: Guide | null = null;
  const tabs = new Tabs((name) => {
    lookAtRanking(name === "rank");
    code.look(name);
    if (name === "report") report.look();
    if (also() !== null) look();
    links.turned();
  });
  const texts = new OwnTexts(() => linkOf({ ...described(), ...goalIn(opened) }));
  /** The last link that was opened. */
  let opened = linked;
  const undoing = new Compartment();
  /** Whether the text is put there by the page, and not typed. */
  let isPut = false;
  let asked = 0;
  let views: Worker | null = null;
  /** The text that trains, and its words if they are known. */
  let trained: { readonly text: string; words: string | null } | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let isRight = true;
  let rows: RowsChoice = "simulated";

  const first = linked?.spec ?? run?.spec ?? ownText("own") ?? START;
  const editor = new EditorView({
    parent: byId("editor"),
    doc: first,
    extensions: [
      ...[
        lineNumbers(),
        undoing.of(history()),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
      ],
      ...[
        autocompletion(),
        lintGutter(),
        litLine,
        unfitMistakes,
        EditorView.lineWrapping,
        languageOf(client, DOCUMENT, first === START ? START_COLOURS : {}),
      ],
      // The page's policy allows the editor's own styles.
      EditorView.cspNonce.of("editor"),
      EditorView.contentAttributes.of({ "aria-label": "the spec, model.din", tabindex: "0" }),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...completionKeymap, ...lintKeymap]),
      EditorView.updateListener.of(({ docChanged, selectionSet, changes, state, transactions }) => {
        if (docChanged) {
          startLanguage();
          links.changed(changes);
          if (!isPut && run === null) texts.typed(state.doc.toString());
          changed();
        }
        if (transactions.some(({ effects }) => effects.some((each) => each.is(setDiagnosticsEffect))))
          showProblems(state);
        if (!docChanged && !selectionSet) return;
        const { from, to } = state.selection.main;
        const line = { start: state.doc.lineAt(from).from, end: state.doc.lineAt(to).to };
        links.look(line, !docChanged && transactions.some((each) => each.isUserEvent("select")));
      }),
    ],
  });
  const text = () => editor.state.doc.toString();
  let hasLanguage = false;
  function startLanguage(): void {
    if (hasLanguage) return;
    hasLanguage = true;
    connect(client, workerOf("language-worker", serverMessage));
  }
  const go = (offset: number) => {
    editor.dispatch({ selection: { anchor: offset }, scrollIntoView: true });
    editor.focus();
  };

  /** Views that take long and are computed only for their open tab. */
  function also(): ViewsRequest["also"] {
    return tabs.shown === "passes" || tabs.shown === "torchrec" ? tabs.shown : null;
  }

  function look(): void {
    asked += 1;
    observed.asked();
    const withGraph = guide !== null && guide.shown !== null;
    const request: ViewsRequest = { kind: "look", number: asked, spec: text(), also: also(), withGraph };
    views ??= startViews();
    views.postMessage(request);
  }

  function startViews(): Worker {
    const worker = workerOf("views-worker", (received) => messageOf(received, viewsAnswers, "views-worker"));
    worker.addEventListener("message", ({ data }: MessageEvent<Views>) => {
      if (data.number === asked) showViews(data);
    });
    return worker;
  }

  function changed(): void {
    observed.changed();
    look();
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (!isRight) return;
      const words = observed.views?.words ?? null;
      if (words !== null && words === trained?.words) observed.trainsThis();
      else train();
    }, REST);
  }

  const links = new Links(byId("views"), {
    show: (places) => {
      if (places.length > 0 || editor.state.field(litLine).size > 0)
        editor.dispatch({ effects: lit.of(places) });
    },
    go,
  });
  const placesOfLines = (lines: readonly number[]) =>
    [...new Set(lines)]
      .filter((line) => line <= editor.state.doc.lines)
      .map((line): TextRange => {
        const { from, to, text: words } = editor.state.doc.line(line);
        return { start: from + words.search(/\S|$/), end: to };
      });
  const code = new CodeTabs(trainer, links, (spec) => (spec === text() ? placesOfLines : () => []));
  const passes = new PassesView(links);
  const moveTo = (place: TextLocation) => {
    if (place === texts.place) return;
    texts.place = place;
    byId("mine").hidden = run !== null || place === "own" || ownText("own") === null;
    // Undo must not bring the text of one place into another.
    editor.dispatch({ effects: undoing.reconfigure([]) });
    editor.dispatch({ effects: undoing.reconfigure(history()) });
  };
  const replace = (spec: string, place: TextLocation) => {
    isPut = true;
    if (spec === text()) look();
    else editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: spec } });
    isPut = false;
    moveTo(place);
  };
  const simulate = () => {
    rows = "simulated";
    data?.forget();
  };
  /** Texts from a lesson, an example or a link train at once, on the page's own rows. */
  const put = (spec: string, place: TextLocation = texts.place) => {
    simulate();
    replace(spec, place);
    train();
  };
  const putOwn = () => put(ownText("own") ?? START, "own");
  const startOver = (spec: string) => {
    put(spec, texts.startOver());
  };
  const train = () => {
    clearTimeout(rest);
    if (run !== null) return;
    observed.started();
    trained = { text: text(), words: null };
    training.start(trained.text, seed, rows, triesLocation(texts.place));
  };
  // The page of a run trains nothing.
  const data =
    run !== null
      ? null
      : new OwnDataView(trainer, {
          opening: () => tabs.show("data"),
          drafted: (spec) => {
            rows = "own";
            replace(spec, "own");
            train();
          },
          simulated: () => put(START, "own"),
        });
  const showViews = (data: Views) => {
    isRight = data.drawing !== null;
    if (trained !== null && trained.text === text()) trained.words = data.words;
    code.isRight = isRight;
    drawingView(byId("graph"), data.drawing, links);
    namesView(byId("types"), data.names, links);
    costView(byId("cost"), data.cost, links);
    observed.looked(data);
    if (tabs.shown === "passes") passes.take(data.passes);
    if (tabs.shown === "torchrec")
      torchrecView(byId("torchrec"), isRight ? data.torchrec : { problem: MISTAKEN }, links, placesOfLines);
  };

  byId("restart").addEventListener("click", train);
  byId("reset").addEventListener("click", () => {
    guide?.close();
    simulate();
    replace(START, "own");
  });
  const problems = new ProblemsView(go);
  /** Mistakes of the text come first: a text that has some is not compared with the rows. */
  const showProblems = (state: EditorState) => {
    const found = mistakesIn(state, (offset) => fixesAt(client, DOCUMENT, editor, offset));
    if (found.length > 0) problems.show("text", found);
    else problems.show("rows", state.field(unfitMistakes).map(unfitMistake));
  };
  const unfitMistake = ({ message, place, fixes }: ShownMistake): Mistake => ({
    ...{ message, line: editor.state.doc.lineAt(place.start).number, offset: place.start },
    fixes: async () => fixes.map(offered),
  });
  const offered = ({ title, edits }: ShownFix): OfferedFix => ({
    title,
    apply: () => {
      editor.dispatch({
        changes: edits.map(({ place, text }) => ({ from: place.start, to: place.end, insert: text })),
      });
      editor.focus();
    },
  });
  trainer.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
    if (data.kind !== "failed") return;
    byId("ranked").textContent = data.text;
    if (trained?.text !== text()) return;
    editor.dispatch({ effects: unfit.of(data.mistakes) });
    showProblems(editor.state);
  });
  const mistakes = () =>
    mistakesIn(editor.state, async () => []).map(({ line, message }) => `line ${line}: ${message}`);
  const described = (): Linked => {
    const lesson = guide?.shown ?? null;
    return {
      ...{ spec: text(), seed, tab: tabs.shown, version: VERSION },
      ...(lesson === null ? {} : { lesson }),
    };
  };
  shareButtons({
    linked: () => {
      // Another person's rows would have another measure.
      const goal = rows === "simulated" && observed.isOfText ? training.reached : null;
      return { ...described(), ...(goal === null ? {} : { goal }) };
    },
    mistakes,
    say,
  });
  if (MANUAL !== null) {
    byId("manual").setAttribute("href", MANUAL);
    byId("manual").hidden = false;
  }

  /** Loaded on demand. */
  async function guideTo(address: PageAddress, spec: string | null = null): Promise<void> {
    if (guide === null && address.kind === "other") return;
    try {
      const { Guide } = await import("./guide.ts");
      guide ??= new Guide({
        text,
        place: () => texts.place,
        put,
        startOver,
        putOwn,
        showTab: (name) => tabs.show(name),
        observed,
      });
      await guide.show(address, spec);
    } catch (error) {
      say(`This could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  byId("lessons").addEventListener("click", () => {
    location.hash = "#lesson";
  });
  byId("examples").addEventListener("click", () => {
    location.hash = "#example";
  });
  // Follows links of the guide and the browser's history. A pasted link with a spec opens too.
  addEventListener("popstate", () => void visit(location.hash));
  async function visit(hash: string): Promise<void> {
    const other = await readLink(hash);
    if (other === null && isLink(hash)) return say(CUT_LINK);
    if (other !== null) {
      await guideTo(lessonIn(other), other.spec);
      opened = other;
      return put(other.spec, "link");
    }
    const address = readAddress(hash);
    await guideTo(address);
    if (address.kind === "other" && texts.place !== "own") putOwn();
  }
  byId("mine").addEventListener("click", () => {
    window.history.pushState(null, "", location.pathname + location.search);
    void visit("");
  });

  if (linked !== null) {
    moveTo("link");
    tabs.show(linked.tab);
    if (linked.goal !== undefined) training.challenge(linked.goal);
    if (linked.version !== "" && linked.version !== VERSION)
      say(`dinc ${linked.version} made this link, and this page is dinc ${VERSION}.`);
    else if (!byId("mine").hidden) say("The text of a link. “My text” shows yours.");
    await guideTo(lessonIn(linked), linked.spec);
  } else if (isLink(location.hash)) say(CUT_LINK);
  else await guideTo(readAddress(location.hash));
  // Later, so that the first step waits neither for views that nobody sees yet nor for mistakes in a text that nobody changed.
  const lookLater = ({ data }: MessageEvent<TrainingNews>) => {
    if (run === null && (data.kind === "started" || data.kind === "user")) return;
    trainer.removeEventListener("message", lookLater);
    startLanguage();
    look();
  };
  trainer.addEventListener("error", startLanguage);
  trainer.addEventListener("message", lookLater);
  if (run !== null && runAt !== null) {
    trainer.postMessage({ kind: "serve", address: runAt } satisfies WorkerRequest);
    byId("about").textContent =
      `The run ${run.name}: its spec, its weights, users of its data. Changes of the text are looked at, but not trained.`;
    for (const id of ["reset", "lessons", "examples", "download-page"]) byId(id).hidden = true;
    tabs.leaveOut("train", "data");
  }
  // A text from the guide is already training.
  else if (!observed.isOfText) train();
}

function mistakesIn(
  state: EditorState,
  fixesAt: (offset: number) => Promise<readonly OfferedFix[]>,
): readonly Mistake[] {
  const found: Mistake[] = [];
  forEachDiagnostic(state, ({ message, severity }, offset) => {
    const line = state.doc.lineAt(offset).number;
    if (severity === "error") found.push({ message, line, offset, fixes: () => fixesAt(offset) });
  });
  return found;
}

function goalIn(link: Linked | null): Pick<Linked, "goal"> {
  return link?.goal === undefined ? {} : { goal: link.goal };
}

function lessonIn({ lesson }: Linked): PageAddress {
  return lesson === undefined ? { kind: "other" } : { kind: "lesson", name: lesson, done: [] };
}

/** Keeps the page for later visits, once this one has loaded. */
function keepOffline(): void {
  const register = () => navigator.serviceWorker?.register("service-worker.js").catch(() => undefined);
  if (document.readyState === "complete") void register();
  else addEventListener("load", register);
}

void open();
if (OFFLINE && runAddress() === null) keepOffline();
