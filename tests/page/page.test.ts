// The page that `--target page` makes: opened from a file, it ranks with the module and the weights of `--target ts`, follows what a
// person changes, and no text of a spec can start anything in it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import type { RankingPageData } from "../../compiler/backends/page/page-data.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { root } from "../cli/spawn.ts";
import { violationsIn } from "../support/axe.ts";
import { type OpenBrowser, openBrowser } from "../support/browser.ts";
import { emittedBy, testContext } from "../support/emitted.ts";

let folder: string;
let opened: OpenBrowser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-page-"));
  opened = await openBrowser();
});
afterAll(async () => {
  await opened.close();
  rmSync(folder, { recursive: true });
});

const din = await readFile(join(root, "examples/zoo/din.din"), "utf8");

async function emitted(spec: string): Promise<string> {
  const { value, diagnostics } = check(sourceFile("model.din", spec));
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  const { files } = await emittedBy("page", untrainedModel(value!, 3));
  return String(files.get("model.html"));
}

/** Opens the page from its file; its console must be silent, and it must ask nobody for anything. */
async function visit(
  html: string,
  options: { readonly width?: number; readonly colorScheme?: "light" | "dark" } = {},
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const { width = 1280, colorScheme = "light" } = options;
  const path = join(folder, "model.html");
  writeFileSync(path, html);
  const page = await opened.browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", ({ message }) => said.push(message));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) said.push(request.url());
  });
  await page.goto(pathToFileURL(path).href);
  await page.locator("#ranking .columns").waitFor();
  return { page, said };
}

function dataOf(html: string): RankingPageData {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
  return JSON.parse(json!);
}

const figures = (page: Page) => page.locator("section:last-child .records > li .figure").allTextContents();

test("script and style are those of browser/", async () => {
  const path = join(root, "compiler/backends/page");
  const script = pathToFileURL(join(path, "extract-browser.mjs")).href;
  const { generated } = (await import(/* @vite-ignore */ script)) as { generated(): Promise<string> };
  expect(await generated()).toBe(await readFile(join(path, "browser.generated.ts"), "utf8"));
});

test("it scores with the bytes of a module, and shows its scores, best first", async () => {
  const html = await emitted(din);
  const { value } = check(sourceFile("model.din", din));
  const module = await emittedBy("ts", untrainedModel(value!, 3));
  const data = dataOf(html);
  expect(data.module).toBe(module.files.get("model.js"));
  expect(
    Buffer.from(data.weights, "base64").equals(module.files.get("model.weights.bin") as Uint8Array),
  ).toBe(true);
  const { createRanker } = (await testContext.load(data.module)) as {
    createRanker(options: { weights: Uint8Array }): Promise<{ rank(request: unknown): Float64Array }>;
  };
  const ranker = await createRanker({ weights: Buffer.from(data.weights, "base64") });
  const scores = [...ranker.rank(data.request)].sort((a, b) => b - a);
  const { page, said } = await visit(html);
  expect(await figures(page)).toEqual(scores.map((score) => score.toFixed(4)));
  expect(said).toEqual([]);
  await page.close();
});

test("a change ranks again, and a value that the model refuses is told", async () => {
  const { page, said } = await visit(await emitted(din));
  const before = await figures(page);
  const steps = page.locator("section:first-child .records > li");
  const count = await steps.count();
  await steps.first().getByRole("button", { name: "take step 1" }).click();
  expect(await steps.count()).toBe(count - 1);
  const without = await figures(page);
  expect(without).not.toEqual(before);
  await page.getByRole("button", { name: "clicked it" }).last().click();
  expect(await steps.count()).toBe(count);
  expect(await page.locator(".past > li").count()).toBe(count);
  expect(await figures(page)).not.toEqual(without);
  await page.getByRole("button", { name: "Add a candidate" }).click();
  const added = page.getByLabel("item_id of candidate", { exact: false }).last();
  await added.fill("another");
  expect(await figures(page)).toHaveLength(before.length + 1);
  // The row may have moved; the keyboard stays in its field.
  expect(await page.evaluate("document.activeElement.value")).toBe("another");
  const why = page.getByRole("button", { name: "why" }).last();
  await why.click();
  expect(await why.getAttribute("aria-pressed")).toBe("true");
  expect(said).toEqual([]);
  await page.close();
});

const hostile = `/// </p><script>document.title = "taken"</script> "quoted" & <b>bold</b>
model tricky
features user { name : enum("</script><script>document.title = 'taken'</script>", "<!--", "a") embed 2 }
features item {
  /// " onfocus="document.title = 'taken'" autofocus="
  item_id : id embed 2
  price : number
}
label click : binary
net { predict click = concat(name, item_id, price) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy optimizer adam }
`;

test("texts of a spec stay texts", async () => {
  const html = await emitted(hostile);
  expect(html.match(/<script/g)).toHaveLength(2);
  const { page, said } = await visit(html);
  expect(await page.title()).toBe("tricky: a model that ranks");
  expect(await page.locator("h1, b", { hasText: "bold" }).count()).toBe(0);
  expect(await page.locator("pre.spec").textContent()).toContain("document.title = 'taken'");
  expect(await page.locator("#known-name option").first().getAttribute("value")).toContain("</script>");
  await page.getByLabel("price of candidate 1").fill("cheap");
  expect(await page.locator(".problem").textContent()).toMatch(/price/);
  expect(said).toEqual([]);
  await page.close();
});

test.each([
  ["light", 1280],
  ["dark", 390],
] as const)(
  "nobody is kept out of it, and nothing is wider than the screen: %s, %d wide",
  async (colorScheme, width) => {
    const { page } = await visit(await emitted(din), { colorScheme, width });
    expect(await violationsIn(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    await page.close();
  },
);
