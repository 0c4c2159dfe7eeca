// The server as a process: what editors see of it over standard input and output.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { startSession } from "./session.ts";

const MODEL = `model small
import "blocks.din"
features item { item_id : id  embed 8 }
label click : binary
net { predict click = tower(item_id) |> dense(1) |> sigmoid }
`;

test("files and unsaved buffers are seen together", async () => {
  const session = await startSession({
    "model.din": MODEL,
    "blocks.din": "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n",
  });
  await session.open("model.din", MODEL);
  await session.diagnostics("model.din", (found) => found.every(({ severity }) => severity !== 1));
  // What is on the disk still has the block.
  await session.open("blocks.din", "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n");
  await session.change("blocks.din", "block towers(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n");
  const [missing] = await session.diagnostics("model.din", (found) =>
    found.some(({ severity }) => severity === 1),
  );
  expect(missing?.message).toContain("tower");
  expect(missing?.range.start).toEqual({ line: 4, character: 22 });
  const edit = await session.connection.sendRequest("textDocument/rename", {
    textDocument: { uri: session.uri("blocks.din") },
    position: { line: 0, character: 8 },
    newName: "tower",
  });
  expect(edit).toEqual({
    changes: {
      [session.uri("blocks.din")]: [
        { range: { start: { line: 0, character: 6 }, end: { line: 0, character: 12 } }, newText: "tower" },
      ],
    },
  });
  await session.change("blocks.din", "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n");
  await session.diagnostics("model.din", (found) => found.every(({ severity }) => severity !== 1));
  expect(session.errors()).toBe("");
  expect(await session.close()).toBe(0);
});

test("edits of pieces of a text, one after the other", async () => {
  const session = await startSession();
  await session.open(
    "model.din",
    MODEL.replace('import "blocks.din"\n', "").replace("tower(item_id)", "item_id"),
  );
  await session.diagnostics("model.din", (found) => found.every(({ severity }) => severity !== 1));
  const insert = (line: number, character: number, text: string) => ({
    range: { start: { line, character }, end: { line, character } },
    text,
  });
  await session.connection.sendNotification("textDocument/didChange", {
    textDocument: { uri: session.uri("model.din"), version: 9 },
    contentChanges: [insert(0, 0, "// ↔ 🙂\r\n"), insert(4, 22, "un"), insert(4, 24, "known_")],
  });
  const [unknown] = await session.diagnostics(
    "model.din",
    (found) => found.length > 0 && found[0]!.severity === 1,
  );
  expect(unknown?.message).toContain("`unknown_item_id`");
  await session.close();
});

test("what changes on the disk is seen, and folders that are opened", async () => {
  const session = await startSession({ "model.din": MODEL });
  await session.open("model.din", MODEL);
  const [missing] = await session.diagnostics("model.din", (found) =>
    found.some(({ severity }) => severity === 1),
  );
  expect(missing?.message).toContain("blocks.din");
  writeFileSync(join(session.folder, "blocks.din"), "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n");
  await session.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: session.uri("blocks.din"), type: 1 }],
  });
  await session.diagnostics("model.din", (found) => found.every(({ severity }) => severity !== 1));

  const other = mkdtempSync(join(tmpdir(), "dinc-lsp-other-"));
  const importer = join(other, "other.din");
  const shared = relative(other, session.folder);
  writeFileSync(importer, `model other\nimport "${shared}/blocks.din"\nnet { let a = tower(a) }\n`);
  const references = () =>
    session.connection.sendRequest<readonly { readonly uri: string }[]>("textDocument/references", {
      textDocument: { uri: session.uri("blocks.din") },
      position: { line: 0, character: 8 },
      context: { includeDeclaration: false },
    });
  expect((await references()).map(({ uri }) => uri)).toEqual([session.uri("model.din")]);
  await session.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
    event: { added: [{ uri: pathToFileURL(other).href, name: "other" }], removed: [] },
  });
  expect((await references()).map(({ uri }) => uri).toSorted()).toEqual(
    [session.uri("model.din"), pathToFileURL(importer).href].toSorted(),
  );
  expect(session.errors()).toBe("");
  await session.close();
  rmSync(other, { recursive: true });
});

test("a spec that was saved nowhere yet", async () => {
  const session = await startSession();
  const uri = "untitled:Untitled-1";
  const told = new Promise<readonly { readonly message: string }[]>((resolve) =>
    session.connection.onNotification("textDocument/publishDiagnostics", (said) => {
      if (said.uri === uri) resolve(said.diagnostics);
    }),
  );
  await session.connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "din", version: 1, text: "model small\nnet { let a = unknown }\n" },
  });
  expect((await told).map(({ message }) => message).join("\n")).toContain("`unknown`");
  const places = await session.connection.sendRequest("textDocument/documentHighlight", {
    textDocument: { uri },
    position: { line: 0, character: 8 },
  });
  expect(places).toHaveLength(1);
  await session.close();
});
