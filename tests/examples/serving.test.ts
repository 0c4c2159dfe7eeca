// examples/serving, as its README tells it: a server that takes new weights and new models under load, its
// image's steps, an edge worker and a page.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { root } from "../cli/spawn.ts";
import { type Compiled, compiled, compiledFrom, type Scores, trainedOf } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { openBrowser } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";

const example = join(root, "examples/serving");
const read = (file: string) => readFile(join(example, file), "utf8");

let folder: string;
let monday: Compiled;
/** Other weights, and a larger vocabulary. */
let tuesday: Compiled;
/** Another program. */
let other: Compiled;
let requests: { readonly candidates: readonly unknown[] }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-serving-"));
  const run = (seed: number, known: number) => ({ ...trainedOf(specs.din, seed, known), run: `run${seed}` });
  monday = await compiledFrom(run(1, 40));
  tuesday = await compiledFrom(run(2, 60));
  other = await compiled(specs.softmax);
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

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: string[];
}

async function serverOf(path: string, ...options: string[]): Promise<Running> {
  return started(join(example, "server.mjs"), [path, "--port", "0", ...options]);
}

/** Waits for the line of the log that tells the address. */
async function started(file: string, given: readonly string[], cwd = example): Promise<Running> {
  const child = spawn(process.execPath, [file, ...given], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  const log: string[] = [];
  const lines = createInterface({ input: child.stdout! });
  const url = await new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      log.push(line);
      const [found] = /http:\/\/[\d.]+:\d+/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", (code) => reject(new Error(`ended with code ${code} before it listened`)));
  });
  return { url, child, log };
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

