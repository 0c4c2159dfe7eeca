// Serves a run over HTTP: compiles it into a temporary folder. When the run changes, its weights are put into a copy of that
// folder, or it is compiled again if they need other code, in a process of its own, so that requests do not wait.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { packageRoot, serverFile } from "../files/package-root.ts";
import { Scratch } from "../files/scratch.ts";
import { findCompiler } from "../native/c-compiler.ts";
import { runFiles } from "../run/run-folder.ts";
import type * as Serving from "../serve/main.ts";
import { stateOf } from "../serve/model.ts";
import { LIBRARY, type ServerOptions } from "../serve/options.ts";
import { tokenIn } from "../serve/token.ts";
import { compile } from "./compile.ts";
import type { Watch } from "./events.ts";

export interface ServeOptions extends Partial<ServerOptions>, Omit<Watch, "signal"> {
  /** Leaves out the run's calibration. */
  readonly uncalibrated?: boolean;
  /** The code that computes scores: the library in C, or WebAssembly. `auto`, the default, takes C if there is a C compiler. */
  readonly engine?: "auto" | "c" | "wasm";
}

/** Loads the packages of the server, too. */
const load = (): Promise<typeof Serving> => import(serverFile().href);

/**
 * Serves the run until SIGTERM or SIGINT, and tells `say` what happens as sentences. Throws DiagnosticError if the run cannot
 * be read, and UsageError if the server cannot listen, or if the engine cannot be made.
 */
export async function serve(
  run: string,
  { onEvent, uncalibrated = false, engine = "auto", ...options }: ServeOptions,
  say: (sentence: string) => void,
): Promise<void> {
  const { startServer, untilStopped, eventText } = await load();
  if (options.patchToken !== undefined) requireToken(options.patchToken);
  const scratch = new Scratch();
  try {
    const source = new RunSource({ run, uncalibrated, engine, say }, scratch, {
      ...(onEvent === undefined ? {} : { onEvent }),
    });
    const server = await startServer(source, options, (event) => say(eventText(event))).catch(
      (error: unknown) => {
        throw refusedAddress(error, options) ?? error;
      },
    );
    await untilStopped(server);
  } finally {
    scratch.remove();
  }
}

