// Declares the program of a generated module. A model's own takes its place, as in `requests.ts`.

import type { Wasm, WasmBinary } from "../wasm.ts";
import type { WeightsFile } from "../weights.ts";

export declare class Weights {
  private readonly isWeights: true;
  /** In modules whose sessions take events. */
  readonly checksum: number;
  constructor(file: WeightsFile, tables: unknown);
}
export declare class RequestValues {
  readonly wasm: Wasm | null;
  saved: Float32Array | null;
  longest: number;
  /** Without WebAssembly in encoders of ONNX folders. */
  constructor(wasm?: Wasm | null);
}
export declare class CandidateValues {
  readonly wasm: Wasm | null;
  constructor(wasm?: Wasm | null);
}
export declare function prepare(w: Weights, wasm: Wasm | null): void;
export declare function reserveRequest(q: RequestValues): void;
export declare function computeRequest(w: Weights, q: RequestValues): void;
export declare function reserveCandidates(q: RequestValues, c: CandidateValues, n: number): void;
export declare function computeCandidates(w: Weights, q: RequestValues, c: CandidateValues, n: number): void;
export declare const WASM: WasmBinary | null;
export declare const MODEL: { readonly name: string; readonly program: string; readonly version: string };
