// The extension in a web editor such as vscode.dev: the language server is a worker, which gets the workspace's specs from here.

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions } from "vscode-languageclient/browser";
import { registerReferences, showReferences } from "./references.mts";
import { FILES_CHANGED, type WebFile, type WebStart } from "./web-messages.mts";

/** More specs than these are not looked at. */
const MOST_SPECS = 1000;

/** A worker of a page, whose types nothing else here needs. */
interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
}
declare const Worker: new (url: string) => PageWorker;
declare const Blob: new (parts: readonly Uint8Array[], options: { readonly type: string }) => object;
declare const URL: { createObjectURL(blob: object): string };

let client: LanguageClient | null = null;
let worker: PageWorker | null = null;
/** Where the page finds the server's script; the same after a restart. */
let address: string | null = null;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("dinc", { log: true });
  const restart = async () => {
    await deactivate();
    await start(context, output);
  };
  context.subscriptions.push(
    output,
    registerReferences(),
    vscode.commands.registerCommand("dinc.restart", restart),
    vscode.commands.registerCommand("dinc.output", () => output.show()),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = null;
  await running?.dispose();
  worker?.terminate();
  worker = null;
}

async function start(context: vscode.ExtensionContext, output: vscode.LogOutputChannel): Promise<void> {
  const found = await specsOf(output);
  const beginning: WebStart = {
    files: await Promise.all(found.map(fileAt)),
    library: `${vscode.Uri.joinPath(context.extensionUri, "dist").toString()}/`,
    version: String(context.extension.packageJSON.version),
  };
  address ??= await addressOf(vscode.Uri.joinPath(context.extensionUri, "dist/web-server.js"));
  worker = new Worker(address);
  worker.postMessage(beginning);
  client = new LanguageClient("dinc", "dinc", worker, clientOptions(output));
  await client.start();
}

/** The workspace's specs. Without them, the opened ones are still checked. */
async function specsOf(output: vscode.LogOutputChannel): Promise<readonly vscode.Uri[]> {
  try {
    return await vscode.workspace.findFiles("**/*.din", "**/node_modules/**", MOST_SPECS);
  } catch (error) {
    output.warn(`The workspace can't be searched, so imports aren't found: ${error}`);
    return [];
  }
}

/**
 * The address of a worker's script. A page fetches it from the web. If the extension lies on the editor's own
 * server (code-server), no worker may have that address, so the editor reads the script.
 */
async function addressOf(script: vscode.Uri): Promise<string> {
  if (/^https?$/.test(script.scheme)) return script.toString(true);
  const bytes = await vscode.workspace.fs.readFile(script);
  return URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
}

function clientOptions(output: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    initializationOptions: { commands: [showReferences] },
    documentSelector: [{ language: "din" }],
    outputChannel: output,
    middleware: {
      workspace: {
        // The server reads no files, so it gets a file's text before it hears that the file has changed.
        didChangeWatchedFile: async (event, next) => {
          await client?.sendNotification(FILES_CHANGED, [await fileAt(vscode.Uri.parse(event.uri))]);
          await next(event);
        },
      },
    },
  };
}

async function fileAt(uri: vscode.Uri): Promise<WebFile> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { uri: uri.toString(), text: new TextDecoder().decode(bytes) };
  } catch {
    // It was deleted.
    return { uri: uri.toString(), text: null };
  }
}
