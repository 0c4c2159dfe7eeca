// Files of the reader's own in the playground, and what is taken along of it: a run as `dinc train` writes one.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  compile,
  evaluate,
  type Model,
  openRun,
  type Predictions,
  predict,
  train,
} from "../../runtime/index.ts";
import { runName } from "../../runtime/run/run-files.ts";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("playground/build.mjs");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-own-data-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (page: Page) => page.locator(".cm-content").evaluate((content) => content.textContent);

/** Files as the page's input takes them. */
const csv = (name: string, rows: readonly string[]) => ({
  ...{ name, mimeType: "text/csv" },
  buffer: Buffer.from(`${rows.join("\n")}\n`),
});

/** Clicks the button and unpacks what it saves, into a folder of this test's; gives that. */
async function downloadedRun(page: Page): Promise<string> {
  await page.getByRole("tab", { name: "Train", exact: true }).click();
  const saving = page.waitForEvent("download", { timeout: 60_000 });
  await page.getByRole("button", { name: "Download the run" }).click();
  const saved = await saving;
  const at = mkdtempSync(join(folder, "unpacked-"));
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(await saved.path())))) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), bytes);
  }
  return join(at, saved.suggestedFilename().replace(/\.zip$/, ""));
}

test("a file of the reader's is drafted and trained on, and stays in the page", async () => {
  const page = await site.visit();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.method()));
  const line = (i: number) => {
    const [user, item] = [i % 50, (i * 7919) % 40];
    const past = [1, 2, 3].map((step) => (i * step) % 40).join("|");
    return `u${user},i${item},${item % 2 === user % 2 ? "red" : "blue"},${past},${Number(item % 3 === 0)}`;
  };
  const rows = [
    "user_id,item_id,colour,hist_item_id,click",
    ...Array.from({ length: 4000 }, (_, i) => line(i)),
  ];
  // A row without a label is told, and not trained on.
  rows[18] = rows[18]!.replace(/\d$/, "");
  // So slowly that its beginning is seen.
  await page.locator("#pace").selectOption("2");
  await page.locator('[role="tab"]', { hasText: "Your data" }).click();
  const buffer = Buffer.from(rows.join("\n").replaceAll("i7,", '"i7",'));
  await page.setInputFiles("#file", { name: "mine.csv", mimeType: "text/csv", buffer });
  await expect.poll(() => page.textContent("#opened"), { timeout: 30_000 }).toContain("mine.csv, 3,999 rows");
  expect(await page.textContent("#guesses")).toContain("hist_item_id");
  expect(await page.textContent("#guesses")).toContain("1 of 4,000 is empty, row 18 of mine.csv");
  expect(await text(page)).toContain("item_id <-> hist_item_id");
  await expect.poll(() => page.textContent("#status"), { timeout: 30_000 }).toContain("rows of mine.csv");
  await page.locator('[role="tab"]', { hasText: "Train" }).click();
  await page.locator("#pace").selectOption("");
  await expect
    .poll(async () => Number(await page.textContent("#auc")), { timeout: 30_000 })
    .toBeGreaterThan(0.8);
  await page.getByRole("tab", { name: "Rank", exact: true }).click();
  await page.locator("#scores button", { hasText: "why" }).first().click();
  await page.locator("#why table").waitFor();
  expect(asked.every((method) => method === "GET")).toBe(true);
  // What goes with nothing is said.
  const empty = { name: "other.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,x\n2,y\n") };
  await page.locator('[role="tab"]', { hasText: "Your data" }).click();
  await page.setInputFiles("#file", empty);
  const why = "it has no column item_id, as mine.csv has";
  await expect.poll(() => page.textContent("#files"), { timeout: 30_000 }).toContain(why);
  // Rows of another matter are drafted alone.
  await page.setInputFiles(
    "#file",
    csv("others.csv", ["k,label", ...rows.map((_, i) => `${i % 5},${i % 2}`)]),
  );
  const opened = () => page.textContent("#opened");
  await expect.poll(opened, { timeout: 30_000 }).toContain("others.csv, 4,001 rows, and");
  expect(await page.textContent("#files")).not.toContain("mine.csv");
});

