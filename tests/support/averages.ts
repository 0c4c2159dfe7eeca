// A model with every form of moving averages, and rows for its step: numbers, histories, lists, values of a feature.

import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { modelOf } from "../data/models.ts";

/** The size of the feature that selects one layer's values. */
export const VALUES = 3;

export interface AveragedRow {
  readonly price: number;
  /** The number of its value; null if it is unknown. */
  readonly domain: number | null;
  readonly worths: readonly number[];
}

/** All layers with a momentum, or with the default one. */
export function averagesProgram(momentum: number | null, settings = ""): TrainingProgram {
  const given = momentum === null ? "" : `, momentum: ${momentum}`;
  const model = modelOf(`model averages
features context { domain : enum("a", "b", "c") }
features item { price : number }
history seen(max: 9) { worth : number }
label click : binary
net {
  let row     = batch_norm(price${given})
  let own     = batch_norm(price, per: domain${given})
  let steps   = sum(dice(seen.worth${given}))
  let list    = sum(batch_norm([price, price * price]${given}))
  predict click = row + own + steps + list |> dense(1) |> sigmoid
}
train { optimizer sgd(1)  ${settings} }`);
  return trainingProgram(lower(model), model);
}

/** The feeds of a step that changes no weight. */
export function averagedFeeds(
  parameters: ReadonlyMap<string, ArrayLike<number>>,
  rows: readonly AveragedRow[],
): { readonly feeds: Feeds; readonly layout: RowLayout } {
  const third = 1 / VALUES;
  const which = rows.flatMap(({ domain }) =>
    [0, 1, 2].map((value) => (domain === null ? third : Number(domain === value))),
  );
  const feeds = {
    inputs: {
      price: rows.map(({ price }) => price),
      domain: rows.map((_, i) => i),
      "seen.worth": rows.flatMap(({ worths }) => worths),
      "label/click": rows.map(() => 1),
      "scalar/learning_rate": [0],
    },
    parameters: Object.fromEntries(parameters),
    tables: { "domain.values": which },
  };
  const layout = exampleLayout({
    examples: rows.length,
    lengths: { seen: rows.map(({ worths }) => worths.length) },
    tables: { "domain.values": rows.length },
  });
  return { feeds, layout };
}
