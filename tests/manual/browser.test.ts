// The manual in Chromium, as `npm run docs` builds it, below a path: what a reader does there, with the keyboard and on a phone. Nothing may
// be said in the console: no error, nothing that the pages' policy forbids.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { contents } from "../../manual/contents.ts";
import { placeOf } from "../../manual/places.ts";
import { serveFolder } from "../../playground/serve.mjs";
import { root } from "../cli/spawn.ts";
import { type OpenBrowser, openBrowser } from "../support/browser.ts";

let folder: string;
let opened: OpenBrowser;
let server: Awaited<ReturnType<typeof serveFolder>>;
let tab: Page | null = null;
const said: string[] = [];
const asked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-manual-"));
  const build = [join(root, "manual", "build.mjs"), "--out", join(folder, "below", "it")];
  const built = spawnSync(process.execPath, build, { encoding: "utf8" });
  expect(built).toMatchObject({ status: 0, stderr: "" });
  server = await serveFolder(folder);
  opened = await openBrowser();
});

afterEach(async () => {
  await tab?.close();
  tab = null;
  expect(said.splice(0)).toEqual([]);
  expect(
    asked.splice(0).filter((url) => !url.startsWith(server.address) && !url.startsWith("data:")),
  ).toEqual([]);
});

afterAll(async () => {
  await opened?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(place: string, width = 1400): Promise<Page> {
  tab = await opened.browser.newPage({ viewport: { width, height: 900 } });
  tab.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  tab.on("pageerror", (error) => said.push(error.message));
  tab.on("request", (request) => asked.push(request.url()));
  await tab.goto(`${server.address}below/it/${place}`);
  return tab;
}

test("a page is found from the keyboard", async () => {
  const page = await visit("index.html");
  await page.keyboard.press("/");
  await page.keyboard.type("binding-width");
  await page.locator("#found a").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/docs/diagnostics/DIN0220.html");
  expect(await page.textContent("main h1")).toContain("DIN0220");
});

test("a spec opens in the playground with one click", async () => {
  const page = await visit("docs/ideas.html");
  await page.locator("a.open").first().click();
  await page.waitForURL("**/playground/index.html#v1.*");
  const text = page.locator(".cm-content");
  await expect.poll(() => text.textContent()).toContain("model bound");
});

test("a model of the zoo opens there beside rows that fit it, and lessons are a click away", async () => {
  const page = await visit("examples/zoo/fm.din.html");
  await page.locator("a.open").click();
  await page.waitForURL("**/playground/index.html#example/fm");
  await expect.poll(() => page.locator(".cm-content").textContent()).toContain("model fm");
  await page.goBack();
  await page.locator(".lessons").click();
  await expect.poll(() => page.getByRole("heading", { name: "A model is a text" }).count()).toBe(1);
});

test("the next page is one click away", async () => {
  const pages = contents.flatMap((chapter) => chapter.pages);
  const page = await visit(placeOf(pages[0]![0]));
  await page.locator('a[rel="next"]').click();
  await page.waitForURL(`**/${placeOf(pages[1]![0])}`);
  expect(await page.locator('#contents [aria-current="page"]').textContent()).toBe(pages[1]![1]);
});

test("on a phone nothing is wider than the page, and the contents open", async () => {
  const page = await visit("index.html", 390);
  for (const [path] of contents.flatMap((chapter) => chapter.pages)) {
    await page.goto(`${server.address}below/it/${placeOf(path)}`);
    const wider = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(wider, path).toBeLessThanOrEqual(0);
  }
  expect(await page.locator("#contents").isVisible()).toBe(false);
  await page.locator(".menu").click();
  await page.locator("#contents a", { hasText: "Cookbook" }).click();
  await page.waitForURL("**/docs/cookbook.html");
});
