// Trains and scores with WebAssembly that is made for the program: the step and the prediction are a module each.

import { invariant } from "../../../common/internal-error.ts";
import type { TrainingProgram } from "../../../middle/programs/program.ts";
import { batchValues } from "../../contract/feed-values.ts";
import { logitsOf, stepResultOf } from "../../contract/results.ts";
import type { Feed, ParameterValues, StepResult, TrainingSession } from "../../contract/session.ts";
import { Runner } from "./runner.ts";
import type { WasmMachine } from "./team.ts";

/** With the values that every parameter begins with. */
export function openSession(
  machine: WasmMachine,
  program: TrainingProgram,
  initial: ParameterValues,
): TrainingSession {
  const session = new WasmSession(machine, program);
  session.write(initial);
  return session;
}

class WasmSession implements TrainingSession {
  private readonly program: TrainingProgram;
  private readonly machine: WasmMachine;
  private readonly trainer: Runner;
  /** Made when something is scored. */
  private scorer: Runner | null = null;
  /** Whether the scorer has the weights that the trainer has. */
  private isScorerCurrent = false;

  constructor(machine: WasmMachine, program: TrainingProgram) {
    this.program = program;
    this.machine = machine;
    this.trainer = new Runner(program.step, machine.threads, machine.form);
  }

  step(feed: Feed): StepResult {
    this.isScorerCurrent = false;
    return stepResultOf(this.trainer.run(batchValues(feed)), this.program.tables);
  }

  predict(feed: Feed): Readonly<Record<string, Float32Array>> {
    this.scorer ??= new Runner(this.program.predict, this.machine.threads, this.machine.form);
    if (!this.isScorerCurrent)
      for (const name of this.program.predict.parameters.keys())
        this.scorer.parameter(name).set(this.trainer.parameter(name));
    this.isScorerCurrent = true;
    return logitsOf(this.scorer.run(batchValues(feed)));
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

  private names(): Iterable<string> {
    return this.program.step.parameters.keys();
  }
}
