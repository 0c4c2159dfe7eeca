// examples/serving, as its README tells it: an edge worker and a page.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { root } from "../cli/spawn.ts";
import { type Compiled, compiledFrom, type Scores, trainedOf } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { openBrowser } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";

const example = join(root, "examples/serving");

let folder: string;
let monday: Compiled;
let requests: { readonly candidates: readonly unknown[] }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-serving-"));
  monday = await compiledFrom({ ...trainedOf(specs.din), run: "run1" });
  const sampler = new RequestSampler(monday.trained.model, monday.trained.fitted, Random.of(7, "serving"));
  requests = Array.from({ length: 12 }, (_, i) =>
    sampler.make({ candidates: 1 + 5 * i, steps: (max) => i % (max + 1), unseen: 0.1 }),
  ) as typeof requests;
});
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Scores as an answer in JSON has them. */
function plain(scores: Scores): unknown {
  if (scores instanceof Float32Array) return Array.from(scores);
  return Object.fromEntries(Object.entries(scores).map(([label, list]) => [label, Array.from(list)]));
}

async function post(
  url: string,
  body: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("the edge worker scores as the module does, and tells mistakes", async () => {
  const at = join(folder, "worker");
  await cp(join(example, "worker"), at, { recursive: true });
  await writeFolder(join(at, "ranker"), monday.files, false);
  const { default: workerd } = createRequire(import.meta.url)("workerd") as { default: string };
  const port = await freePort();
  const child = spawn(workerd, ["serve", "workerd.capnp", `--socket-addr=http=127.0.0.1:${port}`], {
    cwd: at,
    stdio: ["ignore", "ignore", "inherit"],
  });
  running.push(child);
  const url = `http://127.0.0.1:${port}/`;
  await until(() =>
    fetch(url).then(
      ({ status }) => status === 405,
      () => false,
    ),
  );
  const ranker = await monday.module.createRanker({ weights: monday.weights, backend: "simd" } as never);
  for (const request of requests) {
    const { status, answer } = await post(url, request);
    expect(status).toBe(200);
    expect(answer).toEqual({
      model: "din",
      run: "run1",
      backend: "module",
      scores: plain(ranker.rank(request)),
    });
  }
  expect(await post(url, { ...requests[0], candidates: [{}] })).toMatchObject({
    status: 400,
    answer: { error: "RankerInputError" },
  });
  expect((await post(url, "{")).status).toBe(400);
});

test("the page ranks a golden request, and again when it is edited", async () => {
  const at = join(folder, "page");
  await cp(join(example, "page"), at, { recursive: true });
  await writeFolder(join(at, "ranker"), monday.files, false);
  const files = await fileServer(at);
  const { browser, close } = await openBrowser();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/`);
    await page.locator("#scores li").first().waitFor();
    const ranker = await monday.module.createRanker({ weights: monday.weights });
    const shown = async () =>
      (await page.locator("#scores li").allTextContents()).map((line) => line.slice(0, 6));
    const expected = (request: unknown) =>
      [...(ranker.rank(request) as Float32Array)].sort((a, b) => b - a).map((score) => score.toFixed(4));
    const golden = JSON.parse(await page.locator("#request").inputValue()) as unknown;
    expect(await shown()).toEqual(expected(golden));
    expect(await page.locator("#about").textContent()).toMatch(
      /^din, (relaxed-simd|simd): \d+ candidates in \d+ µs$/,
    );
    await page.locator("#request").fill(JSON.stringify(requests[4]));
    expect(await shown()).toEqual(expected(requests[4]));
    await page.locator("#request").fill(JSON.stringify({ ...requests[4], candidates: [{}] }));
    expect(await page.locator("#about").textContent()).toMatch(/^candidates\[0\]/);
    expect(await page.locator("#scores li").count()).toBe(0);
    expect(errors).toEqual([]);
  } finally {
    await close();
    files.close();
  }
});

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".json": "application/json",
  ".bin": "application/octet-stream",
};

async function fileServer(at: string): Promise<Server> {
  const server = createServer(async ({ url }, response) => {
    const path = url === "/" ? "/index.html" : url!;
    try {
      const bytes = await readFile(join(at, path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] }).end(bytes);
    } catch {
      // A browser asks for an icon, too.
      response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
