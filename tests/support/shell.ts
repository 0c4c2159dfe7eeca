// Runs printed commands in bash with functions in place of its programs, so that the shell itself parses the
// quoting, and anything that a name could execute leaves a file.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const programs = [
  ...["dinc", "npx", "node", "npm", "python3", "iconv", "gunzip", "ruff", "pyright", "make"],
  ...["tensorboard", "torchrun", "pip"],
];

/** File names that a shell misreads if they aren't quoted. Each contains HOSTILE. */
export const hostileNames = [
  "HOSTILE two words",
  "HOSTILE $(: > ran)",
  "HOSTILE`: > ran`",
  "HOSTILE'; : > ran; '",
  'HOSTILE"; : > ran; "',
  "HOSTILE$HOME * ? [a] {b,c} ~ # !! & | < > (x)",
  "HOSTILE \\ back\\slashes\\",
  "-rf HOSTILE",
  "HOSTILE\n: > ran",
  "HOSTILE\t\u001b[31m\u2028ü😀",
] as const;

/** All arguments that the programs of a command get, including files of redirections. */
export function argumentsIn(command: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "dinc-shell-"));
  try {
    const stubs = programs.map((name) => `${name}() { printf '%s\\0' "$@" >&3; }`).join("\n");
    const script = `${stubs}\n${command}\n`;
    const { status, stderr, output } = spawnSync("/bin/bash", ["--norc", "--noprofile", "-c", script], {
      ...{ cwd: folder, env: { LC_ALL: "C.UTF-8" }, encoding: "utf8", input: "" },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    if (status !== 0) throw new Error(`bash refuses ${command}: ${stderr}`);
    if (existsSync(join(folder, "ran"))) throw new Error(`a name in this command ran: ${command}`);
    return [...(output[3] ?? "").split("\0").slice(0, -1), ...readdirSync(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const COMMAND = new RegExp(`(?:${programs.slice(0, -2).join("|")}|torchrun)(?= )`, "g");

/**
 * The commands in a message that contain a hostile name: in backticks, after a colon, in brackets, or on
 * lines of their own.
 */
export function hostileCommands(message: string): string[] {
  return [...message.matchAll(COMMAND)].flatMap(({ index }) => {
    // In a sentence, `dinc` is a name.
    if (!/(^|[`(\n]|: )$/.test(message.slice(0, index))) return [];
    const command = message.slice(index, index + lengthOf(message.slice(index)));
    return command.includes("HOSTILE") ? [command] : [];
  });
}

/** Up to the character that ends a command, outside of quotes. */
function lengthOf(text: string): number {
  let quote: "'" | '"' | "$'" | null = null;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (quote === null) {
      if (sign === "\\") i++;
      else if (sign === "'") quote = text[i - 1] === "$" ? "$'" : "'";
      else if (sign === '"') quote = '"';
      else if ("`;)\n".includes(sign)) return i;
    } else if (sign === "\\" && quote !== "'") i++;
    else if (sign === quote.at(-1)) quote = null;
  }
  return text.length;
}
