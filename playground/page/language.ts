// The editor's connection to dinc's language server in its worker. It adds parts of the protocol that
// CodeMirror's client lacks: semantic colours, types next to names, and fixes.

import {
  jumpToDefinitionKeymap,
  LSPClient,
  languageServerExtensions,
  type Transport,
} from "@codemirror/lsp-client";
import { type Extension, Prec, RangeSet, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  showTooltip,
  type Tooltip,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type {
  CodeAction,
  InlayHint,
  Position,
  SemanticTokens,
  SemanticTokensLegend,
  TextEdit,
} from "vscode-languageserver-types";
import { invariant } from "../../compiler/common/internal-error.ts";
import { colourClasses } from "./colour-classes.ts";
import type { SpecColours } from "./first-colours.ts";
import type { OfferedFix } from "./problems-view.ts";

/** The milliseconds without typing before colours and types are requested again. */
const PAUSE = 60;

/** Throws InternalError if it is not a message of the language server's protocol. */
export function serverMessage(received: unknown): void {
  const isMessage = typeof received === "object" && received !== null && "jsonrpc" in received;
  invariant(isMessage, "language-worker sent something other than a message of a language server");
}

/** Knows editors from the start, and mistakes in their texts once it is connected. */
export function languageClient(): LSPClient {
  return new LSPClient({ extensions: languageServerExtensions(), timeout: 10_000, sanitizeHTML });
}

export function connect(client: LSPClient, worker: Worker): void {
  const handlers = new Map<(text: string) => void, (event: MessageEvent) => void>();
  const transport: Transport = {
    send: (text) => worker.postMessage(JSON.parse(text)),
    subscribe(handler) {
      const listener = ({ data }: MessageEvent) => handler(JSON.stringify(data));
      handlers.set(handler, listener);
      worker.addEventListener("message", listener);
    },
    unsubscribe(handler) {
      const listener = handlers.get(handler);
      if (listener !== undefined) worker.removeEventListener("message", listener);
    },
  };
  client.connect(transport);
}

/**
 * The elements allowed in hovers. Comments in a spec from a link can contain any markup, so all other
 * elements are replaced by their text.
 */
const MARKUP = new Set(
  "A B BLOCKQUOTE BR CODE EM H1 H2 H3 H4 HR LI OL P PRE SPAN STRONG TABLE TBODY TD TH THEAD TR UL".split(" "),
);

function sanitizeHTML(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const each of [...body.querySelectorAll("*")]) {
    if (!MARKUP.has(each.tagName)) {
      each.replaceWith(each.textContent ?? "");
      continue;
    }
    for (const { name, value } of [...each.attributes])
      if (name !== "class" && !(name === "href" && /^https?:/.test(value))) each.removeAttribute(name);
  }
  return body.innerHTML;
}

/** All features of the language server for the editor of one document, which has `colours` until the server knows better. */
export function languageOf(client: LSPClient, uri: string, colours: SpecColours = {}): Extension {
  return [
    client.plugin(uri, "din"),
    keymap.of(jumpToDefinitionKeymap),
    asked(client, uri, "textDocument/semanticTokens/full", coloursOf(client), decorated(colours)),
    asked(client, uri, "textDocument/inlayHint", hintsOf),
    fixes(client, uri),
  ];
}

type Decorate = (view: EditorView, answer: unknown) => DecorationSet;

/** Decorations from the server's answer to `method`, which is requested after a short pause in typing. */
function asked(
  client: LSPClient,
  uri: string,
  method: string,
  decorate: Decorate,
  first: DecorationSet = Decoration.none,
): Extension {
  const set = StateEffect.define<DecorationSet>();
  const field = StateField.define<DecorationSet>({
    create: () => first,
    update(shown, transaction) {
      for (const effect of transaction.effects) if (effect.is(set)) return effect.value;
      return shown.map(transaction.changes);
    },
    provide: (own) => EditorView.decorations.from(own),
  });
  const plugin = ViewPlugin.fromClass(
    class {
      private timer: ReturnType<typeof setTimeout> | undefined;
      private readonly view: EditorView;

      constructor(view: EditorView) {
        this.view = view;
        this.later();
      }

      update({ docChanged }: ViewUpdate): void {
        if (docChanged) this.later();
      }

      destroy(): void {
        clearTimeout(this.timer);
      }

      private later(): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.ask(), PAUSE);
      }

      private async ask(): Promise<void> {
        await client.initializing;
        client.sync();
        const { doc } = this.view.state;
        const textDocument = { uri };
        const range = { start: { line: 0, character: 0 }, end: positionIn(doc, doc.length) };
        const answer = await client.request(method, { textDocument, range }).catch(() => null);
        // The text has changed, and has a request of its own.
        if (this.view.state.doc !== doc || answer === null) return;
        this.view.dispatch({ effects: set.of(decorate(this.view, answer)) });
      }
    },
  );
  return [field, plugin];
}

function decorated(colours: SpecColours): DecorationSet {
  const ranges = Object.entries(colours).flatMap(([classes, places]) => {
    const mark = Decoration.mark({ class: classes });
    const starts = Array.from({ length: places.length / 2 }, (_, i) => 2 * i);
    return starts.map((i) => mark.range(places[i]!, places[i]! + places[i + 1]!));
  });
  return Decoration.set(ranges, true);
}

