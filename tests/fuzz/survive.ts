// Runs everything that reads a text: check, lint, fmt, types, graph and cost. Nothing may throw, hang, or
// point outside of the text, whatever the text is.

import { type Span, sourceFile } from "../../compiler/common/source-file.ts";
import { type Diagnostic, hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { renderGithub } from "../../compiler/diagnostics/render/github.ts";
import { renderJson } from "../../compiler/diagnostics/render/json.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { renderSarif } from "../../compiler/diagnostics/render/sarif.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import type { Spec } from "../../compiler/frontend/syntax/nodes.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { cost } from "../../compiler/tools/cost/cost.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { mermaidOf } from "../../compiler/tools/views/mermaid.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import { timed } from "../support/measured.ts";

/** Returns whether the text is a model; throws an error that contains the text. */
export function survive(text: string): boolean {
  try {
    return goThrough(text);
  } catch (error) {
    throw new Error(`${JSON.stringify(text)}\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

function goThrough(text: string): boolean {
  const file = sourceFile("fuzz.din", text);
  const analysis = timed("check", () => analyse(file));
  const { value: model, diagnostics } = analysis;
  const isSound = !hasErrors(diagnostics);
  if (isSound ? (model === null) !== isOfBlocksAlone(parse(file).value) : model !== null)
    throw new Error("a model with errors or from blocks alone, or none from a sound spec");
  const all = [...diagnostics, ...timed("lint", () => lint(file))];
  for (const diagnostic of all)
    for (const { start, end } of placesOf(diagnostic))
      if (!(start >= 0 && end >= start && end <= text.length))
        throw new Error(`${diagnostic.code} points at ${start}–${end}`);
  timed("rendering", () => {
    renderPretty(all, { color: true });
    renderConcise(all);
    renderGithub(all);
    JSON.parse(renderJson(all));
    JSON.parse(renderSarif(all, "0"));
  });
  timed("fmt", () => formatStrictly(file));
  timed("types", () => typesOf(analysis));
  if (model === null) return false;
  timed("graph", () => {
    const drawing = drawingOf(model, analysis);
    svgOf(drawing);
    mermaidOf(drawing);
  });
  timed("cost", () => cost(model, { candidates: 3, history: 2 }));
  return true;
}

/** A file for imports: it has at least a block or a param, and no parts of a model. */
function isOfBlocksAlone({ name, items, params, variants }: Spec): boolean {
  const kinds = new Set([...items, ...params, ...variants].map(({ kind }) => kind));
  return name === null && kinds.size > 0 && [...kinds].every((kind) => kind === "block" || kind === "param");
}

/** Locations in the text; findings about the standard library's own text are elsewhere. */
function placesOf({ location, related, fixes }: Diagnostic): Span[] {
  const locations = [location, ...related.map((each) => each.location)];
  return [
    ...locations.flatMap((each) =>
      each.kind === "text" && each.span.file.path === "fuzz.din" ? [each.span] : [],
    ),
    ...fixes.flatMap((fix) => fix.edits.map((edit) => edit.span)),
  ];
}