/** A number of /metrics, 0 where it was never counted. */
async function metric({ url }: Running, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A folder of its own for a compiled model, and `current`, a link to it, which is changed at once. */
async function models(
  name: string,
): Promise<{ link: string; point: (to: Compiled, at: string) => Promise<void> }> {
  const at = join(folder, name);
  await mkdir(at);
  const link = join(at, "current");
  return {
    link,
    point: async ({ files }, day) => {
      await writeFolder(join(at, day), files, false);
      await symlink(join(at, day), `${link}.next`);
      await rename(`${link}.next`, link);
    },
  };
}

describe("the server", () => {
  test("takes new weights and another model under load, without a request that fails", async () => {
    const { link, point } = await models("swaps");
    await point(monday, "monday");
    const server = await serverOf(link, "--threads", "2");
    const [request] = requests.slice(5);
    const versions = await Promise.all(
      [monday, tuesday, other].map(async ({ module, weights }) =>
        plain((await module.createRanker({ weights })).rank(request)),
      ),
    );
    let isOver = false;
    const statuses = new Map<number, number>();
    const caller = async () => {
      const seen: number[] = [];
      while (!isOver) {
        const { status, answer } = await post(`${server.url}/rank`, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        seen.push(versions.findIndex((scores) => isDeepStrictEqual(scores, answer["scores"])));
      }
      return seen;
    };
    const callers = Promise.all(Array.from({ length: 16 }, caller));
    const scored = () => metric(server, 'ranker_requests_total{result="scored"}');
    const reloads = (result: string) => metric(server, `ranker_reloads_total{result="${result}"}`);
    await until(async () => (await scored()) > 200);
    await point(tuesday, "tuesday");
    server.child.kill("SIGHUP");
    await until(async () => (await reloads("weights")) === 1);
    await point(other, "other");
    server.child.kill("SIGHUP");
    await until(async () => (await reloads("module")) === 1);
    const soFar = await scored();
    await until(async () => (await scored()) > soFar + 100);
    isOver = true;
    const all = await callers;
    for (const seen of all) {
      expect(seen).not.toContain(-1);
      expect(seen).toEqual([...seen].sort());
    }
    expect(new Set(all.flat())).toEqual(new Set([0, 1, 2]));
    expect([...statuses.keys()]).toEqual([200]);
    const total = all.flat().length;
    expect(await scored()).toBe(total);
    expect(await metric(server, "ranker_candidates_total")).toBe(total * request!.candidates.length);
    expect(await metric(server, "ranker_request_seconds_count")).toBe(total);
    // Those of the model that was loaded last.
    const last = all.flat().filter((version) => version === 2).length;
    const stats = (await (await fetch(`${server.url}/stats`)).json()) as RankerStats;
    expect(stats).toMatchObject({ requests: last, candidates: last * request!.candidates.length });
    const { values, unknown, missing } = stats.features["item_id"]!;
    const shown = (is: string) =>
      metric(server, `ranker_values_total{feature="item_id",history="",is="${is}"}`);
    expect([await shown("known"), await shown("unknown"), await shown("missing")]).toEqual([
      ...[values - unknown!, unknown, missing],
    ]);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const bins = [...text.matchAll(/^ranker_scores_total\{label="\w+",from="[\d.]+"\} (\d+)$/gm)];
    expect(bins.reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThan(0);
    expect(bins.map(([, count]) => Number(count))).toEqual(Object.values(stats.scores).flat());
  });

  test("finds new weights by itself; files that do not fit change nothing, and are told once", async () => {
    const { link, point } = await models("refused");
    await point(monday, "monday");
    const server = await serverOf(link, "--threads", "1");
    const about = async () => (await (await fetch(`${server.url}/about`)).json()) as Record<string, unknown>;
    expect(await about()).toMatchObject({ model: "din", run: "run1" });
    const [request] = requests;
    const before = await post(`${server.url}/rank`, request);
    const broken = new Map(monday.files);
    broken.set("model.weights.bin", monday.weights.slice(0, 500));
    broken.set("model.js", "throw new Error('this module is broken')");
    await point({ ...monday, files: broken }, "broken");
    await until(async () => (await metric(server, 'ranker_reloads_total{result="failed"}')) === 1);
    expect(await post(`${server.url}/rank`, request)).toEqual(before);
    await point(tuesday, "tuesday");
    await until(async () => (await about())["run"] === "run2");
    expect(server.log.filter((line) => line.includes("did not take"))).toHaveLength(1);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toMatch(/ranker_model_info\{model="din",program="\w+",run="run2",version="test"\} 1/);
  });

  test("tells a caller's mistake with its field", async () => {
    const { link, point } = await models("mistakes");
    await point(monday, "monday");
    const server = await serverOf(link, "--threads", "1");
    const [request] = requests;
    const wrong = { ...request, candidates: [{ ...(request!.candidates[0] as object), price: "3" }] };
    expect(await post(`${server.url}/rank`, wrong)).toMatchObject({
      status: 400,
      answer: { error: "RankerInputError", field: "candidates[0].price" },
    });
    expect((await post(`${server.url}/rank`, null)).status).toBe(400);
    const notJson = await fetch(`${server.url}/rank`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(notJson.status).toBe(400);
    expect(await metric(server, 'ranker_requests_total{result="failed"}')).toBe(0);
  });

  test("refuses what is too much at once, and scores the rest", async () => {
    const { link, point } = await models("most");
    await point(monday, "monday");
    const server = await serverOf(link, "--threads", "1", "--most", "2");
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => post(`${server.url}/rank`, requests[i % requests.length])),
    );
    const refused = answers.filter(({ status }) => status === 503).length;
    expect(refused).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60 - refused);
    expect(await metric(server, 'ranker_requests_total{result="refused"}')).toBe(refused);
  });

  test("answers what it was asked when it is to end", async () => {
    const { link, point } = await models("end");
    await point(monday, "monday");
    const server = await serverOf(link, "--threads", "1");
    const ranker = await monday.module.createRanker({ weights: monday.weights });
    await post(`${server.url}/rank`, requests[0]);
    const asked = requests.map((request) => post(`${server.url}/rank`, request));
    // All have arrived when the server has begun to score the first of them.
    await until(
      () => server.log.filter((line) => line.includes("incoming request")).length > requests.length,
    );
    server.child.kill("SIGTERM");
    const [code] = (await once(server.child, "exit")) as [number];
    expect(code).toBe(0);
    expect((await Promise.all(asked)).map(({ answer }) => answer["scores"])).toEqual(
      requests.map((request) => plain(ranker.rank(request))),
    );
  });

  test.each([
    [["nowhere"], /^nowhere: ENOENT/],
    [["ranker", "--port", "many"], /^--port many is not a whole number from 0/],
    [["ranker", "--tls"], /^Unknown option '--tls'/],
  ])("%j: one sentence, and exit code 2", async (given, expected) => {
    const child = spawn(process.execPath, [join(example, "server.mjs"), ...given], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(2);
    expect(said).toMatch(expected);
    expect(said.trim().split("\n")).toHaveLength(1);
  });

  test("the image's steps give a server that scores", async () => {
    const context = join(folder, "context");
    const image = join(folder, "image");
    await cp(example, context, { recursive: true });
    await writeFolder(join(context, "ranker"), monday.files, false);
    // FROM, ENV, USER and EXPOSE say what surrounds it; packages are those of this project, whose versions are the same.
    let workdir = image;
    let command: string[] = [];
    for (const line of (await read("Dockerfile")).split("\n")) {
      const [, word = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      if (word === "WORKDIR") workdir = join(image, rest);
      else if (word === "COPY") {
        const [to, ...from] = rest.split(" ").reverse();
        for (const each of from) {
          const target = to!.startsWith("/") ? join(image, to!) : join(workdir, to!, each);
          await cp(join(context, each), target, { recursive: true });
        }
      } else if (word === "RUN") {
        expect(rest).toMatch(/^npm install /);
        await symlink(join(root, "node_modules"), join(workdir, "node_modules"));
      } else if (word === "CMD") command = JSON.parse(rest) as string[];
    }
    const [node, file, path, ...rest] = command;
    expect(node).toBe("node");
    const server = await started(join(workdir, file!), [join(image, path!), ...rest, "--port", "0"], workdir);
    const ranker = await monday.module.createRanker({ weights: monday.weights });
    const { answer } = await post(`${server.url.replace("0.0.0.0", "127.0.0.1")}/rank`, requests[3]);
    expect(answer["scores"]).toEqual(plain(ranker.rank(requests[3])));
  });

  test("has the versions of its packages that these tests run", async () => {
    const { dependencies } = JSON.parse(await read("package.json")) as {
      dependencies: Record<string, string>;
    };
    const own = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    expect(own.devDependencies).toMatchObject(dependencies);
  });
});

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
