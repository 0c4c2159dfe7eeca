// The interface to an emitted module in a TensorFlow session, which the edge loads, and the inputs of its
// runs.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { FeedSource, FeedValues } from "../contract/feed.ts";
import type { RowsPart, TensorflowModule } from "./emit.ts";

/** Signatures that run in one session and share its variables. */
export interface LoadedModule {
  /** Runs the session once and returns all outputs. */
  run(signature: string, read: FeedReader): Readonly<Record<string, Float32Array | Int32Array>>;
  dispose(): void;
}

/** TensorFlow's part of the machine. */
export type LoadModule = (module: TensorflowModule) => Promise<LoadedModule>;

/** Reads the value of one input; a number is a scalar. */
export type FeedReader = (source: FeedSource, part: RowsPart | null) => Float32Array | Int32Array | number;

/**
 * Reads all inputs except parameters, which are in the session. `whole` has the values of all rows, `parts`
 * those of each part.
 */
export function readFeed(whole: FeedValues, parts: readonly FeedValues[]): FeedReader {
  return (source, part) => {
    const values = part === null ? whole : parts[part.index];
    invariant(values, "the rows are not in parts");
    switch (source.kind) {
      case "input":
        return values.input(source.name);
      case "table":
        return values.table(source.name);
      case "segments":
        return values.segments(source.rows);
      case "count":
        return values.count(source.rows);
      case "parameter":
        throw new InternalError(`parameter ${source.name} is not fed at every run`);
    }
  };
}

/** Reads new values of the session's parameters. */
export function readParameters(values: ReadonlyMap<string, Float32Array>): FeedReader {
  return (source) => {
    invariant(source.kind === "parameter", `${source.kind} is not a parameter`);
    const value = values.get(source.name);
    invariant(value, `parameter ${source.name} is not given`);
    return value;
  };
}
