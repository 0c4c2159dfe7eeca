// `dinc playground`: the page of playground/, served on this machine. For a run, it shows its weights, users
// of its data, and its report.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CodeOrigins, GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { noPlayground, noRowsToShow } from "../../compiler/diagnostics/catalog/playground.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { render } from "../../compiler/diagnostics/render/render.ts";
import { readTitles, type Titles } from "../data/tables.ts";
import { packageRoot } from "../files/package-root.ts";
import { version } from "../files/version.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { runFiles } from "../run/run-folder.ts";
import { compile } from "./compile.ts";
import { throwIfStopped, type Watch } from "./events.ts";
import {
  fileOf,
  type ShownUsers,
  usersOfEvents,
  usersOfImpressions,
  usersOfRows,
} from "./playground-users.ts";
import { readConfig } from "./read-config.ts";
import { csvFormatGiven, type RowsOptions } from "./rows.ts";

export interface PlaygroundOptions
  extends Watch,
    Pick<RowsOptions, "data" | "separator" | "steps" | "delimiter" | "decimal" | "encoding" | "set"> {
  /** The dinc.yaml whose test rows, or their substitute, have the users to show. */
  readonly config?: string | SourceFile;
  /** The port of the server; 0 for a free one. */
  readonly port?: number;
}

export interface Playground {
  /** The address of the page. */
  readonly address: string;
  /** Opens it in the user's browser, if there is one. */
  open(): void;
  close(): void;
}

/** The server and its content. */
interface Server {
  serveFolder(
    folder: string,
    options: { readonly port: number; readonly also: ReadonlyMap<string, string | Uint8Array> },
  ): Promise<Omit<Playground, "open">>;
  openBrowser(address: string): void;
}

/**
 * Serves the page until it is closed: with a run, that run, with users of `data` or of the test rows of
 * `config`. Throws DiagnosticError if the page is not installed, or if the run or its rows cannot be read,
 * and UsageError for a port in use, and for rows without a run.
 */