/** Of the first row. */
async function first(predictions: AsyncIterable<Predictions>): Promise<number> {
  for await (const { probabilities } of predictions) return probabilities.get("click")![0]!;
  return Number.NaN;
}

/** The score of a row's candidate for its user, by a module. */
async function scoreBy(
  files: ReadonlyMap<string, string | Uint8Array>,
  { features, histories }: Model,
  row: Readonly<Record<string, readonly string[]>>,
): Promise<number> {
  const at = mkdtempSync(join(folder, "module-"));
  for (const [name, content] of files) writeFileSync(join(at, name), content);
  const { createRanker } = await import(join(at, "model.js"));
  const ranker = await createRanker({ weights: readFileSync(join(at, "model.weights.bin")) });
  const of = (scope: string) =>
    Object.fromEntries(
      [...features.values()].flatMap((each) => (each.scope === scope ? [[each.name, row[each.name]]] : [])),
    );
  const history = Object.fromEntries(
    [...histories.keys()].map((name) => [name, row["hist_item_id"]!.map((item_id) => ({ item_id }))]),
  );
  const request = { user: of("user"), context: of("context"), history, candidates: [of("item")] };
  return ranker.rank(request)[0];
}

test("the run of a training in the page is one to the commands, with the page's numbers", async () => {
  const page = await site.visit();
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const past = [1, 2, 3].map((step) => `i${(i * step) % 40}`).join("|");
    const item = (i * 7919) % 40;
    const isClicked = Math.imul(i, 0x9e3779b1) >>> 28 < (item % 3 === 0 ? 11 : 4);
    return `u${i % 50},i${item},${(i % 7) / 3},${past},${Number(isClicked)}`;
  });
  await page.locator('[role="tab"]', { hasText: "Your data" }).click();
  await page.setInputFiles("#file", csv("mine.csv", ["user_id,item_id,price,hist_item_id,click", ...rows]));
  await expect.poll(() => page.textContent("#status"), { timeout: 30_000 }).toBe("trained to the end");
  const shown = await page.textContent("#auc");
  const run = await downloadedRun(page);
  expect(await page.textContent("#archived")).toContain(`dinc eval draft-run --data draft-run/test.jsonl`);

  const { model, run: opened } = await openRun(run);
  const { manifest } = opened;
  expect(manifest.data.files.map(({ path }) => path)).toEqual(["mine.csv", "draft-run/test.jsonl"]);
  const data = join(run, "test.jsonl");
  const { evaluations } = await evaluate(run, { data, backend: "wasm" });
  expect(evaluations[0]!.values["auc"]!.toFixed(4)).toBe(shown);
  // Chromium may round a product and its sum once.
  const measured = Object.entries(manifest.metrics).map(([name, value]) => [name, expect.closeTo(value, 6)]);
  expect(evaluations[0]!.values).toEqual(Object.fromEntries(measured));
  // As the report of a training on a machine.
  expect(readFileSync(join(run, "report.html"), "utf8")).toMatch(
    /click, \d+ validation rows.*click, \d+ test rows/s,
  );
  // The page's module gives the scores that the commands give.
  await page.getByRole("tab", { name: "TypeScript", exact: true }).click();
  await page.locator("#typescript summary").click();
  const files = new Map<string, Uint8Array>();
  for (const name of ["model.js", "model.weights.bin"]) {
    const saving = page.waitForEvent("download");
    await page.locator("#typescript button", { hasText: name }).click();
    files.set(name, readFileSync(await (await saving).path()));
  }
  expect(String(files.get("model.js"))).toContain(`the weights of run ${runName(manifest)}`);
  const compiled = await compile(run, { target: "ts" });
  const [line] = readFileSync(data, "utf8").split("\n", 1);
  const tested = JSON.parse(line!, (name, value) => (name === "price" ? Number(value) : value));
  const score = await first(predict(run, { data, backend: "wasm" }));
  for (const module of [files, compiled.files])
    expect(await scoreBy(module as typeof files, model, tested)).toBeCloseTo(score, 6);
  // And training goes on from it.
  const config = join(folder, "dinc.yaml");
  writeFileSync(
    config,
    `spec: ${join(run, "model.din")}\ndata: { train: ${data}, valid: ${data}, test: ${data} }\n`,
  );
  const { begun } = await train(null, { config, from: run, out: join(folder, "next"), backend: "wasm" });
  const before = begun.find(({ split }) => split === "test");
  expect(before?.values).toEqual(evaluations[0]!.values);
});

