// Dot products of queries with keys, without copying either for each pair: the scores of a search, or of
// pairs of steps. Only ranking programs have it (passes/products-of-rows.ts).

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { NodeId } from "../graph/graph.ts";
import { type EachRows, perOf, type Rows, type StepsRows, type TensorType } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { CANDIDATES } from "./repeat-candidates.op.ts";
import { numbersIn } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

/**
 * Within each row of `groups`, `dots` pairs all queries with all keys. Each row of `keys` has `times` keys.
 */
export interface Meeting {
  readonly groups: Rows;
  readonly queries: EachRows | StepsRows;
  readonly keys: Rows;
  readonly times: number;
  readonly width: number;
}

export function meetingOf([q, k]: readonly TensorType[]): Meeting {
  const [queries, keys] = [q!.rows, k!.rows];
  const misfit = `dots of ${describeType(q!)} and ${describeType(k!)}`;
  const width = q!.dims[0]!;
  invariant(q!.dims.length === 1 && k!.dims.at(-1) === width, misfit);
  invariant(queries.kind === "each" || queries.kind === "steps", misfit);
  if (keys.kind === "steps") {
    invariant(keys.per === "request" && k!.dims.length === 1, misfit);
    invariant(queries.kind === "each" && queries.per === "candidate", misfit);
    return { groups: { kind: "each", per: "request" }, queries, keys, times: 1, width };
  }
  invariant(keys.kind === "each" && keys.per !== "example" && k!.dims.length === 2, misfit);
  invariant(keys.per === "request" || queries.per === "candidate", misfit);
  return { groups: keys, queries, keys, times: k!.dims[0]!, width };
}

export const dots: OpDefinition<NoAttributes> = {
  name: "dots",
  doc: "Products of q [d] with each k that it meets: candidates with the steps [d] of their request, a number [1] for each step of each candidate; rows or steps with their row's list, or their request's, [n, d], a list [n, 1] for each.",
  shape: (inputs) => {
    const [q, k] = inputsOf("dots", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("dots", q, k);
    const { queries, keys, times } = meetingOf(inputs);
    return keys.kind === "steps" ? f32({ ...stepsOf(k), per: "candidate" }, [1]) : f32(queries, [times, 1]);
  },
  reference: ([q, k], { inputs, output }, layout) => {
    const { groups, queries, keys, times, width } = meetingOf(inputs);
    const [all, each, most] = [layout.count(groups), layout.count(queries), layout.count(keys) * times];
    const out = filled(output, layout);
    let o = 0;
    for (let i = 0; i < each; i++) {
      const group = Math.floor((i * all) / each);
      for (let j = (group * most) / all; j < ((group + 1) * most) / all; j++) {
        let sum = 0;
        for (let w = 0; w < width; w++) sum += q![i * width + w]! * k![j * width + w]!;
        out[o++] = sum;
      }
    }
    return out;
  },
  flops: ({ inputs: [q], output }, count) => 2 * q!.dims[0]! * numbersIn(output, count),
  gradient: ({ graph, inputs, inputIds: [q, k], gradient }) => {
    const { groups, queries, keys, times } = meetingOf(inputs);
    const scaled = (x: NodeId) => graph.add("multiply", [gradient, x], {});
    if (keys.kind === "steps") {
      const { history } = keys;
      const query = graph.add("repeat", [q!], { history });
      const key = graph.add("repeat_candidates", [k!], {});
      return [graph.add("sum_steps", [scaled(key)], {}), graph.add("sum_candidates", [scaled(query)], {})];
    }
    const isShared = perOf(groups) === "request" && queries.per === "candidate";
    const bySteps = queries.kind === "steps" ? graph.add("repeat", [k!], { history: queries.history }) : k!;
    const keyOfQuery = isShared ? graph.add("repeat_candidates", [bySteps], {}) : bySteps;
    const all = scaled(graph.add("broadcast_list", [q!], { times }));
    const ofRequest = isShared ? graph.add("sum_candidates", [all], {}) : all;
    return [
      graph.add("sum_list", [scaled(keyOfQuery)], {}),
      queries.kind === "steps" ? graph.add("sum_steps", [ofRequest], {}) : ofRequest,
    ];
  },
  samples: ({ each, steps }) => {
    if (each.per === "example") return [];
    const shared = [1, 4, 21].map((width) => [f32(CANDIDATES, [width]), f32(steps, [width])]);
    const listed = [each, steps].flatMap((rows) => [
      [f32(rows, [3]), f32(each, [2, 3])],
      [f32(rows, [10]), f32(each, [5, 10])],
    ]);
    const ofRequest = [[f32({ ...steps, per: "candidate" }, [2]), f32(each, [3, 2])]];
    const all = each.per === "request" ? [...shared, ...listed, ...ofRequest] : listed;
    return all.map((inputs) => ({ attributes: {}, inputs }));
  },
};
