// The plain form of WebAssembly trains to the same bits everywhere: in every version of Node, and in a
// browser, on several threads where its page is cross-origin isolated and on one where it is not.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { optimizers } from "../../compiler/middle/training/optimizers/registry.ts";
import { schedules } from "../../compiler/middle/training/schedules.ts";
import { openBrowser } from "../support/browser.ts";
import { majors, nodeOf } from "../support/node-versions.ts";
import { servePages } from "../support/pages.ts";
import { bundledTrainer, givenTraining } from "./anywhere/given.ts";
import { scalarsOf, type Trained, train } from "./anywhere/trainer.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-anywhere-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bundle = join(folder, "trainer.mjs");
let text = "";
let code = "";
let here: Trained;

beforeAll(async () => {
  text = await givenTraining();
  code = await bundledTrainer();
  writeFileSync(bundle, code);
  writeFileSync(join(folder, "given.json"), text);
  here = await train(text, null);
});

test.each(majors)("Node %i", async (major) => {
  const script = `const { train } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
const { readFileSync } = await import("node:fs");
console.log(JSON.stringify(await train(readFileSync("given.json", "utf8"), null)));`;
  const given = ["--input-type=module", "-e", script];
  const ran = spawnSync(await nodeOf(major), given, { cwd: folder, encoding: "utf8" });
  expect(ran.stderr).toBe("");
  expect(JSON.parse(ran.stdout)).toEqual(here);
});

test("the rates of every optimizer and schedule are the same in every version of Node", async () => {
  const specOf = (words: string) =>
    `model m features item { item_id : id  embed 2 } label click : binary
net { predict click = dense(item_id, 1) |> sigmoid }
train { ${words} }`;
  const { exponential, step, ...others } = schedules;
  expect([exponential, step]).not.toContain(undefined);
  const specs = [
    ...Object.keys(optimizers).map((name) => specOf(`optimizer ${name}`)),
    ...["step(every: 7, factor: 0.97)", "exponential(every: 100, factor: 0.9)", ...Object.keys(others)].map(
      (schedule) => specOf(`schedule ${schedule}`),
    ),
  ];
  const script = `const { scalarsOf } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
console.log(scalarsOf(${JSON.stringify(specs)}));`;
  const hashes = await Promise.all(
    majors.map(async (major) => {
      const given = ["--input-type=module", "-e", script];
      return execFileSync(await nodeOf(major), given, { encoding: "utf8" }).trim();
    }),
  );
  expect(new Set(hashes)).toEqual(new Set([scalarsOf(specs)]));
});

describe("a dedicated worker in Chromium", () => {
  /** Says how many threads took part by what each of them has told. */
  const worker = `import { train } from "./trainer.mjs";
onmessage = async ({ data: text }) => {
  const counts = typeof SharedArrayBuffer === "undefined" ? null : new Int32Array(new SharedArrayBuffer(64));
  let started = 0;
  const newWorker = () => {
    const worker = new Worker("./slices.mjs", { type: "module" });
    const at = started++;
    return { postMessage: (task) => worker.postMessage({ task, counts, at }), terminate: () => worker.terminate() };
  };
  try {
    const trained = await train(text, crossOriginIsolated ? newWorker : null);
    postMessage({ trained, isIsolated: crossOriginIsolated, counts: counts === null ? [] : [...counts.subarray(0, started)] });
  } catch (error) {
    postMessage({ error: String(error.stack) });
  }
};`;
  const slices = `import { takePart } from "./trainer.mjs";
onmessage = ({ data: { task, counts, at } }) => {
  // Each slice that this thread marks as its own is counted.
  const { store } = Atomics;
  Atomics.store = (words, place, value) => {
    if (value === 1 && words !== counts) counts[at]++;
    return store(words, place, value);
  };
  takePart(task);
};`;
  const page = `<script type="module">
globalThis.trained = (text) => new Promise((resolve) => {
  const worker = new Worker("./worker.mjs", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => resolve({ error: event.message });
  worker.postMessage(text);
});
</script>`;

  test("threads where the page is cross-origin isolated, one where it is not", async () => {
    const files = { "worker.mjs": worker, "slices.mjs": slices, "trainer.mjs": code };
    const pages = await servePages(page, files);
    const { browser, close } = await openBrowser();
    try {
      const open = async (folder: "isolated" | "open") => {
        const page = await browser.newPage();
        await page.goto(pages.address(folder));
        return page.evaluate(`trained(${JSON.stringify(text)})`);
      };
      // On two cores one of them may find nothing left to take, and on a busy machine a short training may be over
      // before any of them begins: then another one follows.
      let slices = 0;
      for (let tries = 0; tries < 20 && slices === 0; tries++) {
        const isolated = (await open("isolated")) as { counts: number[] };
        expect(isolated).toMatchObject({ isIsolated: true, trained: { hash: here.hash, helpers: 2 } });
        // Two threads and their guard, which takes none.
        expect(isolated.counts).toHaveLength(3);
        slices = isolated.counts.reduce((sum, count) => sum + count, 0);
      }
      expect(slices).toBeGreaterThan(0);
      expect(await open("open")).toEqual({ isIsolated: false, counts: [], trained: here });
    } finally {
      await close();
      pages.close();
    }
  });
});
