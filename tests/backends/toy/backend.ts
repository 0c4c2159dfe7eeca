// The smallest back end: it computes by the ops' references, and shows what adding one takes.

import type {
  BackendDefinition,
  CompileTarget,
  TrainingEngine,
} from "../../../compiler/backends/contract/backend.ts";
import { GENERATED_BY } from "../../../compiler/backends/contract/emitted.ts";
import { batchValues } from "../../../compiler/backends/contract/feed-values.ts";
import { logitsOf, stepResultOf } from "../../../compiler/backends/contract/results.ts";
import type { StepFeed, TrainingSession } from "../../../compiler/backends/contract/session.ts";
import { goldenRequests } from "../../../compiler/backends/golden/golden.ts";
import { referencesOf } from "../../../compiler/backends/golden/reference.ts";
import { InternalError } from "../../../compiler/common/internal-error.ts";
import { evaluate } from "../../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../../compiler/middle/graph/graph.ts";
import type { TrainingProgram } from "../../../compiler/middle/programs/program.ts";

class ToySession implements TrainingSession {
  readonly holds = null;
  readonly room = null;
  private values = new Map<string, Float32Array>();

  private readonly program: TrainingProgram;

  constructor(program: TrainingProgram) {
    this.program = program;
  }

  step = (feed: StepFeed) => stepResultOf(this.run(this.program.step, feed), this.program);
  predict = (feed: StepFeed) => logitsOf(this.run(this.program.predict, feed), this.program);
  read = () => new Map([...this.values].map(([name, value]) => [name, value.slice()]));
  write = (values: ReadonlyMap<string, Float32Array>) => {
    this.values = new Map([...values].map(([name, value]) => [name, value.slice()]));
  };
  dispose = () => {};

  private run(graph: ValidGraph, feed: StepFeed): Readonly<Record<string, Float32Array>> {
    const layout = batchValues(feed);
    const names = graph.nodes.flatMap(({ op, attributes }) =>
      op === "input" ? [(attributes as { name: string }).name] : [],
    );
    const inputs = Object.fromEntries(names.map((name) => [name, layout.input(name)]));
    const parameters = Object.fromEntries(this.values);
    const { outputs, updates } = evaluate(graph, { inputs, parameters, tables: feed.rows }, layout);
    for (const [name, value] of updates) this.values.set(name, Float32Array.from(value));
    return Object.fromEntries([...outputs].map(([name, value]) => [name, Float32Array.from(value)]));
  }
}

const engine = {
  ...{
    name: "toy",
    how: "the references of the ops, one by one",
    fastest: { of: async () => true, because: "the model is a toy" },
    needs: null,
    parts: 1,
  },
  async open(_machine, program, initial) {
    const session = new ToySession(program);
    session.write(initial);
    return session;
  },
} as const satisfies TrainingEngine<null>;

/** A module that knows the logits of the golden requests, and of no other. */
const target = {
  ...{
    name: "toy",
    doc: "the golden requests' logits",
    takes: [],
    holdsWeights: true,
    keepsPairs: true,
    weightsFiles: null,
  },
  check: (folder: string) => `node --test ${folder}/model.test.js`,
  async emit(trained, _options, { version, seed }) {
    const golden = goldenRequests(trained, referencesOf(trained), seed);
    const known = golden.map(({ request, logits }) => [JSON.stringify(request), Object.fromEntries(logits)]);
    const files = new Map([
      [
        "model.js",
        `const known = new Map(${JSON.stringify(known)});
export const logits = (request) => known.get(JSON.stringify(request));
`,
      ],
      [
        "model.test.js",
        `import assert from "node:assert/strict";
import test from "node:test";
import { logits } from "./model.js";
test("it knows the first golden request", () => assert.ok(logits(${JSON.stringify(golden[0]!.request)})));
`,
      ],
      ["package.json", JSON.stringify({ type: "module", [GENERATED_BY]: `dinc ${version}` })],
      ["README.md", `import { logits } from "./model.js";\n`],
    ]);
    return { files };
  },
  async verify({ model }, _options, { load }) {
    const { logits } = (await load("model.js")) as { logits(request: object): object | undefined };
    if (logits({}) !== undefined) throw new InternalError(`${model.name} has logits for no request`);
  },
} as const satisfies CompileTarget;

export const toy = {
  doc: "The references of the ops, one by one.",
  engines: [engine],
  target,
} as const satisfies BackendDefinition;
