// `dinc predict --keep` on a split of a project: kept cells are of the row that was scored, whether it is an impression that was
// taken for validation, an event, or an item that was drawn for one; and they may be of tables beside the rows.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Log } from "../from/log.ts";
import { runHere } from "./run-here.ts";

const log = new Log();
afterAll(() => log.remove());
const dinc = (...args: string[]) => runHere(args, { cwd: log.folder });

const at = (hour: number) => new Date(Date.parse("2026-10-20") + hour * 3_600_000).toISOString();

interface Shown {
  readonly note: string;
  readonly user: number;
  readonly item: number;
  readonly hour: number;
}

const shown: readonly Shown[] = Array.from({ length: 200 }, (_, i) => ({
  note: `n${(i * 77) % 200}`,
  user: (i * 7) % 11,
  item: (i * 13) % 17,
  hour: (i * 31) % 200,
}));
const byNote = new Map(shown.map((each) => [each.note, each]));
const price = (item: number, hour: number) => (hour >= 100 ? 2 * item + 100 : item);

beforeAll(async () => {
  log.write(
    "shown.csv",
    `user_id,item_id,at,click,note\n${shown
      .map(
        ({ user, item, hour, note }, i) => `u${user},i${item},${at(hour)},${Number(i % 3 === 0)},${note}\n`,
      )
      .join("")}`,
  );
  const items = Array.from({ length: 17 }, (_, i) =>
    [-1, 100].map((hour) => `i${i},${at(hour)},${price(i, hour)},title ${i}\n`).join(""),
  );
  log.write("items.csv", `item_id,from,price,title\n${items.join("")}`);
  log.write(
    "shown.din",
    `model shown
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 2
  price   : number
}
history clicks(max: 3) { item_id <-> clicked_item_id }
label click : binary
net { predict click = concat(user_id, item_id, mean(clicks), price) |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 16  epochs 1  metrics auc }
`,
  );
  log.write(
    "shown.yaml",
    `spec: shown.din
data:
  train: shown.csv
  test: shown.csv
  validate: { share: 0.3, by: user_id }
  impressions:
    user: user_id
    time: at
    histories: { clicks: { where: { click: 1 } } }
    tables: { items: { path: items.csv, key: item_id, as_of: from } }
`,
  );
  const { code, err } = await dinc(
    ...["train", "-c", "shown.yaml", "--out", "shown", "--backend", "wasm", "--threads", "1"],
  );
  expect(code, err).toBe(0);
});

type Row = Readonly<Record<string, string>>;

async function scored(...args: string[]): Promise<readonly Row[]> {
  const { code, out, err } = await dinc("predict", ...args, "--out", "-");
  expect(code, err).toBe(0);
  const [head, ...lines] = out.trimEnd().split("\n");
  const names = head!.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i]!, cell])));
}

const KEEP = ["note", "user_id", "item_id", "price", "title"].flatMap((name) => ["--keep", name]);

function expectOwn({ note, user_id, item_id, price: told, title }: Row): void {
  const { user, item, hour } = byNote.get(note!)!;
  expect([user_id, item_id, Number(told), title]).toEqual([
    `u${user}`,
    `i${item}`,
    price(item, hour),
    `title ${item}`,
  ]);
}

