// Every training back end keeps one promise: the same losses, gradients, parameters and predictions as the ops'
// references give in f64, step after step, also where a batch has no history at all.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../compiler/middle/build/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { loadNative, nativeAvailable } from "../../runtime/native/load.ts";
import { loadTfjs } from "../../runtime/train/backends/load-tfjs.ts";
import { nodeBackend } from "../../runtime/train/backends/node-session.ts";
import { tfjsBackend } from "../../runtime/train/backends/tfjs-session.ts";
import type { BackendName, Feed, ParameterValues, TrainingBackend } from "../../runtime/train/session.ts";
import { initialValues, smallFeed, smallProgram } from "./small-program.ts";

const STEPS = 5;
const program = smallProgram();

const backends: readonly BackendName[] = nativeAvailable() ? ["node", "wasm", "cpu"] : ["wasm", "cpu"];

async function backendOf(name: BackendName): Promise<TrainingBackend> {
  return name === "node" ? nodeBackend((await loadNative())!) : tfjsBackend(name);
}

/** The oracle: the same programs by the ops' references. */
class Reference {
  parameters: Record<string, ArrayLike<number>>;

  constructor(initial: ParameterValues) {
    this.parameters = Object.fromEntries(initial);
  }

  step(feed: Feed) {
    const { outputs, updates } = this.run(program.step, feed);
    this.parameters = { ...this.parameters, ...Object.fromEntries(updates) };
    return { loss: outputs.get("loss")![0]!, gradient: outputs.get("gradient.item")! };
  }

  predict(feed: Feed) {
    return this.run(program.predict, feed).outputs.get("logit.click")!;
  }

  private run(graph: ValidGraph, { batch, rows, scalars }: Feed) {
    const lengths = new Array<number>(batch.size).fill(0);
    for (const row of batch.segments["clicks"]!) lengths[row]!++;
    const layout = exampleLayout({
      examples: batch.size,
      lengths: { clicks: lengths },
      tables: { item: batch.tables["item"]!.length },
    });
    const inputs = {
      ...batch.ids,
      ...batch.numbers,
      "label/click": batch.labels["click"]!,
      "scalar/learning_rate": [scalars["learning_rate"]!],
    };
    return evaluate(graph, { inputs, parameters: this.parameters, tables: rows }, layout);
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!), `${what} [${i}]`).toBeLessThan(
      2e-6 * (1 + Math.abs(expected[i]!)),
    );
}

describe.each(backends)("training on %s", (name) => {
  it("gives the reference's losses, gradients, predictions and parameters", async () => {
    const session = await (await backendOf(name)).open(program, initialValues());
    const reference = new Reference(initialValues());
    for (let number = 0; number < STEPS; number++) {
      const feed = smallFeed(number);
      expectClose(session.predict(feed)["click"]!, reference.predict(feed), `logits before step ${number}`);
      const { loss, gradients } = session.step(feed);
      const expected = reference.step(feed);
      expectClose([loss], [expected.loss], `loss of step ${number}`);
      expectClose(gradients["item"]!, expected.gradient, `gradient of step ${number}`);
      const parameters = session.read();
      expect([...parameters.keys()].sort()).toEqual(Object.keys(reference.parameters).sort());
      for (const [parameter, values] of parameters)
        expectClose(values, reference.parameters[parameter]!, `${parameter} after step ${number}`);
    }
    session.dispose();
  });

  it("reads what was written, to the last bit", async () => {
    const session = await (await backendOf(name)).open(program, initialValues());
    const first = session.step(smallFeed(0));
    session.step(smallFeed(1));
    expect(session.step(smallFeed(0)).loss).not.toBe(first.loss);
    session.write(initialValues());
    expect(session.read()).toEqual(initialValues());
    expect(session.step(smallFeed(0))).toEqual(first);
    session.dispose();
  });

  it("keeps sessions apart", async () => {
    const backend = await backendOf(name);
    const one = await backend.open(program, initialValues());
    const other = await backend.open(program, initialValues());
    one.step(smallFeed(0));
    expect(other.read()).toEqual(initialValues());
    one.dispose();
    expect(other.step(smallFeed(0)).loss).toBeGreaterThan(0);
    other.dispose();
  });

  it("keeps no tensor of a step", async () => {
    const tf = name === "node" ? (await loadNative())!.tf : await loadTfjs(name);
    const before = tf.memory().numTensors;
    const session = await (await backendOf(name)).open(program, initialValues());
    session.step(smallFeed(0));
    const after = tf.memory().numTensors;
    for (let number = 1; number < STEPS; number++) {
      session.step(smallFeed(number));
      session.predict(smallFeed(number));
      session.read();
    }
    expect(tf.memory().numTensors).toBe(after);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives results that later steps leave alone, and that are the caller's own", async () => {
    const session = await (await backendOf(name)).open(program, initialValues());
    const { gradients } = session.step(smallFeed(0));
    const parameters = session.read();
    const copies = [gradients["item"]!.slice(), new Map([...parameters].map(([key, v]) => [key, v.slice()]))];
    for (const values of session.read().values()) values.fill(0);
    expect(session.read()).toEqual(parameters);
    for (let number = 1; number < STEPS; number++) session.step(smallFeed(number));
    expect([gradients["item"], parameters]).toEqual(copies);
    session.dispose();
  });
});

describe.runIf(nativeAvailable())("temporary folders of native sessions", () => {
  const graphFolders = () =>
    readdirSync(tmpdir()).filter((entry) => entry.startsWith(`dinc-graph-${process.pid}@`));

  it("are gone once the session is open", async () => {
    const session = await (await backendOf("node")).open(program, initialValues());
    expect(graphFolders()).toEqual([]);
    session.dispose();
  });

  it("are removed for processes that were killed", async () => {
    // No process has this number: it is above the largest that Linux gives.
    const left = join(tmpdir(), `dinc-graph-4194305@${hostname()}-abcdef`);
    mkdirSync(left);
    (await (await backendOf("node")).open(program, initialValues())).dispose();
    expect(existsSync(left)).toBe(false);
  });
});

// What TensorFlow shares it lets go of in one of its own threads; tfjs-node then calls Node from there, which crashes a process now
// and then. It copies what does not begin at a multiple of 8 bytes.
it.skipIf(!nativeAvailable())("native TensorFlow is given only arrays that it copies", async () => {
  const native = (await loadNative())!;
  const offsets: number[] = [];
  const tf: typeof native.tf = new Proxy(native.tf, {
    get: (module, key) =>
      key === "tensor"
        ? (...[values, ...rest]: Parameters<typeof module.tensor>) => {
            offsets.push((values as Float32Array).byteOffset % 8);
            return module.tensor(values, ...rest);
          }
        : module[key as keyof typeof module],
  });
  const session = await nodeBackend({ ...native, tf }).open(program, initialValues());
  for (let number = 0; number < STEPS; number++) {
    session.step(smallFeed(number));
    session.predict(smallFeed(number));
  }
  session.write(session.read());
  session.dispose();
  expect(offsets.length).toBeGreaterThan(STEPS);
  expect(new Set(offsets)).toEqual(new Set([4]));
});
