// The language server bundled with the extension, for workspaces without dinc. It does the same as `dinc lsp
// --stdio`, and contains the standard library's `std/`.

import { readFileSync } from "node:fs";
import { createConnection } from "vscode-languageserver/node";
import { onThisMachine } from "../../../../runtime/lsp/on-this-machine.ts";
import { serve } from "../../../../runtime/lsp/server.ts";

const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const version =
  typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";

serve(
  createConnection(process.stdin, process.stdout),
  version,
  onThisMachine(new URL("./", import.meta.url)),
);
