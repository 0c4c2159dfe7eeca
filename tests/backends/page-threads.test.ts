// A thread of a page that ends without a word while it has a slice is noticed by whoever trains, though that
// one waits and hears of nothing; and one that only takes its time is waited for.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenBrowser, openBrowser } from "../support/browser.ts";
import { type Pages, servePages } from "../support/pages.ts";
import { bundledTrainer, givenTraining } from "./anywhere/given.ts";
import { type Trained, train } from "./anywhere/trainer.ts";

/** Trains; its threads are started by the page, which can end them while this one waits. */
const worker = `import { train } from "./trainer.mjs";
onmessage = async ({ data: { text, counts } }) => {
  const newWorker = () => {
    const { port1, port2 } = new MessageChannel();
    postMessage({ port: port2 }, [port2]);
    return { postMessage: (message) => port1.postMessage(message), terminate: () => port1.postMessage("terminate") };
  };
  try {
    postMessage({ trained: await train(text, newWorker) });
  } catch (error) {
    postMessage({ diagnostics: error.diagnostics, error: String(error.stack) });
  }
};`;

/** When the first of the threads has its fifth slice, it says so and keeps it for \`counts[1]\` ms. */
const slices = `import { takePart } from "./trainer.mjs";
const { compareExchange } = Atomics;
let taken = 0;
onmessage = ({ data: { message, counts } }) => {
  Atomics.compareExchange = (words, place, before, after) => {
    const found = compareExchange(words, place, before, after);
    if (found !== before || ++taken !== 5 || compareExchange(counts, 0, 0, 1) !== 0) return found;
    const until = performance.now() + counts[1];
    while (performance.now() < until);
    return found;
  };
  takePart(message);
};`;

const page = `<script type="module">
globalThis.trained = (text, keeps, ends) => new Promise((resolve) => {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  counts[1] = keeps;
  const workers = [];
  let ended = null;
  const training = new Worker("./worker.mjs", { type: "module" });
  training.onmessage = ({ data: { port, ...said } }) => {
    if (port === undefined) {
      resolve({ ...said, wasStuck: counts[0] === 1, ms: ended === null ? null : performance.now() - ended });
      return;
    }
    const worker = new Worker("./slices.mjs", { type: "module" });
    workers.push(worker);
    port.onmessage = ({ data }) => (data === "terminate" ? worker.terminate() : worker.postMessage({ message: data, counts }));
  };
  training.onerror = (event) => resolve({ error: event.message });
  training.postMessage({ text, counts });
  const watching = setInterval(() => {
    if (!ends || counts[0] === 0) return;
    clearInterval(watching);
    ended = performance.now();
    // The first is the guard.
    for (const worker of workers.slice(1)) worker.terminate();
  }, 5);
});
</script>`;

let text = "";
let here: Trained;
let pages: Pages;
let opened: OpenBrowser;

beforeAll(async () => {
  text = await givenTraining();
  here = await train(text, null);
  pages = await servePages(page, {
    "worker.mjs": worker,
    "slices.mjs": slices,
    "trainer.mjs": await bundledTrainer(),
  });
  opened = await openBrowser();
});

afterAll(async () => {
  await opened.close();
  pages.close();
});

interface Said {
  readonly trained?: Trained;
  readonly diagnostics?: readonly { readonly code: string; readonly message: string }[];
  readonly error?: string;
  readonly wasStuck: boolean;
  /** From the end of the threads on. */
  readonly ms: number | null;
}

/** On a busy machine a short training may be over before its threads have slices: then another one follows. */
async function trained(keepsMs: number, ends: boolean): Promise<Said> {
  const tab = await opened.browser.newPage();
  await tab.goto(pages.address("isolated"));
  for (let tries = 1; ; tries++) {
    const said = (await tab.evaluate(`trained(${JSON.stringify(text)}, ${keepsMs}, ${ends})`)) as Said;
    if (said.wasStuck || tries === 20) return said;
  }
}

describe("a thread in Chromium that has a slice", () => {
  test("is missed when it is ended", async () => {
    const { diagnostics, wasStuck, ms } = await trained(60_000, true);
    expect(diagnostics).toMatchObject([
      {
        code: "DIN0537",
        message: "a thread that computed a part of a step stopped: something ended it",
      },
    ]);
    expect(wasStuck).toBe(true);
    // Chromium lets a script that goes on for itself go on for two seconds.
    expect(ms).toBeLessThan(8000);
  });

  test("is waited for when it takes its time", async () => {
    const { trained: result, wasStuck } = await trained(3000, false);
    expect(wasStuck).toBe(true);
    expect(result?.hash).toBe(here.hash);
  });
});
