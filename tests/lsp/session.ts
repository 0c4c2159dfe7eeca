// A language server as an editor starts it: `dinc lsp --stdio` in a process of its own, with the workspace
// that a test gives.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { root } from "../cli/spawn.ts";

export interface Session {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  readonly folder: string;
  /** What went to standard error. */
  errors(): string;
  uri(name: string): string;
  open(name: string, text: string, languageId?: string): Promise<void>;
  /** The whole text anew. */
  change(name: string, text: string): Promise<void>;
  /** Waits for diagnostics of a file that `accepts` takes; those that have come already count. */
  diagnostics(
    name: string,
    accepts: (diagnostics: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]>;
  /** Ends it as editors do; gives its exit code. */
  close(): Promise<number | null>;
}

interface SessionOptions {
  /** Of Node. */
  readonly arguments?: readonly string[];
  readonly limits?: { readonly milliseconds: number; readonly megabytes: number };
}

/** `files` lie on the disk, by name; `commands` are those that the client has. */
export async function startSession(
  files: Readonly<Record<string, string>> = {},
  commands: readonly string[] = [],
  options: SessionOptions = {},
): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), "dinc-lsp-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const uri = (name: string) => pathToFileURL(join(folder, name)).href;
  const command = [...(options.arguments ?? []), join(root, "bin/dinc.js"), "lsp", "--stdio"];
  const server = spawn(process.execPath, command, { cwd: folder });
  let errors = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve) => server.on("exit", resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const latest = new Map<string, readonly Diagnostic[]>();
  const listeners = new Set<() => void>();
  connection.onNotification(
    "textDocument/publishDiagnostics",
    (said: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }) => {
      latest.set(said.uri, said.diagnostics);
      for (const listener of listeners) listener();
    },
  );
  connection.onNotification("window/logMessage", ({ message }: { readonly message: string }) => {
    errors += `${message}\n`;
  });
  connection.listen();
  const folderUri = pathToFileURL(folder).href;
  const initialized = await connection.sendRequest<InitializeResult>("initialize", {
    processId: process.pid,
    rootUri: folderUri,
    workspaceFolders: [{ uri: folderUri, name: "test" }],
    capabilities: { workspace: { workspaceFolders: true } },
    initializationOptions: { commands, limits: options.limits },
  });
  await connection.sendNotification("initialized", {});
  let version = 0;
  return {
    connection,
    initialized,
    folder,
    errors: () => errors,
    uri,
    open: (name, text, languageId = "din") =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri: uri(name), languageId, version: ++version, text },
      }),
    change: (name, text) =>
      connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: uri(name), version: ++version },
        contentChanges: [{ text }],
      }),
    diagnostics: (name, accepts) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(listener);
          reject(
            new Error(
              `no such diagnostics of ${name} came; the last: ${JSON.stringify(latest.get(uri(name)))}\n${errors}`,
            ),
          );
        }, 90_000);
        const listener = () => {
          const found = latest.get(uri(name));
          if (found === undefined || !accepts(found)) return;
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(found);
        };
        listeners.add(listener);
        listener();
      }),
    close: async () => {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      const code = await ended;
      connection.dispose();
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
