// The server as a process: every view of a spec goes over the wire as an editor asks for it.

import { expect, test } from "vitest";
import type { CallHierarchyItem, CodeLens } from "vscode-languageserver-types";
import { startSession } from "./session.ts";

const MODEL = `model small

features item {
  item_id : id(file: "ids.txt")  embed 8
}
label click : binary
block tower(x: Vec[d]) -> Vec[4] {
  dense(x,4)
}
net {
  let half      = tower(item_id)
  predict click = half |> dense(1) |> sigmoid
}
`;

test("asked for one by one", async () => {
  const session = await startSession({}, ["dinc.check", "dinc.showReferences"]);
  await session.open("model.din", MODEL);
  const textDocument = { uri: session.uri("model.din") };
  const whole = { start: { line: 0, character: 0 }, end: { line: 13, character: 0 } };
  const options = { tabSize: 2, insertSpaces: true };
  const ask = <T>(method: string, more: object = {}) =>
    session.connection.sendRequest<T>(`textDocument/${method}`, { textDocument, ...more });
  const place = { line: 7, character: 10 };
  const insertion = [{ range: { start: place, end: place }, newText: " " }];
  expect(await ask("formatting", { options })).toEqual(insertion);
  expect(await ask("rangeFormatting", { options, range: { start: place, end: place } })).toEqual(insertion);
  const behind = { line: 8, character: 1 };
  expect(await ask("onTypeFormatting", { options, position: behind, ch: "}" })).toEqual(insertion);
  expect(await ask("foldingRange")).toHaveLength(3);
  expect(await ask("selectionRange", { positions: [place] })).toHaveLength(1);
  expect(await ask("documentSymbol")).toMatchObject([
    { name: "small" },
    { name: "features item", children: [{ name: "item_id" }] },
    { name: "click" },
    { name: "tower" },
    { name: "net" },
  ]);
  expect(await session.connection.sendRequest("workspace/symbol", { query: "tow" })).toMatchObject([
    { name: "tower", containerName: "small" },
  ]);
  expect(await ask("documentLink")).toMatchObject([{ target: session.uri("ids.txt") }]);
  expect(await ask("inlayHint", { range: whole })).toMatchObject([{ position: { line: 10, character: 10 } }]);
  const [tower] = await ask<CallHierarchyItem[]>("prepareCallHierarchy", {
    position: { line: 6, character: 8 },
  });
  expect(await session.connection.sendRequest("callHierarchy/incomingCalls", { item: tower })).toMatchObject([
    { from: { name: "net" } },
  ]);
  expect(await session.connection.sendRequest("callHierarchy/outgoingCalls", { item: tower })).toEqual([]);
  const at = { line: 10, character: 20 };
  expect(
    await ask("codeAction", {
      range: { start: at, end: at },
      context: { diagnostics: [], only: ["refactor"] },
    }),
  ).toMatchObject([{ title: "write it as a pipe" }]);
  const lenses = await ask<CodeLens[]>("codeLens");
  const resolved = await Promise.all(
    lenses.map((lens) =>
      lens.command === undefined
        ? session.connection.sendRequest<CodeLens>("codeLens/resolve", lens)
        : Promise.resolve(lens),
    ),
  );
  // The thread that counts has the table of learned ids, the layer 8 → 4 and the layer 4 → 1.
  expect(resolved.map(({ command }) => [command?.title, command?.command])).toEqual([
    [expect.stringMatching(/^41 weights · tables: learned ids · .*FLOPs for 200 candidates$/), ""],
    ["check", "dinc.check"],
    ["1 use", "dinc.showReferences"],
  ]);
  expect(session.errors()).toBe("");
  expect(await session.close()).toBe(0);
});
