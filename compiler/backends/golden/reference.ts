// Computes logits and outputs of raw requests in f64, by the ops' references and the Graph over examples. Generated code
// is compared with them.

import { InternalError } from "../../common/internal-error.ts";
import { featureNamed, type Model, ownerOf } from "../../frontend/model/model.ts";
import { evaluate, type Feeds } from "../../middle/builder/evaluate.ts";
import { candidateAxis } from "../../middle/graph/batch-axis.ts";
import type { RowLayout } from "../../middle/graph/define-op.ts";
import { exampleLayout } from "../../middle/graph/layout.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { inputNames } from "../../middle/programs/program.ts";
import { channelsOf } from "../../middle/training/channels.ts";
import type { TrainedModel, TrainedTable } from "../contract/trained-model.ts";
import type { Reference, ReferenceLogits } from "./golden.ts";
import { type ExampleInputs, type RawRequest, RequestEncoder } from "./reference-inputs.ts";

/**
 * Takes all requests at once: examples of different requests are independent, and values that depend on weights alone are computed
 * once.
 */
export function referencesOf(trained: TrainedModel): Reference {
  const { model, predict } = trained;
  const feedsOf = feederOf(trained);
  return (requests) => {
    const { feeds, layout } = feedsOf(...requests);
    const { outputs } = evaluate(predict, feeds, layout);
    const all = model.predictions.map((prediction) => {
      const channels = channelsOf(prediction).map((channel) => {
        const logits = outputs.get(outputNames.logit(channel));
        if (logits === undefined) throw new InternalError(`no logit of ${channel}`);
        return logits;
      });
      return { label: prediction.label, width: channels.length, logits: sideBySide(channels) };
    });
    const named = model.outputs.map(({ name, width, per }) => {
      const values = outputs.get(outputNames.output(name));
      if (values === undefined) throw new InternalError(`no output ${name}`);
      return { name, width, per, values };
    });
    let from = 0;
    return requests.map(({ candidates: { length } }) => {
      const [first, end] = [from, (from += length)];
      const rows = (values: Float64Array, width: number, to: number) =>
        values.slice(first * width, to * width);
      return new Map([
        ...all.map(({ label, width, logits }) => [label, rows(logits, width, end)] as const),
        // All candidates of a request have the same value of a request.
        ...named.map(
          ({ name, width, per, values }) =>
            [name, rows(values, width, per === "request" ? first + 1 : end)] as const,
        ),
      ]);
    });
  };
}

/** Interleaves the channels row by row. */
function sideBySide(channels: readonly Float64Array[]): Float64Array {
  const [first] = channels as [Float64Array];
  if (channels.length === 1) return first;
  return Float64Array.from(
    { length: first.length * channels.length },
    (_, i) => channels[i % channels.length]![Math.floor(i / channels.length)]!,
  );
}

/** Like `referencesOf`, for one request. */
export function referenceOf(trained: TrainedModel): (request: RawRequest) => ReferenceLogits {
  const references = referencesOf(trained);
  return (request) => references([request])[0]!;
}

/** The inputs of `predict` for requests, and the layout of their rows: an example for each candidate. */
export function feederOf({ model, fitted, parameters, tables, padding }: TrainedModel): (
  ...requests: readonly RawRequest[]
) => {
  readonly feeds: Feeds;
  readonly layout: RowLayout;
} {
  const encoder = new RequestEncoder(model, fitted, padding);
  return (...requests) => {
    const encoded = encoder.encode(...requests);
    const used = usedRows(encoded, model, tables);
    const axis = model.requests === null ? null : candidateAxis(model.requests.by);
    const sizes = requests.map(({ candidates }) => candidates.length);
    const ofRequests = sizes.flatMap((size) => new Array<number>(size).fill(size));
    const layout = exampleLayout({
      examples: encoded.examples,
      lengths: {
        ...Object.fromEntries(encoded.lengths),
        ...(axis === null ? {} : { [axis]: ofRequests }),
      },
      tables: Object.fromEntries([...used.tables].map(([name, { rows }]) => [name, rows])),
      elements: Object.fromEntries([...encoded.rowOf].map(([set, { length }]) => [set, length])),
    });
    const feeds = {
      inputs: Object.fromEntries([
        ...used.inputs,
        ...(axis === null ? [] : [[inputNames.batch(axis), besideOf(sizes)] as const]),
        ...encoded.columns.map(({ input, values }) => [inputNames.ids(input), values] as const),
        ...[...encoded.rowOf].map(([set, rows]) => [inputNames.rowOf(set), rows] as const),
        ...[...encoded.weights].map(([set, weights]) => [inputNames.weightOf(set), weights] as const),
      ]),
      parameters: Object.fromEntries(parameters),
      tables: Object.fromEntries([...used.tables].map(([name, { values }]) => [name, values])),
    };
    return { feeds, layout };
  };
}

/** For each candidate of requests with these numbers of candidates, the numbers of all of its request. */
function besideOf(sizes: readonly number[]): Float64Array {
  let from = 0;
  const all = sizes.flatMap((size) => {
    const own = Array.from({ length: size }, (_, i) => from + i);
    from += size;
    return own.flatMap(() => own);
  });
  return Float64Array.from(all);
}

interface UsedInputs {
  readonly inputs: ReadonlyMap<string, Float64Array>;
  readonly tables: ReadonlyMap<string, { readonly rows: number; readonly values: Float64Array }>;
}

/**
 * The table rows that occur for each feature, and the ids as positions among them, because a table may have
 * millions of rows.
 */
function usedRows(
  { columns }: ExampleInputs,
  model: Model,
  tables: ReadonlyMap<string, TrainedTable>,
): UsedInputs {
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
    const rows = new Float64Array(positions.size * width);
    for (const [id, position] of positions)
      rows.set(table.subarray(id * width, (id + 1) * width), position * width);
    used.set(name, { rows: positions.size, values: rows });
  }
  return { inputs, tables: used };
}
