// What a spec is, seen from several sides: its network as a drawing, its names with their types, its Graph as text, what it costs.

import { analyse } from "../../compiler/frontend/check/check.ts";
import { type Cost, cost, lower, type Model, printGraph, sourceFile } from "../../compiler/index.ts";
import { defaultRequest } from "../../compiler/tools/cost/default-request.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import type { ShownCost, Views, ViewsRequest } from "./messages.ts";

/** Only the last text matters: what comes while one is looked at replaces what waits. */
let waiting: ViewsRequest | null = null;

addEventListener("message", ({ data }: MessageEvent<ViewsRequest>) => {
  const isIdle = waiting === null;
  waiting = data;
  if (isIdle)
    setTimeout(() => {
      const request = waiting;
      waiting = null;
      if (request !== null) postMessage(viewsOf(request));
    });
});

function viewsOf({ number, spec }: ViewsRequest): Views {
  const file = sourceFile("model.din", spec);
  const analysis = analyse(file);
  const model = analysis.value;
  const names = typesOf(analysis).map(({ kind, name, type, sources, span }) => ({
    ...{ kind, name, type, start: span.start },
    sources: [...sources],
  }));
  if (model === null) return { number, names, drawing: null, graph: null, cost: null };
  const drawing = drawingOf(model, analysis);
  return {
    ...{ number, names },
    drawing: {
      svg: svgOf(drawing),
      places: drawing.nodes.map(({ span }) => ({ start: span.start, end: span.end })),
    },
    graph: printGraph(lower(model)),
    cost: costOf(model),
  };
}

function costOf(model: Model): ShownCost {
  const { parameters, tables, before, after }: Cost = cost(model);
  return {
    parameters: parameters.map(({ name, dims, numbers }) => ({ name, dims, numbers })),
    tables: tables.map(({ name, width, bytesPerThousandIds }) => ({ name, width, bytesPerThousandIds })),
    before: before.total,
    after: after.total,
    candidates: defaultRequest.candidates,
  };
}
