// Diagnostics as editors get them: each beside the file that it is about, with other places, help, and what is unused faded.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { diagnosticsFor } from "../../compiler/tools/lsp/features/diagnostics.ts";
import { toLsp } from "../../compiler/tools/lsp/published.ts";
import { specFiles } from "../support/spec-files.ts";
import { marked } from "./markers.ts";

/** `file:line:column code` of all that is said while `path` is open. */
function said(text: string, path: string, depth: "quick" | "whole" = "quick"): readonly string[] {
  const { snapshot } = marked(text);
  return [...diagnosticsFor(snapshot, path, depth)].flatMap(([file, found]) => {
    const lines = found.map((each) => {
      const { range, code } = toLsp(snapshot, each);
      return `${file}:${range.start.line + 1}:${range.start.character + 1} ${code}`;
    });
    return lines.length === 0 ? [`${file}: none`] : lines;
  });
}

const MODEL = `--- model.din
model small
import "blocks.din"
features item { item_id : id  embed 8 }
label click : binary
net { predict click = tower(item_id, 4) |> dense(1) |> sigmoid }
`;

describe("by file", () => {
  test("what is wrong in an imported file is told there", () => {
    expect(
      said(`${MODEL}--- blocks.din\nblock tower(x: Vec[d], n: Int) -> Vec[n] { dens(x, n) }\n`, "model.din"),
    ).toEqual(["model.din: none", "blocks.din:1:44 DIN0261"]);
  });

  test("what a change of an imported file breaks elsewhere is told while it is made", () => {
    const text = `${MODEL}--- blocks.din\nblock tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n`;
    expect(said(text, "blocks.din")).toEqual(["blocks.din: none", "model.din:5:38 DIN0269"]);
  });

  test("of a file that is sound, none, so that what was said is taken back", () => {
    const text = `${MODEL}--- blocks.din\nblock tower(x: Vec[d], n: Int) -> Vec[n] { dense(x, n) }\n`;
    expect(said(text, "blocks.din")).toEqual(["blocks.din: none"]);
  });

  test("advice comes when the author pauses", () => {
    const text = MODEL.replace('import "blocks.din"\n', "").replace("tower(item_id, 4)", "item_id");
    expect(said(text, "model.din")).toEqual(["model.din: none"]);
    const advice = lint(marked(text).file).map(({ code }) => code);
    expect(advice.length).toBeGreaterThan(0);
    expect(said(text, "model.din", "whole").map((line) => line.split(" ")[1])).toEqual(advice);
  });
});

test("a diagnostic with all that it can have", () => {
  const { snapshot, file } = marked(`model small
features item { price : number  price : number }
`);
  const found = diagnosticsFor(snapshot, file.path, "quick").get(file.path)!;
  const first = found.find(({ code }) => code === "DIN0201");
  expect(toLsp(snapshot, first!)).toEqual({
    range: { start: { line: 1, character: 32 }, end: { line: 1, character: 37 } },
    severity: 1,
    code: "DIN0201",
    source: "dinc",
    message: "`price` is declared twice\nhelp: rename one of the two, or remove it",
    relatedInformation: [
      {
        location: {
          uri: "file:///model.din",
          range: { start: { line: 1, character: 16 }, end: { line: 1, character: 21 } },
        },
        message: "first declared here, as a feature",
      },
    ],
  });
});

test("what is unused is faded, and nothing else", () => {
  const bad = specFiles("tests/bad");
  for (const [path, text] of bad) {
    const { snapshot } = marked("");
    const file = sourceFile(path, text);
    for (const each of diagnosticsFor(snapshot.with(new Map([[path, file]])), path, "quick").get(path)!) {
      const { tags, severity } = toLsp(snapshot, each);
      expect(tags, each.name).toEqual(each.name.startsWith("unused-") ? [1] : undefined);
      expect(severity).toBe(each.severity === "error" ? 1 : 2);
    }
  }
  expect(bad.length).toBeGreaterThan(100);
});