test("a log with tables of its items and users is joined, and its run has the page's numbers", async () => {
  const page = await site.visit();
  const genres = ["drama", "comedy", "horror", "western"];
  const users = Array.from({ length: 60 }, (_, user) => `u${user},${20 + (user % 30)}`);
  const items = Array.from({ length: 40 }, (_, item) => `i${item},${genres[item % 4]},${1980 + (item % 20)}`);
  const events = users.flatMap((_, user) =>
    Array.from({ length: 12 }, (_, time) => {
      const chance = Math.imul(user * 12 + time, 0x9e3779b1) >>> 24;
      const item = time % 4 === 0 ? chance % 40 : 4 * (chance % 10) + (user % 4);
      return `u${user},i${item},${1700000000 + 3600 * time + user}`;
    }),
  );
  const log = csv("log.csv", ["user_id,item_id,timestamp", ...events]);
  const films = csv("films.csv", ["item_id,genre,year", ...items]);
  const people = csv("people.csv", ["user_id,age", ...users]);
  await page.locator('[role="tab"]', { hasText: "Your data" }).click();
  const opened = () => expect.poll(() => page.textContent("#opened"), { timeout: 30_000 });
  await page.setInputFiles("#file", [films, people]);
  await opened().toMatch(/DIN\d{4}/);
  // One after the other is as good as all at once.
  await page.setInputFiles("#file", [log, csv("notes.csv", ["day,note", "1,x", "2,y"])]);
  await opened().toContain("log.csv, 720 rows with films.csv and people.csv");
  const selects = page.locator("#files select");
  const taken = () => Promise.all([0, 1, 2, 3].map((i) => selects.nth(i).inputValue()));
  expect(await taken()).toEqual(["items", "users", "rows", ""]);
  const why = (await page.textContent("#files"))!;
  expect(why).toContain("a row for each item_id, 40 of the 40 of log.csv among them");
  expect(why).toContain("it has no column item_id, as log.csv has; it has no column user_id, as log.csv has");
  const guesses = () => page.textContent("#guesses");
  expect(await guesses()).toContain("genre");
  expect(await guesses()).toContain("age");

  await expect.poll(() => page.textContent("#status"), { timeout: 30_000 }).toBe("trained to the end");
  const shown = await page.textContent("#auc");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "dinc.yaml" }).click();
  const config = readFileSync(await (await saving).path(), "utf8");
  const run = await downloadedRun(page);
  const { evaluations } = await evaluate(run, { data: join(run, "test.jsonl"), backend: "wasm" });
  expect(evaluations[0]!.values["auc"]!.toFixed(4)).toBe(shown);

  // With dinc.yaml and the same files, the spec trains on a machine.
  const at = mkdtempSync(join(folder, "shop-"));
  for (const { name, buffer } of [log, films, people]) writeFileSync(join(at, name), buffer);
  writeFileSync(join(at, "model.din"), readFileSync(join(run, "model.din")));
  writeFileSync(join(at, "dinc.yaml"), config);
  const set = ["train.epochs=1"];
  const here = await train(null, {
    config: join(at, "dinc.yaml"),
    set,
    out: join(at, "run"),
    backend: "wasm",
  });
  expect(here.evaluations[0]!.rows).toBe(evaluations[0]!.rows);

  // What the reader says of a file is done.
  await page.locator('[role="tab"]', { hasText: "Your data" }).click();
  await page.getByRole("combobox", { name: "what people.csv is" }).selectOption("left out");
  await opened().toContain("720 rows with films.csv, and trains");
  expect(await guesses()).not.toContain("age");
  await page.getByRole("combobox", { name: "what notes.csv is" }).selectOption("a table of items");
  await expect
    .poll(() => page.textContent("#files"))
    .toMatch(/left outit has no column item_id, as log.csv has$/);
});
