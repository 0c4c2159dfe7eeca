// The interface of a back end. A new back end is a folder with an object of this type, and a line in
// `../registry.ts`. The object is light: it loads its computing code on demand.

import type { Graph } from "../../middle/graph/graph.ts";
import type { TrainingProgram } from "../../middle/programs/program.ts";
import type { EmitOptionName, EmitOptions } from "./emit-options.ts";
import type { EmitContext, Emitted, WrittenFolder } from "./emitted.ts";
import type { GivenTables, ParameterValues, TrainingSession } from "./session.ts";
import type { TrainedModel } from "./trained-model.ts";

export interface Backend {
  /** What it makes of a Graph, as one sentence. */
  readonly doc: string;
  /** Choices of `--backend`: what trains and scores with it. */
  readonly engines: readonly TrainingEngine[];
  /** A choice of `--target`: what `dinc compile` makes with it. */
  readonly target: CompileTarget | null;
}

export interface TrainingEngine<Machine = never> {
  /** The choice, and what a run says that it was trained by. */
  readonly name: string;
  /** How it runs a step, as what follows its parts and their versions: "one graph a step". */
  readonly how: string;
  /** Of which steps it is the fastest engine, and why, as a clause about the model; the first in the registry counts. */
  readonly fastest: { readonly of: (step: Graph) => Promise<boolean>; readonly because: string };
  /** By what name the edge has the `Machine` that `open` is given; null for nothing. */
  readonly needs: string | null;
  /** In how many parts it takes a batch. */
  readonly parts: number;
  open(
    machine: Machine,
    program: TrainingProgram,
    initial: ParameterValues,
    tables: GivenTables | null,
    batchBytes: number,
  ): Promise<TrainingSession>;
}

export interface CompileTarget {
  /** The choice. */
  readonly name: string;
  /** What it makes, as a noun: "a module without dependencies". */
  readonly doc: string;
  /** Options of `dinc compile` that mean something for it. */
  readonly takes: readonly EmitOptionName[];
  /** Whether the folder holds weights; what trains them has none, and is made from the spec alone. */
  readonly holdsWeights: boolean;
  /** The command that checks the written folder. */
  readonly check: (folder: string) => string;
  /** The files of the folder. Options that it does not take are left aside. */
  emit(trained: TrainedModel, options: EmitOptions, context: EmitContext): Promise<Emitted>;
  /**
   * Scores golden requests with the written files. Throws DiagnosticError if a score differs from training's.
   * Absent if only an engine could score.
   */
  verify?(trained: TrainedModel, options: EmitOptions, folder: WrittenFolder): Promise<void>;
}
