// The language server: it receives an editor's requests, calls the pure features of compiler/tools/lsp on a
// snapshot of the workspace, and answers. Errors of a feature are logged in the editor, and the request gets
// no answer.

import {
  type CallHierarchyItem,
  type CodeLens,
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  type Position,
  type Range,
  ResponseError,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import type { Span } from "../../compiler/common/source-file.ts";
import { configCompletion } from "../../compiler/tools/lsp/config/completion.ts";
import { configFixes } from "../../compiler/tools/lsp/config/fixes.ts";
import { configHover } from "../../compiler/tools/lsp/config/hover.ts";
import { configDefinition, configLinks, configSymbols } from "../../compiler/tools/lsp/config/navigation.ts";
import { type ConfigView, isConfig } from "../../compiler/tools/lsp/config/view.ts";
import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from "../../compiler/tools/lsp/features/call-hierarchy.ts";
import { actionKinds, codeActions } from "../../compiler/tools/lsp/features/code-actions.ts";
import { codeLenses, resolveCodeLens } from "../../compiler/tools/lsp/features/code-lens.ts";
import { completion, triggerCharacters } from "../../compiler/tools/lsp/features/completion.ts";
import { definition } from "../../compiler/tools/lsp/features/definition.ts";
import { foldingRanges } from "../../compiler/tools/lsp/features/folding.ts";
import {
  formatting,
  onTypeFormatting,
  rangeFormatting,
  typed,
} from "../../compiler/tools/lsp/features/formatting.ts";
import { hover } from "../../compiler/tools/lsp/features/hover.ts";
import { inlayHints } from "../../compiler/tools/lsp/features/inlay-hints.ts";
import { documentLinks } from "../../compiler/tools/lsp/features/links.ts";
import { highlights, references } from "../../compiler/tools/lsp/features/references.ts";
import { prepareRename, rename } from "../../compiler/tools/lsp/features/rename.ts";
import { selectionRanges } from "../../compiler/tools/lsp/features/selection.ts";
import { semanticTokens, semanticTokensLegend } from "../../compiler/tools/lsp/features/semantic-tokens.ts";
import { signatureHelp, signatureTriggers } from "../../compiler/tools/lsp/features/signature-help.ts";
import { documentSymbols, workspaceSymbols } from "../../compiler/tools/lsp/features/symbols.ts";
import { offsetOf, spanOf } from "../../compiler/tools/lsp/ranges.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { defaultLimits, type Limits } from "./asking.ts";
import { Documents } from "./documents.ts";
import type { Configs, Costs, EditorDisk, LanguageServices } from "./language-services.ts";
import { Publisher } from "./publisher.ts";

/** Answers on `connection` until it is closed; `version` is that of dinc. */
export function serve(connection: Connection, version: string, surroundings: LanguageServices): void {
  let server: Server | null = null;
  let canWatch = false;
  let canFollow = false;
  connection.onInitialize((parameters) => {
    const { disk } = surroundings;
    disk.open(pathsOf(disk, foldersOf(parameters)));
    server = new Server(connection, surroundings, clientOf(parameters));
    server.answer();
    canWatch = parameters.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    canFollow = parameters.capabilities.workspace?.workspaceFolders === true;
    return { capabilities, serverInfo: { name: "dinc", version } };
  });
  connection.onInitialized(() => {
    if (canFollow) server?.followFolders();
    if (canWatch)
      connection.client
        .register(DidChangeWatchedFilesNotification.type, {
          watchers: [{ globPattern: "**/*.din" }, { globPattern: "**/dinc.yaml" }],
        })
        .catch((refused: unknown) => connection.console.warn(`files are not watched: ${refused}`));
  });
  connection.listen();
}

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  callHierarchyProvider: true,
  codeActionProvider: { codeActionKinds: [...actionKinds] },
  codeLensProvider: { resolveProvider: true },
  completionProvider: { triggerCharacters: [...triggerCharacters] },
  definitionProvider: true,
  documentFormattingProvider: true,
  documentLinkProvider: {},
  documentOnTypeFormattingProvider: {
    firstTriggerCharacter: typed.first,
    moreTriggerCharacter: [...typed.more],
  },
  documentRangeFormattingProvider: true,
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  hoverProvider: true,
  inlayHintProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  selectionRangeProvider: true,
  signatureHelpProvider: { triggerCharacters: [...signatureTriggers] },
  semanticTokensProvider: { legend: semanticTokensLegend, full: true },
  workspaceSymbolProvider: true,
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

interface Folder {
  readonly uri: string;
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly Folder[] {
  return workspaceFolders ?? (rootUri == null ? [] : [{ uri: rootUri }]);
}

/** The paths of folders on the disk. */
function pathsOf(disk: EditorDisk, folders: readonly Folder[]): readonly string[] {
  return folders.map(({ uri }) => disk.folderAt(uri)).filter((path) => path !== null);
}

interface OfDocument {
  readonly textDocument: { readonly uri: string };
}

/** The parameters of a request about a position in a document. */
interface Placed extends OfDocument {
  readonly position: Position;
}

interface Ranged extends OfDocument {
  readonly range: Range;
}

/** The location of the name of an item in a hierarchy. */
function placeOf({ uri, selectionRange }: CallHierarchyItem): Placed {
  return { textDocument: { uri }, position: selectionRange.start };
}

type MaybeLater<T> = T | null | Promise<T | null>;

/** The client's optional capabilities. */
interface Client {
  /** Whether completions may contain placeholders. */
  readonly snippets: boolean;
  /**
   * The commands that it can run when a lens is clicked, from its initialization options: `{ "commands":
   * ["dinc.check"] }`.
   */
  readonly commands: ReadonlySet<string>;
  /** The limits of time and memory for a document: `{ "limits": { "milliseconds": 5000 } }`. */
  readonly limits: Limits;
}

function clientOf({ capabilities: { textDocument }, initializationOptions }: InitializeParams): Client {
  const snippets = textDocument?.completion?.completionItem?.snippetSupport === true;
  const options: unknown = initializationOptions;
  const { commands, limits } = fieldsOf(options);
  const names = Array.isArray(commands) ? commands.filter((each) => typeof each === "string") : [];
  const { milliseconds, megabytes } = fieldsOf(limits);
  return {
    snippets,
    commands: new Set(names),
    limits: {
      milliseconds: positive(milliseconds) ?? defaultLimits.milliseconds,
      megabytes: positive(megabytes) ?? defaultLimits.megabytes,
    },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function positive(value: unknown): number | null {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : null;
}

class Server {
  private readonly connection: Connection;
  private readonly disk: EditorDisk;
  private readonly documents: Documents;
  private readonly publisher: Publisher;
  private readonly configs: Configs;
  private readonly costs: Costs;
  private readonly client: Client;

  constructor(connection: Connection, surroundings: LanguageServices, client: Client) {
    this.connection = connection;
    this.disk = surroundings.disk;
    this.configs = surroundings.configs;
    this.documents = new Documents(this.disk);
    this.client = client;
    const log = (problem: unknown) => this.log(problem);
    this.publisher = new Publisher(connection, this.documents, surroundings, log, client.limits);
    this.costs = surroundings.costs(log, client.limits);
  }

  answer(): void {
    this.followDocuments();
    const { connection } = this;
    connection.languages.callHierarchy.onPrepare(
      this.at((snapshot, path, offset) => [...prepareCallHierarchy(snapshot, path, offset)]),
    );
    connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
      this.at((snapshot, path, offset) => [...incomingCalls(snapshot, path, offset)])(placeOf(item)),
    );
    connection.languages.callHierarchy.onOutgoingCalls(({ item }) =>
      this.at((snapshot, path, offset) => [...outgoingCalls(snapshot, path, offset)])(placeOf(item)),
    );
    connection.onCodeAction(
      this.settled((asked) =>
        this.over(
          (snapshot, path, range) => [...codeActions(snapshot, path, range, asked.context)],
          (view) => [...configFixes(view, asked.range)],
        )(asked),
      ),
    );
    connection.onCodeLens(
      this.settled(this.of((snapshot, path) => [...codeLenses(snapshot, path, this.client.commands)])),
    );
    connection.onCodeLensResolve((lens) => this.resolved(lens));
    connection.onCompletion(
      this.settledOnce(({ context, ...asked }) =>
        this.at(
          (snapshot, path, offset) => [
            ...completion(snapshot, path, offset, this.client, context?.triggerCharacter ?? null),
          ],
          (view, offset) => [...configCompletion(view, offset, this.client.snippets)],
        )(asked),
      ),
    );
    connection.onDefinition(
      this.at(
        (snapshot, path, offset) => [...definition(snapshot, path, offset)],
        (view, offset) => [...configDefinition(view, offset)],
      ),
    );
    connection.onDocumentFormatting(this.of((snapshot, path) => [...formatting(snapshot, path)]));
    connection.onDocumentLinks(
      this.of(
        (snapshot, path) => [...documentLinks(snapshot, path)],
        (view) => [...configLinks(view)],
      ),
    );
    connection.onDocumentOnTypeFormatting(({ textDocument, position, ch }) =>
      this.in(textDocument.uri, (snapshot, path) => [...onTypeFormatting(snapshot, path, position, ch)]),
    );
    connection.onDocumentRangeFormatting(
      this.over((snapshot, path, range) => [...rangeFormatting(snapshot, path, range)]),
    );
    connection.onDocumentSymbol(
      this.of((snapshot, path) => [...documentSymbols(snapshot, path)], configSymbols),
    );
    connection.onFoldingRanges(this.of((snapshot, path) => [...foldingRanges(snapshot, path)]));
    connection.languages.inlayHint.on(
      this.settled(this.over((snapshot, path, range) => [...inlayHints(snapshot, path, range)])),
    );
    connection.onHover(this.settled(this.at(hover, configHover)));
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
    connection.onSelectionRanges(({ textDocument, positions }) =>
      this.in(textDocument.uri, (snapshot, path) => [...selectionRanges(snapshot, path, positions)]),
    );
    connection.onSignatureHelp(this.settledOnce(this.at(signatureHelp)));
    connection.languages.semanticTokens.on(
      (asked) => this.of((snapshot, path) => semanticTokens(snapshot, path))(asked) ?? { data: [] },
    );
    connection.onWorkspaceSymbol(({ query }) =>
      this.whole((snapshot) => [...workspaceSymbols(snapshot, query)]),
    );
  }

  /** Editors with several folders may open and close them. */
  followFolders(): void {
    this.connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const { disk } = this;
      const gone = pathsOf(disk, removed);
      disk.open([...disk.folders().filter((folder) => !gone.includes(folder)), ...pathsOf(disk, added)]);
      this.documents.changed();
      this.publisher.diskChanged();
    });
  }

  private followDocuments(): void {
    const { connection, documents, disk, publisher } = this;
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      documents.put(disk.pathOf(uri), languageId, version, text);
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
      publisher.diskChanged();
    };
    connection.onDidSaveTextDocument(onDisk);
    connection.onDidChangeWatchedFiles(onDisk);
  }

  /**
   * Answers as soon as it is known whether the document may be analysed. A document whose analysis would
   * not end is never analysed here.
   */
  private settled<Q extends OfDocument, T>(answer: (asked: Q) => T | null): (asked: Q) => MaybeLater<T> {
    return (asked) => {
      const path = this.whole(() => this.disk.pathOf(asked.textDocument.uri));
      const waiting = path === null ? undefined : this.publisher.settled(path);
      return waiting === undefined ? answer(asked) : waiting.then(() => answer(asked));
    };
  }

  /** Waits only for a document's first check; later requests use the types of the previous check. */
  private settledOnce<Q extends OfDocument, T>(answer: (asked: Q) => T | null): (asked: Q) => MaybeLater<T> {
    return (asked) => {
      const isKnown = this.in(
        asked.textDocument.uri,
        (snapshot, path) => snapshot.latestAnalysis(path) !== null,
      );
      return isKnown ? answer(asked) : this.settled(answer)(asked);
    };
  }

  /** Answers a request about a position with the result of `feature`, or of `ofConfig` in dinc.yaml. */
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

  /** Answers a request about a range of a document in the same way. */
  private over<T>(
    feature: (snapshot: Snapshot, path: string, range: Span) => T,
    ofConfig: (view: ConfigView) => T | null = () => null,
  ): (asked: Ranged) => T | null {
    return ({ textDocument: { uri }, range }) =>
      this.in(
        uri,
        (snapshot, path) => {
          const file = snapshot.file(path);
          return file === null ? null : feature(snapshot, path, spanOf(file, range));
        },
        ofConfig,
      );
  }

  /** Answers a request about a whole document in the same way. */
  private of<T>(
    feature: (snapshot: Snapshot, path: string) => T,
    ofConfig: (view: ConfigView) => T | null = () => null,
  ): (asked: OfDocument) => T | null {
    return ({ textDocument: { uri } }) => this.in(uri, feature, ofConfig);
  }

  /** Answers a request about a document: a spec, or dinc.yaml, which only some requests support. */
  private in<T>(
    uri: string,
    feature: (snapshot: Snapshot, path: string) => T | null,
    ofConfig: (view: ConfigView) => T | null = () => null,
  ): T | null {
    return this.whole((snapshot) => {
      const path = this.disk.pathOf(uri);
      if (!isConfig(path)) return feature(snapshot, path);
      const view = snapshot.mayAnalyse(path) ? this.configs.at(snapshot, path) : null;
      return view === null ? null : ofConfig(view);
    });
  }

  private async resolved(lens: CodeLens): Promise<CodeLens> {
    const snapshot = this.documents.snapshot();
    try {
      return await resolveCodeLens(
        snapshot,
        lens,
        (uri) => this.disk.pathOf(uri),
        this.client.commands,
        (path, variant) => this.costs.costOf(snapshot, path, variant),
      );
    } catch (error) {
      this.log(error);
      return lens;
    }
  }

  /** Answers a request about the workspace. */
  private whole<T>(feature: (snapshot: Snapshot) => T | null): T | null {
    try {
      return feature(this.documents.snapshot());
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

/** The author sees a refusal as an error of the request. */
function refusing<T extends object>(answer: T | { readonly reason: string }): T {
  if ("reason" in answer) throw new ResponseError(LSPErrorCodes.RequestFailed, answer.reason);
  return answer;
}
