// Checks the programs that an installation needs before anything is downloaded.

import { InstallFailure } from "./failure.ts";
import { runCommand } from "./run-command.ts";

export interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  /** The sentence of the failure if the program does not run. */
  readonly missing: string;
}

const tools: readonly Tool[] = [
  {
    program: "python3",
    args: ["--version"],
    missing:
      "python3 is needed to download TensorFlow and was not found; install it (Debian: apt install python3 python3-pip) and run dinc native install again",
  },
  {
    program: "python3",
    args: ["-m", "pip", "--version"],
    missing:
      "python3 has no pip, which is needed to download TensorFlow; install it (Debian: apt install python3-pip) and run dinc native install again",
  },
  {
    program: "g++",
    args: ["--version"],
    missing:
      "a C++ compiler is needed to build tfjs-node's binding and g++ was not found; install it (Debian: apt install g++) and run dinc native install again",
  },
  {
    program: "npm",
    args: ["--version"],
    missing:
      "npm is needed to download tfjs-node and was not found; install it beside Node and run dinc native install again",
  },
];

export function checkTools(env: NodeJS.ProcessEnv): Promise<void> {
  return requireTools(tools, env);
}

/** Throws InstallFailure if a program is missing. */
export async function requireTools(tools: readonly Tool[], env: NodeJS.ProcessEnv): Promise<void> {
  for (const { program, args, missing } of tools) {
    const { code } = await runCommand(program, args, { env });
    if (code !== 0) throw new InstallFailure(missing);
  }
}
