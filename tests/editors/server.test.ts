// What the server as a process does for editors beside what `tests/lsp` holds it to: colours, and outliving an editor that
// does not do all that it says it can.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { semanticTokens, semanticTokensLegend } from "../../compiler/tools/lsp/features/semantic-tokens.ts";
import { root } from "../cli/spawn.ts";
import { marked } from "../lsp/markers.ts";
import { startSession } from "../lsp/session.ts";

test("semantic tokens are served with the legend that they go by", async () => {
  const text = "model small\nfeatures item { item_id : id  embed 8 }\n";
  const session = await startSession();
  expect(session.initialized.capabilities.semanticTokensProvider).toMatchObject({
    legend: semanticTokensLegend,
  });
  await session.open("model.din", text);
  const { snapshot, path } = marked(text);
  const asked = { textDocument: { uri: session.uri("model.din") } };
  expect(await session.connection.sendRequest("textDocument/semanticTokens/full", asked)).toEqual(
    semanticTokens(snapshot, path),
  );
  await session.close();
});

test("an editor that watches no files, though it said that it can, is served all the same", async () => {
  const server = spawn(process.execPath, [join(root, "bin/dinc.js"), "lsp", "--stdio"]);
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const warned = new Promise<void>((resolve) =>
    connection.onNotification("window/logMessage", ({ message }: { readonly message: string }) => {
      if (message.includes("there are too many files")) resolve();
    }),
  );
  connection.onRequest("client/registerCapability", () => {
    throw new Error("there are too many files");
  });
  connection.listen();
  const workspace = { didChangeWatchedFiles: { dynamicRegistration: true } };
  await connection.sendRequest("initialize", { processId: null, rootUri: null, capabilities: { workspace } });
  await connection.sendNotification("initialized", {});
  await warned;
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  expect(await ended).toBe(0);
  connection.dispose();
});