function requireToken(path: string): void {
  try {
    tokenIn(path);
  } catch (error) {
    throw new UsageError(
      wording`${option("patchToken")} names a file with a token: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

interface SourceOptions extends Required<Pick<ServeOptions, "uncalibrated" | "engine">> {
  readonly run: string;
  readonly say: (sentence: string) => void;
}

class RunSource {
  private readonly options: SourceOptions;
  private readonly scratch: Scratch;
  private readonly watch: Watch;
  private readonly ending = new AbortController();
  private compiled = 0;
  /** Those that are left, the latest last. */
  private folders: readonly string[] = [];

  constructor(options: SourceOptions, scratch: Scratch, watch: Watch) {
    this.options = options;
    this.scratch = scratch;
    this.watch = watch;
  }

  /** The manifest has the hashes of all files but the calibration. */
  look(): Promise<string> {
    return stateOf(this.options.run, runFiles.manifest, runFiles.calibration);
  }

  async folder(): Promise<string> {
    const last = this.folders.at(-1);
    const out = join(this.scratch.folder(), String(this.compiled++));
    const { run, uncalibrated } = this.options;
    if (last === undefined) {
      await compile(run, { target: "server", out, uncalibrated, ...this.watch });
      await this.addLibrary(out);
    } else if (!(await this.takeWeights(last, out))) {
      await this.compileElsewhere("--target", "server", "--out", out);
      await this.addLibrary(out);
    }
    this.folders = [...this.folders, out];
    return out;
  }

  left(folder: string): Promise<void> {
    this.folders = this.folders.filter((each) => each !== folder);
    return rm(folder, { recursive: true, force: true });
  }

  end(): void {
    this.ending.abort();
  }

  /** Puts the weights of the run into a copy of the last folder. Returns false if they need other code. */
  private async takeWeights(last: string, out: string): Promise<boolean> {
    try {
      await cp(last, out, { recursive: true, filter: (path) => !path.endsWith(".weights.bin") });
      await this.compileElsewhere("--target", "server", "--weights-only", "--out", out);
      const library = join(out, LIBRARY);
      if (existsSync(library))
        await this.compileElsewhere("--target", "c", "--weights-only", "--out", library);
      return true;
    } catch {
      // If the run itself is at fault, compiling it says so.
      await rm(out, { recursive: true, force: true });
      return false;
    }
  }

  /** Adds the library in C to the folder of a server, if it is wanted and can be made. */
  private async addLibrary(out: string): Promise<void> {
    const { engine, say } = this.options;
    if (engine === "wasm") return;
    const compiler = findCompiler();
    try {
      if ("missing" in compiler) throw new Error(compiler.missing);
      const library = join(out, LIBRARY);
      await this.compileElsewhere("--target", "c", "--bindings", "node", "--out", library);
      const code = `import { build } from ${JSON.stringify(pathToFileURL(join(library, "node/index.js")).href)};\nbuild();`;
      const env = { CC: [compiler.program, ...compiler.args].join(" ") };
      await this.succeeded(["--input-type=module", "--eval", code], env);
    } catch (error) {
      await rm(join(out, LIBRARY), { recursive: true, force: true });
      const reason = error instanceof Error ? error.message : String(error);
      if (engine === "c")
        throw new UsageError(
          wording`the library in C cannot be made: ${reason}. Leave ${option("engine", "c")} out to compute in WebAssembly`,
        );
      say(`computes in WebAssembly, because there is no library in C: ${reason}`);
    }
  }

  private async compileElsewhere(...options: readonly string[]): Promise<void> {
    const dinc = fileURLToPath(new URL("bin/dinc.js", packageRoot()));
    const { run, uncalibrated } = this.options;
    const command = [dinc, "compile", run, ...options, ...(uncalibrated ? ["--uncalibrated"] : [])];
    await this.succeeded(command);
  }

  /** Runs Node, after the threads that score as soon as there are any. */
  private succeeded(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    return succeeded(args, this.ending.signal, { env, isLater: this.folders.length > 0 });
  }
}

/**
 * Runs Node in a process of its own, after all others if `isLater`. Throws an Error with what it said if it fails, or if `ending`
 * ends it.
 */
async function succeeded(
  args: readonly string[],
  ending: AbortSignal,
  { env, isLater }: { readonly env: Readonly<Record<string, string>>; readonly isLater: boolean },
): Promise<void> {
  ending.throwIfAborted();
  const child = spawn(process.execPath, args, {
    ...{ stdio: ["ignore", "ignore", "pipe"], windowsHide: true },
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  if (isLater && child.pid !== undefined) yieldTo(child.pid);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const end = () => void child.kill();
  ending.addEventListener("abort", end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  ending.removeEventListener("abort", end);
  if (code !== 0) throw new Error(said.trim());
}

/** Lets other processes compute before this one, where the system can. */
function yieldTo(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It may have ended.
  }
}

/** The refusal of an address at which nothing can listen; null for any other error. */
function refusedAddress(error: unknown, { port, host }: Partial<ServerOptions>): UsageError | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const refused = {
    EADDRINUSE: wording`the port ${port ?? ""} is taken: name another one with ${option("port")}`,
    EACCES: wording`the port ${port ?? ""} is for the system: name one from 1024 on with ${option("port")}`,
    EADDRNOTAVAIL: wording`this machine has no address ${host ?? ""}: ${option("host")} takes one of its own`,
    ENOTFOUND: wording`this machine has no address ${host ?? ""}: ${option("host")} takes one of its own`,
    ERR_SOCKET_BAD_PORT: wording`${port ?? ""} isn't a port: ${option("port")} takes 0 to 65535`,
  };
  if (code === undefined || !(code in refused)) return null;
  if (code !== "ERR_SOCKET_BAD_PORT" && syscall !== "listen" && syscall !== "getaddrinfo") return null;
  return new UsageError(refused[code as keyof typeof refused]);
}
