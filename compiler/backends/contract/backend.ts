// The interface of a back end. A new back end is a folder with an object of this type, and a line in
// `../registry.ts`. The object is light: it loads its computing code on demand.

import type { Graph } from "../../middle/graph/graph.ts";
import type { TrainingProgram } from "../../middle/programs/program.ts";
import type { EmitOptionName, EmitOptions } from "./emit-options.ts";
import type { EmitContext, Emitted, WrittenFolder } from "./emitted.ts";
import type { GivenTables, ParameterValues, TrainingSession } from "./session.ts";
import type { TrainedModel } from "./trained-model.ts";

export interface BackendDefinition {
  /** Its result for a Graph, as one sentence. */
  readonly doc: string;
  /** Choices of `--backend`: its engines for training and scoring. */
  readonly engines: readonly TrainingEngine[];
  /** A choice of `--target`: the output of `dinc compile` with it. */
  readonly target: CompileTarget | null;
}

export interface TrainingEngine<Machine = never> {
  /** The choice, which a run records too. */
  readonly name: string;
  /** Describes how it runs a step, after its parts and their versions: "one graph a step". */
  readonly how: string;
  /**
   * The steps for which it is the fastest engine, and the reason, as a clause about the model and the machine. The
   * first match in the registry counts. It is a rule and not a measurement, because engines round differently, and a
   * training has the same bits each time.
   */
  readonly fastest: {
    readonly of: (step: Graph, machine: NativeMachine) => Promise<boolean>;
    readonly because: string;
  };
  /** The edge's name for the `Machine` that `open` takes; null if it takes none. */
  readonly needs: string | null;
  /** The number of parts into which it splits a batch. */
  readonly parts: number;
  open(
    machine: Machine,
    program: TrainingProgram,
    initial: ParameterValues,
    tables: GivenTables | null,
    batchBytes: number,
  ): Promise<TrainingSession>;
}

/** The machine, as far as the choice of an engine depends on it. */
export interface NativeMachine {
  /** The numbers in a vector of the C compiler's code; 0 without a compiler. */
  readonly lanes: () => number;
}

export interface CompileTarget {
  /** The name of the choice. */
  readonly name: string;
  /** Its product, as a noun: "a module without dependencies". */
  readonly doc: string;
  /** The options of `dinc compile` that apply to it. */
  readonly takes: readonly EmitOptionName[];
  /** Whether the folder holds weights. A package that trains has none, and is made from the spec alone. */
  readonly holdsWeights: boolean;
  /** Whether its requests keep numbers of all pairs of steps, where a sum alone reads them. */
  readonly keepsPairs: boolean;
  /**
   * The names of files that belong to the weights and can be replaced without the code, the last one last; null if the weights
   * are part of another file.
   */
  readonly weightsFiles: readonly RegExp[] | null;
  /** The command that checks the written folder. */
  readonly check: (folder: string) => string;
  /** The effect of `--mode fast` where it is the same for every model; absent if the result tells it. */
  readonly fast?: string;
  /** Makes the files of the folder. Ignores options that it does not take. */
  emit(trained: TrainedModel, options: EmitOptions, context: EmitContext): Promise<Emitted>;
  /**
   * Scores golden requests with the written files. Throws DiagnosticError if a score differs from training's.
   * Absent if only an engine can score.
   */
  verify?(trained: TrainedModel, options: EmitOptions, folder: WrittenFolder): Promise<void>;
}
