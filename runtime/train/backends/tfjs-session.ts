// Trains with tfjs op by op, on WebAssembly or in plain JavaScript: slower by far than native, and nothing to install.

import { interpret } from "../../../compiler/backends/tfjs/interpret.ts";
import type { Tensor, Tfjs } from "../../../compiler/backends/tfjs/lowering.ts";
import { invariant } from "../../../compiler/common/internal-error.ts";
import type { Parameter, ValidGraph } from "../../../compiler/middle/graph/graph.ts";
import type { TrainingProgram } from "../../../compiler/middle/programs/program.ts";
import type { Feed, ParameterValues, StepResult, TrainingBackend, TrainingSession } from "../session.ts";
import { batchValues } from "./feed-values.ts";
import { loadTfjs, type TfjsName, useBackend } from "./load-tfjs.ts";
import { type Fetched, logitsOf, stepResultOf } from "./results.ts";
import { TensorFeed } from "./tensor-feed.ts";

/** `hint` is added to the description: what would be faster. */
export function tfjsBackend(name: TfjsName, hint: string | null = null): TrainingBackend {
  return {
    name,
    parts: 1,
    description: `tfjs on ${name}, op by op${hint === null ? "" : ` (${hint})`}`,
    async open(program, initial) {
      const session = new TfjsSession(await loadTfjs(name), name, program);
      session.write(initial);
      return session;
    },
  };
}

class TfjsSession implements TrainingSession {
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
