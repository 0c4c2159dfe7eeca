// Any Graph gives the same wherever it is run. As one for training, over a batch of examples, its gradients
// too: by the references and in every way that trains. As one that ranks, over the same values, as it is or
// after the passes: by the references and in every way that only ranks, and as a training export where that
// can be run.

import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph, ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { Rows } from "../../compiler/middle/graph/types.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { freezeStatistics } from "../../compiler/middle/passes/freeze-statistics.ts";
import { rankingPasses, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { projectDistinctRows } from "../../compiler/middle/passes/project-distinct-rows.ts";
import { projectedTables, projectTables } from "../../compiler/middle/passes/project-tables.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { withGradients } from "../graph/training-graph.ts";
import { difference } from "../ops/comparison.ts";
import { type RandomRequest, randomBatch } from "../support/random-batch.ts";
import { graphs, isCandidate, MOST_STEPS, ops } from "../support/random-graph.ts";
import { type Given, runners, type Way } from "./runners.ts";

const RUNS = 40;
/** Rounding of f32 grows over some thirty ops one after the other. */
const TOLERANCE = 3e-5;
/** What the passes and the ranking form may change of f64. */
const EXACT = 1e-10;
/** Tails of one, two and three rows, none, and histories that are empty. */
const sizes = [
  { candidates: 1, steps: MOST_STEPS },
  { candidates: 3, steps: 0 },
  { candidates: 4, steps: 5 },
  { candidates: 6, steps: 1 },
];

const ways = Object.values(runners).flat();

type Outputs = ReadonlyMap<string, ArrayLike<number>>;

test("every back end gives the same", async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      graphs,
      fc.boolean(),
      fc.boolean(),
      fc.nat(),
      async (graph, optimised, projected, seed) => {
        for (const { op } of graph.nodes) met.add(op);
        const batch = randomBatch(graph, sizes, seed);
        const learned = evaluate(withGradients(graph), batch.feeds, batch.layout).outputs;
        const training = withGradients(projected ? validate(projectedInBatch(graph)) : graph);
        compare(
          evaluate(training, batch.feeds, batch.layout).outputs,
          learned,
          "the reference",
          training,
          EXACT,
        );
        if (projected && projectedTables(training).length > 0) met.add("projected rows");
        const whole = { feeds: batch.feeds, layout: batch.layout, candidates: 0, steps: 0 };
        for (const way of ways.filter(({ per, takes }) => per.includes("example") && takes(training)))
          await running(way, training, async (run) => compare(await run(whole), learned, way.name, training));

        const inference = freezeStatistics(graph);
        const ranking = toRequest(inference, isCandidate);
        const passed = optimised ? runPasses(ranking, rankingPasses) : ranking;
        if (projected && projectedTables(projectedWhole(passed)).length > 0) met.add("projected table");
        const program = validate(projected ? projectedWhole(passed) : passed);
        const exported = validate(toRequest(inference, () => true));
        const expected = evaluate(graph, batch.feeds, batch.layout).outputs;
        const examples = batch.layout.count({ kind: "each", per: "example" });
        const agree = (
          found: Outputs,
          request: RandomRequest,
          by: string,
          of: ValidGraph,
          tolerance?: number,
        ) => {
          const size = `${request.candidates} candidates, ${request.steps} steps`;
          compare(found, rowsOf(expected, graph, request, examples), `${by}, ${size}`, of, tolerance);
        };
        for (const request of batch.requests) {
          const { feeds, layout } = request.once;
          agree(evaluate(program, feeds, layout).outputs, request, "the references", program, EXACT);
        }
        for (const way of ways.filter(({ per }) => !per.includes("example"))) {
          await running(way, program, async (run) => {
            for (const request of batch.requests)
              agree(await run({ ...request, ...request.once }), request, way.name, program);
          });
          if (way.runsExports)
            await running(way, exported, async (run) => {
              for (const request of batch.requests)
                agree(
                  await run({ ...request, ...request.repeated }),
                  request,
                  `${way.name}, as exported`,
                  exported,
                );
            });
        }
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  // What was never drawn was not tested.
  const drawn = new Set([...met, "list", "dense", "weight", "meeting"]);
  expect(ops.filter((op) => !drawn.has(op))).toEqual([]);
  expect(met).toContain("projected table");
  expect(met).toContain("projected rows");
}, 600_000);

function compare(found: Outputs, wanted: Outputs, by: string, of: ValidGraph, tolerance = TOLERANCE): void {
  for (const [name, values] of wanted) {
    const differs = difference(found.get(name)!, values, tolerance, tolerance);
    if (differs !== null) expect.fail(`${name} by ${by}: ${differs}\n${printGraph(of)}`);
  }
}

/** All tables that may be projected, whether or not it is worth it. */
function projectedWhole(graph: Graph): Graph {
  const sizes = { rowsOf: () => 1, bytes: Number.POSITIVE_INFINITY };
  return dropDeadNodes(projectTables(graph, sizes, { reading: 0, readingOfSets: 0, leastShare: 0 }));
}

/** All rows that a batch may project, whether or not it is worth it. */
function projectedInBatch(graph: Graph): Graph {
  const most = ({ kind }: Rows) => (kind === "table" ? 0 : 1);
  return projectDistinctRows(graph, most, { reading: 0, leastShare: 0 });
}

/** Opens a Graph in one of the ways, for as long as `use` takes. */
async function running(
  way: Way,
  graph: ValidGraph,
  use: (run: (given: Given) => Promise<Outputs>) => Promise<void>,
): Promise<void> {
  const open = await way.open(graph, MOST_STEPS);
  try {
    await use(async (given) => (await open.run(given)).outputs);
  } finally {
    open.close();
  }
}

/** The numbers of a request's candidates, of those of a batch's examples. */
function rowsOf(outputs: Outputs, graph: ValidGraph, { first, candidates }: RandomRequest, examples: number) {
  return new Map(
    [...outputs].map(([name, values]) => {
      if (graph.nodes[graph.outputs.get(name)!]!.type.rows.kind === "once") return [name, values];
      const size = values.length / examples;
      return [name, Array.from(values).slice(first * size, (first + candidates) * size)];
    }),
  );
}
