// What `browser.test.ts` runs in a browser and here: a spec goes through everything that the pure driver does with one.

import {
  check,
  cost,
  draw,
  explain,
  format,
  lint,
  lower,
  printGraph,
  render,
  sourceFile,
  types,
} from "../../compiler/index.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";

/** What there is to say of a spec, what it becomes, and what it is drawn as. */
export function everythingOf(spec: string): string {
  const file = sourceFile("model.din", spec);
  const { value: model } = check(file);
  const advice = render(lint(file), "pretty");
  if (model === null) return advice;
  const { step, predict } = trainingProgram(lower(model), model);
  return [
    advice,
    format(file).value,
    printGraph(step),
    printGraph(rankingProgram(model, predict)),
    draw(file, "svg").value,
    JSON.stringify(types(file).value.map(({ span, ...binding }) => binding)),
    JSON.stringify(cost(model, { candidates: 100, history: 50 })),
    JSON.stringify(explain("DIN0201")),
  ].join("\n");
}
