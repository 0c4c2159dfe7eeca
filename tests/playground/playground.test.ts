// The playground in Chromium, as `npm run playground` builds it: what a person does there, from the keyboard and with the pointer. Nothing
// may be said in the console: no error, nothing that the page's policy forbids.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { serveFolder } from "../../playground/serve.mjs";
import { root } from "../cli/spawn.ts";
import { type OpenBrowser, openBrowser } from "../support/browser.ts";

/** Some 165 are the editor and the curves, 170 the language server, and the rest is the compiler: each function and message adds to it. */
const MOST_KILOBYTES = 700;

let folder: string;
let opened: OpenBrowser;
let isolated: Awaited<ReturnType<typeof serveFolder>>;
let plain: Awaited<ReturnType<typeof serveFolder>>;
let tab: Page | null = null;
const said: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-playground-"));
  const built = spawnSync(
    process.execPath,
    [join(root, "playground", "build.mjs"), "--out", join(folder, "below", "it")],
    {
      encoding: "utf8",
    },
  );
  expect(built).toMatchObject({ status: 0, stderr: "" });
  isolated = await serveFolder(folder);
  plain = await serveFolder(folder, { isIsolated: false });
  opened = await openBrowser();
});

afterEach(async () => {
  await tab?.close();
  tab = null;
  expect(said.splice(0)).toEqual([]);
});