function coloursOf(client: LSPClient): Decorate {
  return ({ state: { doc } }, answer) => {
    const legend: SemanticTokensLegend | undefined =
      client.serverCapabilities?.semanticTokensProvider?.legend;
    const { data } = answer as SemanticTokens;
    const builder = new RangeSetBuilder<Decoration>();
    let [line, character] = [0, 0];
    for (let i = 0; i < data.length; i += 5) {
      const [down, right, length, type, modifiers] = data.slice(i, i + 5) as [
        number,
        number,
        number,
        number,
        number,
      ];
      character = down === 0 ? character + right : right;
      line += down;
      const from = doc.line(line + 1).from + character;
      const names = [
        legend?.tokenTypes[type],
        ...(legend?.tokenModifiers ?? []).filter((_, bit) => (modifiers >> bit) & 1),
      ];
      builder.add(from, from + length, Decoration.mark({ class: colourClasses(names) }));
    }
    return builder.finish();
  };
}

const hintsOf: Decorate = ({ state: { doc } }, answer) => {
  const hints = (answer as readonly InlayHint[]).map(({ position, label, paddingLeft }) => {
    const text = typeof label === "string" ? label : label.map(({ value }) => value).join("");
    const widget = new Hint(paddingLeft === true ? ` ${text}` : text);
    return Decoration.widget({ widget, side: 1 }).range(offsetIn(doc, position));
  });
  return RangeSet.of(hints, true);
};

class Hint extends WidgetType {
  private readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: Hint): boolean {
    return other.text === this.text;
  }

  toDOM(): HTMLElement {
    const span = document.createElement("span");
    span.className = "din-hint";
    span.textContent = this.text;
    return span;
  }
}

/** `Mod-.` lists the server's fixes at the cursor. */
function fixes(client: LSPClient, uri: string): Extension {
  const show = StateEffect.define<{ readonly at: number; readonly actions: readonly CodeAction[] } | null>();
  const field = StateField.define<Tooltip | null>({
    create: () => null,
    update(shown, transaction) {
      for (const effect of transaction.effects)
        if (effect.is(show))
          return effect.value === null ? null : tooltip(effect.value.at, effect.value.actions);
      return transaction.docChanged || transaction.selection !== undefined ? null : shown;
    },
    provide: (own) => showTooltip.from(own),
  });
  const tooltip = (pos: number, actions: readonly CodeAction[]): Tooltip => ({
    pos,
    create: (view) => {
      const dom = document.createElement("ul");
      dom.className = "din-fixes";
      dom.setAttribute("role", "menu");
      const buttons = actions.map((action) => {
        const button = document.createElement("button");
        button.textContent = action.title;
        button.setAttribute("role", "menuitem");
        button.onclick = () => {
          apply(view, uri, action);
          view.focus();
        };
        const item = document.createElement("li");
        item.append(button);
        dom.append(item);
        return button;
      });
      dom.onkeydown = (event) => {
        const at = buttons.findIndex((button) => button.matches(":focus"));
        if (event.key === "ArrowDown") buttons[(at + 1) % buttons.length]?.focus();
        else if (event.key === "ArrowUp") buttons.at(at - 1)?.focus();
        else if (event.key === "Escape") {
          view.dispatch({ effects: show.of(null) });
          view.focus();
        } else return;
        event.preventDefault();
      };
      if (actions.length === 0) dom.textContent = "nothing to change here";
      return { dom, mount: () => buttons[0]?.focus() };
    },
  });
  const ask = async (view: EditorView): Promise<void> => {
    const { from, to } = view.state.selection.main;
    const actions = await actionsAt(client, uri, view.state.doc, from, to);
    view.dispatch({ effects: show.of({ at: from, actions }) });
  };
  const open = (view: EditorView): boolean => {
    void ask(view);
    return true;
  };
  return [
    field,
    Prec.high(
      keymap.of([
        { key: "Mod-.", run: open },
        { key: "Alt-Enter", run: open },
      ]),
    ),
  ];
}

async function actionsAt(
  client: LSPClient,
  uri: string,
  doc: Lines,
  from: number,
  to: number,
  only?: readonly string[],
): Promise<readonly CodeAction[]> {
  client.sync();
  const range = { start: positionIn(doc, from), end: positionIn(doc, to) };
  const context = { diagnostics: [], ...(only === undefined ? {} : { only }) };
  const asked = { textDocument: { uri }, range, context };
  const answer = client.request<unknown, readonly CodeAction[] | null>("textDocument/codeAction", asked);
  return (await answer.catch(() => null)) ?? [];
}

/** The server's fixes of mistakes at an offset. Once the text has changed, `apply` does nothing. */
export async function fixesAt(
  client: LSPClient,
  uri: string,
  view: EditorView,
  offset: number,
): Promise<readonly OfferedFix[]> {
  const { doc } = view.state;
  const actions = await actionsAt(client, uri, doc, offset, offset, ["quickfix"]);
  return actions.map((action) => ({
    title: action.title,
    apply: () => {
      if (view.state.doc === doc) apply(view, uri, action);
      view.focus();
    },
  }));
}

function apply(view: EditorView, uri: string, { edit }: CodeAction): void {
  const { doc } = view.state;
  const edits: readonly TextEdit[] = (edit?.documentChanges ?? []).flatMap((change) =>
    "edits" in change ? (change.edits as TextEdit[]) : [],
  );
  const all = [...edits, ...(edit?.changes?.[uri] ?? [])];
  view.dispatch({
    changes: all.map(({ range, newText }) => ({
      ...{ from: offsetIn(doc, range.start), to: offsetIn(doc, range.end), insert: newText },
    })),
  });
}

type Lines = EditorView["state"]["doc"];

export function positionIn(doc: Lines, offset: number): Position {
  const { from, number } = doc.lineAt(offset);
  return { line: number - 1, character: offset - from };
}

export function offsetIn(doc: Lines, { line, character }: Position): number {
  const { from, to } = doc.line(Math.min(line + 1, doc.lines));
  return Math.min(from + character, to);
}