describe("impressions", () => {
  test("of a file of their own, with columns of a table as of their time", async () => {
    const rows = await scored("shown", "-c", "shown.yaml", "--split", "test", ...KEEP);
    expect(rows.map(({ note }) => note)).toEqual(shown.map(({ note }) => note));
    for (const row of rows) expectOwn(row);
  });

  test.each(["train", "valid"])("of the %s rows, which are parts of one file", async (split) => {
    const all = await scored("shown", "-c", "shown.yaml", "--split", "test", "--keep", "note");
    const logits = new Map(all.map((row) => [row.note, row.click_logit]));
    const rows = await scored("shown", "-c", "shown.yaml", "--split", split, ...KEEP);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.length).toBeLessThan(180);
    for (const row of rows) {
      expectOwn(row);
      expect(row.click_logit).toBe(logits.get(row.note!));
    }
  });

  test("of a window of time are the only ones that are scored", async () => {
    const window = [
      "--set",
      `data.since=${at(50)}`,
      "--set",
      `data.until=${at(60)}`,
      "--set",
      "data.time=at",
    ];
    log.write(
      "whole.yaml",
      readFileSync(log.at("shown.yaml"), "utf8").replaceAll(/ {2}(test|validate): .*\n/g, ""),
    );
    const rows = await scored("shown", "-c", "whole.yaml", "--split", "train", ...window, "--keep", "note");
    const within = shown.filter(({ hour }) => hour >= 50 && hour < 60);
    expect(rows.map(({ note }) => note)).toEqual(within.map(({ note }) => note));
  });

  test("a name that neither the rows nor a table have is a mistake with its place", async () => {
    const { err, code } = await dinc(
      ...["predict", "shown", "-c", "shown.yaml", "--split", "valid", "--keep", "titel", "--out", "x.csv"],
    );
    expect(code).toBe(1);
    expect(err).toContain("`--keep` names");
    expect(err).toContain("`price`");
  });
});

describe("events", () => {
  beforeAll(async () => {
    log.write(
      "events.din",
      `model events
features user { user_id : id }
features item { item_id : id  embed 3 }
history clicks(max: 3) { item_id <-> clicked_item_id }
label visit : binary
net { predict visit = item_id |> dense(4, relu) |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 16  epochs 1  metrics auc }
`,
    );
    const titles = Array.from({ length: 27 }, (_, i) => `i${i},title ${i}\n`);
    log.write("titles.csv", `item_id,title\n${titles.join("")}`);
    log.write(
      "events.yaml",
      `spec: events.din
data:
  events: { path: shown.csv, user: user_id, item: item_id, order: at }
  items: { path: titles.csv, key: item_id }
`,
    );
    const { code, err } = await dinc(
      ...["train", "-c", "events.yaml", "--out", "events", "--backend", "wasm", "--threads", "1"],
    );
    expect(code, err).toBe(0);
  });

  test("of a log need its settings in the playground, which its files do not have", async () => {
    const { err, code } = await dinc("playground", "events", "--no-open");
    expect(err).toContain("were made from an event log: name its settings with -c dinc.yaml");
    expect(code).toBe(2);
    const shown = await dinc("playground", "shown", "--no-open");
    expect(shown.err).toContain("were made from a log of impressions: name its settings with -c dinc.yaml");
  });

  test("and drawn items have the cells of their own items, users and moments", async () => {
    const keep = ["note", "user_id", "item_id", "at", "title"].flatMap((name) => ["--keep", name]);
    const rows = await scored("events", "-c", "events.yaml", "--split", "test", ...keep);
    expect(rows.length).toBeGreaterThanOrEqual(20);
    const logitOf = new Map<string, string>();
    for (const [i, row] of rows.entries()) {
      expect(row.title).toBe(`title ${row.item_id!.slice(1)}`);
      // The network reads nothing but the item.
      expect(logitOf.get(row.item_id!) ?? row.visit_logit).toBe(row.visit_logit);
      logitOf.set(row.item_id!, row.visit_logit!);
      const event = i % 2 === 0 ? row : rows[i - 1]!;
      const { user, item, hour } = byNote.get(event.note!)!;
      expect([row.user_id, row.at]).toEqual([`u${user}`, at(hour)]);
      if (i % 2 === 0) expect(row.item_id).toBe(`i${item}`);
      else expect([row.note, row.item_id === `i${item}`]).toEqual(["", false]);
    }
    // Items that are in no training row are one and the same for it; all others differ.
    expect(new Set(logitOf.values()).size).toBeGreaterThan(8);
  });
});
