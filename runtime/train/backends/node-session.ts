// Trains with tfjs-node: a whole step is one run of one TensorFlow graph, whose variables stay in the session.

import { emitTensorflow, parameterSignatures } from "../../../compiler/backends/tensorflow/emit.ts";
import type { TrainingProgram } from "../../../compiler/middle/programs/program.ts";
import type { NativeModule } from "../../native/load.ts";
import type { Feed, ParameterValues, StepResult, TrainingBackend, TrainingSession } from "../session.ts";
import { batchValues } from "./feed-values.ts";
import { type FeedReader, LoadedModule, readFeed, readParameters } from "./native-module.ts";
import { logitsOf, stepResultOf } from "./results.ts";

export function nodeBackend(native: NativeModule): TrainingBackend {
  const { tfjsNode, tensorflow } = native.versions;
  return {
    name: "node",
    parts: PARTS,
    description: `tfjs-node ${tfjsNode}, TensorFlow ${tensorflow}, one graph a step`,
    async open(program, initial) {
      const module = emitTensorflow({ [STEP]: program.step, [PREDICT]: program.predict }, PARTS);
      const session = new NodeSession(await LoadedModule.load(native, module), program);
      session.write(initial);
      return session;
    },
  };
}

/**
 * A batch's rows in two parts side by side, each op on half of the cores (see `load.ts`): on two cores a step of DIN takes
 * 0.7 to 0.8 of the time that it takes in one part. The same everywhere, because rounding depends on it.
 */
const PARTS = 2;
const STEP = "step";
const PREDICT = "predict";

function reading(feed: Feed): FeedReader {
  return readFeed(
    batchValues(feed),
    feed.batch.parts.map((_, part) => batchValues(feed, part)),
  );
}

class NodeSession implements TrainingSession {
  private readonly module: LoadedModule;
  private readonly program: TrainingProgram;
  private readonly parameters: readonly string[];

  constructor(module: LoadedModule, program: TrainingProgram) {
    this.module = module;
    this.program = program;
    this.parameters = [...new Set([...program.step.parameters.keys(), ...program.predict.parameters.keys()])];
  }

  step(feed: Feed): StepResult {
    return stepResultOf(this.module.run(STEP, reading(feed)), this.program.tables);
  }

  predict(feed: Feed): Readonly<Record<string, Float32Array>> {
    return logitsOf(this.module.run(PREDICT, reading(feed)));
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
