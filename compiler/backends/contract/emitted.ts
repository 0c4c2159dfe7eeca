// What a target makes of a trained model, and what it takes of the edge for that.

import type { Model } from "../../frontend/model/model.ts";
import type { Graph } from "../../middle/graph/graph.ts";

/** What a file holds; a large one in pieces, one after the other. */
export type GeneratedFile = string | Uint8Array | readonly Uint8Array[];

export type GeneratedFiles = ReadonlyMap<string, GeneratedFile>;

/** A field of package.json or pyproject.toml: by it a folder is known to be dinc's, and may be replaced. */
export const GENERATED_BY = "generatedBy";

export interface CompiledModel {
  /** The files of the module's folder by name. */
  readonly files: GeneratedFiles;
  /** How far fewer bytes for the tables take the golden requests from what training gives; null where there are no fewer. */
  readonly compacted: Compacted | null;
  /** What `mode` fast does; null where it changes nothing, and in `mode` exact. */
  readonly fast: Fast | null;
  /** Where in the spec its code comes from; null where the target does not tell, or the files do. */
  readonly places: CodeOrigins | null;
}

export interface CodeOrigins {
  /** What each function of `model.wasm` computes, by its index, with its place: `matmul, model.din:32`. */
  readonly functions: readonly string[];
  /** Lines of `model.ts` without their indentation, each with its place: `model.din:32`. */
  readonly statements: readonly (readonly [line: string, place: string])[];
}

/**
 * Among the files are a package.json or pyproject.toml that says `GENERATED_BY`, and a README.md with an
 * example. The rest is left out by targets that do not take these options.
 */
export type Emitted = Pick<CompiledModel, "files"> & Partial<CompiledModel>;

export interface GoldenDifference {
  /** The largest of a logit. */
  readonly largest: number;
  /** All are as close as `FAST_TOLERANCE` asks. */
  readonly isClose: boolean;
}

export interface Fast extends GoldenDifference {
  /** Products in 16-bit integers. */
  readonly products: readonly { readonly inner: number; readonly outer: number }[];
}

export interface Compacted {
  /** Of all tables in the weights file, and what they would have as f32. */
  readonly bytes: number;
  readonly bytesAsFloats: number;
  /** Tables that are f32 all the same. */
  readonly stayed: readonly string[];
  /** The largest differences of a candidate. */
  readonly logit: number;
  readonly probability: number;
}

export interface EmitContext {
  /** Of dinc. */
  readonly version: string;
  /** Draws the golden requests. */
  readonly seed: number;
  /** The fingerprint of a Graph, which the manifest of a run has too. */
  graphHash(graph: Graph): string;
  /** The spec of a model as one text that can be checked again by itself. */
  specText(model: Model): string;
  /** Loads a JavaScript module that imports nothing, from its text. */
  load(javascript: string): Promise<unknown>;
}

/** A folder on the disk, before it is called complete: it holds `files`, byte by byte. */
export interface WrittenFolder {
  readonly files: GeneratedFiles;
  /** Loads a JavaScript module of it. */
  load(name: string): Promise<unknown>;
}
