// Trains with tfjs op by op, on WebAssembly or in plain JavaScript: slower by far than native, and nothing to install.

import { invariant } from "../../common/internal-error.ts";
import type { Parameter, ValidGraph } from "../../middle/graph/graph.ts";
import type { TrainingProgram } from "../../middle/programs/program.ts";
import { batchValues } from "../contract/feed-values.ts";
import { type Fetched, logitsOf, stepResultOf } from "../contract/results.ts";
import type { Feed, ParameterValues, StepResult, TrainingSession } from "../contract/session.ts";
import { interpret } from "./interpret.ts";
import { type Tensor, type Tfjs, useBackend } from "./lowering.ts";
import type { TfjsName } from "./machine.ts";
import { TensorFeed } from "./tensor-feed.ts";

/** With the values that every parameter begins with. */
export function openSession(
  tf: Tfjs,
  name: TfjsName,
  program: TrainingProgram,
  initial: ParameterValues,
): TrainingSession {
  const session = new TfjsSession(tf, name, program);
  session.write(initial);
  return session;
}

class TfjsSession implements TrainingSession {
  readonly holds = null;
  private readonly tf: Tfjs;
  private readonly backend: TfjsName;
  private readonly program: TrainingProgram;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly values = new Map<string, Tensor>();

  constructor(tf: Tfjs, backend: TfjsName, program: TrainingProgram) {
    this.tf = tf;
    this.backend = backend;
    this.program = program;
    this.parameters = new Map([...program.predict.parameters, ...program.step.parameters]);
  }

  step(feed: Feed): StepResult {
    return stepResultOf(this.run(this.program.step, feed), this.program.tables);
  }

  predict(feed: Feed): Readonly<Record<string, Float32Array>> {
    return logitsOf(this.run(this.program.predict, feed));
  }

  read(): ParameterValues {
    useBackend(this.tf, this.backend);
    return new Map([...this.values].map(([name, tensor]) => [name, tensor.dataSync<"float32">().slice()]));
  }

  write(values: ParameterValues): void {
    useBackend(this.tf, this.backend);
    for (const { name, dims } of this.parameters.values()) {
      const value = values.get(name);
      invariant(value, `parameter ${name} is not given`);
      this.replace(name, this.tf.tensor(value.slice(), [...dims], "float32"));
    }
  }

  dispose(): void {
    for (const tensor of this.values.values()) tensor.dispose();
    this.values.clear();
  }

  private run(graph: ValidGraph, feed: Feed): Fetched {
    const { tf } = this;
    useBackend(tf, this.backend);
    const { outputs, updates } = tf.tidy(() =>
      interpret(graph, tf, new TensorFeed(tf, graph, batchValues(feed), this.values)),
    );
    const fetched: Record<string, Float32Array | Int32Array> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      // A copy: tfjs may give its own memory, which a later step uses again.
      fetched[name] = (tensor.dataSync() as Float32Array | Int32Array).slice();
      tensor.dispose();
    }
    for (const [name, tensor] of Object.entries(updates)) this.replace(name, tensor);
    return fetched;
  }

  private replace(name: string, value: Tensor): void {
    this.values.get(name)?.dispose();
    this.values.set(name, value);
  }
}
