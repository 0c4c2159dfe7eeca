// Compiles a spec with random weights and loads what was generated.

import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { Compacted, Fast, GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import type { ReferenceLogits } from "../../compiler/backends/golden/golden.ts";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { About } from "../../compiler/serve/about.ts";
import type { SetColumn } from "../../compiler/serve/columns.ts";
import type { Attention } from "../../compiler/serve/plan.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import type { EmbeddingSource } from "../../compiler/serve/tables.ts";
import type { Top } from "../../compiler/serve/top.ts";
import { emittedBy } from "../support/emitted.ts";
import { loadModule } from "./load-module.ts";

/** Scores of a model with one label, or several. */
export type Scores = Float32Array | Readonly<Record<string, Float32Array>>;

export type Backend = "relaxed-simd" | "simd" | "module" | "typescript";

/** The generated API, as a caller without its types sees it. */
export interface Ranker {
  readonly about: About;
  rank(request: unknown): Scores;
  logits(request: unknown): Scores;
  topK(request: unknown, k: unknown, label?: unknown): readonly Top[];
  user(request: unknown): Session;
  loadSession(state: unknown, options?: { readonly maxAge?: number }): Session;
  encodeCandidates(candidates: unknown): Readonly<Record<string, AnyColumn>>;
  encodeHistory(
    history: unknown,
  ): Readonly<Record<string, { readonly columns: Readonly<Record<string, AnyColumn>> }>>;
  explain(request: unknown): readonly Attention[];
  verify(): number;
  stats(options?: { readonly reset?: boolean }): RankerStats | null;
  readonly backend: Backend;
}
export type AnyColumn = Int32Array | Float32Array | SetColumn;
export interface Session {
  append(event: unknown, request?: unknown): void;
  save(): Uint8Array;
  rank(candidates: unknown, out?: unknown): Scores;
  logits(candidates: unknown, out?: unknown): Scores;
  topK(candidates: unknown, k: unknown, label?: unknown): readonly Top[];
}
export interface Generated {
  createRanker(options: {
    readonly weights: unknown;
    readonly tables?: unknown;
    readonly checkTables?: boolean;
    readonly verify?: boolean;
    readonly stats?: boolean;
    readonly backend?: "auto" | "simd" | "typescript";
    readonly wasm?: unknown;
  }): Promise<Ranker>;
}

export interface Compiled {
  readonly trained: TrainedModel;
  readonly files: GeneratedFiles;
  readonly compacted: Compacted | null;
  readonly fast: Fast | null;
  readonly module: Generated;
  readonly weights: Uint8Array;
  readonly ranker: Ranker;
  readonly reference: (request: RawRequest) => ReferenceLogits;
}

export function trainedOf(spec: string, seed = 1, known = 40): TrainedModel {
  const { value, diagnostics } = check(sourceFile("spec.din", spec));
  if (value === null)
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return untrainedModel(value, seed, known);
}

export async function compiled(spec: string, seed = 1): Promise<Compiled> {
  return compiledFrom(trainedOf(spec, seed));
}

/** `tables` gives the rows of those that are left out. */
export async function compiledFrom(
  trained: TrainedModel,
  options?: EmitOptions,
  tables?: Readonly<Record<string, EmbeddingSource>>,
): Promise<Compiled> {
  const { files, compacted, fast } = await emittedBy("ts", trained, options);
  const module = await loadModule<Generated>(files.get("model.js") as string);
  const weights = files.get("model.weights.bin") as Uint8Array;
  const ranker = await module.createRanker({ weights, tables });
  return { trained, files, compacted, fast, module, weights, ranker, reference: sharedReferenceOf(trained) };
}

/**
 * References by model, each of which keeps the logits of a request: they take their time, and modules of all
 * back ends and options are held to the same ones.
 */
const references = new WeakMap<TrainedModel, (request: RawRequest) => ReferenceLogits>();

function sharedReferenceOf(trained: TrainedModel): (request: RawRequest) => ReferenceLogits {
  const known = references.get(trained);
  if (known !== undefined) return known;
  const compute = referenceOf(trained);
  const found = new WeakMap<RawRequest, ReferenceLogits>();
  const reference = (request: RawRequest): ReferenceLogits => {
    const logits = found.get(request) ?? compute(request);
    found.set(request, logits);
    return logits;
  };
  references.set(trained, reference);
  return reference;
}

/** Scores by label or output, whatever their number. */
export function byLabel({ trained }: Pick<Compiled, "trained">, scores: Scores): Map<string, Float32Array> {
  const { predictions, outputs } = trained.model;
  const labels = [...predictions.map(({ label }) => label), ...outputs.map(({ name }) => name)];
  return new Map(labels.map((label) => [label, scores instanceof Float32Array ? scores : scores[label]!]));
}

/** The largest |logit − reference| as a share of what is allowed: at most 1. */
export function worstDifference(compiled: Compiled, request: RawRequest): number {
  const expected = compiled.reference(request);
  const found = byLabel(compiled, compiled.ranker.logits(request));
  let worst = 0;
  for (const [label, logits] of expected) {
    const scores = found.get(label)!;
    if (scores.length !== logits.length) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < logits.length; i++) {
      const allowed = 2e-5 + 1e-5 * Math.abs(logits[i]!);
      const share = Math.abs(scores[i]! - logits[i]!) / allowed;
      worst = Number.isNaN(share) ? Number.POSITIVE_INFINITY : Math.max(worst, share);
    }
  }
  return worst;
}
