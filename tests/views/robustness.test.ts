// No view throws, whatever a spec that is half written, or a word short, looks like.

import { describe, expect, test } from "vitest";
import { analyse } from "../../compiler/check.ts";
import { cost } from "../../compiler/cost/cost.ts";
import { sourceFile } from "../../compiler/source/source-file.ts";
import { drawingOf } from "../../compiler/views/drawing.ts";
import { mermaidOf } from "../../compiler/views/mermaid.ts";
import { svgOf } from "../../compiler/views/svg.ts";
import { typesOf } from "../../compiler/views/types.ts";
import { hostile, specs } from "./specs.ts";

/** Gives whether the text is a model, after looking at it in every way. */
function viewed(text: string): boolean {
  const analysis = analyse(sourceFile("model.din", text));
  for (const { type, span } of typesOf(analysis)) {
    expect(type).not.toBe("");
    expect(span.end).toBeLessThanOrEqual(text.length);
  }
  if (analysis.value === null) return false;
  const drawing = drawingOf(analysis.value, analysis);
  expect(svgOf(drawing)).not.toMatch(/NaN|undefined|Infinity/);
  expect(mermaidOf(drawing)).not.toContain("undefined");
  const { before, after } = cost(analysis.value, { candidates: 3, history: 2 });
  expect(after.total).toBeGreaterThan(0);
  expect(before.total).toBeGreaterThan(0);
  return true;
}

describe.each([...specs, ["hostile", hostile]] as const)("%s", (_path, text) => {
  test("whole", () => {
    expect(viewed(text)).toBe(true);
  });

  test("cut off anywhere", () => {
    for (let end = 0; end < text.length; end += 23) viewed(text.slice(0, end));
  });

  test("a word short", () => {
    const words = [...text.matchAll(/\w+|[^\s\w]/g)];
    words.forEach(({ index, 0: word }, i) => {
      if (i % 5 === 0) viewed(text.slice(0, index) + text.slice(index + word.length));
    });
  });
});
