// Runs the module that `dinc compile` would write next to the training: it ranks, and returns the attention
// weights of a history's steps. The module is compiled once per training; later weights are loaded into it.

import {
  contributionsTo,
  firstScores,
  type RankerAnswer,
} from "../../compiler/backends/page/browser/scores.ts";
import { pageLabel } from "../../compiler/backends/page/page-label.ts";
import { cost, type Model, type TrainedModel } from "../../compiler/train/index.ts";
import type { Contributions, RankedCandidates, ShownItem } from "./messages.ts";
import { requestOf } from "./request-of-rows.ts";
import type { ShownRow, ShownUserTable } from "./shown-user.ts";

/** The interface of a generated module, for requests whose types depend on the spec. */
interface Ranker {
  rank(request: unknown): RankerAnswer;
  explain?(request: unknown): readonly { readonly weights: readonly ArrayLike<number>[] }[];
}

interface RankerModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly wasm?: WebAssembly.Module;
  }): Ranker | Promise<Ranker>;
}

/** By text. */
const loaded = new Map<string, Promise<unknown>>();

/** Runs a module of JavaScript from its text. A browser never forgets a module, so that it loads each once. */
export function load(text: string): Promise<unknown> {
  const found = loaded.get(text) ?? run(text);
  loaded.set(text, found);
  return found;
}

async function run(text: string): Promise<unknown> {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Milliseconds of requests that are timed together: Firefox's clock shows whole milliseconds. */
const TIMED = 20;

/** The mean time of a call. */
function millisecondsOf(call: () => unknown): number {
  const start = performance.now();
  let calls = 0;
  let passed = 0;
  while (passed < TIMED) {
    call();
    calls += 1;
    passed = performance.now() - start;
  }
  return passed / calls;
}

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

  contributions(
    rowsOf: ShownUserTable["rowsOf"],
    history: readonly ShownItem[],
    candidates: readonly ShownItem[],
  ): Contributions {
    const scored = (past: readonly ShownItem[]) =>
      this.scores(requestOf(this.model, rowsOf(past, candidates)), candidates.length);
    const scores = scored(history);
    return { scores, contributions: contributionsTo(scores, history, scored) };
  }

  /** The scores of the first label, with the mean time of a request. */
  rank(
    { rowsOf }: ShownUserTable,
    history: readonly ShownItem[],
    candidates: readonly ShownItem[],
  ): RankedCandidates {
    const request = requestOf(this.model, rowsOf(history, candidates));
    return {
      ...this.contributions(rowsOf, history, candidates),
      weights: this.weights(rowsOf(history, candidates)),
      microseconds: 1000 * millisecondsOf(() => this.ranker.rank(request)),
      ...this.operationsOf(candidates.length, history.length),
    };
  }

  private scores(request: unknown, candidates: number): readonly number[] {
    return firstScores(this.ranker.rank(request), candidates, pageLabel(this.model).low);
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
