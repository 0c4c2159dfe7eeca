// Logits of raw requests in f64, by the ops' references and the Graph over examples: what generated code is measured by.

import { InternalError } from "../../compiler/common/internal-error.ts";
import { featureNamed, type Model, ownerOf } from "../../compiler/frontend/model/model.ts";
import { evaluate, type Feeds } from "../../compiler/middle/build/evaluate.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { inputNames, outputNames } from "../../compiler/middle/programs/program.ts";
import type { Reference } from "./golden.ts";
import { type ExampleInputs, type RawRequest, RequestEncoder } from "./reference-inputs.ts";
import type { TrainedModel, TrainedTable } from "./trained-model.ts";

export function referenceOf(trained: TrainedModel): Reference {
  const { model, predict } = trained;
  const feedsOf = feederOf(trained);
  return (request) => {
    const { feeds, layout } = feedsOf(request);
    const { outputs } = evaluate(predict, feeds, layout);
    return new Map(
      model.predictions.map(({ label }) => {
        const logits = outputs.get(outputNames.logit(label));
        if (logits === undefined) throw new InternalError(`no logit of ${label}`);
        return [label, logits];
      }),
    );
  };
}

/** What `predict` is fed for a request, and the rows that it then has: an example for each candidate. */
export function feederOf({
  model,
  fitted,
  parameters,
  tables,
}: TrainedModel): (request: RawRequest) => { readonly feeds: Feeds; readonly layout: RowLayout } {
  const encoder = new RequestEncoder(model, fitted);
  return (request) => {
    const encoded = encoder.encode(request);
    const used = usedRows(encoded, model, tables);
    const layout = exampleLayout({
      examples: encoded.examples,
      lengths: Object.fromEntries(encoded.lengths),
      tables: Object.fromEntries([...used.tables].map(([name, { rows }]) => [name, rows])),
      elements: Object.fromEntries([...encoded.rowOf].map(([set, { length }]) => [set, length])),
    });
    const feeds = {
      inputs: Object.fromEntries([
        ...used.inputs,
        ...[...encoded.rowOf].map(([set, rows]) => [inputNames.rowOf(set), rows] as const),
      ]),
      parameters: Object.fromEntries(parameters),
      tables: Object.fromEntries([...used.tables].map(([name, { values }]) => [name, values])),
    };
    return { feeds, layout };
  };
}

interface UsedRows {
  readonly inputs: ReadonlyMap<string, Float64Array>;
  readonly tables: ReadonlyMap<string, { readonly rows: number; readonly values: Float64Array }>;
}

/** Of each table the rows that occur for its feature, and the ids as their positions: a table may have millions. */
function usedRows(
  { columns }: ExampleInputs,
  model: Model,
  tables: ReadonlyMap<string, TrainedTable>,
): UsedRows {
  const inputs = new Map(columns.map(({ input, values }) => [input, values]));
  const used = new Map<string, { rows: number; values: Float64Array }>();
  for (const [name, { values: table, width }] of tables) {
    const own = columns.filter(
      ({ feature }) => ownerOf(featureNamed(model, feature)) === model.tables.get(name)!.feature,
    );
    const positions = new Map<number, number>();
    for (const { values } of own)
      for (const id of values) if (!positions.has(id)) positions.set(id, positions.size);
    for (const { input, values } of own)
      inputs.set(
        input,
        values.map((id) => positions.get(id)!),
      );
    const rows = [...positions.keys()].flatMap((id) => [...table.subarray(id * width, (id + 1) * width)]);
    used.set(name, { rows: positions.size, values: Float64Array.from(rows) });
  }
  return { inputs, tables: used };
}
