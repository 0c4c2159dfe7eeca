// Editors send URIs of any kind: of other hosts, with escapes that are none, of documents that lie in no
// file. Every request and notification takes each; nothing is told to the log, and what is open under such a
// URI is a document as others are.

import { expect, test } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { WorkspaceDisk } from "../../runtime/lsp/disk.ts";
import { startSession } from "./session.ts";

const MODEL = "model small\nnet { let a = unknown }\n";

const uris = [
  ...[
    "file://host/x.din",
    "file://host/dinc.yaml",
    "file:///%zz.din",
    "file:///a%2fb.din",
    "file:///%00.din",
  ],
  ...["file:///%ff.din", "file:", "file://", "file:relative.din", "FILE:///x.din", "file:///dev/zero"],
  ...["untitled:Untitled-1", "untitled:dinc.yaml", "vscode-notebook-cell:/a/b.ipynb#W0", "http://host/x.din"],
  ...["git:/a/x.din?%7B%22ref%22%3A%22~%22%7D", "zipfile:///a.zip::x.din", "", ":", "%", "x", "\0", "a\nb"],
];

const position = { line: 1, character: 14 };
const range = { start: { line: 0, character: 0 }, end: position };

/** By the capability that announces it: what is asked about a document. */
function requestsAbout(
  uri: string,
): Readonly<Record<string, readonly (readonly [method: string, more: object])[]>> {
  const of = (method: string, more: object = {}) =>
    [[`textDocument/${method}`, { textDocument: { uri }, ...more }]] as const;
  const item = { name: "a", kind: 12, uri, range, selectionRange: range };
  const options = { tabSize: 2, insertSpaces: true };
  return {
    callHierarchyProvider: [
      ...of("prepareCallHierarchy", { position }),
      ["callHierarchy/incomingCalls", { item }],
      ["callHierarchy/outgoingCalls", { item }],
    ],
    codeActionProvider: of("codeAction", { range, context: { diagnostics: [] } }),
    codeLensProvider: [
      ...of("codeLens"),
      ["codeLens/resolve", { range, data: { uri, variant: null } }],
      ["codeLens/resolve", { range, data: uri }],
    ],
    completionProvider: of("completion", { position }),
    definitionProvider: of("definition", { position }),
    documentFormattingProvider: of("formatting", { options }),
    documentLinkProvider: of("documentLink"),
    documentOnTypeFormattingProvider: of("onTypeFormatting", { position, ch: "}", options }),
    documentRangeFormattingProvider: of("rangeFormatting", { range, options }),
    documentSymbolProvider: of("documentSymbol"),
    foldingRangeProvider: of("foldingRange"),
    hoverProvider: of("hover", { position }),
    inlayHintProvider: of("inlayHint", { range }),
    referencesProvider: of("references", { position, context: { includeDeclaration: true } }),
    documentHighlightProvider: of("documentHighlight", { position }),
    renameProvider: [...of("prepareRename", { position }), ...of("rename", { position, newName: "b" })],
    selectionRangeProvider: of("selectionRange", { positions: [position] }),
    signatureHelpProvider: of("signatureHelp", { position }),
    semanticTokensProvider: of("semanticTokens/full"),
    workspaceSymbolProvider: [["workspace/symbol", { query: "" }]],
  };
}

test("every request and notification takes every URI", async () => {
  const session = await startSession({ "model.din": MODEL });
  const { connection, initialized } = session;
  const told = new Map<string, readonly Diagnostic[]>();
  connection.onNotification(
    "textDocument/publishDiagnostics",
    ({ uri, diagnostics }: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }) => {
      told.set(uri, diagnostics);
    },
  );
  const providers = Object.keys(initialized.capabilities).filter((name) => name.endsWith("Provider"));
  expect(Object.keys(requestsAbout("")).sort()).toEqual(providers.sort());
  const ask = async (uri: string) => {
    // A name that cannot be renamed is refused in words.
    for (const [method, parameters] of Object.values(requestsAbout(uri)).flat())
      await connection.sendRequest(method, parameters).catch((error: unknown) => {
        expect(method).toMatch(/rename/i);
        expect(String(error)).not.toMatch(/internal|URL|URI/);
      });
  };
  for (const uri of uris) {
    await ask(uri);
    const textDocument = { uri, languageId: "din", version: 1, text: MODEL };
    await connection.sendNotification("textDocument/didOpen", { textDocument });
    await ask(uri);
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: MODEL }],
    });
    await connection.sendNotification("textDocument/didSave", { textDocument: { uri } });
    await connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri, type: 2 }] });
    const event = { added: [{ uri, name: "x" }], removed: [] };
    // A whole disk is not gone through for this.
    if (uri !== "file:" && uri !== "file://")
      await connection.sendNotification("workspace/didChangeWorkspaceFolders", { event });
  }
  const wrong = (uri: string) => (told.get(uri) ?? []).map(({ message }) => message).join("\n");
  const isTold = (uri: string) => expect.poll(() => wrong(uri), { timeout: 30_000 }).toContain("`unknown`");
  for (const uri of ["file://host/x.din", "untitled:Untitled-1", "file:///%zz.din"]) await isTold(uri);
  for (const uri of uris)
    await connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  await session.open("model.din", MODEL);
  await isTold(session.uri("model.din"));
  expect(session.errors()).toBe("");
  expect(await session.close()).toBe(0);
});

test.each([
  ["file:///a/b%20c.din", "/a/b c.din"],
  ["file://localhost/a.din", "/a.din"],
  ["file://host/a.din", "file://host/a.din"],
  ["file:///%zz", "file:///%zz"],
  ["untitled:Untitled-1", "untitled:Untitled-1"],
  ["file:///lib/std/mlp.din", "std/mlp.din"],
])("%s is called %s", (uri, path) => {
  const disk = new WorkspaceDisk([], new URL("file:///lib/"));
  expect(disk.pathOf(uri)).toBe(path);
});

test.each(["/dev/zero", "/dev/full", "/", "/nothing"])("%s is no text of the disk's", (path) => {
  expect(new WorkspaceDisk([], new URL("file:///lib/")).read(path)).toBeNull();
});
