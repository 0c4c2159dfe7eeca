// `dinc train --each` on impressions: the log, other logs and tables are read once for all periods, and the runs are those of
// separate trainings on each period, which read them themselves.

import { appendFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trainEach } from "../../runtime/index.ts";
import { expectSuccess, runHere } from "../cli/run-here.ts";
import { Log } from "./log.ts";

const log = new Log();
afterAll(() => log.remove());

const days = ["2026-10-20", "2026-10-21", "2026-10-22"];
const HOUR = 3_600_000;
const first = Date.parse(days[0]!);
const at = (hour: number) => new Date(first + hour * HOUR).toISOString();

/** One impression an hour; the files have them by item, so that no period is in one piece. */
function shown(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
    .sort((a, b) => ((a * 7) % 23) - ((b * 7) % 23) || a - b)
    .map((i) => `u${i % 5},i${(i * 7) % 23},${i % 3 === 0 ? 1 : 0},${at(i)}\n`);
}

beforeAll(() => {
  log.write(
    "model.din",
    `model past
features user { user_id : id(min_count: 2)  embed 2 }
features item {
  item_id : id(min_count: 2)  embed 4
  price   : number |> quantiles(4)  embed 2
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 5) { item_id <-> clicked_item_id  price <-> clicked_price  tags <-> clicked_tags }
history carts(max: 3)  { item_id <-> cart_item_id  dwell : number |> standardize }
label click : binary
net {
  let target = concat(item_id, price, tags)
  predict click = concat(user_id, target, mean(clicks), mean(carts)) |> dense(4, relu) |> dense(1) |> sigmoid
}
train { optimizer adam(0.02)  batch 8  epochs 2  metrics auc, log_loss }
`,
  );
  log.write("shown.csv", `user_id,item_id,click,at\n${shown(0, 72).join("")}`);
  log.write("later.csv", `user_id,item_id,click,at\n${shown(72, 90).join("")}`);
  const carts = Array.from(
    { length: 200 },
    (_, i) => `u${i % 6},i${(i * 5) % 29},${i % 13},${at(i / 2 - 12)}\n`,
  );
  log.write("carts.csv", `user_id,item_id,dwell,at\n${carts.join("")}`);
  const items = Array.from({ length: 29 }, (_, i) =>
    [0, 30]
      .map((hour) => `i${i},${(i * 3 + hour) % 17},t${i % 4}|t${(i + hour) % 6},${at(hour - 20)}\n`)
      .join(""),
  );
  log.write("items.csv", `item_id,price,tags,from\n${items.join("")}`);
  log.write(
    "dinc.yaml",
    `spec: model.din
data:
  train: shown.csv
  test: later.csv
  impressions:
    user: user_id
    time: at
    histories:
      clicks: { where: { click: 1 } }
      carts: { log: carts.csv, delay: 1 h }
    tables:
      items: { path: items.csv, key: item_id, as_of: from }
`,
  );
});

type Heard = (message: string) => void;
const train = (args: readonly string[], heard: Heard = () => {}) =>
  runHere(["train", "-c", "dinc.yaml", "--backend", "wasm", "--threads", "1", ...args], {
    ...{ cwd: log.folder, heard },
  });
const each = (out: string, heard?: Heard) =>
  train(["--each", "day", "--complete", "--set", `data.since=${days[0]}`, "--out", out], heard);

describe("three days", () => {
  beforeAll(async () => {
    const { code, err } = await each("runs");
    expect(code, err).toBe(0);
  });

  test("have the runs of separate trainings", async () => {
    for (const [i, day] of days.entries()) {
      const until = new Date(Date.parse(day) + 24 * HOUR).toISOString();
      const window = ["--set", `data.since=${day}`, "--set", `data.until=${until}`];
      const from = i === 0 ? [] : ["--from", `alone/${days[i - 1]}`];
      expectSuccess(await train([...window, ...from, "--out", `alone/${day}`]));
      const [own, alone] = [log.manifest(day), log.manifest(day, "alone")];
      expect(own.data).toEqual(alone.data);
      expect(own.metrics).toEqual(alone.metrics);
      expect(own.from?.before).toEqual(alone.from?.before);
    }
    expect(log.weights()).toEqual(log.weights("alone"));
  });
});

test("a log that grows between two periods is read again", async () => {
  const hours = Array.from({ length: 24 }, (_, i) => `u${i % 5},i${(i * 7) % 23},1,${at(72 + i)}\n`);
  let isGrown = false;
  const { code, err } = await each("grown", (message) => {
    if (isGrown || !message.startsWith("epoch 1/2")) return;
    isGrown = true;
    appendFileSync(log.at("shown.csv"), hours.join(""));
  });
  expect(code, err).toBe(0);
  expect(isGrown).toBe(true);
  expect(log.runs("grown")).toEqual([...days, "2026-10-23"]);
  const sorted: string[] = [];
  await trainEach(null, {
    ...{ config: log.at("dinc.yaml"), set: [`data.since=${days[0]}`], each: "day", complete: true },
    ...{ out: log.at("whole"), backend: "wasm", threads: 1 },
    onEvent: (event) => {
      if (event.kind === "activity" && event.text.includes("sorting")) sorted.push(event.text);
    },
  });
  expect(log.weights("grown")).toEqual(log.weights("whole"));
  // Each of the two logs once, and not for each day.
  expect(sorted).toHaveLength(2);
});
