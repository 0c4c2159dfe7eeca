// What the page loads before anything is asked of it, and what it shows meanwhile.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { BuiltSite } from "../support/built-site.ts";

/**
 * Some 165 are the editor and the curves, 170 the language server, and the rest is the compiler: each
 * function and message adds to it.
 */
const MOST_KILOBYTES = 735;

const site = new BuiltSite("playground/build.mjs");

test("the first load is small", () => {
  const at = site.folder;
  const loaded = new Set(["index.html", "style.css"]);
  const waiting = [
    "main.js",
    "trainings.js",
    ...readdirSync(at).filter((name) => name.endsWith("-worker.js")),
  ];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (loaded.has(name)) continue;
    loaded.add(name);
    // What is imported on demand, such as the compiler of modules, comes when the page is in use.
    const imports = readFileSync(join(at, name), "utf8").matchAll(/(?:from|import)\s*"\.\/([\w.-]+)"/g);
    waiting.push(...[...imports].map(([, imported]) => imported!));
  }
  expect(loaded).toContain("language-worker.js");
  expect(loaded.size).toBeLessThan(readdirSync(at).length);
  const bytes = [...loaded].map((name) => gzipSync(readFileSync(join(at, name)), { level: 9 }).length);
  expect(bytes.reduce((sum, each) => sum + each, 0) / 1000).toBeLessThan(MOST_KILOBYTES);
});

test("the text has its colours before the language server has begun, and keeps them", async () => {
  const page = await site.visit();
  let serve = () => {};
  const isServed = new Promise<void>((resolve) => {
    serve = resolve;
  });
  await page.route("**/language-worker.js", async (route) => {
    await isServed;
    await route.continue();
  });
  await page.reload();
  await page.locator("#auc", { hasText: /0\.\d/ }).waitFor();
  const before = await coloured(page);
  expect(before).toContain("din-keyword model");
  expect(await page.locator(".din-hint").count()).toBe(0);
  serve();
  await page.locator(".din-hint").first().waitFor();
  expect(await coloured(page)).toEqual(before);
});

/** Each word with its colour. */
function coloured(page: Page): Promise<string[]> {
  return page
    .locator(".cm-content [class^=din-]:not(.din-hint)")
    .evaluateAll((words) => words.map(({ className, textContent }) => `${className} ${textContent}`));
}
