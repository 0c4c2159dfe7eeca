// The language server: takes requests of an editor, asks the pure features of compiler/lsp about a snapshot of the
// workspace, and answers. A feature that fails is told to the editor's log and answers nothing.

import { fileURLToPath } from "node:url";
import {
  CodeActionKind,
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { configCompletion } from "../../compiler/config/editor/completion.ts";
import { configFixes } from "../../compiler/config/editor/fixes.ts";
import { configHover } from "../../compiler/config/editor/hover.ts";
import { configDefinition, configLinks, configSymbols } from "../../compiler/config/editor/navigation.ts";
import type { ConfigView } from "../../compiler/config/editor/view.ts";
import { definition } from "../../compiler/lsp/features/definition.ts";
import { highlights, references } from "../../compiler/lsp/features/references.ts";
import { prepareRename, rename } from "../../compiler/lsp/features/rename.ts";
import { offsetOf } from "../../compiler/lsp/ranges.ts";
import type { Snapshot } from "../../compiler/lsp/snapshot.ts";
import { ConfigViews, isConfig } from "./config-views.ts";
import { WorkspaceDisk } from "./disk.ts";
import { Documents } from "./documents.ts";
import { Publisher } from "./publisher.ts";

export interface ServerOptions {
  /** dinc's own. */
  readonly version: string;
  /** The folder in which the standard library's `std/` lies, as a URL with a slash at its end. */
  readonly library: URL;
}

/** Answers on `connection` until it is closed. */
export function serve(connection: Connection, { version, library }: ServerOptions): void {
  let server: Server | null = null;
  let canWatch = false;
  let canFollow = false;
  connection.onInitialize((parameters) => {
    const { completion } = parameters.capabilities.textDocument ?? {};
    const snippets = completion?.completionItem?.snippetSupport === true;
    server = new Server(connection, new WorkspaceDisk(foldersOf(parameters), library), snippets);
    server.answer();
    canWatch = parameters.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    canFollow = parameters.capabilities.workspace?.workspaceFolders === true;
    return { capabilities, serverInfo: { name: "dinc", version } };
  });
  connection.onInitialized(() => {
    if (canFollow) server?.followFolders();
    if (canWatch)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: "**/*.din" }, { globPattern: "**/dinc.yaml" }],
      });
  });
  connection.listen();
}

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  completionProvider: { triggerCharacters: ["/"] },
  definitionProvider: true,
  documentLinkProvider: {},
  documentSymbolProvider: true,
  hoverProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  return pathsOf(workspaceFolders ?? (rootUri == null ? [] : [{ uri: rootUri }]));
}

/** Of those that lie on the disk. */
function pathsOf(folders: readonly { readonly uri: string }[]): readonly string[] {
  return folders.filter(({ uri }) => uri.startsWith("file:")).map(({ uri }) => fileURLToPath(uri));
}

/** What a request about a place in a document says. */
interface Placed {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
}

class Server {
  private readonly connection: Connection;
  private readonly disk: WorkspaceDisk;
  private readonly documents: Documents;
  private readonly publisher: Publisher;
  private readonly configs = new ConfigViews();
  /** Whether the editor fills places into what it completes. */
  private readonly snippets: boolean;

  constructor(connection: Connection, disk: WorkspaceDisk, snippets: boolean) {
    this.connection = connection;
    this.disk = disk;
    this.documents = new Documents(disk);
    this.snippets = snippets;
    const log = (problem: unknown) => this.log(problem);
    this.publisher = new Publisher(connection, this.documents, this.configs, log);
  }

  answer(): void {
    this.followDocuments();
    const { connection } = this;
    connection.onCodeAction(({ textDocument: { uri }, range }) =>
      this.in(
        uri,
        () => [],
        (view) => [...configFixes(view, range)],
      ),
    );
    connection.onCompletion(
      this.at(
        () => [],
        (view, offset) => [...configCompletion(view, offset, this.snippets)],
      ),
    );
    connection.onDefinition(
      this.at(
        (snapshot, path, offset) => [...definition(snapshot, path, offset)],
        (view, offset) => [...configDefinition(view, offset)],
      ),
    );
    connection.onDocumentLinks(({ textDocument: { uri } }) =>
      this.in(
        uri,
        () => [],
        (view) => [...configLinks(view)],
      ),
    );
    connection.onDocumentSymbol(({ textDocument: { uri } }) =>
      this.in(
        uri,
        () => [],
        (view) => configSymbols(view),
      ),
    );
    connection.onHover(this.at(() => null, configHover));
    connection.onReferences((asked) =>
      this.at((snapshot, path, offset) => [
        ...references(snapshot, path, offset, asked.context.includeDeclaration),
      ])(asked),
    );
    connection.onDocumentHighlight(
      this.at((snapshot, path, offset) => [...highlights(snapshot, path, offset)]),
    );
    connection.onPrepareRename(
      this.at((snapshot, path, offset) => refusing(prepareRename(snapshot, path, offset))),
    );
    connection.onRenameRequest((asked) =>
      this.at((snapshot, path, offset) => refusing(rename(snapshot, path, offset, asked.newName)))(asked),
    );
  }

  /** Editors that have several folders open may open and close them. */
  followFolders(): void {
    this.connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      this.disk.change(pathsOf(added), pathsOf(removed));
      this.documents.changed();
      this.publisher.changed();
    });
  }

  private followDocuments(): void {
    const { connection, documents, disk, publisher } = this;
    connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
      documents.put(disk.pathOf(uri), version, text);
      publisher.changed();
    });
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      documents.change(disk.pathOf(uri), version, contentChanges);
      publisher.changed();
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      documents.close(disk.pathOf(uri));
      publisher.changed();
    });
    const onDisk = () => {
      disk.forget();
      documents.changed();
      publisher.changed();
    };
    connection.onDidSaveTextDocument(onDisk);
    connection.onDidChangeWatchedFiles(onDisk);
  }

  /** Answers a request about a place with what `feature` says of it, or `ofConfig` in dinc.yaml. */
  private at<T>(
    feature: (snapshot: Snapshot, path: string, offset: number) => T,
    ofConfig: (view: ConfigView, offset: number) => T | null = () => null,
  ): (asked: Placed) => T | null {
    return ({ textDocument: { uri }, position }) =>
      this.in(
        uri,
        (snapshot, path) => {
          const file = snapshot.file(path);
          return file === null ? null : feature(snapshot, path, offsetOf(file, position));
        },
        (view) => ofConfig(view, offsetOf(view.file, position)),
      );
  }

  /** Answers a request about a document: a spec, or dinc.yaml, which only some requests know. */
  private in<T>(
    uri: string,
    feature: (snapshot: Snapshot, path: string) => T,
    ofConfig: (view: ConfigView) => T | null = () => null,
  ): T | null {
    try {
      const [snapshot, path] = [this.documents.snapshot(), this.disk.pathOf(uri)];
      if (!isConfig(path)) return feature(snapshot, path);
      const view = this.configs.at(snapshot, path);
      return view === null ? null : ofConfig(view);
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      this.log(error);
      return null;
    }
  }

  private log(problem: unknown): void {
    const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    this.connection.console.error(`dinc: this is a mistake of dinc itself, please report it\n${text}`);
  }
}

/** What cannot be done is said to the author as an error of the request. */
function refusing<T extends object>(answer: T | { readonly reason: string }): T {
  if ("reason" in answer) throw new ResponseError(LSPErrorCodes.RequestFailed, answer.reason);
  return answer;
}
