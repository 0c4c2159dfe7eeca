// Runs the module that `dinc compile` would write next to the training: it ranks, and returns the attention
// weights of a history's steps. The module is compiled once per training; later weights are loaded into it.

import { cost, type Model, type TrainedModel } from "../../compiler/train/index.ts";
import type { Contributions, RankedCandidates, ShownItem } from "./messages.ts";
import { requestOf } from "./request-of-rows.ts";
import type { ShownRow, ShownUserTable } from "./shown-user.ts";

/** The interface of a generated module, for requests whose types depend on the spec. */
interface Ranker {
  /** With several labels, one list for each. */
  rank(request: unknown): ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
  explain?(request: unknown): readonly { readonly weights: readonly ArrayLike<number>[] }[];
}

interface RankerModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly wasm?: WebAssembly.Module;
  }): Ranker | Promise<Ranker>;
}

/** Runs a module of JavaScript from its text. */
export async function load(text: string): Promise<unknown> {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The number of timed requests. */
const TIMED = 50;

/** A module with the weights that were loaded last. */
export class ServedModel {
  private readonly module: RankerModule;
  private readonly wasm: WebAssembly.Module | null;
  private readonly model: Model;
  private readonly weightsIn: (trained: TrainedModel) => Uint8Array;
  private readonly operations = new Map<number, { readonly once: number; readonly each: number }>();
  private ranker: Ranker;

  private constructor(
    module: RankerModule,
    wasm: WebAssembly.Module | null,
    model: Model,
    weightsIn: (trained: TrainedModel) => Uint8Array,
    ranker: Ranker,
  ) {
    this.module = module;
    this.wasm = wasm;
    this.model = model;
    this.weightsIn = weightsIn;
    this.ranker = ranker;
  }

  /** The compiler of modules is loaded on demand, so that a page starts without it. */
  static async of(trained: TrainedModel): Promise<ServedModel> {
    const { emitProgram } = await import("../../compiler/backends/typescript/emit-program.ts");
    const { weightsOf } = await import("../../compiler/backends/typescript/package.ts");
    const { relaxedForm } = await import("../../compiler/serve/wasm.ts");
    const rowsOf = (table: string) => {
      const { values, width } = trained.tables.get(table)!;
      return values.length / width;
    };
    const { module } = emitProgram({ ...trained, rowsOf }, () => "f32", {}, { version: "", run: null });
    const forms = module.wasm;
    const wasm = forms === null ? null : await compiled(relaxedForm(forms.simd, forms.fused), forms.simd);
    const code = (await load(module.javascript)) as RankerModule;
    const weightsIn = (of: TrainedModel) => weightsOf(module, of);
    const ranker = await rankerOf(code, wasm, weightsIn(trained));
    return new ServedModel(code, wasm, trained.model, weightsIn, ranker);
  }

  /** Loads existing files; it takes no other weights. */
  static async written(model: Model, javascript: string, weights: Uint8Array): Promise<ServedModel> {
    const code = (await load(javascript)) as RankerModule;
    return new ServedModel(code, null, model, () => weights, await rankerOf(code, null, weights));
  }

  async take(trained: TrainedModel): Promise<void> {
    this.ranker = await rankerOf(this.module, this.wasm, this.weightsIn(trained));
  }

  /** By candidate: a weight for each step of the history; null if the network has no attention. */
  weights(rows: readonly ShownRow[]): readonly (readonly number[])[] | null {
    const [attention] = this.ranker.explain?.(requestOf(this.model, rows)) ?? [];
    return attention === undefined ? null : attention.weights.map((each) => Array.from(each));
  }

  /** A click adds the difference to the score of the history without it. */
  contributions(
    rowsOf: ShownUserTable["rowsOf"],
    history: readonly ShownItem[],
    candidates: readonly ShownItem[],
  ): Contributions {
    const scored = (past: readonly ShownItem[]) =>
      this.scores(requestOf(this.model, rowsOf(past, candidates)), candidates.length);
    const scores = scored(history);
    const without = history.map((_, i) => scored(history.toSpliced(i, 1)));
    const contributions = scores.map((score, candidate) =>
      without.map((each) => score - (each[candidate] ?? 0)),
    );
    return { scores, contributions };
  }

  /** The scores of the first label, with the median time of a request. */
  rank(
    { rowsOf }: ShownUserTable,
    history: readonly ShownItem[],
    candidates: readonly ShownItem[],
  ): RankedCandidates {
    const request = requestOf(this.model, rowsOf(history, candidates));
    const times = Array.from({ length: TIMED }, () => {
      const start = performance.now();
      this.ranker.rank(request);
      return performance.now() - start;
    });
    const median = times.toSorted((a, b) => a - b)[TIMED >> 1]!;
    return {
      ...this.contributions(rowsOf, history, candidates),
      weights: this.weights(rowsOf(history, candidates)),
      microseconds: 1000 * median,
      ...this.operationsOf(candidates.length, history.length),
    };
  }

  private scores(request: unknown, candidates: number): readonly number[] {
    const all = this.ranker.rank(request);
    const [first = []] = "length" in all ? [all as ArrayLike<number>] : Object.values(all);
    const { label } = this.model.predictions[0]!;
    const { type } = this.model.labels.get(label)!;
    const classes = first.length / candidates;
    if (classes <= 1) return Array.from(first);
    // For ordered classes, the expected value; for others, the probability of the last one.
    return Array.from({ length: candidates }, (_, candidate) => {
      const chances = Array.from({ length: classes }, (_, i) => first[candidate * classes + i]!);
      return type.kind === "int"
        ? chances.reduce((sum, chance, i) => sum + chance * (type.low + i), 0)
        : chances.at(-1)!;
    });
  }

  private operationsOf(
    candidates: number,
    history: number,
  ): { readonly once: number; readonly each: number } {
    const known = this.operations.get(history);
    if (known !== undefined) return known;
    const { request: once, candidate: each } = cost(this.model, { candidates, history }).after;
    this.operations.set(history, { once, each });
    return { once, each };
  }
}

/** Compiles the first form that this browser supports. */
async function compiled(...forms: readonly Uint8Array[]): Promise<WebAssembly.Module> {
  const [form = new Uint8Array()] = forms
    .map((bytes) => Uint8Array.from(bytes))
    .filter((bytes) => WebAssembly.validate(bytes));
  return WebAssembly.compile(form);
}

async function rankerOf(
  { createRanker }: RankerModule,
  wasm: WebAssembly.Module | null,
  weights: Uint8Array,
): Promise<Ranker> {
  return createRanker({ weights, ...(wasm === null ? {} : { wasm }) });
}
