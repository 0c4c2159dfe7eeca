// The extension's own code, bundled as it is packed, with the real server behind it: a mistake is shown, and requests of the
// editor are answered.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseServer } from "../../../grammar/editors/vscode/src/choose-server.mts";
import { root } from "../../cli/spawn.ts";
import { Position, type StandIn, standIn } from "./stand-in.ts";

interface Extension {
  activate(context: object): Promise<void>;
  deactivate(): Promise<void>;
}

let folder: string;
let built: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-vscode-"));
  built = join(folder, "extension");
  const bundle = join(root, "grammar/editors/vscode/bundle.mjs");
  execFileSync(process.execPath, [bundle, "--out", built], { stdio: ["ignore", "ignore", "inherit"] });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the extension as VS Code does, which gives it itself as the module `vscode`. */
function loaded(vscode: object): Extension {
  const path = join(built, "dist/extension.js");
  const require = createRequire(path);
  const exports: Partial<Extension> = {};
  const run = compileFunction(readFileSync(path, "utf8"), ["require", "exports"], { filename: path });
  run((name: string) => (name === "vscode" ? vscode : require(name)), exports);
  return exports as Extension;
}

interface Labelled {
  readonly label: unknown;
}

async function until<T>(what: string, { said }: StandIn, found: () => T | undefined): Promise<T> {
  for (let i = 0; i < 300; i++) {
    const value = found();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}; the output:\n${said.join("\n")}`);
}

const MODEL = `model small
features item { item_id : id  embed 8 }
label click : binary
net { predict click = dense(item_ids, 1) |> sigmoid }
`;

describe.each([
  ["the server that comes with it", false],
  ["the workspace's own dinc", true],
])("with %s", (_, isInstalled) => {
  let workspace: string;
  let editor: StandIn;
  let extension: Extension;
  const subscriptions: { dispose(): void }[] = [];

  beforeAll(async () => {
    workspace = mkdtempSync(join(folder, "workspace-"));
    if (isInstalled) {
      mkdirSync(join(workspace, "node_modules"));
      symlinkSync(root, join(workspace, "node_modules/dinc"), "junction");
    }
    editor = standIn(workspace, {});
    extension = loaded(editor.vscode);
    await extension.activate({ subscriptions, asAbsolutePath: (path: string) => join(built, path) });
  });

  afterAll(() => extension.deactivate());

  test("it says which it starts", () => {
    const path = isInstalled
      ? join(workspace, "node_modules/dinc/bin/dinc.js")
      : join(built, "dist/server/server.js");
    expect(editor.said.join("\n")).toContain(`starts ${path}`);
  });

  test("a mistake is shown at its place, and what stands in no spec is not looked at", async () => {
    editor.opened(join(workspace, "notes.md"), "markdown", MODEL);
    const { uri } = editor.opened(join(workspace, "model.din"), "din", MODEL);
    const found = await until("diagnostics", editor, () => editor.diagnostics.get(uri.toString()));
    const [mistake] = found;
    expect(mistake).toMatchObject({
      message: expect.stringContaining("`item_ids`"),
      severity: 0,
      source: "dinc",
      range: { start: { line: 3, character: 28 }, end: { line: 3, character: 36 } },
    });
    expect([...editor.diagnostics.keys()]).toEqual([uri.toString()]);
  });

  /** What the server offers at a place, as the editor would list it. */
  async function offered(
    name: string,
    languageId: string,
    text: string,
    at: Position,
  ): Promise<readonly unknown[]> {
    const document = editor.opened(join(workspace, name), languageId, text);
    const provider = await until("a provider", editor, () =>
      editor.providers.get("registerCompletionItemProvider"),
    );
    const ask = provider["provideCompletionItems"] as (
      ...args: readonly unknown[]
    ) => Promise<readonly Labelled[] | { readonly items: readonly Labelled[] } | null>;
    const answer = await ask(document, at, { isCancellationRequested: false }, {});
    const items = answer === null ? [] : "items" in answer ? answer.items : answer;
    return items.map(({ label }) => label);
  }

  test("completion is answered, in dinc.yaml too", async () => {
    const inSight = await offered("other.din", "din", MODEL, new Position(3, 28));
    expect(inSight).toEqual(expect.arrayContaining(["item_id", "mlp"]));
    expect(await offered("dinc.yaml", "yaml", "spec: model.din\n", new Position(1, 0))).toContain("data");
  });

  test("lenses offer what this dinc can run", async () => {
    const provider = await until("a provider", editor, () =>
      editor.providers.get("registerCodeLensProvider"),
    );
    const ask = provider["provideCodeLenses"] as (
      ...args: readonly unknown[]
    ) => Promise<readonly { readonly command?: { readonly title: string; readonly command: string } }[]>;
    const document = editor.opened(join(workspace, "lenses.din"), "din", MODEL);
    const lenses = await ask(document, { isCancellationRequested: false });
    const commands = lenses.flatMap(({ command }) => command?.command ?? []);
    expect(commands).toEqual(isInstalled ? ["dinc.check", "dinc.train", "dinc.compile"] : []);
  });

  test("commands run the workspace's dinc with arguments that it takes, or say that there is none", async () => {
    const path = join(workspace, "a model.din");
    const { uri } = editor.opened(path, "din", MODEL);
    writeFileSync(path, MODEL.replace("item_ids", "item_id"));
    editor.answer = "a run";
    for (const name of ["check", "train", "compile"])
      await editor.commands.get(`dinc.${name}`)!(uri.toString());
    if (!isInstalled) {
      expect(editor.started).toEqual([]);
      expect(editor.said.filter((line) => line.includes("npm install dinc"))).toHaveLength(3);
      return;
    }
    const bin = join(workspace, "node_modules/dinc/bin/dinc.js");
    expect(editor.started).toEqual([
      ["node", bin, "check", path],
      ["node", bin, "train", path, "--out", "a run"],
      ["node", bin, "compile", "a run", "--target", "ts", "--out", "a model-ranker"],
    ]);
    const [, ...check] = editor.started[0]!;
    expect(spawnSync(process.execPath, check, { cwd: workspace }).status).toBe(0);
    // Nothing is started when the author thinks better of it.
    editor.answer = undefined;
    await editor.commands.get("dinc.train")!(uri.toString());
    expect(editor.started).toHaveLength(3);
  });

  test("every command of the manifest is there", () => {
    const { contributes } = JSON.parse(readFileSync(join(built, "package.json"), "utf8"));
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    expect([...editor.commands.keys()]).toEqual(expect.arrayContaining(declared));
  });
});

describe("which server is started", () => {
  const bundled = "/extension/dist/server/server.js";
  const own = join("/work", "node_modules", "dinc", "bin", "dinc.js");
  const around = {
    ...{ setting: "", folders: ["/other", join("/work", "models", "a")], isTrusted: true, bundled },
    exists: (path: string) => path === own,
  };

  test("the workspace's own, also from a folder of it", () => {
    expect(chooseServer(around)).toEqual({ kind: "module", path: own, from: "workspace" });
  });

  test("what the author says comes first", () => {
    expect(chooseServer({ ...around, setting: "/usr/bin/dinc" })).toEqual({
      ...{ kind: "program", path: "/usr/bin/dinc", from: "setting" },
    });
    expect(chooseServer({ ...around, setting: "/dinc/bin/dinc.js" })).toMatchObject({ kind: "module" });
  });

  test("without one, the server that comes with the extension", () => {
    expect(chooseServer({ ...around, exists: () => false })).toEqual({ kind: "bundled", path: bundled });
  });

  test("nothing of a workspace that is not trusted", () => {
    expect(chooseServer({ ...around, setting: "./evil", isTrusted: false })).toEqual({
      ...{ kind: "bundled", path: bundled },
    });
  });
});
