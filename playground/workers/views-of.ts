// Computes the views of a spec: its network as a drawing, its names with types, its cost and, for open tabs,
// the effects of passes on its Graph and the PyTorch package.

import type { Span } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import {
  type Cost,
  cost,
  DiagnosticError,
  lower,
  type Model,
  printGraph,
  render,
  sourceFile,
} from "../../compiler/index.ts";
import { defaultRequest } from "../../compiler/tools/cost/default-request.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import { lex } from "../../grammar/tokens.ts";
import type { Package, ShownCost, ShownPass, TextRange, Views, ViewsRequest } from "./messages.ts";

/** Set when the page is built. */
declare const VERSION: string;

export async function viewsOf({ number, spec, also, withGraph }: Omit<ViewsRequest, "kind">): Promise<Views> {
  const analysis = analyse(sourceFile("model.din", spec));
  const model = analysis.value;
  const names = typesOf(analysis).map(({ kind, name, type, sources, span }) => ({
    ...{ kind, name, type, place: placeOf(span) },
    sources: [...sources],
  }));
  const words = lex(spec)
    .tokens.map(({ image }) => image)
    .join(" ");
  const [kind, none] = ["views" as const, { graph: null, passes: null, torchrec: null }];
  if (model === null) return { kind, number, words, names, drawing: null, cost: null, ...none };
  const drawing = drawingOf(model, analysis);
  return {
    ...{ kind, number, words, names },
    drawing: { svg: svgOf(drawing), places: drawing.nodes.map(({ span }) => placeOf(span)) },
    cost: costOf(model),
    graph: withGraph ? printGraph(lower(model)) : null,
    passes: also === "passes" ? await passesOf(model) : null,
    torchrec: also === "torchrec" ? await packageOf(model) : null,
  };
}

/** Blocks from other files have no place in this text. */
function placesIn({ file }: Model, origins: readonly (Span | null)[]): readonly TextRange[] {
  return origins.flatMap((origin) => (origin === null || origin.file !== file ? [] : [placeOf(origin)]));
}

function placeOf({ start, end }: Span): TextRange {
  return { start, end };
}

function costOf(model: Model): ShownCost {
  const { parameters, tables, before, after }: Cost = cost(model);
  const origins = new Map<string, Span | null>();
  for (const { op, attributes, origin } of lower(model).nodes)
    if (op === "parameter" || op === "table")
      origins.set((attributes as { readonly name: string }).name, origin);
  const places = (name: string) => placesIn(model, [origins.get(name) ?? null]);
  return {
    parameters: parameters.map(({ name, dims, numbers }) => ({ name, dims, numbers, places: places(name) })),
    tables: tables.map(({ name, width, bytesPerThousandIds }) => ({
      ...{ name, width, bytesPerThousandIds, places: places(name) },
    })),
    before: before.total,
    after: after.total,
    candidates: defaultRequest.candidates,
  };
}

async function passesOf(model: Model): Promise<readonly ShownPass[]> {
  const { passViews } = await import("../../compiler/tools/views/passes.ts");
  return passViews(model).map(({ lines, ...view }) => ({
    ...view,
    lines: lines.map(({ sign, text, once, origins }) => ({
      ...{ sign, text, once },
      places: placesIn(model, origins),
    })),
  }));
}

async function packageOf(model: Model): Promise<Package> {
  const { emitTorchrec } = await import("../../compiler/backends/torchrec/package.ts");
  const { graphHash } = await import("../../compiler/middle/builder/graph-hash.ts");
  const { specText } = await import("../../compiler/tools/fmt/flatten.ts");
  try {
    const { files } = emitTorchrec(model, { version: VERSION, graphHash, specText });
    return { files: new Map([...files].map(([name, file]) => [name, String(file)])) };
  } catch (error) {
    if (error instanceof DiagnosticError) return { problem: render(error.diagnostics, "pretty") };
    throw error;
  }
}
