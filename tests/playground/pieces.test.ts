// Generated code is cut where its comments name another line of the spec, and nothing of it is lost.

import { expect, test } from "vitest";
import { wasmText } from "../../compiler/backends/wasm/text.ts";
import { piecesOf, statementsOf } from "../../playground/page/pieces.ts";
import { trainedOf } from "../serve/compiled.ts";
import { emittedBy } from "../support/emitted.ts";

const spec = `model small
features item { sku : id  embed 4 }
history clicks(max: 5) { sku <-> clicked }
label click : binary
net {
  let interest = mean(relu(dense(clicks, 3)))
  predict click = concat(sku, interest)
    |> dense(8, relu)
    |> dense(1) |> sigmoid
}
`;

test("classes and statements of Python, by their documentation and comments", async () => {
  const { files } = await emittedBy("torchrec", trainedOf(spec));
  const code = String(files.get("small/model.py"));
  const pieces = piecesOf(code, "spec.din");
  expect(pieces.map(({ text }) => text).join("")).toBe(code);
  const linesOf = (words: string) => pieces.find(({ text }) => text.includes(words))!.lines;
  expect(linesOf("class Interest")).toEqual([6]);
  expect(linesOf("class Click")).toEqual([7]);
  expect(linesOf("self.interest(")).toEqual([6]);
  expect(linesOf("TABLES:")).toEqual([]);
  expect(linesOf("class Model")).toEqual([]);
});

test("places in other files are no lines of the spec", () => {
  const code = "# gru.din:2: scan(…)\nstate = x\n\n# spec.din:3: x\nx = y";
  expect(piecesOf(code, "spec.din")).toEqual([
    { text: "# gru.din:2: scan(…)\nstate = x\n\n", lines: [] },
    { text: "# spec.din:3: x\nx = y", lines: [3] },
  ]);
});

test("functions of WebAssembly, by what is said of them", async () => {
  const { files, places } = await emittedBy("ts", trainedOf(spec));
  const { functions } = places!;
  const code = wasmText(files.get("model.wasm") as Uint8Array, functions);
  const pieces = piecesOf(code, "spec.din");
  expect(pieces.map(({ text }) => text).join("")).toBe(code);
  const placed = pieces.filter(({ lines }) => lines.length > 0);
  for (const { text } of placed) expect(text.match(/\(func /g)).toHaveLength(1);
  expect([...new Set(placed.flatMap(({ lines }) => lines))].sort()).toEqual([6, 7, 8, 9]);
  expect(pieces.find(({ text }) => text.includes("$candidates"))!.lines).toEqual([]);
  expect(functions).toContain("matmul, spec.din:6");
});

test("statements of TypeScript, each with the line that it computes", async () => {
  const { files, places } = await emittedBy("ts", trainedOf(spec));
  const code = String(files.get("model.ts"));
  const lines = new Map(places!.statements.map(([line, place]) => [line, [Number(place.split(":")[1])]]));
  const pieces = statementsOf(code, lines);
  expect(pieces.map(({ text }) => text).join("")).toBe(code);
  const placed = pieces.filter((piece) => piece.lines.length > 0);
  expect([...new Set(placed.flatMap((piece) => piece.lines))].sort()).toEqual([6, 7, 8, 9]);
  for (const [statement, place] of places!.statements) {
    const line = Number(place.split(":")[1]);
    const texts = pieces.filter((piece) => piece.lines.includes(line)).map(({ text }) => text);
    expect(texts.join("").replace(/\s|,(?=\s*\))/g, "")).toContain(statement.replace(/\s/g, ""));
  }
});
