// The compiler runs in a browser: bundled for one, it says of a spec there what it says here, and makes the same of it.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { everythingOf } from "./in-browser.ts";

const here = dirname(fileURLToPath(import.meta.url));
const din = readFileSync(resolve(here, "../../examples/zoo/din.din"), "utf8");

test("a spec is checked, advised on, formatted, lowered and drawn, and so is one with a mistake", async () => {
  const bundle = await rolldown({ input: join(here, "in-browser.ts"), platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: "dinc" });
  await bundle.close();
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);

  const { browser, close } = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: output[0].code });
    const there = (spec: string) => page.evaluate(`dinc.everythingOf(${JSON.stringify(spec)})`);
    const wrong = din.replace("item_id", "item_ids");
    expect(await there(din)).toBe(everythingOf(din));
    expect(await there(wrong)).toBe(everythingOf(wrong));
    expect(everythingOf(wrong)).toMatch(/DIN\d{4}/);
    expect(everythingOf(din)).toContain("<svg");
  } finally {
    await close();
  }
});
