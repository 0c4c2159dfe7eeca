// No view throws, whatever a spec that is half written, or a word short, looks like.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { cost } from "../../compiler/tools/cost/cost.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { mermaidOf } from "../../compiler/tools/views/mermaid.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import { sweep, times } from "../support/how-often.ts";
import { hostile, specs } from "./specs.ts";

/** So many of a spec are left out, one at a time. */
const MOST_WORDS = 25;

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

describe.each(sweep([["hostile", hostile] as const, ...specs]))("%s", (_path, text) => {
  test("whole", () => {
    expect(viewed(text)).toBe(true);
  });

  test("cut off anywhere", () => {
    for (let end = 0; end < text.length; end += 23) viewed(text.slice(0, end));
  });

  test("a word short", () => {
    const words = [...text.matchAll(/\w+|[^\s\w]/g)];
    const step = Math.max(5, Math.floor(words.length / (MOST_WORDS * times())));
    words.forEach(({ index, 0: word }, i) => {
      if (i % step === 0) viewed(text.slice(0, index) + text.slice(index + word.length));
    });
  });
});
