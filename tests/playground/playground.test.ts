// The playground in a browser, as `npm run playground` builds it: what a person does there, from the keyboard
// and with the pointer.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { findEntry } from "../../compiler/diagnostics/catalog/index.ts";
import { linkOf, readLink } from "../../playground/page/link.ts";
import { root } from "../cli/spawn.ts";
import { violationsIn } from "../support/axe.ts";
import { openBrowser } from "../support/browser.ts";
import { BuiltSite } from "../support/built-site.ts";

const ISSUES = "https://example.org/dinc/issues";
const site = new BuiltSite("playground/build.mjs", ["--issues", ISSUES]);

/** Once the network that the page begins with is there. */
async function visitAtRest(): Promise<Page> {
  const page = await site.visit();
  await page.locator("#pause").click();
  await page.locator("#graph g.node").first().waitFor({ state: "attached" });
  return page;
}

/** Presses a button of the menu. */
async function share(page: Page, id: string): Promise<void> {
  await page.locator("#share-menu").click();
  await page.locator(`#${id}`).click();
}

const text = (page: Page) => page.locator(".cm-content").evaluate((content) => content.textContent);

/** As a person sees it who pastes it. */
async function inClipboard(page: Page): Promise<string> {
  const made = await page.evaluateHandle("document.body.appendChild(document.createElement('textarea'))");
  const field = made.asElement()!;
  await field.focus();
  await page.keyboard.press("Control+V");
  return field.inputValue();
}

/** Puts the cursor behind a piece of the text, as a person would who clicks there. */
async function cursorBehind(page: Page, words: string): Promise<void> {
  // They come a moment later than the text, and move it.
  await page.locator(".din-hint").first().waitFor();
  const line = page.locator(".cm-line", { hasText: words }).first();
  await line.click();
  // Of the row on the screen, then of the line.
  for (const _ of ["row", "line"]) await page.keyboard.press("End");
  let rest = (await line.textContent())!.split(words)[1]!;
  for (const hint of await line.locator(".din-hint").allTextContents()) rest = rest.replace(hint, "");
  for (let i = rest.length; i > 0; i--) await page.keyboard.press("ArrowLeft");
}

/** Programs in the place of a worker's, and what the page then says. */
const broken: readonly (readonly [program: string, said: string])[] = [
  ["throw new Error('out of memory')", "out of memory"],
  ["postMessage({ kind: 'of another version' })", "-worker sent .*"],
  ["postMessage({ kind: '__proto__' })", "-worker sent .*"],
  ["postMessage(null)", "-worker sent .*"],
  ["postMessage(7)", "-worker sent .*"],
];

test("a worker that stops, or sends what is no message, is told", async () => {
  const { browser, close } = await openBrowser();
  try {
    for (const name of ["training", "views", "language"])
      for (const [program, said] of broken) {
        const page = await browser.newPage();
        await page.route(`**/${name}-worker.js`, async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: program });
        });
        await page.goto(site.address);
        const hasText = new RegExp(`has stopped.*(?:${said}).*load the page again`);
        await page.locator("#said", { hasText }).waitFor();
        await page.close();
      }
  } finally {
    await close();
  }
});

test("DIN trains at once, towards the best AUC", async () => {
  const page = await site.visit();
  await expect
    .poll(async () => Number(await page.textContent("#auc")), { timeout: 60_000 })
    .toBeGreaterThan(0.7);
  expect(await page.textContent("#best")).toBe(" of at most 0.8485");
  expect(await page.textContent("#threads")).toBe("threads where they help");
});

test("at the end nothing is left to pause, and comments train nothing anew", async () => {
  const page = await site.visit();
  const ended = page.locator("#status", { hasText: "trained to the end" });
  await ended.waitFor({ timeout: 120_000 });
  for (const id of ["pause", "step"]) expect(await page.locator(`#${id}`).isDisabled()).toBe(true);
  await page.evaluate(`{
    window.said = [];
    const status = document.querySelector("#status");
    new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
  }`);
  const said = () => page.evaluate("window.said");
  await cursorBehind(page, "model din");
  await page.keyboard.type(" // mine");
  // The page waits before it trains; the next change shows that it has waited.
  await page.waitForTimeout(2_500);
  expect(await said()).toEqual([]);
  await cursorBehind(page, "learning_rate: 2e");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("3e");
  await expect.poll(said).toContain("reading the rows");
  expect(await page.locator("#pause").isEnabled()).toBe(true);
});

