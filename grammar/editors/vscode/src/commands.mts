// The commands of code lenses and of the palette: they run `dinc` with arguments as a task of the editor. No
// shell is involved, so no path needs quoting.

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import type { Server } from "./choose-server.mts";
import { registerReferences, showReferences } from "./references.mts";

/**
 * The commands that the language server may show above lines. Running something needs a dinc that does more
 * than serve editors.
 */
export function lensCommands(server: Server): readonly string[] {
  return server.kind === "bundled"
    ? [showReferences]
    : ["dinc.check", "dinc.train", "dinc.compile", showReferences];
}

/** The commands of the extension by name. A code lens passes the spec's URI; the palette passes nothing. */
export function registerCommands(server: () => Server): vscode.Disposable[] {
  const command = (name: string, argumentsFor: (spec: string) => Promise<readonly string[] | null>) =>
    vscode.commands.registerCommand(`dinc.${name}`, async (uri?: string) => {
      const document = await documentOf(uri);
      if (document === null) return;
      await document.save();
      const args = await argumentsFor(document.uri.fsPath);
      if (args !== null) await run(server(), name, dirname(document.uri.fsPath), args);
    });
  return [
    registerReferences(),
    command("check", async (spec) => ["check", spec]),
    command("train", async (spec) => {
      const out = await ask("The run folder to write", `${basename(spec, ".din")}-run`);
      if (out === null) return null;
      const config = join(dirname(spec), "dinc.yaml");
      return ["train", spec, ...(existsSync(config) ? ["-c", config] : []), "--out", out];
    }),
    command("compile", async (spec) => {
      const name = basename(spec, ".din");
      const trained = await ask("The run folder that `dinc train` left, or the spec", `${name}-run`);
      if (trained === null) return null;
      return ["compile", trained, "--target", "ts", "--out", `${name}-ranker`];
    }),
  ];
}

async function documentOf(uri: string | undefined): Promise<vscode.TextDocument | null> {
  if (uri !== undefined) return vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === "din" ? document : null;
}

async function ask(prompt: string, value: string): Promise<string | null> {
  return (await vscode.window.showInputBox({ prompt, value })) ?? null;
}

async function run(server: Server, name: string, cwd: string, args: readonly string[]): Promise<void> {
  if (server.kind === "bundled") {
    await vscode.window.showWarningMessage(
      vscode.workspace.isTrusted
        ? "dinc is not installed in this workspace: run `npm install dinc`, or set `dinc.server.path`."
        : "dinc runs in trusted workspaces only.",
    );
    return;
  }
  const [program, first] = server.kind === "module" ? ["node", [server.path]] : [server.path, []];
  const execution = new vscode.ProcessExecution(program, [...first, ...args], { cwd });
  const definition = { type: "dinc", command: name };
  const task = new vscode.Task(definition, vscode.TaskScope.Workspace, `dinc ${name}`, "dinc", execution);
  await vscode.tasks.executeTask(task);
}
