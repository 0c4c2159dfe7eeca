// `dinc/train` in Chromium: bundled for a browser it loads nothing of Node, and trains to the bits of Node:
// in a worker with threads, in a worker without, and in a page itself.

import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenBrowser, openBrowser } from "../support/browser.ts";
import { type Pages, servePages } from "../support/pages.ts";
import { type Given, type Trained, train } from "./page/trainer.ts";

const given: Given = {
  spec: `model shop
features user { user_id : id  embed 4  age : number |> standardize }
features item { item_id : id  embed 8  tags : set(id, max: 3)  embed 4 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let weight = softmax(dense(clicks * item_id, 1))
  predict click = concat(user_id, age, item_id, tags, sum(weight * clicks)) |> mlp([16], dice) |> dense(1) |> sigmoid
}
train { batch 32  epochs 10  optimizer adam(learning_rate: 0.01)  seed 3 }`,
  rows: Array.from({ length: 320 }, (_, i) => ({
    ...{ user_id: `u${i % 17}`, age: 20 + ((i * 7) % 40), item_id: (i * 13) % 29 },
    tags: ["red", "wool", "new"].slice(0, i % 4),
    clicked: Array.from({ length: (i * 5) % 8 }, (_step, step) => (i + 3 * step) % 29),
    click: Number((i * 13) % 29 < 12),
  })),
  steps: 50,
  pause: 100,
};

/** Counts the slices that each of its threads takes. */
const workerWith = (script: string) => `import { train } from "./trainer.mjs";
onmessage = async ({ data: given }) => {
  const counts = crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(16)) : new Int32Array(4);
  let started = 0;
  const newWorker = () => {
    const worker = new Worker("./${script}", { type: "module" });
    worker.postMessage({ counts, at: started++ });
    return worker;
  };
  try {
    const trained = await train(given, { newWorker, count: 2 });
    postMessage({ trained, started, slices: counts.reduce((sum, count) => sum + count, 0) });
  } catch (error) {
    postMessage({ error: String(error.stack) });
  }
};`;

const thread = `import { takePart } from "./trainer.mjs";
onmessage = ({ data: { counts, at } }) => {
  const { store } = Atomics;
  Atomics.store = (words, place, value) => {
    if (value === 1 && words.length > counts.length) counts[at]++;
    return store(words, place, value);
  };
  onmessage = ({ data }) => takePart(data);
};`;

const page = `<script type="module">
import { train } from "./trainer.mjs";
globalThis.trainHere = (given) => train(given, { newWorker: () => new Worker("./thread.mjs", { type: "module" }) });
globalThis.trainInWorker = (given, script = "worker.mjs") => new Promise((resolve) => {
  const worker = new Worker("./" + script, { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => resolve({ error: event.message });
  worker.postMessage(given);
});
</script>`;

let here: Trained;
let pages: Pages;
let opened: OpenBrowser;

beforeAll(async () => {
  const bundle = await rolldown({
    input: join(import.meta.dirname, "page", "trainer.ts"),
    platform: "browser",
  });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
  await bundle.close();
  expect(output).toHaveLength(1);
  const { imports, dynamicImports, fileName } = output[0];
  // What the module itself loads on demand is in it.
  expect([...imports, ...dynamicImports].filter((name) => name !== fileName)).toEqual([]);
  here = await train(given, null);
  pages = await servePages(page, {
    "trainer.mjs": output[0].code,
    "worker.mjs": workerWith("thread.mjs"),
    "alone.mjs": workerWith("nowhere.mjs"),
    "thread.mjs": thread,
  });
  opened = await openBrowser();
});

afterAll(async () => {
  await opened.close();
  pages.close();
});

async function inPage(
  folder: "isolated" | "open",
  call: string,
  { script = null, pause = given.pause }: { script?: string | null; pause?: number } = {},
): Promise<unknown> {
  const tab = await opened.browser.newPage();
  await tab.goto(pages.address(folder));
  return tab.evaluate(
    `${call}(${JSON.stringify({ ...given, pause })}${script === null ? "" : `, "${script}"`})`,
  );
}

test("the rows teach something", () => {
  expect(here.losses).toHaveLength(50);
  expect(here.auc).toBeGreaterThan(0.9);
});

test("a worker of a cross-origin isolated page has threads", async () => {
  // Of each of the two modules, of steps and of scores, one thread beside the worker's own; and their guard. On a busy
  // machine a thread may begin when all is done, but not where it has many seconds.
  let slices = 0;
  for (let pause = given.pause; pause <= 1600 && slices === 0; pause *= 4) {
    const result = await inPage("isolated", "trainInWorker", { pause });
    expect(result).toEqual({ trained: here, started: 3, slices: expect.any(Number) });
    slices = (result as { slices: number }).slices;
  }
  expect(slices).toBeGreaterThan(0);
});

test("threads whose script is nowhere are missed once, and the worker trains without them", async () => {
  const found = (await inPage("isolated", "trainInWorker", { script: "alone.mjs" })) as { trained: Trained };
  const message =
    "a thread could not start, so the others do its work: the script of its worker cannot be loaded";
  expect(found.trained).toEqual({ ...here, warnings: [`DIN0539 ${message}`] });
});

test("a worker of any other page has one thread, and so has a page itself", async () => {
  expect(await inPage("open", "trainInWorker")).toEqual({ trained: here, started: 0, slices: 0 });
  expect(await inPage("open", "trainHere")).toEqual(here);
  expect(await inPage("isolated", "trainHere")).toEqual(here);
});
