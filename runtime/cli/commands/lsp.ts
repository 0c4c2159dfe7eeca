// dinc lsp --stdio: the language server, on standard input and output, until the editor closes them.

import { createConnection } from "vscode-languageserver/node";
import { packageRoot } from "../../files/package-root.ts";
import { version } from "../../files/version.ts";
import { onThisMachine } from "../../lsp/on-this-machine.ts";
import { serve } from "../../lsp/server.ts";
import { exitCodes } from "../exit-codes.ts";

export function lsp(): Promise<number> {
  const connection = createConnection(process.stdin, process.stdout);
  serve(connection, version(), onThisMachine(new URL("compiler/", packageRoot())));
  return new Promise((resolve) => {
    connection.onExit(() => resolve(exitCodes.clean));
    process.stdin.on("close", () => resolve(exitCodes.clean));
  });
}
