// What a training has learned until now, as the module that `dinc compile` would write, running beside it: it ranks, and says what weights
// attention gives to the steps of a history.

import type { CompiledModel, Model, Training } from "../../compiler/train/index.ts";
import type { Row } from "./simulated.ts";

/** As a generated module has it, for requests whose types are known only when the spec is. */
interface Ranker {
  /** With several labels one list for each. */
  rank(request: unknown): ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
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

/** The compiler of modules is loaded when the first one is wanted: a page begins without it. */
export async function compiled(training: Training): Promise<CompiledModel> {
  const { compileTrained } = await import("../../compiler/train/compile-trained.ts");
  return compileTrained(training.trained(), { load });
}

/** Requests that are timed. */
const TIMED = 50;

/** The module of a moment. */
export class ServedModel {
  private readonly ranker: Ranker;
  private readonly model: Model;

  private constructor(ranker: Ranker, model: Model) {
    this.ranker = ranker;
    this.model = model;
  }

  static async of(training: Training): Promise<ServedModel> {
    const { files } = await compiled(training);
    const module = (await load(String(files.get("model.js")))) as RankerModule;
    const ranker = await module.createRanker({ weights: files.get("model.weights.bin") as Uint8Array });
    return new ServedModel(ranker, training.model);
  }

  /** By candidate a weight for each step of the history; null where the network weighs none. */
  weights(rows: readonly Row[]): readonly (readonly number[])[] | null {
    const [attention] = this.ranker.explain?.(requestOf(this.model, rows)) ?? [];
    return attention === undefined ? null : attention.weights.map((each) => Array.from(each));
  }

  /** Scores of the first label, with the median time of a request. */
  rank(rows: readonly Row[]): { readonly scores: readonly number[]; readonly microseconds: number } {
    const request = requestOf(this.model, rows);
    const times = Array.from({ length: TIMED }, () => {
      const start = performance.now();
      this.ranker.rank(request);
      return performance.now() - start;
    });
    const all = this.ranker.rank(request);
    const [first] = "length" in all ? [all as ArrayLike<number>] : Object.values(all);
    const median = times.toSorted((a, b) => a - b)[TIMED >> 1]!;
    return { scores: Array.from(first ?? []), microseconds: 1000 * median };
  }
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