afterAll(async () => {
  await opened?.close();
  isolated?.close();
  plain?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(hash = "", { address } = isolated, width = 1900): Promise<Page> {
  tab = await opened.browser.newPage({ locale: "en-US", viewport: { width, height: 900 } });
  tab.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  tab.on("pageerror", (error) => said.push(error.message));
  await tab.goto(`${address}below/it/${hash}`);
  return tab;
}

/** Once the network that the page begins with is there. */
async function visitAtRest(): Promise<Page> {
  const page = await visit();
  await page.locator("#pause").click();
  await page.locator("#graph g.node").first().waitFor({ state: "attached" });
  return page;
}

const text = (page: Page) => page.locator(".cm-content").evaluate((content) => content.textContent);

/** Puts the cursor behind a piece of the text, as a person would who clicks there. */
async function cursorBehind(page: Page, words: string): Promise<void> {
  const line = page.locator(".cm-line", { hasText: words }).first();
  await line.click();
  await page.keyboard.press("Home");
  const whole = (await line.textContent()) ?? "";
  for (let i = whole.indexOf(words) + words.length; i > 0; i--) await page.keyboard.press("ArrowRight");
}

test("the first load is small", () => {
  const at = join(folder, "below", "it");
  const loaded = new Set(["index.html", "style.css"]);
  const waiting = ["main.js", ...readdirSync(at).filter((name) => name.endsWith("-worker.js"))];
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

test("DIN trains at once, towards the best AUC", async () => {
  const page = await visit();
  await expect
    .poll(async () => Number(await page.textContent("#auc")), { timeout: 60_000 })
    .toBeGreaterThan(0.7);
  expect(await page.textContent("#best")).toBe("0.8485");
  expect(await page.textContent("#threads")).toBe("threads share each step");
  expect(await page.locator("table.weights tbody tr").count()).toBe(3);
  await page.locator("#pause").click();
  const at = await page.textContent("#at");
  await page.locator("#step").click();
  await expect.poll(() => page.textContent("#at")).not.toBe(at);
});

test("where memory cannot be shared, one thread trains", async () => {
  const page = await visit("", plain);
  await expect.poll(() => page.textContent("#threads"), { timeout: 30_000 }).toBe("one thread");
  await expect.poll(() => page.textContent("#at"), { timeout: 30_000 }).toMatch(/^epoch \d+, step \d+$/);
});

describe("the editor", () => {
  test("a mistake is marked, and its fix applied from the keyboard", async () => {
    const page = await visitAtRest();
    await cursorBehind(page, "sigmoi");
    await page.keyboard.press("Backspace");
    await page.locator(".cm-lintRange-error").first().waitFor();
    await page.keyboard.press("Control+.");
    await page.locator(".din-fixes button").first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".cm-lintRange-error").first().waitFor({ state: "detached" });
    expect(await text(page)).toContain("dense(1) |> sigmoid");
  });

  test("names are completed and explained, and words have colours and types", async () => {
    const page = await visitAtRest();
    await page.locator(".din-hint", { hasText: "Vec[32]" }).first().waitFor();
    expect(await page.locator(".din-keyword", { hasText: "features" }).count()).toBe(3);
    await page.locator(".cm-line", { hasText: "let target" }).hover({ position: { x: 70, y: 8 } });
    await page.locator(".cm-tooltip-hover, .cm-lsp-hover-tooltip").first().waitFor();
    await cursorBehind(page, "|> mlp");
    await page.keyboard.press("Control+Space");
    await page.locator(".cm-tooltip-autocomplete").waitFor();
  });
});

test("a node of the network lights up what it stands for", async () => {
  const page = await visitAtRest();
  await page.getByRole("tab", { name: "Graph", exact: true }).click();
  const node = page.locator("#graph g.node", { hasText: "target" }).first();
  await node.hover();
  await expect
    .poll(async () => (await page.locator(".din-lit").allTextContents()).join(""))
    .toContain("item_id");
});

test("tabs go from one to the next by arrows, and show types, cost, nodes and the module", async () => {
  const page = await visitAtRest();
  await page.getByRole("tab", { name: "Train", exact: true }).focus();
  const shown: string[] = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("ArrowRight");
    const panel = page.locator('[role="tabpanel"]:visible');
    await expect
      .poll(async () => (await panel.textContent())?.length ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(100);
    shown.push((await panel.getAttribute("id")) ?? "");
  }
  expect(shown).toEqual(["rank", "graph", "types", "cost", "passes", "typescript"]);
  const hasRanker = async () => /function createRanker/.test((await page.textContent("#typescript")) ?? "");
  await expect.poll(hasRanker, { timeout: 30_000 }).toBe(true);
  expect(await page.textContent("#types")).toContain("Seq[clicks, 32]");
  expect(await page.textContent("#cost")).toContain("times as many");
});

test("a user's clicks change the scores of candidates at once", async () => {
  const page = await visit();
  await expect
    .poll(async () => Number(await page.textContent("#auc")), { timeout: 60_000 })
    .toBeGreaterThan(0.75);
  await page.locator("#pause").click();
  await page.getByRole("tab", { name: "Rank", exact: true }).click();
  const scoreOf = async (category: string) => {
    const row = page.locator("#scores tr", { hasText: category }).first();
    return Number(await row.locator("td.score").textContent());
  };
  const [last] = (await page.locator("#scores th").allTextContents()).slice(-1);
  const before = await scoreOf(last!);
  // Someone who clicked an item again and again likes it.
  for (let i = 0; i < 8; i++)
    await page.locator("#scores tr", { hasText: last! }).getByRole("button", { name: "clicked it" }).click();
  await expect.poll(() => scoreOf(last!)).toBeGreaterThan(before + 0.1);
  expect(await page.textContent("#ranked")).toMatch(/12 candidates with \d+ clicks in \d+ µs/);
  const clicks = await page.locator("#clicked li").count();
  await page.locator("#clicked button").first().click();
  expect(await page.locator("#clicked li").count()).toBe(clicks - 1);
});

test("a link opens as the page was", async () => {
  const page = await visitAtRest();
  await cursorBehind(page, "model din");
  await page.keyboard.type("_of_mine");
  await page.getByRole("tab", { name: "Types", exact: true }).click();
  await page.locator("#share").click();
  await expect.poll(() => page.evaluate("location.hash")).toMatch(/^#v1\./);
  const hash = String(await page.evaluate("location.hash"));
  await page.close();
  const again = await visit(hash);
  await again.locator("#types table").waitFor();
  expect(await text(again)).toContain("model din_of_mine");
});

test("on a phone nothing is wider than the screen, and the editor comes before what becomes of it", async () => {
  const page = await visit("", isolated, 390);
  await page.locator("#graph g.node").first().waitFor({ state: "attached" });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
});
