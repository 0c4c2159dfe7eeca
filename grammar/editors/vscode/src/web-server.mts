// The language server in a worker of a web editor: it begins with the message that has the workspace's files.

import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { inWorker } from "../../../../runtime/lsp/in-worker.ts";
import { serve } from "../../../../runtime/lsp/server.ts";
import { WebFiles } from "./web-files.mts";
import { FILES_CHANGED, type WebFile, type WebStart } from "./web-messages.mts";

const scope = globalThis as unknown as { onmessage: ((event: { readonly data: WebStart }) => void) | null };
scope.onmessage = ({ data }) => {
  const files = new WebFiles(data);
  const connection = createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));
  connection.onNotification(FILES_CHANGED, (changed: readonly WebFile[]) => files.put(changed));
  serve(connection, data.version, inWorker(files));
};
