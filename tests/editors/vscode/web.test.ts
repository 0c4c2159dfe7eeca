// The extension for web editors: its two files run with what a page has, which is no `require`, no `process` and no disk. A
// mistake is shown, imports are read from the workspace, and a file that changes is read again. The extension lies on the
// web (vscode.dev), or on the editor's own server (code-server).

import { resolveObjectURL } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebFiles } from "../../../grammar/editors/vscode/src/web-files.mts";
import { root } from "../../cli/spawn.ts";
import { type StandIn, standIn, Uri } from "./stand-in.ts";

interface Extension {
  activate(context: object): Promise<void>;
  deactivate(): Promise<void>;
}

/** What both files may use of a page. */
const page = () => ({
  ...{ console, TextDecoder, TextEncoder, URL, performance, queueMicrotask, structuredClone, crypto },
  ...{ Blob, setTimeout, clearTimeout, setInterval, clearInterval, AbortController },
});

let folder: string;
let built: string;
let editor: StandIn;
let extension: Extension;
/** Files that workers were started with, and how many of them still run. */
const workers = { urls: [] as string[], running: 0 };

/** A worker that is a context of its own, and gets copies of messages, later than they are sent. */
class Worker {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  private readonly scope: { onmessage: ((event: { readonly data: unknown }) => void) | null };
  private readonly loaded: Promise<unknown>;
  private isRunning = true;

  constructor(url: string) {
    workers.urls.push(url);
    workers.running++;
    const send = (data: unknown): void => this.later(() => this.onmessage?.({ data: copyOf(data) }));
    const scope = { ...page(), onmessage: null, postMessage: send, addEventListener: () => {} };
    this.scope = createContext(scope) as typeof scope;
    this.loaded = scriptAt(url).then((script) => runInContext(script, this.scope));
  }

  /** The protocol's reader listens for errors, of which there are none. */
  addEventListener(): void {}

  postMessage(data: unknown): void {
    this.later(() => this.scope.onmessage?.({ data: copyOf(data) }));
  }

  terminate(): void {
    if (this.isRunning) workers.running--;
    this.isRunning = false;
  }

  private later(run: () => void): void {
    this.loaded.then(() =>
      setTimeout(() => {
        if (this.isRunning) run();
      }),
    );
  }
}

/** A script of the web, or one that is kept in the page. No worker may have an address of another kind. */
async function scriptAt(url: string): Promise<string> {
  if (url.startsWith(WEB)) return readFileSync(join(built, url.slice(WEB.length)), "utf8");
  const kept = resolveObjectURL(url);
  if (kept === undefined) throw new Error(`no worker may have a script at ${url}`);
  return kept.text();
}

/** A message as it crosses from one context to another. */
function copyOf(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data));
}

/** Where the extension lies on the web. */
const WEB = "https://page/extension";
const BLOCKS = "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n";
const MODEL = `model small
import "the blocks.din"
features item { item_id : id  embed 8 }
label click : binary
net { predict click = tower(item_id) |> dense(1) |> sigmoid }
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-vscode-web-"));
  built = join(folder, "extension");
  const bundle = join(root, "grammar/editors/vscode/bundle.mjs");
  execFileSync(process.execPath, [bundle, "--web", "--out", built], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  writeFileSync(join(folder, "the blocks.din"), BLOCKS);
  editor = standIn(folder, {});
  extension = loaded();
  await activate(Uri.parse(WEB));
});

/** The extension's file, run with what a page has. */
function loaded(): Extension {
  const exports: Partial<Extension> = {};
  const require = (name: string): object => {
    if (name !== "vscode") throw new Error(`a page has no ${name}`);
    return editor.vscode;
  };
  const scope = createContext({ ...page(), Worker, require, exports, module: { exports } });
  runInContext(readFileSync(join(built, manifest().browser), "utf8"), scope);
  return exports as Extension;
}

async function activate(extensionUri: Uri): Promise<void> {
  await extension.activate({ subscriptions: [], extensionUri, extension: { packageJSON: manifest() } });
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function manifest() {
  return JSON.parse(readFileSync(join(built, "package.json"), "utf8"));
}

function errorsOf(uri: Uri): string[] | undefined {
  return editor.diagnostics
    .get(uri.toString())
    ?.filter(({ severity }) => severity === 0)
    .map(({ message }) => message);
}

test("the manifest has what a page can do", () => {
  const { main, browser, capabilities, contributes } = manifest();
  expect({ main, browser }).toEqual({ main: undefined, browser: "./dist/web-extension.js" });
  expect(capabilities.virtualWorkspaces).toBe(true);
  const commands: readonly { readonly command: string }[] = contributes.commands;
  expect(commands.map(({ command }) => command)).toEqual(["dinc.restart", "dinc.output"]);
  expect([...editor.commands.keys()]).toEqual(expect.arrayContaining(["dinc.restart", "dinc.output"]));
  expect(Object.keys(contributes.configuration.properties)).toEqual(["dinc.trace.server"]);
});

test("what a spec imports is read from the workspace, and again when it changes", async () => {
  expect(workers).toEqual({ urls: [`${WEB}/dist/web-server.js`], running: 1 });
  const { uri } = editor.opened(join(folder, "model.din"), "din", MODEL);
  await expect.poll(() => errorsOf(uri)).toEqual([]);
  writeFileSync(join(folder, "the blocks.din"), BLOCKS.replace("tower", "turret"));
  editor.changed(join(folder, "the blocks.din"));
  await expect.poll(() => errorsOf(uri)?.join()).toContain("`tower`");
});

test("the server ends with the extension", async () => {
  await extension.deactivate();
  expect(workers.running).toBe(0);
});

test("an extension on the editor's own server starts, even if the workspace can't be searched", async () => {
  editor.canSearch = false;
  extension = loaded();
  await activate(Uri.file(built));
  expect(workers.urls.at(-1)).toMatch(/^blob:/);
  const { uri } = editor.opened(join(folder, "wrong.din"), "din", MODEL);
  await expect.poll(() => errorsOf(uri)?.join()).toContain("the blocks.din` to import");
  expect(editor.said.join("\n")).toContain("The workspace can't be searched");
  await extension.deactivate();
  expect(workers.running).toBe(0);
});

test("files have the addresses that the editor gave them", () => {
  const origin = "vscode-vfs://github";
  const uri = `${origin}/owner/name/a%20b%23.din`;
  const library = "https://host/extension/dist/";
  const files = new WebFiles({ files: [{ uri, text: "model a" }], library, version: "1" });
  expect(files.specs()).toEqual(["/owner/name/a b#.din"]);
  for (const address of [uri, "untitled:Untitled-1", "other://host/a.din", `${library}std/mlp.din`])
    expect(files.uriOf(files.pathOf(address))).toBe(address);
  expect(files.pathOf(`${library}std/mlp.din`)).toBe("std/mlp.din");
  files.put([{ uri, text: null }]);
  expect(files.read("/owner/name/a b#.din")).toBeNull();
});
