// Training on each engine that is installed, and what native TensorFlow leaves on the machine.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSession } from "../../compiler/backends/tensorflow/session.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { loadModule } from "../../runtime/engines/native-module.ts";
import { loadNative, nativeAvailable } from "../../runtime/native/load.ts";
import { installed } from "./installed.ts";
import { describeSessions } from "./session-suite.ts";
import { initialValues, smallFeed, smallProgram } from "./small-program.ts";

const STEPS = 5;
const program = smallProgram();

for (const name of installed) describeSessions(name, () => chooseBackend(name));

describe.runIf(nativeAvailable())("a session of native TensorFlow", () => {
  it("keeps no tensor of a step", async () => {
    const { tf } = (await loadNative())!;
    const before = tf.memory().numTensors;
    const session = await (await chooseBackend("node")).open(program, initialValues());
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
});

describe.runIf(nativeAvailable())("temporary folders of native sessions", () => {
  const graphFolders = () =>
    readdirSync(tmpdir()).filter((entry) => entry.startsWith(`dinc-graph-${process.pid}@`));

  it("are gone once the session is open", async () => {
    const session = await (await chooseBackend("node")).open(program, initialValues());
    expect(graphFolders()).toEqual([]);
    session.dispose();
  });

  it("are removed for processes that were killed", async () => {
    // No process has this number: it is above the largest that Linux gives.
    const left = join(tmpdir(), `dinc-graph-4194305@${hostname()}-abcdef`);
    mkdirSync(left);
    (await (await chooseBackend("node")).open(program, initialValues())).dispose();
    expect(existsSync(left)).toBe(false);
  });
});

// What TensorFlow shares it lets go of in one of its own threads; tfjs-node then calls Node from there, which
// crashes a process now and then. It copies what does not begin at a multiple of 8 bytes.
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
  const session = await openSession(loadModule({ ...native, tf }), program, initialValues(), 2);
  for (let number = 0; number < STEPS; number++) {
    session.step(smallFeed(number));
    session.predict(smallFeed(number));
  }
  session.write(session.read());
  session.dispose();
  expect(offsets.length).toBeGreaterThan(STEPS);
  expect(new Set(offsets)).toEqual(new Set([4]));
});
