// What the extension sees of VS Code, as small as it can be: documents that are opened, providers that are registered, and
// diagnostics that are shown are kept for a test to look at; events that no test raises never happen.

import { EventEmitter } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export class Uri {
  readonly scheme: string;
  readonly fsPath: string;
  private readonly text: string;

  private constructor(text: string) {
    this.text = text;
    this.scheme = text.slice(0, text.indexOf(":"));
    this.fsPath = this.scheme === "file" ? fileURLToPath(text) : text;
  }

  static parse(text: string): Uri {
    return new Uri(text);
  }

  static joinPath(base: Uri, ...parts: readonly string[]): Uri {
    return new Uri([base.text.replace(/\/$/, ""), ...parts].join("/"));
  }

  static file(path: string): Uri {
    return new Uri(pathToFileURL(path).href);
  }

  toString(): string {
    return this.text;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(...ends: readonly [Position, Position] | readonly [number, number, number, number]) {
    if (ends.length === 2) [this.start, this.end] = ends;
    else {
      this.start = new Position(ends[0], ends[1]);
      this.end = new Position(ends[2], ends[3]);
    }
  }
}

export class Diagnostic {
  readonly range: Range;
  readonly message: string;
  severity: number;
  code?: unknown;
  source?: string;

  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

class Disposable {
  dispose(): void {}
}

class CancellationTokenSource {
  readonly token = { isCancellationRequested: false, onCancellationRequested: quiet };
  cancel(): void {}
  dispose(): void {}
}

/** An event that never happens. */
const quiet = () => new Disposable();

/** An event as VS Code has them, and what raises it. */
function eventOf<T>(): {
  readonly on: (listener: (value: T) => unknown) => Disposable;
  readonly fire: (value: T) => void;
} {
  const emitter = new EventEmitter();
  return {
    on: (listener) => {
      emitter.on("it", listener);
      return new Disposable();
    },
    fire: (value) => emitter.emit("it", value),
  };
}

export interface Opened {
  readonly uri: Uri;
  readonly languageId: string;
  readonly version: number;
  readonly isClosed: false;
  getText(): string;
  save(): Promise<boolean>;
}

/** Any class whose objects only carry what they are given. */
class Value {
  [name: string]: unknown;

  constructor(...given: readonly unknown[]) {
    this["given"] = given;
  }
}

class CompletionItem {
  readonly label: unknown;

  constructor(label: unknown) {
    this.label = label;
  }
}

class ProcessExecution {
  readonly process: string;
  readonly args: readonly string[];

  constructor(process: string, args: readonly string[]) {
    this.process = process;
    this.args = args;
  }
}

class Task {
  readonly execution: ProcessExecution;

  constructor(...given: readonly [object, number, string, string, ProcessExecution]) {
    this.execution = given[4];
  }
}

class Emitter {
  readonly event = quiet;
  fire(): void {}
  dispose(): void {}
}

class CodeActionKind {
  static readonly Empty = new CodeActionKind("");
  static readonly QuickFix = new CodeActionKind("quickfix");
  static readonly Refactor = new CodeActionKind("refactor");
  static readonly RefactorExtract = new CodeActionKind("refactor.extract");
  static readonly RefactorInline = new CodeActionKind("refactor.inline");
  static readonly RefactorRewrite = new CodeActionKind("refactor.rewrite");
  static readonly Source = new CodeActionKind("source");
  static readonly SourceFixAll = new CodeActionKind("source.fixAll");
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }

  append(part: string): CodeActionKind {
    return new CodeActionKind(this.value === "" ? part : `${this.value}.${part}`);
  }
}

/** Classes and enumerations that the protocol's client names, whatever it makes with them. */
const classes = [
  ...["CallHierarchyItem", "CodeAction", "CodeLens", "CompletionList", "DocumentLink"],
  ...[
    "InlayHint",
    "Location",
    "MarkdownString",
    "RelativePattern",
    "SemanticTokensLegend",
    "SymbolInformation",
  ],
  ...["TypeHierarchyItem", "SnippetString", "TextEdit", "DiagnosticRelatedInformation"],
];
const enumerations = [
  ...["CompletionItemKind", "CompletionItemTag", "CompletionTriggerKind", "DiagnosticTag"],
  ...["FoldingRangeKind", "InlayHintKind", "LogLevel", "SymbolKind", "SymbolTag", "TextDocumentSaveReason"],
];

/** A namespace of which only some members do anything: the others are events that never happen, and things never made. */
function otherwiseQuiet<T extends object>(members: T): T {
  return new Proxy(members, {
    get: (target, name, receiver) => {
      if (Reflect.has(target, name) || typeof name === "symbol") return Reflect.get(target, name, receiver);
      return /^(onDid|onWill|register)/.test(name) ? quiet : undefined;
    },
  });
}

export interface StandIn {
  /** What `require("vscode")` gives. */
  readonly vscode: object;
  readonly opened: (path: string, languageId: string, text: string) => Opened;
  /** Tells those who watch that a file of the workspace has another content. */
  readonly changed: (path: string) => void;
  /** By URI: what is shown last. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Providers by the function that registered them. */
  readonly providers: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly commands: ReadonlyMap<string, (...args: readonly unknown[]) => unknown>;
  /** What was started as a task: a program and its arguments. */
  readonly started: readonly (readonly string[])[];
  /** What the author answers when asked for a text. */
  answer: string | undefined;
  /** Whether the editor can search the workspace. */
  canSearch: boolean;
  /** What was written to the output, and shown to the author. */
  readonly said: readonly string[];
}

export function standIn(folder: string, settings: Readonly<Record<string, unknown>>): StandIn {
  const documents: Opened[] = [];
  const opening = eventOf<Opened>();
  const changing = eventOf<Uri>();
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const providers = new Map<string, Readonly<Record<string, unknown>>>();
  const commands = new Map<string, (...args: readonly unknown[]) => unknown>();
  const said: string[] = [];
  const started: (readonly string[])[] = [];
  const log = (message: unknown) => said.push(String(message));
  const output = {
    ...{ append: log, appendLine: log, info: log, warn: log, error: log, debug: log, trace: log },
    ...{
      show: () => {},
      dispose: () => {},
      name: "dinc",
      logLevel: 3,
      onDidChangeLogLevel: quiet,
    },
  };
  const languages = new Proxy(
    {
      createDiagnosticCollection: () => ({
        set: (uri: Uri, found: readonly Diagnostic[]) => diagnostics.set(uri.toString(), found),
        delete: (uri: Uri) => diagnostics.delete(uri.toString()),
        clear: () => diagnostics.clear(),
        dispose: () => {},
      }),
      match: (selector: { readonly language?: string }, document: Opened) =>
        selector.language === undefined || selector.language === document.languageId ? 10 : 0,
    },
    {
      get: (target, name, receiver) =>
        Reflect.has(target, name) || !/^register/.test(String(name))
          ? Reflect.get(target, name, receiver)
          : (_selector: unknown, provider: Readonly<Record<string, unknown>>) => {
              providers.set(String(name), provider);
              return new Disposable();
            },
    },
  );
  const vscode = {
    ...{ Uri, Position, Range, Diagnostic, Disposable, CancellationTokenSource, version: "1.91.0" },
    ...Object.fromEntries(classes.map((name) => [name, class extends Value {}])),
    ...Object.fromEntries(enumerations.map((name) => [name, {}])),
    ...{
      CodeActionKind,
      CompletionItem,
      EventEmitter: Emitter,
      CancellationError: Error,
      TaskScope: { Workspace: 2 },
      Task,
      ProcessExecution,
    },
    tasks: {
      executeTask: async ({ execution }: Task) => void started.push([execution.process, ...execution.args]),
    },
    DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
    env: { language: "en", appName: "stand-in", appHost: "desktop" },
    extensions: otherwiseQuiet({ all: [], getExtension: () => undefined }),
    languages,
    commands: {
      registerCommand: (name: string, run: (...args: readonly unknown[]) => unknown) => {
        commands.set(name, run);
        return new Disposable();
      },
    },
    window: otherwiseQuiet({
      createOutputChannel: () => output,
      showErrorMessage: async (message: string) => void said.push(message),
      showWarningMessage: async (message: string) => void said.push(message),
      showInputBox: async () => kept.answer,
      visibleTextEditors: [],
      tabGroups: otherwiseQuiet({ all: [] }),
    }),
    workspace: otherwiseQuiet({
      isTrusted: true,
      workspaceFolders: [{ uri: Uri.file(folder), name: "test", index: 0 }],
      createFileSystemWatcher: () => ({
        ...{ onDidCreate: quiet, onDidChange: changing.on, onDidDelete: quiet, dispose: () => {} },
      }),
      findFiles: async () => {
        if (!kept.canSearch) throw new Error("spawn rg ENOENT");
        return readdirSync(folder)
          .filter((name) => name.endsWith(".din"))
          .map((name) => Uri.file(join(folder, name)));
      },
      fs: { readFile: async ({ fsPath }: Uri) => readFileSync(fsPath) },
      textDocuments: documents,
      notebookDocuments: [],
      onDidOpenTextDocument: opening.on,
      openTextDocument: async (uri: Uri) => documents.find((each) => each.uri.toString() === uri.toString()),
      getConfiguration: (section?: string) => ({
        get: (name: string, otherwise: unknown) =>
          settings[[section, name].filter(Boolean).join(".")] ?? otherwise,
      }),
    }),
  };
  const kept: StandIn = {
    vscode,
    started,
    answer: undefined,
    canSearch: true,
    diagnostics,
    providers,
    commands,
    said,
    changed: (path) => changing.fire(Uri.file(path)),
    opened: (path, languageId, text) => {
      const document: Opened = {
        ...{ uri: Uri.file(path), languageId, version: 1, isClosed: false },
        getText: () => text,
        save: async () => true,
      };
      documents.push(document);
      opening.fire(document);
      return document;
    },
  };
  return kept;
}
