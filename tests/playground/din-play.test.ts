// `<din-play>` on a page of another site, with one script tag from the playground's.

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLink } from "../../playground/page/link.ts";
import { root } from "../cli/spawn.ts";
import { violationsIn } from "../support/axe.ts";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("playground/build.mjs");
const din = readFileSync(join(root, "examples/din-simulated/model.din"), "utf8");
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".json": "application/json" };
const servers: Server[] = [];
let address: string;

async function served(
  answer: (path: string) => readonly [type: string, body: string | Buffer],
): Promise<string> {
  const server = createServer(({ url = "/" }, response) => {
    const [type, body] = answer(url);
    // As hosts of static files send it.
    response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" }).end(body);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

beforeAll(async () => {
  const host = await served((path) => [
    types[extname(path)] ?? "text/html",
    readFileSync(join(site.folder, path)),
  ]);
  const blog = `<!doctype html>
<html lang="en">
<title>A blog</title>
<link rel="icon" href="data:,">
<main>
<h1>A blog</h1>
<din-play>
  ${escaped(din).replaceAll("\n", "\n  ")}
</din-play>
<pre><code class="language-din">${escaped(din.replace("epochs 3", "epochs 1"))}</code></pre>
</main>
<script type="module" src="${host}din-play.js"></script>
`;
  address = await served(() => ["text/html", blog]);
});
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

test("two specs become editors that share workers, see mistakes, and train one after the other", async () => {
  const page = await site.visit("", { site: address, height: 3000 });
  const [first, second] = [page.locator("din-play").first(), page.locator("din-play").last()];
  for (const play of [first, second]) await play.locator(".din-keyword").first().waitFor();
  expect(await first.locator(".cm-line").first().textContent()).toMatch(/^\/\/\/ Deep Interest Network/);
  expect(page.workers()).toHaveLength(1);

  await first.getByRole("button", { name: "Train" }).click();
  await first.locator(".score b").waitFor();
  await second.getByRole("button", { name: "Train" }).click();
  await first.locator(".score", { hasText: "another model of this page trains" }).waitFor();
  await second
    .locator(".score", { hasText: /AUC of test rows 0\.\d{4} of at most 0\.8485, .*: trained to the end/ })
    .waitFor();
  expect(await second.locator("polyline").getAttribute("points")).toMatch(/(?: [\d.]+,[\d.]+){3}/);
  expect(page.workers()).toHaveLength(2);
  expect(await violationsIn(page)).toEqual([]);

  const line = second.locator(".cm-line", { hasText: "predict click" });
  await line.click();
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await second.locator(".mistakes p", { hasText: /^Line 3\d: .*`sigmoi`/ }).waitFor();
  expect(await second.locator(".cm-lintRange-error").count()).toBe(1);
  expect(await second.getByRole("button", { name: "Train" }).isDisabled()).toBe(true);
  expect(await first.locator(".mistakes p").count()).toBe(0);
  await page.keyboard.type("d");
  await second.locator(".mistakes p").waitFor({ state: "detached" });
  await expect
    .poll(async () => {
      const { hash } = new URL((await second.locator("a").getAttribute("href"))!);
      return (await readLink(hash))?.spec;
    })
    .toBe(din.replace("epochs 3", "epochs 1").trimEnd());
  expect(await page.evaluate("getComputedStyle(document.body).fontFamily")).not.toContain("ui-sans-serif");
});
