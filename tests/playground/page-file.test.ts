// "Download as a page": the model that trains in the playground, as one file that ranks without a server, for the user whom the
// reader sees.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("playground/build.mjs");

test("the downloaded page ranks as the playground does, and says how it was trained", async () => {
  const page = await site.visit();
  await page.locator("#status", { hasText: "trained to the end" }).waitFor({ timeout: 120_000 });
  await page.getByRole("tab", { name: "Rank", exact: true }).click();
  const rows = page.locator("#scores tr");
  await rows.first().waitFor();
  const ranked = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent)),
  );
  const auc = await page.textContent("#auc");
  const saving = page.waitForEvent("download", { timeout: 60_000 });
  await page.locator("#share-menu").click();
  await page.locator("#download-page").click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe("din.html");
  await page.locator("#said", { hasText: "din.html is downloaded" }).waitFor();
  const folder = mkdtempSync(join(tmpdir(), "dinc-page-"));
  try {
    const path = join(folder, "din.html");
    await download.saveAs(path);
    await page.goto(pathToFileURL(path).href);
    const candidates = page.locator("section:last-child .records > li");
    await candidates.first().waitFor();
    const figures = (await candidates.locator(".figure").allTextContents()).map((figure) =>
      Number(figure).toFixed(3),
    );
    expect(figures).toEqual(ranked.map(([, score]) => score));
    // Things of the simulated shop have names.
    expect(await candidates.first().locator("b").textContent()).toMatch(/^\p{Extended_Pictographic}.* \w/u);
    const facts = await page.locator(".facts").textContent();
    expect(facts).toContain(`${auc} on 8,000 test rows`);
    expect(facts).toMatch(/weights\s*run [0-9a-f]{16}/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
