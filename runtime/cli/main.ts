// The command line: `main(argv)` runs one command and returns the exit code. It explains the errors of all
// commands.

import { CommanderError } from "commander";
import { worded } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { undoOnSignals } from "../files/at-end.ts";
import { version } from "../files/version.ts";
import { commandLine } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { shellWords } from "./shell-words.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** Runs the command that `argv` (without node and script) names. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  undoOnSignals();
  // A failed write to standard output is handled here, even if a command waits for it.
  const output: { failed: Promise<number> | null } = { failed: null };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader such as `head` may close the pipe early, which is not an error.
    if (error.code === "EPIPE") process.exit(exitCodes.clean);
    output.failed ??= explainUnwritten(error, terminal);
    void output.failed.then((code) => process.exit(code));
  });
  return perform(argv, terminal, () => output.failed);
}

/**
 * Runs a command that prints to `terminal`. `unwritten` gives the exit code if standard output cannot be
 * written.
 */
export async function perform(
  argv: readonly string[],
  terminal: Terminal,
  unwritten: () => Promise<number> | null = () => null,
): Promise<number> {
  let code: number = exitCodes.clean;
  const program = commandLine(
    terminal,
    (result) => {
      code = result;
    },
    argv,
  );
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // The command may learn of the failed write before the handler above does.
    if (isOfOutput(error)) await new Promise(setImmediate);
    const told = unwritten();
    if (told !== null) return told;
    if (isOutOfFiles(error)) return tellOutOfFiles(terminal);
    return explain(error, terminal).catch((another) => {
      if (!isOutOfFiles(another)) throw another;
      return tellOutOfFiles(terminal);
    });
  }
}

function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EMFILE";
}

/** If too many files are open, it depends on the command whether the code that explains errors can still be loaded. */
function tellOutOfFiles(terminal: Terminal): number {
  terminal.say("error: too many files are open; allow more with `ulimit -n 1024`");
  return exitCodes.findings;
}

function isOfOutput(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && error.syscall === "write";
}

/** For example, standard output is a file on a full disk. */
async function explainUnwritten(error: NodeJS.ErrnoException, terminal: Terminal): Promise<number> {
  const [{ fileUnwritable }, { diagnose, noLocation }] = await Promise.all([
    import("../../compiler/diagnostics/catalog/run.ts"),
    import("../../compiler/diagnostics/diagnostic.ts"),
  ]);
  const parameters = { path: "standard output", reason: error.message };
  return explain(new DiagnosticError([diagnose(fileUnwritable, parameters, noLocation)]), terminal);
}

async function explain(error: unknown, terminal: Terminal): Promise<number> {
  // Commander has already printed help, the version or the error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  if (error instanceof UsageError) {
    terminal.say(`error: ${worded(error.wording, shellWords)}`);
    return exitCodes.usage;
  }
  if (error instanceof DiagnosticError) {
    const { printDiagnostics } = await import("./print-diagnostics.ts");
    printDiagnostics(error.diagnostics, terminal);
    return exitCodes.findings;
  }
  const { refusalOf } = await import("./system-refusal.ts");
  const refused = refusalOf(error);
  if (refused !== null) return explain(refused, terminal);
  const { stack } = error instanceof Error ? error : new Error(String(error));
  terminal.say(
    `internal error in dinc ${version()}, please report it with the spec and the command:\n${stack}`,
  );
  return exitCodes.internal;
}
