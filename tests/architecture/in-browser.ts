// What `browser.test.ts` runs in a browser and here: a spec goes through everything that the pure part of dinc does with one.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";

import { printGraph } from "../../compiler/middle/build/print.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { costOf } from "../../compiler/tools/cost/cost.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { lintText } from "../../compiler/tools/lint/lint.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";

/** What there is to say of a spec, what it becomes, and what it is drawn as. */
export function everythingOf(spec: string): string {
  const file = sourceFile("model.din", spec);
  const analysis = analyse(file);
  const { value: model } = analysis;
  const advice = renderPretty(lintText(file));
  if (model === null) return advice;
  const { step, predict } = trainingProgram(lower(model), model);
  return [
    advice,
    formatStrictly(file).value,
    printGraph(step),
    printGraph(rankingProgram(model, predict)),
    svgOf(drawingOf(model, analysis)),
    JSON.stringify(costOf(model, null, { candidates: 100, history: 50 })),
  ].join("\n");
}
