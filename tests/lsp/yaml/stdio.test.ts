// dinc.yaml as editors see it over standard input and output, beside a spec that is not saved.

import { expect, test } from "vitest";
import { startSession } from "../session.ts";

const MODEL = `model small
param width = 8
features item { item_id : id  embed width }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
`;

const YAML = `spec: model.din
params:
  width: 4
data:
  train: rows.csv
`;

test("what is wrong comes and goes with the spec's buffer, and with its own", async () => {
  const session = await startSession({ "model.din": MODEL, "dinc.yaml": YAML, "rows.csv": "" });
  await session.open("dinc.yaml", YAML, "yaml");
  await session.diagnostics("dinc.yaml", (found) => found.length === 0);

  await session.open("model.din", MODEL);
  await session.change("model.din", MODEL.replaceAll("width", "size"));
  const [renamed] = await session.diagnostics("dinc.yaml", (found) => found.length > 0);
  expect(renamed).toMatchObject({
    code: "DIN0415",
    source: "dinc",
    severity: 1,
    range: { start: { line: 2, character: 2 }, end: { line: 2, character: 7 } },
  });
  await session.change("model.din", MODEL);
  await session.diagnostics("dinc.yaml", (found) => found.length === 0);

  await session.change("dinc.yaml", YAML.replace("width: 4", "width: wide"));
  const [wrong] = await session.diagnostics("dinc.yaml", (found) => found.length > 0);
  expect(wrong).toMatchObject({
    code: "DIN0416",
    relatedInformation: [{ location: { uri: session.uri("model.din") } }],
  });
  await session.change("dinc.yaml", YAML);
  await session.diagnostics("dinc.yaml", (found) => found.length === 0);
  expect(session.errors()).toBe("");
  expect(await session.close()).toBe(0);
});

test("completes, explains, leads on and mends", async () => {
  const session = await startSession({ "model.din": MODEL, "rows.csv": "" });
  const written = `${YAML}  stps: latest_first\n  `;
  await session.open("dinc.yaml", written, "yaml");
  const textDocument = { uri: session.uri("dinc.yaml") };
  const ask = (method: string, line: number, character: number) =>
    session.connection.sendRequest(method, { textDocument, position: { line, character } });

  expect(await ask("textDocument/completion", 6, 2)).toContainEqual(
    expect.objectContaining({ label: "memory", textEdit: expect.objectContaining({ newText: "memory: " }) }),
  );
  expect(await ask("textDocument/completion", 0, 6)).toEqual([
    expect.objectContaining({ label: "model.din" }),
  ]);
  expect(await ask("textDocument/hover", 2, 4)).toMatchObject({
    contents: { value: expect.stringContaining("its default is `8`") },
  });
  expect(await ask("textDocument/definition", 2, 4)).toMatchObject([
    { targetUri: session.uri("model.din"), targetRange: { start: { line: 1, character: 6 } } },
  ]);
  expect(await session.connection.sendRequest("textDocument/documentLink", { textDocument })).toMatchObject([
    { target: session.uri("model.din") },
    { target: session.uri("rows.csv") },
  ]);
  expect(
    await session.connection.sendRequest("textDocument/codeAction", {
      textDocument,
      range: { start: { line: 5, character: 3 }, end: { line: 5, character: 3 } },
      context: { diagnostics: [] },
    }),
  ).toMatchObject([{ title: "replace with `steps`", kind: "quickfix" }]);
  // Of a spec's requests those that dinc.yaml knows nothing of.
  expect(await ask("textDocument/prepareRename", 2, 4)).toBeNull();
  expect(session.errors()).toBe("");
  expect(await session.close()).toBe(0);
});
