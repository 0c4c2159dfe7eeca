// dinc torch install: installs PyTorch and TorchRec in the user's cache folder, for packages of `dinc compile
// --target torchrec`.

import { dirname } from "node:path";
import { shellCommand } from "../../../compiler/common/shell.ts";
import type { InstallOptions } from "../../native/install.ts";
import { torchFolders } from "../../native/torch-folder.ts";
import { installTorch } from "../../native/torch-install.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export async function torchInstall(terminal: Terminal, options: InstallOptions = {}): Promise<number> {
  const result = await installTorch(options, (line) => terminal.say(line));
  const { torchrun } = torchFolders(options.cache);
  const path = shellCommand`export PATH=${dirname(torchrun)}:"$PATH"`;
  switch (result.kind) {
    case "installed":
      terminal.say(`installed in ${result.folder} (${Math.round(result.seconds)} s)`);
      terminal.say(`next: ${path}, so that torchrun is found; dinc doctor shows where it is`);
      return exitCodes.clean;
    case "present":
      terminal.say(`already there: ${result.folder}`);
      terminal.say(`next: ${path}, so that torchrun is found`);
      return exitCodes.clean;
    case "failed":
      terminal.say(`error: ${result.reason}`);
      return exitCodes.findings;
  }
}
