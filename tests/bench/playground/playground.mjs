// How long a visitor of the playground waits for its first training step, and how much memory the page takes in
// ten minutes of use. Its text is changed, so that it trains again and again, and all tabs, the examples and the
// lessons are opened. The browser is that of the tests: Chromium, or Firefox with `BROWSER=firefox`.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { serveFolder } from "../../../playground/serve.mjs";
import { shown } from "../statistics.mjs";

export async function playground(root, { small = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  const built = spawnSync(
    process.execPath,
    [join(root, "playground", "build.mjs"), "--out", join(folder, "site")],
    { encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(built.stderr);
  const server = await serveFolder(join(folder, "site"));
  const { openBrowser } = await import(await browserModule(root, folder));
  const opened = await openBrowser();
  try {
    const visits = [];
    for (let i = 0; i < (small ? 1 : 15); i++) visits.push(await visit(opened.browser, server.address));
    const minutes = await use(opened.browser, server.address, small ? 1 : 10, small ? 3 : 60);
    return [
      "## playground",
      "",
      `Milliseconds from the start of a visit to the playground, which is served on the same machine, in ${opened.browser.browserType().name()} ${opened.browser.version()}; ${visits.length} visits, each without a cache.`,
      "",
      "| | ms |",
      "|---|---|",
      ...["load", "colours", "first step"].map(
        (name) => `| ${name} | ${shown(visits.map((each) => each[name]))} |`,
      ),
      `| first step after load, goal < 1,000 | ${shown(visits.map((each) => each["first step"] - each.load))} |`,
      "",
      "Megabytes while the page is used. `page`: what its JavaScript holds after a collection of garbage. `processes`: the browser's",
      "processes with the page's workers and a share of what several of them hold (PSS).",
      "",
      "| after minutes | trainings | page | processes |",
      "|---|---|---|---|",
      ...minutes.map(
        ({ minute, trainings, inPage, inProcesses }) =>
          `| ${minute} | ${trainings} | ${inPage === null ? "–" : inPage.toFixed(1)} | ${inProcesses.toFixed(0)} |`,
      ),
    ].join("\n");
  } finally {
    await opened.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tests' way to a browser is TypeScript, which Node 20 does not read. */
async function browserModule(root, folder) {
  const bundle = await rolldown({
    input: join(root, "tests", "support", "browser.ts"),
    platform: "node",
    external: /^[^./]/,
  });
  const file = join(folder, "browser.mjs");
  await bundle.write({ file, format: "esm", paths: (name) => import.meta.resolve(name) });
  return pathToFileURL(file).href;
}

async function visit(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const times = {};
    globalThis.times = times;
    const look = () => {
      if (times.colours === undefined && document.querySelector(".din-keyword") !== null)
        times.colours = performance.now();
      // The page counts its steps.
      if (/\d/.test(document.getElementById("at")?.textContent ?? ""))
        times["first step"] = performance.now();
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(address);
  await page.waitForFunction(() => globalThis.times["first step"] !== undefined, null, { timeout: 60_000 });
  const times = await page.evaluate(() => ({
    ...globalThis.times,
    load: performance.getEntriesByType("navigation")[0].loadEventEnd,
  }));
  await context.close();
  return times;
}

/** Memory at the beginning and after each part of the time. */
async function use(browser, address, parts, seconds) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address);
  await page.locator("#auc", { hasText: /0\.\d/ }).waitFor();
  let trainings = 1;
  const measured = async (minute) => ({
    ...{ minute, trainings },
    inPage: await pageMemory(page),
    inProcesses: processMemory(),
  });
  const minutes = [await measured(0)];
  for (let part = 1; part <= parts; part++) {
    for (const until = Date.now() + 1000 * seconds; Date.now() < until; trainings += 2) {
      await changeText(page);
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        await page.waitForTimeout(300);
      }
      await page.locator("#tab-train").click();
      await page.locator("#examples").click();
      await page.waitForTimeout(300);
      await page.locator("#lessons").click();
      await page.waitForTimeout(300);
      await page.locator("#reset").click();
      await trained(page);
    }
    minutes.push(await measured((part * seconds) / 60));
  }
  await page.close();
  return minutes;
}

/** Another learning rate, by the keyboard; the page trains again after a moment. */
async function changeText(page) {
  await page.locator(".cm-line", { hasText: "optimizer" }).click();
  for (const key of ["End", "ArrowLeft", "Backspace", "4"]) await page.keyboard.press(key);
  await trained(page);
}

/** Waits for the measure of a training that begins soon. */
async function trained(page) {
  await page.waitForTimeout(1_500);
  await page.locator("#auc", { hasText: /0\.\d/ }).waitFor();
}

/** What the page's JavaScript holds after a collection of garbage; null in Firefox, which does not tell. */
async function pageMemory(page) {
  if (page.context().browser().browserType().name() !== "chromium") return null;
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / 1e6;
}

/** Megabytes of the browser's processes (proportional set size, PSS). */
function processMemory() {
  const kilobytes = processesBelow(process.pid).map((pid) =>
    Number(
      /^Pss: +(\d+)/m.exec(ifThere(() => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), ""))?.[1] ?? 0,
    ),
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1000;
}

/** Each thread lists the processes that it began. */
function processesBelow(pid) {
  const threads = ifThere(() => readdirSync(`/proc/${pid}/task`), []);
  const children = threads.flatMap((thread) =>
    ifThere(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"), "")
      .split(" ")
      .filter(Boolean),
  );
  return children.flatMap((child) => [child, ...processesBelow(child)]);
}

/** `otherwise` where the process has ended meanwhile. */
function ifThere(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
