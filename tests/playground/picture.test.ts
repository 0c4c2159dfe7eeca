// The picture that the page begins with: clicks, candidates and threads between them follow the training and the reader's hand;
// and a try is compared with the one before it, or with that of a link.

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { linkOf } from "../../playground/page/link.ts";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("playground/build.mjs");

/** Milliseconds for a few steps on a machine that has other work. */
const timeout = 60_000;

const ranks = (page: Page) => page.locator(".ranks .rank").allTextContents();

async function visitTrained(): Promise<Page> {
  const page = await site.visit();
  await page.locator("#status", { hasText: "trained to the end" }).waitFor({ timeout });
  await page.locator(".picture path").first().waitFor({ state: "attached" });
  return page;
}

test("clicks that are taken away, added and dragged move threads and ranks", async () => {
  const page = await visitTrained();
  const clicks = page.locator(".past button");
  const threads = () => page.locator(".picture path").count();
  const before = await clicks.count();
  await expect.poll(threads).toBe(3 * before);
  const third = await page.locator(".ranks li", { hasText: "3rd" }).locator(".name").textContent();
  const named = page.locator(".ranks li", { hasText: third! });
  const isFirst = async () => (await named.locator(".rank").textContent())!.startsWith("1st");
  for (let i = 0; i < 40 && !(await isFirst()); i++) await named.locator("button").click();
  await expect.poll(isFirst).toBe(true);
  // Where the earlier ones do not fit, the sentence counts them.
  await expect.poll(() => page.textContent(".asks")).toMatch(/\d+ earlier ones are not drawn/);
  expect(await named.locator("button").getAttribute("title")).toMatch(/adds 0\.\d{3}/);
  await page.locator(".picture button", { hasText: "as it was" }).click();
  await expect.poll(threads).toBe(3 * before);
  const added = await page.locator(".shelf button").nth(5).textContent();
  // The first place that is drawn: a click before it is one of those that don't fit.
  // Both ends are in view, because a page that scrolls during a drag ends it.
  await clicks.first().scrollIntoViewIfNeeded();
  await page.locator(".shelf button").nth(5).dragTo(clicks.first());
  await expect.poll(async () => (await clicks.allTextContents()).join()).toContain(added);
  const all = await clicks.count();
  await clicks.nth(1).click();
  expect(await clicks.count()).toBeLessThanOrEqual(all);
  expect((await ranks(page)).map((text) => text.slice(0, 3)).sort()).toEqual(["1st", "2nd", "3rd"]);
});

test("another tab and another width change no thread of a click that stays", async () => {
  const page = await visitTrained();
  const threads = () => page.locator(".picture path").evaluateAll((all) => all.map((each) => each.outerHTML));
  const before = await threads();
  await page.getByRole("tab", { name: "Rank", exact: true }).click();
  await page.locator("#scores tr").first().waitFor({ timeout });
  await page.getByRole("tab", { name: "Train", exact: true }).click();
  expect(await threads()).toEqual(before);
  await page.setViewportSize({ width: 390, height: 844 });
  const clicks = page.locator(".past button");
  await expect.poll(() => clicks.count()).toBeLessThan(before.length / 3);
  expect(await threads()).toHaveLength(3 * (await clicks.count()));
});

describe.each([
  ["a desk", 1280, 800],
  ["a phone", 390, 844],
] as const)("on %s", (_, width, height) => {
  test("it is above the fold, and nothing moves when it comes", async () => {
    const page = await site.visit("", { width, height });
    await page.locator("#picture").waitFor();
    const place = async () => (await page.locator("#picture").boundingBox())!;
    const empty = await place();
    await page.locator(".picture path").first().waitFor({ state: "attached", timeout });
    const { y, height: high } = await place();
    expect(y).toBe(empty.y);
    expect(y + high).toBeLessThan(height);
  });
});

test("the last try stays in grey, with what was changed", async () => {
  const page = await visitTrained();
  expect(await page.textContent("#tried")).toBe("");
  await page.locator(".cm-line", { hasText: "epochs 3" }).click();
  await page.keyboard.press("End");
  await page.keyboard.type("0");
  const said = /^The last try, in grey, had 0\.\d{4}\. Changed: epochs 3 → epochs 30$/;
  await expect.poll(() => page.textContent("#tried"), { timeout }).toMatch(said);
});

test("a link says what is to be beaten", async () => {
  const page = await site.visit();
  const spec = `model clicks
features item { cate_id : id  embed 8 }
history past(max: 50) { cate_id <-> hist_cate_id }
label click : binary
net { predict click = concat(cate_id, sum(past)) |> mlp([16]) |> dense(1) |> sigmoid }
train { epochs 1 }`;
  const link = await linkOf({ spec, seed: 7, tab: "train", version: "", goal: 0.501 });
  await page.goto(`${site.address}${link}`);
  await page.reload();
  await expect.poll(() => page.textContent("#goal"), { timeout }).toBe("You beat 0.5010.");
});
