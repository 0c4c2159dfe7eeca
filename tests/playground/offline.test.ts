// The playground as it is published: after the first load it works without network, and a new build comes whole.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("playground/build.mjs", ["--offline", "--address", "https://example.org/dinc"]);

/** The page after the browser has all its files. */
async function visitAndKeep(): Promise<Page> {
  const page = await site.visit();
  await page.evaluate("navigator.serviceWorker.ready.then(() => null)");
  return page;
}

function replaceIn(name: string, from: string | RegExp, to: string): void {
  const file = join(site.folder, name);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(from, to));
  expect(readFileSync(file, "utf8")).not.toBe(text);
}

test("after the first load every tab and lesson works without network", async () => {
  const page = await visitAndKeep();
  await page.context().setOffline(true);
  await page.reload();
  await page.locator("#auc", { hasText: /\d/ }).waitFor({ timeout: 60_000 });
  for (const [tab, shown] of [
    ["TypeScript", "pre .din-keyword"],
    ["ONNX", "table"],
    ["Report", "iframe"],
  ] as const) {
    await page.getByRole("tab", { name: tab, exact: true }).click();
    await page.locator(`[role="tabpanel"]:visible ${shown}`).first().waitFor({ timeout: 30_000 });
  }
  await page.frameLocator("#report iframe").locator("h1, h2").first().waitFor();
  await page.locator("#lessons").click();
  await page.locator("#guide h2").waitFor();
});

test("a page that is open keeps its build, and the next one has the new build", async () => {
  const page = await visitAndKeep();
  // Another build has other files, and another name of the cache.
  replaceIn("index.html", "Predicts what", "Foretells what");
  replaceIn("service-worker.js", /[0-9a-f]{16}/, "next");
  await page.reload();
  const isThere = `navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting !== null)`;
  await expect.poll(() => page.evaluate(isThere), { timeout: 20_000 }).toBe(true);
  await page.reload();
  expect(await page.textContent("#about")).toContain("Predicts what");
  // The old build ends a moment after its last tab.
  const another = async () => {
    await page.goto("about:blank");
    await page.goto(site.address);
    return page.textContent("#about");
  };
  await expect.poll(another, { timeout: 20_000 }).toContain("Foretells what");
});

test("a posted link has a picture at a whole address", () => {
  const page = readFileSync(join(site.folder, "index.html"), "utf8");
  expect(page).toContain('<meta property="og:image" content="https://example.org/dinc/card.png">');
});
