// The manual in a browser, as `npm run docs` builds it, below a path: what a reader does there, with the
// keyboard and on a phone.

import { expect, test } from "vitest";
import { contents } from "../../manual/contents.ts";
import { pagePath } from "../../manual/page-links.ts";
import { violationsIn } from "../support/axe.ts";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("manual/build.mjs");
const width = 1400;

test("a page is found from the keyboard", async () => {
  const page = await site.visit("index.html", { width });
  await page.keyboard.press("/");
  await page.keyboard.type("binding-width-conflict");
  await page.locator("#found a").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/docs/diagnostics/DIN0220.html");
  expect(await page.textContent("main h1")).toContain("DIN0220");
});

test("a spec opens in the playground with one click, and the manual from there", async () => {
  const page = await site.visit("docs/ideas.html", { width });
  await page.locator("a.open").first().click();
  await page.waitForURL("**/playground/index.html#v1.*");
  const text = page.locator(".cm-content");
  await expect.poll(() => text.textContent()).toContain("model bound");
  await page.getByRole("link", { name: "Manual" }).click();
  await page.waitForURL("**/below/it/index.html");
});

test("a spec is edited and trained where it stands, and loads nothing before", async () => {
  const loaded: string[] = [];
  const page = await site.visit("index.html", { width });
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname.split("/").at(-1)!));
  await page.goto(`${site.address}docs/ideas.html`);
  const play = page.locator("din-play").first();
  const edit = play.getByRole("button", { name: "Edit and train here" });
  await edit.waitFor();
  expect(loaded.filter((name) => /worker|editor/.test(name))).toEqual([]);
  await edit.click();
  await play.locator(".din-keyword").first().waitFor();
  await play.getByRole("button", { name: "Train" }).click();
  await play.locator(".score b").waitFor();
  expect(await violationsIn(page)).toEqual([]);
});

test("a model of the zoo opens there beside rows that fit it, and lessons are a click away", async () => {
  const page = await site.visit("examples/zoo/fm.din.html", { width });
  await page.locator("a.open").click();
  await page.waitForURL("**/playground/index.html#example/fm");
  await expect.poll(() => page.locator(".cm-content").textContent()).toContain("model fm");
  await page.goBack();
  await page.locator(".lessons").click();
  await expect.poll(() => page.getByRole("heading", { name: "A model is a text" }).count()).toBe(1);
});

test("commands or Python: one choice for all steps, kept for the next page", async () => {
  const page = await site.visit("docs/tutorial.html", { width });
  const shown = (name: string) => page.locator(".twin:visible > p", { hasText: name }).count();
  const pairs = await page.locator(".twins").count();
  expect([await shown("Command line"), await shown("Python")]).toEqual([pairs, 0]);
  await page.locator(".choice > button", { hasText: "Python" }).nth(2).click();
  expect([await shown("Command line"), await shown("Python")]).toEqual([0, pairs]);
  await page.goto(`${site.address}docs/cookbook.html`);
  expect(await shown("Command line")).toBe(0);
  expect(await page.locator('.choice > [aria-pressed="true"]').first().textContent()).toBe("Python");
});

test("the next page is one click away", async () => {
  const pages = contents.flatMap((chapter) => chapter.pages);
  const page = await site.visit(pagePath(pages[0]![0]), { width });
  await page.locator('a[rel="next"]').click();
  await page.waitForURL(`**/${pagePath(pages[1]![0])}`);
  expect(await page.locator('#contents [aria-current="page"]').textContent()).toBe(pages[1]![1]);
});

test("on a phone nothing is wider than the page, and the contents open", async () => {
  const page = await site.visit("index.html", { width: 390 });
  for (const [path] of contents.flatMap((chapter) => chapter.pages)) {
    await page.goto(`${site.address}${pagePath(path)}`);
    const wider = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(wider, path).toBeLessThanOrEqual(0);
  }
  expect(await page.locator("#contents").isVisible()).toBe(false);
  await page.locator(".menu").click();
  await page.locator("#contents a", { hasText: "Cookbook" }).click();
  await page.waitForURL("**/docs/cookbook.html");
});
