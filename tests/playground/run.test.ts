// `dinc playground RUN` in a browser: ranks for users of the run's data.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunDescription } from "../../playground/workers/messages.ts";
import { playground } from "../../runtime/driver/playground.ts";
import { train } from "../../runtime/index.ts";
import { BuiltSite } from "../support/built-site.ts";

const site = new BuiltSite("playground/build.mjs");

test("dinc playground RUN ranks for users of the run's data, and shows its report", async () => {
  const at = mkdtempSync(join(tmpdir(), "dinc-playground-run-"));
  const rows = Array.from({ length: 400 }, (_, i) => {
    const past = [1, 2, 3].map((step) => `i${(i * step) % 20}`).join("|");
    return `u${i % 30},i${i % 20},${i % 7}.5,${past},${Number(i % 20 < 7)}\n`;
  });
  const files = {
    "model.din": `model shop
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4  price : number }
history clicks(max: 20) { item_id <-> clicked }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks)) |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 32  epochs 2 }
`,
    "rows.csv": `user_id,item_id,price,clicked,click\n${rows.join("")}`,
    "dinc.yaml": "spec: model.din\ndata:\n  train: rows.csv\n  test: rows.csv\n",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), content);
  const config = join(at, "dinc.yaml");
  await train(null, { config, out: join(at, "run"), backend: "wasm" });
  writeFileSync(join(at, "other.csv"), "user_id,item_id\nu1,i1\n");
  const asked = playground(join(at, "run"), { data: join(at, "other.csv") });
  await expect(asked).rejects.toMatchObject({ diagnostics: [{ code: "DIN0543" }, { code: "DIN0543" }] });
  await expect(playground(null, { data: join(at, "rows.csv") })).rejects.toThrow(
    "so it needs a run: give the run's folder with `data: ",
  );
  const served = await playground(join(at, "run"), { config });
  try {
    const page = await site.visit("", { site: served.address });
    await page.locator("#scores tr").nth(11).waitFor({ timeout: 30_000 });
    expect(await page.getByRole("tab").allTextContents()).not.toContain("Train");
    await page.locator("#who").focus();
    await page.keyboard.type("u7");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.textContent("#whose")).toBe("user_id u7");
    await page.locator("#scores button", { hasText: "why" }).first().click();
    await expect.poll(() => page.locator("#why tbody tr").count()).toBe(3);
    await page.getByRole("tab", { name: "Report", exact: true }).click();
    await page.frameLocator("#report iframe").locator("h1", { hasText: "shop" }).waitFor();
    await page.getByRole("tab", { name: "ONNX", exact: true }).click();
    await expect.poll(() => page.textContent("#onnx")).toContain("MatMul");
  } finally {
    served.close();
    rmSync(at, { recursive: true, force: true });
  }
});

test("dinc playground RUN makes the histories of impressions from their logs", async () => {
  const at = mkdtempSync(join(tmpdir(), "dinc-playground-impressions-"));
  const day = (i: number) => new Date(Date.UTC(2026, 2, 1) + i * 60_000).toISOString();
  const rows = Array.from(
    { length: 600 },
    (_, i) => `u${i % 30},i${(i * 7) % 20},${day(i)},${Number((i * 7) % 20 < 7)}\n`,
  );
  const items = Array.from({ length: 20 }, (_, i) => `i${i},${i}.5,Title of ${i}\n`);
  const files = {
    "model.din": `model shop
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4  price : number  title : text(hash: 40, max: 4)  embed 2 }
features context { now : time }
history clicks(max: 20) { item_id <-> clicked  price <-> clicked_price  at : time }
history seen(max: 4) { item_id <-> seen_items  at : time }
label click : binary
net {
  let ages = sum(log(1 + (now - clicks.at))) + sum(log(1 + (now - seen.at)))
  predict click = concat(user_id, item_id, price, title, mean(clicks), mean(seen), ages) |> dense(1) |> sigmoid
}
train { batch 32  epochs 1 }
`,
    "rows.csv": `user_id,item_id,shown_at,click\n${rows.join("")}`,
    "items.csv": `item_id,price,title\n${items.join("")}`,
    "dinc.yaml": `spec: model.din
data:
  train: rows.csv
  impressions:
    user: user_id
    time: shown_at
    histories: { clicks: { where: { click: 1 } }, seen: {} }
    tables: { items: { path: items.csv, key: item_id } }
`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), content);
  const config = join(at, "dinc.yaml");
  await train(null, { config, out: join(at, "run"), backend: "wasm" });
  const served = await playground(join(at, "run"), { config });
  try {
    const page = await site.visit("", { site: served.address });
    await page.locator("#scores tr").nth(11).waitFor({ timeout: 30_000 });
    const answer = await fetch(new URL("run/run.json", served.address));
    const { users } = (await answer.json()) as RunDescription;
    if (users.kind !== "rows") throw new Error("no rows");
    // Each user has every thirtieth row.
    for (const [i, row] of users.rows.toReversed().entries()) {
      const past = Array.from({ length: Math.floor(i / 30) }, (_, k) => (i % 30) + 30 * k);
      const clicked = past.map((k) => (k * 7) % 20).filter((item) => item < 7);
      expect(row).toMatchObject({
        now: Date.UTC(2026, 2, 1) / 1000 + 60 * i,
        price: `${(i * 7) % 20}.5`,
        title: `Title of ${(i * 7) % 20}`,
        "clicks.item_id": clicked.map((item) => `i${item}`),
        "clicks.price": clicked.map((item) => `${item}.5`),
        "seen.at": past.slice(-4).map((k) => Date.UTC(2026, 2, 1) / 1000 + 60 * k),
      });
    }
    await page.locator("#who").focus();
    await page.keyboard.type("u3");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.textContent("#whose")).toBe("user_id u3");
    await page.locator("#scores button", { hasText: "why" }).first().click();
    await page.locator("#why table").waitFor();
  } finally {
    served.close();
    rmSync(at, { recursive: true, force: true });
  }
});