export async function playground(
  run: OpenRun | string | null,
  options: PlaygroundOptions = {},
): Promise<Playground> {
  const { port = 0 } = options;
  if (run === null) requireNoRows(options);
  const opened = run === null ? null : await openedRun(run);
  if (opened !== null) requireOwnHistories(opened, options);
  const folder = pageFolder();
  const also = opened === null ? new Map<string, string | Uint8Array>() : await served(opened, options);
  throwIfStopped(options);
  if (opened !== null) {
    const index = await readFile(join(folder, "index.html"), "utf8");
    also.set("index.html", index.replace("<head>", '<head>\n<meta name="run" content="run/run.json">'));
  }
  const server: Server = await import(pathToFileURL(join(folder, "serve.mjs")).href);
  try {
    const { address, close } = await server.serveFolder(folder, { port, also });
    return { address, close, open: () => server.openBrowser(address) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_SOCKET_BAD_PORT")
      throw new UsageError(wording`${port} isn't a port: ${option("port")} takes 0 to 65535`);
    if (code !== "EADDRINUSE") throw error;
    throw new UsageError(wording`the port ${port} is taken: name another one with ${option("port")}`);
  }
}

/** Options for the users of a run are useless without a run. */
function requireNoRows({ data, config }: PlaygroundOptions): void {
  const [named, value] = data !== undefined ? (["data", data] as const) : (["config", config] as const);
  if (value === undefined) return;
  const file = typeof value === "string" ? value : value.path;
  throw new UsageError(
    wording`${option(named)} names the rows of a run's users, so it needs a run: give the run's folder with ${option(named, file)}. Without a run the page trains on files that are dropped there`,
  );
}

/** The files of the training have no histories if these were made from a log, whose settings only dinc.yaml has. */
function requireOwnHistories({ run }: OpenRun, { data, config }: PlaygroundOptions): void {
  if (data !== undefined || config !== undefined) return;
  const { events, impressions } = run.manifest.data;
  if (events === undefined && impressions === undefined) return;
  const log = events === undefined ? "a log of impressions" : "an event log";
  throw new UsageError(
    wording`the rows of this run were made from ${log}: name its settings with ${option("config", "dinc.yaml")}`,
  );
}

/**
 * In a clone the page is built; elsewhere it is a separate package, because servers and trainings do not need
 * it.
 */
function pageFolder(): string {
  const root = fileURLToPath(packageRoot());
  const builder = join(root, "playground", "build.mjs");
  const missing = (reason: string | null) =>
    new DiagnosticError([diagnose(noPlayground, { version: version(), reason }, noLocation)]);
  if (existsSync(builder)) {
    const { status, stderr } = spawnSync(process.execPath, [builder], { encoding: "utf8" });
    if (status !== 0) {
      // Node's message begins with a location in its own source.
      const lines = stderr.trim().split("\n");
      throw missing(lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? "");
    }
    return join(root, "dist", "playground");
  }
  try {
    return dirname(createRequire(join(root, "package.json")).resolve("dinc-playground/package.json"));
  } catch {
    throw missing(null);
  }
}

/** Answers the page's requests below `run/`. */
async function served(
  opened: OpenRun,
  options: PlaygroundOptions,
): Promise<Map<string, string | Uint8Array>> {
  const { run, folder, model } = opened;
  const also = new Map<string, string | Uint8Array>();
  const targets: Record<string, readonly string[] | { readonly problem: string }> = {};
  let places: CodeOrigins | null = null;
  for (const target of ["ts", "onnx"] as const)
    try {
      const { files, places: own } = await compile(opened, { target });
      places ??= own;
      for (const [name, content] of inOne(files)) also.set(`run/${target}/${name}`, content);
      targets[target] = [...files.keys()];
    } catch (error) {
      // The page works without an ONNX file, but needs the module for ranking.
      if (target === "ts" || !(error instanceof DiagnosticError)) throw error;
      targets[target] = { problem: render(error.diagnostics, "pretty") };
    }
  const report = await readFile(join(folder, runFiles.report), "utf8").catch(() => null);
  if (report !== null) also.set("run/report.html", report);
  const { users, titles } = await usersOf(opened, options);
  const description = {
    ...{ name: model.name, spec: run.spec.text, users, targets, places },
    report: report === null ? null : "run/report.html",
    titles: titles === null ? null : { feature: titles.feature, of: [...titles.of] },
  };
  return also.set("run/run.json", JSON.stringify(description));
}

function inOne(files: GeneratedFiles): [string, string | Uint8Array][] {
  return [...files].map(([name, content]) => [
    name,
    typeof content === "string" || content instanceof Uint8Array ? content : Buffer.concat(content),
  ]);
}

async function usersOf(
  opened: OpenRun,
  options: PlaygroundOptions,
): Promise<{ readonly users: ShownUsers; readonly titles: Titles | null }> {
  const { model, run } = opened;
  const { config, set } = options;
  const trained = run.manifest.data;
  const data = options.data ?? (config === undefined ? trainedOn(trained.files) : undefined);
  if (data !== undefined) {
    const steps = options.steps === undefined ? trained.lists?.latestFirst : options.steps === "latest_first";
    const separator = options.separator ?? trained.lists?.separator;
    const { padding } = trained.lists ?? {};
    const format = {
      latestFirst: steps ?? false,
      ...(separator === undefined ? {} : { separator }),
      ...(padding === undefined ? {} : { padding }),
    };
    const users = await usersOfRows(opened, data, format, csvFormatGiven(options, trained.csv));
    return { users, titles: null };
  }
  if (config === undefined)
    throw new UsageError(
      wording`the files of the training are gone, or have no example rows: name others with ${option("data", "FILE")} or ${option("config", "dinc.yaml")}`,
    );
  const { data: source } = await readConfig(config, set);
  if (source?.kind === "events")
    return { users: await usersOfEvents(model, source), titles: await readTitles(model, source) };
  const file = source === null ? null : fileOf(source);
  if (source === null || file === null) throw new DiagnosticError([diagnose(noRowsToShow, {}, noLocation)]);
  const users =
    source.impressions === undefined
      ? await usersOfRows(opened, file, source, source.csv ?? null)
      : await usersOfImpressions(opened, file, source);
  return { users, titles: await readTitles(model, source) };
}

/** The file of example rows that was not used in training, if it still exists. */
function trainedOn(files: OpenRun["run"]["manifest"]["data"]["files"]): string | undefined {
  return (["test", "valid", "train"] as const)
    .flatMap((split) => files.filter((file) => file.split === split))
    .find(({ path }) => existsSync(path))?.path;
}
