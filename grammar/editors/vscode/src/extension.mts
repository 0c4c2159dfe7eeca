// The entry point when VS Code opens a spec or a workspace with a `dinc.yaml`: starts the language server and
// registers the commands.

import { existsSync } from "node:fs";
import * as vscode from "vscode";
import {
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";
import { chooseServer, type Server } from "./choose-server.mts";
import { lensCommands, registerCommands } from "./commands.mts";

let client: LanguageClient | null = null;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("dinc", { log: true });
  const server = () =>
    chooseServer({
      setting: vscode.workspace.getConfiguration("dinc").get("server.path", ""),
      folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      isTrusted: vscode.workspace.isTrusted,
      bundled: context.asAbsolutePath("dist/server/server.js"),
      exists: existsSync,
    });
  const restart = async () => {
    await deactivate();
    client = await start(server(), output);
  };
  context.subscriptions.push(
    output,
    ...registerCommands(server),
    vscode.commands.registerCommand("dinc.restart", restart),
    vscode.commands.registerCommand("dinc.output", () => output.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("dinc.server.path")) await restart();
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = null;
  await running?.dispose();
}

async function start(server: Server, output: vscode.LogOutputChannel): Promise<LanguageClient> {
  output.info(`starts ${server.path} (${server.kind === "bundled" ? "of the extension" : server.from})`);
  const started = new LanguageClient("dinc", "dinc", serverOptions(server), clientOptions(server, output));
  try {
    await started.start();
  } catch (error) {
    output.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(
      `The language server ${server.path} does not start; "dinc: Show the Language Server's Output" says why.`,
    );
  }
  return started;
}

function serverOptions(server: Server): ServerOptions {
  switch (server.kind) {
    case "bundled":
      return { module: server.path, transport: TransportKind.stdio };
    case "module":
      return { module: server.path, args: ["lsp"], transport: TransportKind.stdio };
    case "program":
      return { command: server.path, args: ["lsp"], transport: TransportKind.stdio };
  }
}

function clientOptions(server: Server, output: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    // The commands for code lenses.
    initializationOptions: { commands: lensCommands(server) },
    documentSelector: [{ language: "din" }, { scheme: "file", language: "yaml", pattern: "**/dinc.yaml" }],
    outputChannel: output,
  };
}
