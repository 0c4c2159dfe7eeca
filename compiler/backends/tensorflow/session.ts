// Trains with TensorFlow: a whole step is one run of one TensorFlow graph, whose variables stay in the session.

import type { TrainingProgram } from "../../middle/programs/program.ts";
import { batchValues } from "../contract/feed-values.ts";
import { logitsOf, stepResultOf } from "../contract/results.ts";
import type { ParameterValues, StepFeed, StepResult, TrainingSession } from "../contract/session.ts";
import { emitTensorflow, parameterSignatures } from "./emit.ts";
import {
  type FeedReader,
  type LoadedModule,
  type LoadModule,
  readFeed,
  readParameters,
} from "./loaded-module.ts";

/** Opens a session with the initial value of every parameter. */
export async function openSession(
  load: LoadModule,
  program: TrainingProgram,
  initial: ParameterValues,
  parts: number,
): Promise<TrainingSession> {
  const module = emitTensorflow({ [STEP]: program.step, [PREDICT]: program.predict }, parts);
  const session = new TensorflowSession(await load(module), program);
  session.write(initial);
  return session;
}

const STEP = "step";
const PREDICT = "predict";

function readBatch(feed: StepFeed): FeedReader {
  return readFeed(
    batchValues(feed),
    feed.batch.parts.map((_, part) => batchValues(feed, part)),
  );
}

class TensorflowSession implements TrainingSession {
  readonly holds = null;
  readonly room = null;
  private readonly module: LoadedModule;
  private readonly program: TrainingProgram;
  private readonly parameters: readonly string[];

  constructor(module: LoadedModule, program: TrainingProgram) {
    this.module = module;
    this.program = program;
    this.parameters = [...new Set([...program.step.parameters.keys(), ...program.predict.parameters.keys()])];
  }

  step(feed: StepFeed): StepResult {
    return stepResultOf(this.module.run(STEP, readBatch(feed)), this.program);
  }

  predict(feed: StepFeed): Readonly<Record<string, Float32Array>> {
    return logitsOf(this.module.run(PREDICT, readBatch(feed)), this.program);
  }

  read(): ParameterValues {
    if (this.parameters.length === 0) return new Map();
    const values = this.module.run(parameterSignatures.read, readParameters(new Map()));
    return new Map(this.parameters.map((name) => [name, values[name] as Float32Array]));
  }

  write(values: ParameterValues): void {
    if (this.parameters.length === 0) return;
    this.module.run(parameterSignatures.write, readParameters(values));
  }

  dispose(): void {
    this.module.dispose();
  }
}
