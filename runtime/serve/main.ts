// The server of a folder of `dinc compile --target server`, which `dinc serve` runs too. The build joins it to one file, which
// is also the script of its threads.

import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { isMainThread, workerData } from "node:worker_threads";
import { flagOf } from "../../compiler/common/option-text.ts";
import { systemText } from "./errors.ts";
import { type CompiledModelSource, folderSource } from "./model.ts";
import { type ServerOption, type ServerOptions, serverOptions } from "./options.ts";
import { eventText, RankingServer, type ServerEvent } from "./server.ts";
import { serveThread } from "./thread.ts";
import { ROLE, type StartedThread } from "./thread-handle.ts";

export { type CompiledModelSource, eventText, type RankingServer, type ServerEvent };

/** Options that are left out have the defaults of `serverOptions`. Throws as `Server.start`. */
export function startServer(
  source: CompiledModelSource,
  options: Partial<ServerOptions>,
  tell: (event: ServerEvent) => void,
): Promise<RankingServer> {
  return RankingServer.start(new URL(import.meta.url), source, { ...defaults(), ...options }, tell);
}

/** Until SIGTERM or SIGINT, which answer what is open. SIGHUP looks for another model, and never ends the process. */
export async function untilStopped(server: RankingServer): Promise<void> {
  process.on("SIGHUP", () => void server.reload());
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, resolve);
  });
  await server.stop();
}

function defaults(): ServerOptions {
  const values = Object.entries(serverOptions).map(([name, { default: value }]) => [
    name,
    value ?? availableParallelism(),
  ]);
  return Object.fromEntries(values) as ServerOptions;
}

function isThisFile(path: string): boolean {
  try {
    return realpathSync(path) === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false;
  }
}

/** A line of the log. */
function logged({ kind, ...facts }: ServerEvent): object {
  const text = eventText({ kind, ...facts } as ServerEvent);
  return { time: new Date().toISOString(), event: kind, text, ...facts };
}

const FLAGS: NonNullable<ParseArgsConfig["options"]> = {
  ...Object.fromEntries(
    Object.keys(serverOptions).map((name) => [flagOf(name).slice(2), { type: "string" }] as const),
  ),
  help: { type: "boolean" },
};

/** `node server.mjs [FOLDER] …options`. Returns the exit code. */
async function serveFolder(argv: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      ...{ args: [...argv], allowPositionals: true },
      options: FLAGS,
    });
    if (values["help"] === true) {
      process.stdout.write(HELP);
      return 0;
    }
    const folder = positionals[0] ?? fileURLToPath(new URL(".", import.meta.url));
    const given = Object.entries(serverOptions).flatMap(([name, option]) => {
      const text = values[flagOf(name).slice(2)];
      return typeof text === "string" ? [[name, readValue(name, text, option)]] : [];
    });
    const server = await startServer(folderSource(folder), Object.fromEntries(given), (event) =>
      process.stdout.write(`${JSON.stringify(logged(event))}\n`),
    );
    await untilStopped(server);
    return 0;
  } catch (error) {
    process.stderr.write(`${systemText(error)}\n`);
    return 2;
  }
}

function readValue(name: string, text: string, { default: value }: ServerOption): string | number {
  if (typeof value === "string") return text;
  const number = Number(text);
  if (!Number.isInteger(number) || number < (name === "port" ? 0 : 1))
    throw new Error(`${flagOf(name)} ${text} is not a whole number from ${name === "port" ? 0 : 1}`);
  return number;
}

const HELP = `node server.mjs [FOLDER] serves the compiled model of FOLDER, or of its own folder.
It looks each second, and at once on SIGHUP, whether the folder has other weights, or links to another one.

${Object.entries(serverOptions)
  .map(([name, option]: [string, ServerOption]) => {
    const value = option.default === null || option.default === "" ? "" : ` (default: ${option.default})`;
    return `  ${`${flagOf(name)} ${option.value}`.padEnd(26)} ${option.doc}${value}\n`;
  })
  .join("")}`;

const isThread = !isMainThread && (workerData as Partial<StartedThread> | null)?.role === ROLE;
if (isThread) void serveThread(workerData as StartedThread);
else if (isMainThread && process.argv[1] !== undefined && isThisFile(process.argv[1]))
  process.exitCode = await serveFolder(process.argv.slice(2));
