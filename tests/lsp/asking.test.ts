// What an editor asks while someone types, answered by the server as a process.

import { expect, test } from "vitest";
import type { CompletionItem, Hover, SignatureHelp } from "vscode-languageserver-types";
import { startSession } from "./session.ts";

test("completion, signature help and hover", async () => {
  const session = await startSession();
  const { connection, initialized } = session;
  expect(initialized.capabilities.completionProvider?.triggerCharacters).toContain(".");
  const text = "model a\nfeatures item { item_id : id  embed 8 }\nlabel click : binary\nnet { let x =  }\n";
  await session.open("model.din", text);
  const at = (character: number) => ({
    textDocument: { uri: session.uri("model.din") },
    position: { line: 3, character },
  });
  const offered = await connection.sendRequest<CompletionItem[]>("textDocument/completion", at(14));
  const dense = offered.find(({ label }) => label === "dense");
  expect(offered.find(({ label }) => label === "item_id")?.detail).toBe("Vec[8]");
  // This client fills in no blanks.
  expect(dense?.textEdit).toEqual({
    range: { start: { line: 3, character: 14 }, end: { line: 3, character: 14 } },
    newText: "dense",
  });
  await session.change("model.din", text.replace("let x = ", "let x = dense(item_id, "));
  const help = await connection.sendRequest<SignatureHelp>("textDocument/signatureHelp", at(29));
  expect(help.activeParameter).toBe(1);
  await session.change("model.din", text.replace("let x = ", "let x = dense(item_id, 4)"));
  const found = await connection.sendRequest<Hover>("textDocument/hover", at(15));
  expect(JSON.stringify(found.contents)).toContain("a linear layer");
  const keyword = await connection.sendRequest<Hover>("textDocument/hover", at(1));
  expect(JSON.stringify(keyword.contents)).toMatch(
    /\[SPEC\.md, section 1\.6\]\(file:\/\/\/.*\/grammar\/SPEC\.md\)/,
  );
  expect(session.errors()).toBe("");
  await session.close();
});