test("where memory cannot be shared, one thread trains", async () => {
  const page = await site.visit("", { site: site.unisolated });
  await expect.poll(() => page.textContent("#threads"), { timeout: 30_000 }).toBe("one thread");
  await expect.poll(() => page.textContent("#at"), { timeout: 30_000 }).toMatch(/^epoch \d+, step \d+$/);
});

describe("the editor", () => {
  test("a mistake is marked, and its fix applied from the keyboard", async () => {
    const page = await visitAtRest();
    await cursorBehind(page, "sigmoi");
    await page.keyboard.press("Backspace");
    await page.locator(".cm-lintRange-error").first().waitFor();
    // Said above the views too, which show what was before.
    await page.locator("#problems p", { hasText: /^1 mistake\. The views show .* before\.$/ }).waitFor();
    await page.locator("#problems li", { hasText: /^Line 33: / }).waitFor();
    await page.keyboard.press("Control+.");
    await page.locator(".din-fixes button").first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".cm-lintRange-error").first().waitFor({ state: "detached" });
    await page.locator("#problems").waitFor({ state: "hidden" });
    expect(await text(page)).toContain("dense(1) |> sigmoid");
  });

  test("mistakes stand above the views, with fixes that a finger can tap", async () => {
    const page = await visitAtRest();
    await cursorBehind(page, "sigmoi");
    await page.keyboard.press("Backspace");
    await cursorBehind(page, "|> ml");
    await page.keyboard.press("Backspace");
    await page.locator("#problems p", { hasText: "2 mistakes" }).waitFor();
    const rows = page.locator("#problems li");
    const titles = rows.locator(".fix");
    await titles.first().waitFor();
    expect(await titles.allTextContents()).toEqual(["replace with `mlp`", "replace with `sigmoid`"]);
    await titles.last().click();
    await page.locator("#problems p", { hasText: "1 mistake." }).waitFor();
    await titles.first().click();
    await page.locator("#problems").waitFor({ state: "hidden" });
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

test("a hover explains the code of a message, by texts that come after the first load", async () => {
  const page = await visitAtRest();
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.insertText("// dinc-ignore DIN0372\n");
  const tooltip = page.locator(".cm-tooltip", { hasText: findEntry("DIN0372")!.explanation }).first();
  const hovered = async () => {
    await page.mouse.move(0, 0);
    const comment = (await page.locator(".cm-line span", { hasText: "DIN0372" }).last().boundingBox())!;
    await page.mouse.move(comment.x + comment.width - 15, comment.y + comment.height / 2);
    return tooltip.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(hovered, { timeout: 30_000 }).toBe(true);
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

test("what each tab shows lights up the line that it comes from, and is marked by that line", async () => {
  const page = await visitAtRest();
  const lit = async () => (await page.locator(".din-lit").allTextContents()).join("");
  const tabs: readonly (readonly [name: string, shown: string, comesFrom: string, line?: string])[] = [
    ["Graph", "#graph g.node:has-text('interest')", "sum(activation_unit"],
    ["Types", "#types tr:has-text('interest')", "interest"],
    ["Cost", "#cost tr:has-text('activation_unit.dense_2.kernel')", "dense(16, dice)", "concat(query, key"],
    ["Passes", "#passes .placed:has-text('sum_steps')", "activation_unit(target, clicks)"],
    [
      "TypeScript",
      "#typescript .placed:has-text('weighSteps'), #typescript .placed:has-text('sumSteps')",
      "let interest",
    ],
    ["WebAssembly", "#webassembly .placed:has-text('model.din:32')", "let interest"],
    ["ONNX", "#onnx tr.placed:has-text('net.interest')", "let interest"],
    ["PyTorch", "#torchrec .placed:has-text('class Interest')", "let interest"],
  ];
  for (const [name, shown, comesFrom, line = "let interest"] of tabs) {
    await page.getByRole("tab", { name, exact: true }).click();
    const first = page.locator(shown).first();
    await first.waitFor({ timeout: 30_000 });
    // From the keyboard, as by hovering.
    await first.focus();
    await expect.poll(lit, { message: name }).toContain(comesFrom);
    // And back: the line of the cursor marks it.
    const marked = () => first.getAttribute("aria-current");
    for (const [words, isMarked] of [
      ["label click", null],
      [line, "true"],
    ] as const) {
      await page.locator(".cm-line", { hasText: words }).click();
      await expect.poll(marked, { message: `${name}: ${words}` }).toBe(isMarked);
    }
  }
  // Enter goes there, arrows from one to the next.
  await page.locator("#torchrec .placed").first().focus();
  const says = () => page.evaluate("document.activeElement.textContent");
  const first = await says();
  await page.keyboard.press("ArrowDown");
  expect(await says()).not.toBe(first);
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.className")).toContain("cm-content");
});

test("tabs go from one to the next by arrows, and show all that the model becomes", async () => {
  const page = await visitAtRest();
  await page.getByRole("tab", { name: "Train", exact: true }).focus();
  const shown: string[] = [];
  for (let i = 0; i < 11; i++) {
    await page.keyboard.press("ArrowRight");
    const panel = page.locator('[role="tabpanel"]:visible');
    await expect.poll(async () => (await panel.innerHTML()).length, { timeout: 30_000 }).toBeGreaterThan(50);
    shown.push((await panel.getAttribute("id")) ?? "");
  }
  const stages = ["passes", "typescript", "webassembly", "onnx", "torchrec", "report"];
  expect(shown).toEqual(["rank", "data", "graph", "types", "cost", ...stages]);
  const says = (tab: string, words: RegExp) =>
    expect
      .poll(async () => words.test((await page.textContent(`#${tab}`)) ?? ""), { timeout: 30_000 })
      .toBe(true);
  await page.getByRole("tab", { name: "PyTorch", exact: true }).click();
  await says("torchrec", /class \w+\(nn\.Module\)/);
  await page.getByRole("tab", { name: "TypeScript", exact: true }).click();
  await says("typescript", /function createRanker/);
  await page.getByRole("tab", { name: "WebAssembly", exact: true }).click();
  await says("webassembly", /f32x4\.mul/);
  await page.getByRole("tab", { name: "ONNX", exact: true }).click();
  await says("onnx", /candidates × 32/);
  expect(await page.textContent("#types")).toContain("Seq[clicks, 32]");
  expect(await page.textContent("#cost")).toContain("times as many");
});

test("code has the colours of the spec, and a button copies it", async () => {
  const page = await visitAtRest();
  for (const [tab, keyword] of [
    ["TypeScript", "export"],
    ["WebAssembly", "local.get"],
    ["PyTorch", "class"],
  ] as const) {
    await page.getByRole("tab", { name: tab, exact: true }).click();
    const panel = page.locator('[role="tabpanel"]:visible');
    await panel.locator(".din-keyword", { hasText: keyword }).first().waitFor({ timeout: 30_000 });
    const code = await panel.locator("pre").textContent();
    await panel.getByRole("button", { name: "Copy" }).click();
    await panel.getByRole("button", { name: "Copied" }).waitFor();
    expect(await inClipboard(page)).toBe(code);
  }
});

test("passes are gone through one by one, and their nodes light up the text", async () => {
  const page = await visitAtRest();
  await page.getByRole("tab", { name: "Passes", exact: true }).click();
  await page.getByRole("button", { name: "to-request" }).click();
  expect(await page.textContent("#passes")).toMatch(/\d+ once for the user, \d+ for each candidate/);
  await page.locator("#passes .placed.user").first().hover();
  await page.locator(".din-lit").first().waitFor();
  await page.getByRole("button", { name: "kernels" }).click();
  expect(await page.textContent("#passes")).toContain("one loop: ");
});

test("where nothing trains, each tab says why, and none waits", async () => {
  const page = await site.visit(
    await linkOf({ spec: "model nothing", seed: 7, tab: "typescript", version: "" }),
  );
  for (const [name, id] of [
    ["TypeScript", "typescript"],
    ["ONNX", "onnx"],
    ["PyTorch", "torchrec"],
    ["Passes", "passes"],
  ]) {
    await page.getByRole("tab", { name: name!, exact: true }).click();
    await expect.poll(() => page.textContent(`#${id}`), { timeout: 30_000 }).toContain("mistakes");
  }
});

test("a spec with columns of its own trains on rows that are made up for it", async () => {
  const spec = `model other
features item { sku : id  embed 4 }
label bought : binary
net { predict bought = dense(sku, 1) |> sigmoid }
`;
  const page = await site.visit(await linkOf({ spec, seed: 7, tab: "train", version: "" }));
  await expect.poll(() => page.textContent("#auc"), { timeout: 30_000 }).toMatch(/^0\.[5-9]/);
  await page.getByRole("tab", { name: "Rank", exact: true }).click();
  await page.locator("#scores tr", { hasText: "sku_" }).first().waitFor();
});

test("a misspelt column is said, and the code is there with random weights", async () => {
  const din = readFileSync(join(root, "examples/din-simulated/model.din"), "utf8");
  const spec = din.replace("hist_item_id", "hist_itm_id");
  const page = await site.visit(await linkOf({ spec, seed: 7, tab: "train", version: "" }));
  await expect.poll(() => page.textContent("#status"), { timeout: 30_000 }).toContain("hist_itm_id");
  // In the editor and above the views, too.
  await page.locator(".cm-lintRange-error", { hasText: "hist_itm_id" }).waitFor();
  await page.locator("#problems li", { hasText: /^Line 19: .*hist_itm_id/ }).waitFor();
  await page.getByRole("tab", { name: "TypeScript", exact: true }).click();
  await expect
    .poll(() => page.textContent("#typescript"), { timeout: 30_000 })
    .toContain("weights are random");
  await cursorBehind(page, "<-> hist_it");
  await page.keyboard.type("e");
  await page.locator("#problems").waitFor({ state: "hidden" });
  await expect.poll(() => page.textContent("#auc"), { timeout: 60_000 }).toMatch(/^0\.[5-9]/);
});

test("a training goes as slowly as it is asked to", async () => {
  const page = await site.visit();
  await expect.poll(() => page.textContent("#at"), { timeout: 30_000 }).toMatch(/step \d/);
  await page.locator("#pace").selectOption("2");
  const step = async () => Number(/step (\d+)/.exec((await page.textContent("#at")) ?? "")?.[1]);
  const made = async () => {
    const before = await step();
    await page.waitForTimeout(1200);
    return (await step()) - before;
  };
  await expect.poll(made, { timeout: 20_000 }).toBeLessThan(5);
  expect(await made()).toBeGreaterThan(0);
  await page.locator("#pause").click();
  const at = await page.textContent("#at");
  await page.locator("#step").click();
  await expect.poll(() => page.textContent("#at")).not.toBe(at);
});

test("a user's clicks change the scores of candidates at once", async () => {
  const page = await site.visit();
  await expect
    .poll(async () => Number(await page.textContent("#auc")), { timeout: 60_000 })
    .toBeGreaterThan(0.75);
  await page.locator("#pause").click();
  await page.getByRole("tab", { name: "Rank", exact: true }).click();
  const scoreOf = async (category: string) => {
    const row = page.locator("#scores tr", { hasText: category }).first();
    return Number(await row.locator("td.score").textContent());
  };
  await expect.poll(() => page.locator("#scores tr").count()).toBe(12);
  const [last] = (await page.locator("#scores th").allTextContents()).slice(-1);
  const before = await scoreOf(last!);
  // Someone who clicked an item again and again likes it.
  for (let i = 0; i < 8; i++)
    await page.locator("#scores tr", { hasText: last! }).getByRole("button", { name: "clicked it" }).click();
  await expect.poll(() => scoreOf(last!)).toBeGreaterThan(before + 0.1);
  expect(await page.textContent("#ranked")).toMatch(/12 candidates with \d+ clicks in \d+ µs/);
  expect(await page.textContent("#shares")).toMatch(/once for the user: [\d,]+ operations/);
  const clicks = await page.locator("#clicked li").count();
  await page.locator("#clicked button").first().click();
  expect(await page.locator("#clicked li").count()).toBe(clicks - 1);
});

test("the report of the training until now is shown in a frame", async () => {
  const page = await site.visit();
  await expect
    .poll(async () => Number(await page.textContent("#auc")), { timeout: 60_000 })
    .toBeGreaterThan(0.6);
  await page.getByRole("tab", { name: "Report", exact: true }).click();
  const report = page.frameLocator("#report iframe");
  await report.locator("#results table").waitFor({ timeout: 60_000 });
  expect(await report.locator("#calibration svg").count()).toBeGreaterThan(0);
  // Its styles are there, which the page around it forbids.
  expect(
    await report
      .locator("h1")
      .evaluate((heading) => heading.ownerDocument.defaultView?.getComputedStyle(heading).fontSize),
  ).toBe("34px");
});

test("a link opens as the page was", async () => {
  const page = await visitAtRest();
  await cursorBehind(page, "model din");
  await page.keyboard.type("_of_mine");
  await page.getByRole("tab", { name: "Types", exact: true }).click();
  await share(page, "share");
  await expect.poll(() => page.evaluate("location.hash")).toMatch(/^#v1\./);
  const hash = String(await page.evaluate("location.hash"));
  await page.close();
  const again = await site.visit(hash);
  await again.locator("#types table").waitFor();
  expect(await text(again)).toContain("model din_of_mine");
});

test("a link that is cut off says so", async () => {
  const link = await linkOf({ spec: "model mine\n", seed: 7, tab: "graph", version: "" });
  const page = await site.visit(link.slice(0, -5));
  await page.locator("#said", { hasText: "This link is cut off or damaged" }).waitFor();
});

test("the reader's text is there after a lesson and after a reload", async () => {
  const page = await visitAtRest();
  await cursorBehind(page, "model din");
  await page.keyboard.type("_of_mine");
  await page.locator("#lessons").click();
  await expect.poll(() => text(page)).not.toContain("model din_of_mine");
  await page.locator("#close-guide").click();
  await expect.poll(() => text(page)).toContain("model din_of_mine");
  await page.reload();
  await page.locator(".din-hint").first().waitFor();
  expect(await text(page)).toContain("model din_of_mine");
});

test("each lesson keeps the reader's text, the changed solution and the try, until the reader starts over", async () => {
  const page = await site.visit("#lesson/dice");
  const typed = async (words: string) => {
    await page.locator(".din-hint").first().waitFor();
    await page.locator(".cm-content").press("Control+Home");
    await page.keyboard.type(words);
  };
  await page.locator(".verdict", { hasText: /./ }).waitFor();
  const given = await text(page);
  await typed("// dice of mine\n");
  await expect
    .poll(() => page.evaluate("localStorage.getItem('dinc.try.lesson/dice')"), { timeout: 60_000 })
    .not.toBe(null);
  await page.getByRole("link", { name: "Next: " }).click();
  await expect.poll(() => text(page)).not.toContain("dice of mine");
  await page.locator(".cm-content").press("Control+z");
  expect(await text(page)).not.toContain("dice of mine");
  await page.goBack();
  await expect.poll(() => text(page)).toContain("dice of mine");
  await page.reload();
  await page.locator("#tried", { hasText: "The last try" }).waitFor({ timeout: 60_000 });
  expect(await text(page)).toContain("dice of mine");
  const solve = page.locator("#solve");
  const solution = async () => {
    await solve.click();
    await solve.filter({ hasText: "Back to my text" }).waitFor();
    return text(page);
  };
  expect(await solution()).not.toContain("of mine");
  await typed("// solution of mine\n");
  await solve.click();
  await expect.poll(() => text(page)).toContain("dice of mine");
  expect(await solution()).toContain("solution of mine");
  await page.reload();
  await page.locator(".din-hint").first().waitFor();
  expect(await text(page)).toContain("dice of mine");
  expect(await solution()).toContain("solution of mine");
  await page.getByRole("button", { name: "Start over" }).click();
  await page.reload();
  await page.locator(".din-hint").first().waitFor();
  expect((await text(page))!.split("model")[0]).toBe(given!.split("model")[0]);
  expect(await solution()).not.toContain("of mine");
});

test("a link leaves the reader's text as it is, and a reload shows what was changed in the link's", async () => {
  const page = await visitAtRest();
  await cursorBehind(page, "model din");
  await page.keyboard.type("_of_mine");
  const spec = readFileSync(join(root, "playground/examples/din-paper/1-sum.din"), "utf8");
  const link = await linkOf({ spec, seed: 7, tab: "train", version: "", goal: 0.5 });
  await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
  await expect.poll(() => text(page)).not.toContain("din_of_mine");
  await page.locator(".din-hint").first().waitFor();
  await page.locator(".cm-content").press("Control+Home");
  await page.keyboard.type("// changed\n");
  await expect.poll(() => page.evaluate("location.hash")).not.toBe(link);
  const { hash } = new URL(page.url());
  expect(await readLink(hash)).toMatchObject({ goal: 0.5, spec: `// changed\n${spec}` });
  await page.reload();
  await page.locator("#said", { hasText: "“My text” shows yours" }).waitFor();
  expect(await text(page)).toContain("// changed");
  await page.locator("#mine").click();
  await expect.poll(() => text(page)).toContain("model din_of_mine");
  expect(await page.locator("#mine").isVisible()).toBe(false);
  expect(new URL(page.url()).hash).toBe("");
  await page.goBack();
  await expect.poll(() => text(page)).toContain("// changed");
});

test("a lesson is played from the keyboard, and what is done stays done", async () => {
  const page = await site.visit("#lesson");
  await page.locator(".verdict", { hasText: "The spec has mistakes" }).waitFor();
  // Where a screen reader goes on.
  expect(await page.evaluate("document.activeElement.textContent")).toBe("A model is a text");
  await page.locator(".cm-lintRange-error").first().waitFor();
  await page.locator(".cm-content").focus();
  await page.keyboard.press("F8");
  await page.keyboard.press("Control+.");
  await page.locator(".din-fixes button").first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".verdict.done").waitFor();
  expect(new URL(page.url()).hash).toBe("#lesson/model/model");
  await page.getByRole("link", { name: "Next: Features: user, item and moment" }).press("Enter");
  await page.getByRole("heading", { name: "Features: user, item and moment" }).waitFor();
  expect(new URL(page.url()).hash).toBe("#lesson/features/model");
  expect(await text(page)).toContain("model scopes");
  await page.goBack();
  await page.getByRole("heading", { name: "A model is a text" }).waitFor();
  expect(await text(page)).toContain("|> sigmoid");
  await page.locator("#guide summary").click();
  await page.getByRole("listitem").filter({ hasText: "A model is a text (done)" }).waitFor();
});

test("an address that is none, or of a file beside the folder, is not found, and the server goes on", async () => {
  for (const asked of ["%", "..%2fsomething-else.js", "..%2f..%2fbelow-beside%2fx.js"]) {
    const { status } = await fetch(`${new URL("/", site.address)}${asked}`);
    expect(status, asked).toBe(404);
  }
  expect((await fetch(site.address)).status).toBe(200);
});

test("an example of the zoo trains on films, and is copied as Markdown", async () => {
  const page = await site.visit("#example/deepfm");
  // What the ratings of films can reach; the line that names them is another when the training has ended.
  await page.locator("#best", { hasText: "of at most 0.81" }).waitFor();
  expect(await text(page)).toContain("model deepfm");
  await page.getByRole("searchbox").fill("transduction");
  await page.getByRole("link", { name: "Hierarchical Sequential Transduction Units" }).waitFor();
  expect(await page.locator("#guide section:visible li:visible").count()).toBe(1);
  await share(page, "markdown");
  await page.locator("#said", { hasText: "as Markdown" }).waitFor();
  const copied = await inClipboard(page);
  const [, spec, link] = /^```din\n([\s\S]+)\n```\n\n\[.+\]\(.+(#v1\..+)\) /.exec(copied)!;
  expect((await readLink(link!))?.spec.trimEnd()).toBe(spec);
});

test("an issue is copied, or begun where the project has them, with all that repeats it", async () => {
  const page = await visitAtRest();
  // An issue says how the training stands, which is then at rest, too.
  await page.locator("#status", { hasText: "to test on" }).waitFor();
  // Curves change their size with their tab, which is no error.
  for (const name of ["Rank", "Train", "Graph", "Train"])
    await page.getByRole("tab", { name, exact: true }).click();
  await cursorBehind(page, "sigmoi");
  await page.keyboard.press("Backspace");
  await page.locator(".cm-lintRange-error").first().waitFor();
  await share(page, "copy-issue");
  await page.locator("#said", { hasText: "An issue is in the clipboard" }).waitFor();
  const copied = await inClipboard(page);
  for (const told of [/^# Playground, din: line 33: .+sigmod/, /tab train; \[this link opens it\]\(http:/])
    expect(copied).toMatch(told);
  expect(copied).toContain(String(await page.evaluate("navigator.userAgent")));
  expect(copied).not.toContain("ResizeObserver");
  await page.evaluate("window.open = (address) => { window.begun = address; }");
  await share(page, "open-issue");
  await expect.poll(() => page.evaluate("window.begun ?? ''")).not.toBe("");
  const begun = new URL(String(await page.evaluate("window.begun")));
  expect(begun.href.startsWith(`${ISSUES}/new?`)).toBe(true);
  expect(`# ${begun.searchParams.get("title")}\n\n${begun.searchParams.get("body")}`).toBe(copied);
  // A page that may not write there shows the text.
  await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
  await share(page, "copy-issue");
  expect(await page.locator("#by-hand-text").inputValue()).toBe(copied);
  await page.locator("#by-hand-close").click();
  expect(await page.locator("#by-hand").isVisible()).toBe(false);
});

test("no page leads to a manual that was not built", async () => {
  const page = await visitAtRest();
  expect(await page.locator("#manual").isVisible()).toBe(false);
});

test.each([
  ["light", 1900, ["Rank", "Your data", "Graph", "Types", "Cost", "Passes"]],
  ["dark", 390, ["Rank", "Graph", "Passes"]],
] as const)("nobody is kept out of a tab, as axe tells: %s, %d wide", async (colorScheme, width, tabs) => {
  const page = await site.visit("", { colorScheme, width });
  await page.locator("#pause").click();
  await page.locator("#graph g.node").first().waitFor({ state: "attached" });
  expect(await violationsIn(page)).toEqual([]);
  for (const name of tabs) {
    await page.getByRole("tab", { name, exact: true }).click();
    const panel = page.locator('[role="tabpanel"]:not([hidden])');
    await expect.poll(async () => (await panel.innerHTML()).length, { timeout: 30_000 }).toBeGreaterThan(300);
    expect(await violationsIn(page, `"#${await panel.getAttribute("id")}"`), name).toEqual([]);
  }
});

const tooWide = (page: Page) =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

test("on a phone nothing is wider than the screen, and the editor comes before what becomes of it", async () => {
  const page = await site.visit("", { width: 390 });
  await page.locator("#graph g.node").first().waitFor({ state: "attached" });
  expect(await tooWide(page)).toBe(0);
  await page.getByRole("tab", { name: "ONNX", exact: true }).click();
  await page.locator("#onnx tbody tr").first().waitFor({ timeout: 30_000 });
  expect(await tooWide(page)).toBe(0);
});
