// docs/impressions.md: every dinc.yaml that it shows trains, on files that lie as the page says, and without
// a word of warning.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const page = readFileSync(join(root, "docs/impressions.md"), "utf8");
const shown = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml]) => yaml!);

const folder = mkdtempSync(join(tmpdir(), "dinc-impressions-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, header: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), [header, ...lines, ""].join("\n"));
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour)).toISOString();

write(
  "shown.csv",
  "user_id,item_id,shown_at,clicked",
  numbers(60).map((i) => `u${i % 5},i${i % 7},${at(48 + 3 * i)},${i % 3 === 0 ? 1 : 0}`),
);
write(
  "events/1.csv",
  "user_id,item_id,event,at",
  numbers(80).map((i) => `u${i % 5},i${i % 7},${["click", "cart", "wish", "view"][i % 4]},${at(2 * i)}`),
);
write(
  "orders.csv",
  "customer,item_id,ordered_at",
  numbers(20).map((i) => `u${i % 5},i${i % 7},${Date.parse(at(i)) / 1000}`),
);
write(
  "items.csv",
  "item_id,valid_from,price",
  numbers(14).map((i) => `i${i % 7},${at(i < 7 ? 0 : 60)},${i}.5`),
);
write(
  "users.csv",
  "user_id,age",
  numbers(5).map((i) => `u${i},${20 + i}`),
);

/** The histories and features that a dinc.yaml makes. */
function specFor(yaml: string): string {
  const names = [...yaml.matchAll(/^ {6}(clicks|carts|orders):/gm)].map(([, name]) => name!);
  const histories = names.length === 0 ? ["clicks"] : names;
  const [price, age] = [
    yaml.includes("items.csv") ? "price : number" : "",
    yaml.includes("users.csv") ? "age : number" : "",
  ];
  const inputs = [...(price === "" ? [] : ["price"]), ...(age === "" ? [] : ["age"])];
  const own = histories.map((name) => `mean(${name})`);
  return `model shop
features user { user_id : id  embed 2  ${age} }
features item { item_id : id  embed 2  ${price} }
${histories.map((name) => `history ${name}(max: 5) { item_id <-> ${name}_item_id }`).join("\n")}
label click : binary
net { predict click = ${`concat(${["user_id", "item_id", ...inputs, ...own].join(", ")})`} |> dense(1) |> sigmoid }
train { batch 8  epochs 1 }
`;
}

test.each(shown)("trains by %s", async (yaml) => {
  writeFileSync(join(folder, "dinc.yaml"), yaml);
  writeFileSync(join(folder, "model.din"), specFor(yaml));
  const ran = (words: string) => runHere(words.split(" "), { cwd: folder });
  const trained = await ran("train -c dinc.yaml --out run --force");
  expect(trained.err).not.toMatch(/^(error|warning)\[/m);
  expect(trained.code, trained.err).toBe(0);
  // The neighbours: rows that are prepared give the same weights, and days one after the other find their past.
  const prepared = await ran("prepare -c dinc.yaml --out rows --force");
  expect(prepared.code, prepared.err).toBe(0);
  const again = await ran("train -c dinc.yaml --rows rows --out again --force");
  expect(again.code, again.err).toBe(0);
  const weights = (run: string) => readFileSync(join(folder, run, "weights.safetensors"));
  expect(weights("again").equals(weights("run"))).toBe(true);
  const window = "--set data.since=2026-11-04 --set data.until=2026-11-06";
  const days = await ran(`train -c dinc.yaml ${window} --each day --out days --force`);
  expect(days.err).not.toMatch(/^(error|warning)\[/m);
  expect(days.code, days.err).toBe(0);
});

test("the page shows some", () => {
  expect(shown.length).toBeGreaterThan(2);
});
