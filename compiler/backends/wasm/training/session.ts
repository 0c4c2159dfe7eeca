// Trains and scores with WebAssembly made for the program: the step and the prediction are a module each.
// Tables are in the step's memory if they fit.

import { invariant } from "../../../common/internal-error.ts";
import { outputNames } from "../../../middle/graph/outputs.ts";
import type { TrainingProgram } from "../../../middle/programs/program.ts";
import { besideTable, stepWithTables, type TablePull } from "../../../middle/programs/table-updates.ts";
import { tableSlots } from "../../../middle/training/parts.ts";
import type { BatchRoom } from "../../contract/batch.ts";
import { batchValues } from "../../contract/feed-values.ts";
import { logitsOf, stepResultOf } from "../../contract/results.ts";
import type {
  GivenTables,
  HeldTables,
  ParameterValues,
  StepFeed,
  StepResult,
  TrainingSession,
} from "../../contract/session.ts";
import { hasSharedMemory } from "./machine.ts";
import type { OtherForm } from "./other-form.ts";
import { Runner } from "./runner.ts";
import type { WasmMachine } from "./team.ts";

/** Larger tables stay in JavaScript's memory. */
const MOST_BYTES = 2 ** 30;

const nothing: ReadonlyMap<string, Float32Array> = new Map();

/** Opens a session with the initial value of every parameter, and tables that it may hold. */
export function openSession(
  machine: WasmMachine,
  program: TrainingProgram,
  initial: ParameterValues,
  tables: GivenTables | null,
  batchBytes = 0,
): TrainingSession {
  const session = new WasmSession(machine, program, tables, batchBytes);
  session.write(initial);
  return session;
}

class WasmSession implements TrainingSession {
  private readonly program: TrainingProgram;
  private readonly machine: WasmMachine;
  private readonly trainer: Runner;
  /** Made when something is first scored. */
  private scorer: Runner | null = null;
  /** Whether the scorer has the weights that the trainer has. */
  private isScorerCurrent = false;

  readonly holds: HeldTables | null;

  constructor(
    machine: WasmMachine,
    program: TrainingProgram,
    tables: GivenTables | null,
    batchBytes: number,
  ) {
    this.program = program;
    this.machine = machine;
    const slotNames = (table: string) => tableSlots(program.settings, table).map(({ name }) => name);
    const values = tables === null ? nothing : valuesOf(tables, slotNames);
    const bytes = [...values.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    const isHeld = tables !== null && bytes <= MOST_BYTES && hasSharedMemory();
    if (!isHeld) {
      this.trainer = new Runner(program.step, machine, nothing, batchBytes);
      this.holds = null;
      return;
    }
    const trainer = new Runner(
      stepWithTables(program, pullsOf(program, tables)),
      machine,
      values,
      batchBytes,
    );
    this.trainer = trainer;
    this.holds = new Map(
      [...tables].map(([name, table]) => [
        name,
        {
          values: trainer.heldValues(name),
          slots: table.slots.map((_, i) => trainer.heldValues(besideTable.slot(name, slotNames(name)[i]!))),
        },
      ]),
    );
  }

  get room(): BatchRoom | null {
    return this.trainer.room;
  }

  step(feed: StepFeed): StepResult {
    this.isScorerCurrent = false;
    const { tables, own } = feed.batch;
    const rows =
      this.holds === null
        ? null
        : { all: (name: string) => tables.get(name)!, changed: (name: string) => own.get(name) ?? null };
    const run = this.trainer.run(batchValues(feed), rows, feed.batch.isInRoom);
    return stepResultOf(run, this.program);
  }

  predict(feed: StepFeed): Readonly<Record<string, Float32Array>> {
    return logitsOf(this.scorerNow().run(batchValues(feed)), this.program);
  }

  read(): ParameterValues {
    return new Map([...this.names()].map((name) => [name, this.trainer.parameter(name).slice()]));
  }

  write(values: ParameterValues): void {
    this.isScorerCurrent = false;
    for (const name of this.names()) {
      const value = values.get(name);
      invariant(value, `parameter ${name} is not given`);
      this.trainer.parameter(name).set(value);
    }
  }

  dispose(): void {
    this.trainer.end();
    this.scorer?.end();
  }

  /** The scorer with the current weights. */
  private scorerNow(): Runner {
    const { predict, step } = this.program;
    // A program that only predicts has nothing else.
    if (predict === step) return this.trainer;
    this.scorer ??= new Runner(
      predict,
      { ...this.machine, other: quietly(this.machine.other ?? null) },
      nothing,
    );
    if (!this.isScorerCurrent)
      for (const name of predict.parameters.keys())
        this.scorer.parameter(name).set(this.trainer.parameter(name));
    this.isScorerCurrent = true;
    return this.scorer;
  }

  private names(): Iterable<string> {
    return this.program.step.parameters.keys();
  }
}

/** Reports only failures, because only the form of the training steps is of interest. */
function quietly(other: OtherForm | null): OtherForm | null {
  if (other === null) return null;
  const { isAsked, holds } = other;
  return {
    ...{ isAsked, holds },
    wasMade: (step) => other.wasMade(step),
    make: (step) => other.make(step),
    told: (outcome) => {
      if (outcome.kind === "differs") other.told(outcome);
    },
  };
}

/** The arrays to hold: rows of each table, the optimizer's slots, and the decay factor of each row. */
function valuesOf(
  tables: GivenTables,
  slotNames: (table: string) => readonly string[],
): ReadonlyMap<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  for (const [name, { values, slots, decay }] of tables) {
    const names = slotNames(name);
    found.set(name, values);
    slots.forEach((slot, i) => {
      found.set(besideTable.slot(name, names[i]!), slot);
    });
    if (decay instanceof Float32Array) found.set(besideTable.pull(name), decay);
  }
  return found;
}

/** For each table that the loss depends on. */
function pullsOf({ step }: TrainingProgram, tables: GivenTables): ReadonlyMap<string, TablePull> {
  const trained = [...tables].filter(([name]) => step.outputs.has(outputNames.gradient(name)));
  return new Map(
    trained.map(([name, { decay }]) => [name, decay instanceof Float32Array ? "by row" : decay]),
  );
}
