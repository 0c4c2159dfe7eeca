// dinc native install: installs native TensorFlow for training in the user's cache folder.

import { type InstallOptions, installNative } from "../../native/install.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export async function nativeInstall(terminal: Terminal, options: InstallOptions = {}): Promise<number> {
  const result = await installNative(options, (line) => terminal.say(line));
  switch (result.kind) {
    case "installed":
      terminal.say(`installed in ${result.folder} (${Math.round(result.seconds)} s)`);
      terminal.say("next: dinc train takes it by itself; dinc doctor shows it");
      return exitCodes.clean;
    case "present":
      terminal.say(`already there: ${result.folder}`);
      return exitCodes.clean;
    case "failed":
      terminal.say(`error: ${result.reason}`);
      return exitCodes.findings;
  }
}
