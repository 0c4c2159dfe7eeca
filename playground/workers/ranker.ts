// What a training has learned until now, as the module that `dinc compile` would write, running beside it: who asks it gets the weights
// that attention gives to the steps of a history.

import { type CompiledModel, compileTrained, type Model, type Training } from "../../compiler/train/index.ts";
import type { Row } from "./simulated.ts";

/** As a generated module has it, for requests whose types are known only when the spec is. */
interface Ranker {
  explain?(request: unknown): readonly { readonly weights: readonly ArrayLike<number>[] }[];
}

interface RankerModule {
  createRanker(options: { readonly weights: Uint8Array }): Ranker | Promise<Ranker>;
}

/** Runs a module of JavaScript from its text. */
async function load(text: string): Promise<unknown> {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function compiled(training: Training): Promise<CompiledModel> {
  return compileTrained(training.trained(), { load });
}

/** By candidate a weight for each step of the history; null where the network weighs none. */
export async function attentionOf(
  training: Training,
  rows: readonly Row[],
): Promise<readonly (readonly number[])[] | null> {
  const { files } = await compiled(training);
  const module = (await load(String(files.get("model.js")))) as RankerModule;
  const ranker = await module.createRanker({ weights: files.get("model.weights.bin") as Uint8Array });
  const [attention] = ranker.explain?.(requestOf(training.model, rows)) ?? [];
  return attention === undefined ? null : attention.weights.map((each) => Array.from(each));
}

/** One request for rows that differ in the candidate alone. */
function requestOf({ features, histories }: Model, rows: readonly Row[]): unknown {
  const [first] = rows;
  const of = (scope: string, row: Row | undefined) =>
    Object.fromEntries(
      [...features.values()]
        .filter((feature) => feature.scope === scope)
        .map(({ name }) => [name, row?.[name]]),
    );
  const stepsOf = ({
    fields,
  }: {
    readonly fields: readonly { readonly name: string; readonly column: string }[];
  }) => {
    const columns = fields.map(({ name, column }) => [name, first?.[column]] as const);
    const [, some] = columns[0] ?? [];
    return Array.from({ length: Array.isArray(some) ? some.length : 0 }, (_, i) =>
      Object.fromEntries(columns.map(([name, values]) => [name, Array.isArray(values) ? values[i] : null])),
    );
  };
  return {
    user: of("user", first),
    context: of("context", first),
    history: Object.fromEntries([...histories.values()].map((history) => [history.name, stepsOf(history)])),
    candidates: rows.map((row) => of("item", row)),
  };
}
