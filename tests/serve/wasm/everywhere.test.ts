// The generated module, unmodified, passes its golden requests outside of Node too: in Chromium, under a
// Content-Security-Policy that forbids to compile, on an edge worker, and bundled and minified. (In versions
// of Node: same-bits.test.ts.)

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GeneratedFiles } from "../../../compiler/backends/contract/emitted.ts";
import { type OpenBrowser, openBrowser } from "../../support/browser.ts";
import { type Compiled, compiled, type Generated } from "../compiled.ts";
import { loadModule } from "../load-module.ts";
import { zoo } from "./zoo.ts";

const run = promisify(execFile);
const names = ["din", "dien", "mmoe"] as const;
const subjects = new Map<string, Compiled>();
let opened: OpenBrowser;
let folder: string;

beforeAll(async () => {
  opened = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), "dinc-everywhere-"));
  for (const name of names) subjects.set(name, await compiled(new Map(zoo).get(name)!));
});
afterAll(async () => {
  await opened?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const page = () => readFile(join(import.meta.dirname, "page.js"), "utf8");

/** `module` of a model, bundled and minified as one would for a page. */
async function bundled(module: string): Promise<string> {
  const path = join(folder, "model.js");
  await writeFile(path, module);
  const bundle = await rolldown({ input: path });
  const { output } = await bundle.generate({ minify: true });
  expect(output).toHaveLength(1);
  return output[0].code;
}

/** What a page says that has these files, and everything that went wrong on it. */
async function inChromium(files: GeneratedFiles, policy: string | null): Promise<string> {
  const context = await opened.browser.newContext();
  try {
    const opening = await context.newPage();
    const wrong: string[] = [];
    opening.on("pageerror", (error) => wrong.push(String(error)));
    await opening.route("**", async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const body =
        name === ""
          ? '<script type="module" src="page.js"></script>'
          : (files.get(name) as string | Uint8Array);
      if (body === undefined) return route.fulfill({ status: 404, body: "" });
      const contentType = name === "" ? "text/html" : name.endsWith(".js") ? "text/javascript" : "";
      const headers = policy === null ? {} : { "content-security-policy": policy };
      return route.fulfill({ body: Buffer.from(body), contentType, headers });
    });
    const said = opening.waitForEvent("console", (message) => message.type() === "log");
    await opening.goto("http://ranker.test/");
    return [(await said).text(), ...wrong].join("\n");
  } finally {
    await context.close();
  }
}

describe.each(names)("%s", (name) => {
  test.each([
    ["as it comes", null, "relaxed-simd, true"],
    ["where WebAssembly may be compiled", "script-src 'self' 'wasm-unsafe-eval'", "relaxed-simd, true"],
    [
      "where nothing may be compiled",
      "default-src 'none'; script-src 'self'; connect-src 'self'",
      "typescript, true",
    ],
  ])("in Chromium, %s", async (_, policy, expected) => {
    const files = new Map([...subjects.get(name)!.files, ["page.js", await page()]]);
    expect(await inChromium(files, policy)).toBe(expected);
  });

  test("in Chromium, bundled and minified", async () => {
    const { files } = subjects.get(name)!;
    const minified = await bundled(files.get("model.js") as string);
    const served = new Map([...files, ["page.js", await page()], ["model.js", minified]]);
    expect(await inChromium(served, null)).toBe("relaxed-simd, true");
  });

  test("bundled and minified, gives the same bits and the same errors", async () => {
    const { files, weights, ranker } = subjects.get(name)!;
    const minified = await bundled(files.get("model.js") as string);
    const { createRanker } = await loadModule<Generated>(minified);
    const other = await createRanker({ weights, verify: true });
    const golden = JSON.parse(files.get("model.golden.json") as string) as {
      requests: { request: unknown }[];
    };
    for (const { request } of golden.requests) expect(other.logits(request)).toEqual(ranker.logits(request));
    expect(() => other.rank({})).toThrow(expect.objectContaining({ name: "RankerInputError" }));
    await expect(createRanker({ weights: weights.slice(0, 99) })).rejects.toMatchObject({
      name: "RankerWeightsError",
    });
  });

  test("on an edge worker: nothing compiled from strings or bytes", async () => {
    for (const [file, content] of subjects.get(name)!.files) await writeFile(join(folder, file), content);
    const script = join(import.meta.dirname, "edge-worker.mjs");
    const options = ["--disallow-code-generation-from-strings", script, folder];
    const { stdout } = await run(process.execPath, options);
    expect(JSON.parse(stdout)).toEqual({
      refused: ["EvalError", "EvalError"],
      ...{ given: "module", without: "typescript" },
    });
  });
});

// Nearly 2 KiB of it count for `ranker.stats()`.
test("the code of the paper's DIN is under 14 KiB, minified and compressed", async () => {
  const spec = await readFile(join(import.meta.dirname, "../../../examples/amazon-beauty/din.din"), "utf8");
  const minified = await bundled((await compiled(spec)).files.get("model.js") as string);
  expect(gzipSync(minified, { level: 9 }).length).toBeLessThan(14 * 1024);
});
