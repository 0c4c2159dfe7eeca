// `dinc prepare --plan spark`: Spark itself, in local mode, runs the SQL, and dinc trains on what it wrote.
// Ready rows give the rows that dinc makes of them; of an event log the histories and targets are those of
// the log, and negatives, which Spark draws otherwise, are sound.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import type { ColumnProfile } from "../../compiler/data/profile.ts";
import type { PreparedDescription } from "../../runtime/prepared/prepared-folder.ts";
import { runHere } from "../cli/run-here.ts";
import { close, HAS_SPARK, SparkPlans } from "./spark-plans.ts";

const READY = `model ready
features user { user_id : id  city : enum("a", "b", missing: unknown)  embed 3 }
features item {
  item_id : id(min_count: 3)  embed 4
  seller  : id  share item_id
  price   : number(missing: 3) |> log1p |> standardize
  width   : number |> clip(1, 5) |> quantiles(4)  embed 2
  height  : number(missing: unknown) |> buckets(1, 2.5)  embed 2
  slot    : id(size: 5)  embed 2
  look    : vector(2)
  tags    : set(id, max: 2)  embed 4
}
history clicks(max: 4) {
  item_id <-> hist_item_id
  dwell : number |> min_max
  seen  : set(int(0..9), max: 2)  embed 2
  words : set(id, max: 3)  embed 2
}
label click : binary
label buy   : binary
net {
  let row = concat(city, item_id, seller, price, width, height, slot, look, tags, mean(clicks))
  let score = row |> batch_norm |> dense(8, dice) |> dropout(0.2)
  predict click = score |> dense(1) |> sigmoid
  predict buy = score |> dense(1) |> sigmoid
}
train {
  optimizer adam(learning_rate: 1e-2)
  regularize mini_batch_aware(1e-2)
  batch 16  epochs 2
  metrics auc, gauc(by: user_id)
}
`;

const TIMED = `model timed
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(1) |> sigmoid }
`;

const GROUPED = `model grouped
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4  price : number |> standardize }
label click : binary
net {
  let score = concat(user_id, item_id, price) |> dense(1)
  loss pairs = bpr(score, click, by: user_id)
  predict click = score |> sigmoid
}
train { batch 16  epochs 2  metrics auc, gauc(by: user_id) }
`;

const LOG = `model log
features user { user_id : id  embed 2  age : number |> standardize }
features item {
  item_id : id  embed 4
  cate_id : id  embed 2
  price   : number |> log1p |> min_max
  tags    : set(id, max: 2)  embed 2
}
features context { hour : int(0..23)  embed 2 }
history seen(max: 5) {
  item_id <-> hist_item
  cate_id <-> hist_cate
  price   <-> hist_price
  dwell   : number |> standardize
  action  : id  embed 2
}
label click : binary
label stars : int(1..5, missing: none)
net {
  let row = concat(item_id, cate_id, price, tags, user_id, age, hour, mean(seen))
  predict click = row |> dense(4, relu) |> dense(1) |> sigmoid
  predict stars = row |> dense(5) |> softmax
}
train { batch 16  epochs 2  metrics auc, gauc(by: user_id) }
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const random = Random.of(7, "spark");
const wasm = ["--backend", "wasm"];

const plans = () => new SparkPlans(folder);
const done = (...args: string[]) => plans().done(...args);
const rowsOf = (out: string, split: string, order = "") => plans().rowsOf(out, split, order);
const vocabulary = (out: string, feature: string) => plans().vocabulary(out, feature);

function readyRows(count: number): string {
  const lines = Array.from({ length: count }, () => {
    const [user, item, steps] = [random.integer(9), random.integer(25), random.integer(7)];
    const list = (value: () => string | number) => Array.from({ length: steps }, value).join("|");
    return [
      ...[
        `u${user}`,
        ["a", "b", ""][user % 3],
        `i${item}`,
        `i${(item * 3) % 25}`,
        item % 4 === 0 ? "" : item * 1.5,
      ],
      ...[(item * item) % 7, item % 5 === 0 ? "" : item / 7, item % 5, `${item / 3}|${-user}`],
      ...[item % 3 === 0 ? "" : `t${item % 5}|t${item % 2}|t${item % 5}|t9`],
      ...[list(() => `i${random.integer(25)}`), list(() => random.integer(90) / 4)],
      ...[list(() => `${random.integer(10)};${random.integer(10)};${random.integer(10)}`)],
      ...[list(() => (random.integer(3) === 0 ? "" : `w${random.integer(6)};w${random.integer(6)}`))],
      ...[random.integer(2), random.integer(2)],
    ].join(",");
  });
  const columns =
    "user_id,city,item_id,seller,price,width,height,slot,look,tags,hist_item_id,dwell,seen,words,click,buy";
  return `${columns}\n${lines.join("\n")}\n`;
}

/** The same rows with all histories filled up to seven steps. */
function padded(rows: string, end: "front" | "back"): string {
  const [header, ...lines] = rows.trimEnd().split("\n");
  const filled = lines.map((line) => {
    const cells = line.split(",");
    const steps = cells[10] === "" ? 0 : cells[10]!.split("|").length;
    const lists = ["0", "0.0", "0;0;0", ""].map((value, i) => {
      const fill = Array.from({ length: 7 - steps }, () => value);
      const own = steps === 0 ? [] : cells[10 + i]!.split("|");
      return (end === "front" ? [...fill, ...own] : [...own, ...fill]).join("|");
    });
    return [...cells.slice(0, 10), ...lists, ...cells.slice(14)].join(",");
  });
  return `${[header, ...filled].join("\n")}\n`;
}

/** What is told of items and users in the log's tables, so that it can be told of a row again. */
const item = (i: number) => ({
  cate_id: `c${i % 6}`,
  price: i * 1.5,
  tags: i % 3 === 0 ? [] : [`t${i % 4}`, `t${4 + (i % 5)}`],
});
const age = (user: number) => 20 + user;
const dwellAt = (hour: number) => (hour * 7) % 11;
const starsAt = (hour: number) => (hour % 4 === 0 ? "" : 1 + (hour % 5));
const actionAt = (hour: number) => `a${hour % 3}`;

interface Event {
  readonly user: number;
  readonly item: number;
  readonly hour: number;
}
/** In the order of the log. */
const events: readonly Event[] = Array.from({ length: 700 }, (_, t) => {
  const user = random.integer(30);
  return { user, item: Math.min(random.integer(50), random.integer(50)), hour: t % 24 };
});

beforeAll(async () => {
  if (!HAS_SPARK) return;
  folder = mkdtempSync(join(tmpdir(), "dinc-spark-"));
  const write = (name: string, text: string) => writeFileSync(at(name), text);
  write("ready.din", READY);
  const [train, rest] = [readyRows(300), readyRows(120)];
  write("train.csv", train);
  write("test.csv", rest);
  write("padded-train.csv", padded(train, "back"));
  write("padded-test.csv", padded(rest, "front"));
  write(
    "padded.yaml",
    "spec: ready.din\ndata: { train: padded-train.csv, test: padded-test.csv, padding: { clicks: 0 } }\n",
  );
  write("ready.yaml", "spec: ready.din\ndata: { train: train.csv, test: test.csv }\n");
  write("log.din", LOG);
  const line = ({ user, item, hour }: Event, t: number) =>
    `u${user},i${item},${t},${hour},${dwellAt(hour)},${actionAt(hour)},${starsAt(hour)}`;
  write("events.csv", `user_id,item_id,t,hour,dwell,action,stars\n${events.map(line).join("\n")}\n`);
  const items = Array.from({ length: 50 }, (_, i) => [
    `i${i}`,
    ...Object.values(item(i)).map((x) => (Array.isArray(x) ? x.join("|") : x)),
  ]);
  write("items.csv", `item_id,cate_id,price,tags\n${items.map((each) => each.join(",")).join("\n")}\n`);
  const users = Array.from({ length: 30 }, (_, user) => `u${user},${age(user)}`);
  write("users.csv", `user_id,age\n${users.join("\n")}\n`);
  write(
    "log.yaml",
    `spec: log.din
data:
  events: { path: events.csv, user: user_id, item: item_id, order: t }
  items: { path: items.csv, key: item_id }
  users: { path: users.csv, key: user_id }
  examples: { negatives: { per_positive: 2 } }
  validate: { share: 0.3 }
`,
  );
  // Fifteen rows of each day, so that a share of them is the same rows however it is rounded.
  const timed = Array.from(
    { length: 300 },
    (_, i) => `u${i % 17},i${i % 23},${i % 2},2026-11-${10 + ((i * 7) % 20)}`,
  );
  write("timed.csv", `user_id,item_id,click,day\n${timed.join("\n")}\n`);
  write("timed.din", TIMED);
  write(
    "timed.yaml",
    `spec: timed.din
data:
  train: timed.csv
  time: day
  since: 2026-11-12
  validate: { share: 0.12, latest_by: day }
  hold_out: { share: 0.2, latest_by: day }
`,
  );
  // Up to 36 rows of a user, more than a batch, nowhere beside one another.
  const grouped = Array.from({ length: 300 }, (_, i) => {
    const user = Math.min((i * 7) % 41, (i * 11) % 29);
    return `u${user},i${(i * 5) % 23},${i % 9},${random.integer(2)}`;
  });
  write("grouped.csv", `user_id,item_id,price,click\n${grouped.join("\n")}\n`);
  write("grouped.din", GROUPED);
  write("grouped.yaml", "spec: grouped.din\ndata: { train: grouped.csv, test: grouped.csv }\n");
  const names = ["ready", "log", "timed", "padded", "grouped"];
  expect(await plans().run(names)).toEqual(names.map(() => null));
  for (const name of names) {
    await plans().seal(name);
    await plans().prepare(name);
  }
}, 900_000);
afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
});

test.runIf(HAS_SPARK).each(["ready", "log", "timed", "padded", "grouped"])(
  "the baseline of %s is the one that dinc counts",
  (name) => {
    const [spark, dinc] = ["spark", "dinc"].map((by) =>
      JSON.parse(readFileSync(at(`${by}-${name}`, "baseline.json"), "utf8")),
    );
    expect(spark.columns.length).toBeGreaterThan(2);
    // Spark draws other rows for a random part of a log, so the histories of the rest differ a little.
    const isNear = ({ isMade }: ColumnProfile) => name === "log" && isMade === true;
    const other = (each: ColumnProfile) => !isNear(each);
    expect({ ...spark, columns: spark.columns.filter(other) }).toEqual({
      ...dinc,
      columns: dinc.columns.filter(other),
    });
    const near = (of: { readonly columns: readonly ColumnProfile[] }) => of.columns.filter(isNear);
    expect(near(spark).map(({ column, counted }) => [column, counted])).toEqual(
      near(dinc).map(({ column, counted }) => [column, counted]),
    );
    const values = ({ present, missing }: ColumnProfile) => present + missing;
    for (const [i, each] of near(spark).entries())
      expect(Math.abs(values(each) / values(near(dinc)[i]!) - 1)).toBeLessThan(0.02);
  },
);

const metricsOf = (run: string): Record<string, number>[] =>
  readFileSync(at(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { epoch, auc, gauc, train_loss: loss } = JSON.parse(line);
      return { epoch, auc, gauc, loss };
    });

describe.skipIf(!HAS_SPARK)("Spark", { timeout: 300_000 }, () => {
  test("reads a window, and keeps the latest rows of it for a test and for validation", async () => {
    for (const [split, count] of Object.entries({ train: 165, valid: 45, test: 60 })) {
      // Ids of one count may be in another order.
      const rows = async (out: string) => {
        const text = (feature: string, id: unknown) => vocabulary(out, feature)[Number(id) - 2] ?? "unknown";
        return (await rowsOf(out, split))
          .map((row) =>
            [text("user_id", row["user_id"]), text("item_id", row["item_id"]), row["label/click"]].join(),
          )
          .sort();
      };
      expect(await rows("spark-timed")).toEqual(await rows("dinc-timed"));
      expect(await rows("spark-timed")).toHaveLength(count);
    }
  });

  test("leaves padding out", async () => {
    for (const name of readdirSync(at("dinc-ready/vocab")))
      expect(readFileSync(at("spark-padded/vocab", name), "utf8")).toBe(
        readFileSync(at("dinc-ready/vocab", name), "utf8"),
      );
    for (const out of ["spark-padded", "dinc-padded"])
      for (const [split, order] of [
        ["train", 'ORDER BY "row/number"'],
        ["test", ""],
      ] as const)
        expect((await rowsOf(out, split, order)).map(close)).toEqual(
          (await rowsOf(out.replace("padded", "ready"), split, order)).map(close),
        );
  });

  test("writes the rows, vocabularies and numbers that dinc makes of ready rows", async () => {
    for (const name of readdirSync(at("dinc-ready/vocab")))
      expect(readFileSync(at("spark-ready/vocab", name), "utf8")).toBe(
        readFileSync(at("dinc-ready/vocab", name), "utf8"),
      );
    const fitted = (out: string) => JSON.parse(readFileSync(at(out, "fitted.json"), "utf8"));
    expect(fitted("spark-ready")).toEqual(close(fitted("dinc-ready")));
    const withoutGroups = (rows: Record<string, unknown>[]) =>
      rows.map(({ "group/user_id": _, ...row }) => row);
    for (const [split, order] of [
      ["train", 'ORDER BY "row/number"'],
      ["test", ""],
    ] as const)
      expect(withoutGroups(await rowsOf("spark-ready", split, order))).toEqual(
        withoutGroups(await rowsOf("dinc-ready", split, order)).map(close),
      );
    const { counts }: PreparedDescription = JSON.parse(readFileSync(at("spark-ready/prepared.json"), "utf8"));
    expect(Object.keys(counts).sort()).toEqual(
      Object.keys(JSON.parse(readFileSync(at("dinc-ready/prepared.json"), "utf8")).counts).sort(),
    );
  });

  test("and a training on them is the one on the data", async () => {
    await done("train", "-c", "ready.yaml", ...wasm, "--out", "ready-raw");
    await done("train", "-c", "ready.yaml", "--rows", "spark-ready", ...wasm, "--out", "ready-spark");
    const [raw, spark] = [metricsOf("ready-raw"), metricsOf("ready-spark")];
    expect(spark).toEqual(raw.map(close));
    expect(raw.every(({ auc }) => auc! > 0 && auc! < 1)).toBe(true);
  });

  test("keeps the rows of a group in one shard, beside one another, and groups in random order", async () => {
    const { splits } = plans().description("spark-grouped");
    const files = splits.train.shards.map(({ rows }) => rows);
    expect(files).toHaveLength(2);
    const rows = await rowsOf("spark-grouped", "train");
    const users = rows.map((row) => Number(row["group/user_id"]));
    const sizes = new Map<number, number>();
    for (const user of users) sizes.set(user, (sizes.get(user) ?? 0) + 1);
    expect(Math.max(...sizes.values())).toBeGreaterThan(16);
    const firsts = users.filter((user, i) => user !== users[i - 1]);
    expect(firsts).toHaveLength(sizes.size);
    expect(users[files[0]!]).not.toBe(users[files[0]! - 1]);
    expect(firsts).not.toEqual([...firsts].sort((a, b) => a - b));
    const order = 'ORDER BY "row/number"';
    expect(await rowsOf("spark-grouped", "train", order)).toEqual(
      (await rowsOf("dinc-grouped", "train", order)).map(close),
    );
    await done("train", "-c", "grouped.yaml", ...wasm, "--out", "grouped-raw");
    await done("train", "-c", "grouped.yaml", "--rows", "spark-grouped", ...wasm, "--out", "grouped-spark");
    expect(metricsOf("grouped-spark")).toEqual(metricsOf("grouped-raw").map(close));
  });

  test("makes the targets and histories of an event log, and negatives that no user touched", async () => {
    const byUser = new Map<number, Event[]>();
    for (const event of events) byUser.set(event.user, [...(byUser.get(event.user) ?? []), event]);
    const [items, users] = [vocabulary("spark-log", "item_id"), vocabulary("spark-log", "user_id")];
    const itemAt = (id: unknown) => Number(items[(id as number) - 2]!.slice(1));
    const userAt = (id: unknown) => Number(users[(id as number) - 2]!.slice(1));
    const found = {
      train: new Map<string, number[]>(),
      valid: new Map<string, number[]>(),
      test: new Map<string, number[]>(),
    };
    for (const split of ["train", "valid", "test"] as const)
      for (const row of await rowsOf("spark-log", split)) {
        const user = userAt(row["user_id"]);
        const own = byUser.get(user)!;
        const history = (row["seen.item_id"] as number[]).map(itemAt);
        const target = itemAt(row["item_id"]);
        const hour = (row["hour"] as number) - 2;
        const places = own.flatMap((event, i) => {
          const before = own.slice(Math.max(0, i - 5), i).map((each) => each.item);
          return event.hour === hour && JSON.stringify(before) === JSON.stringify(history) ? [i] : [];
        });
        const positive = row["label/click"] === 1;
        const stars = positive ? starsAt(hour) : "";
        expect([row["label/stars"], row["present/stars"]]).toEqual(stars === "" ? [0, 0] : [stars - 1, 1]);
        if (positive) expect(places.some((i) => own[i]!.item === target)).toBe(true);
        else expect(own.some((event) => event.item === target)).toBe(false);
        const key = `${user} ${places[0]}`;
        found[split].set(key, [...(found[split].get(key) ?? []), Number(positive)]);
      }
    for (const targets of Object.values(found))
      for (const labels of targets.values()) expect(labels.sort()).toEqual([0, 0, 1]);
    const lasts = [...byUser].flatMap(([user, own]) => (own.length > 1 ? [`${user} ${own.length - 1}`] : []));
    expect([...found.test.keys()].sort()).toEqual(lasts.sort());
    const trained = [...byUser].flatMap(([user, own]) => own.slice(1, -1).map((_, i) => `${user} ${i + 1}`));
    expect([...found.train.keys(), ...found.valid.keys()].sort()).toEqual(trained.sort());
    expect(found.valid.size).toBeGreaterThan(2);
    expect(found.valid.size).toBeLessThan(20);
  });

  test("and a training on them is the one on the same rows as raw values", async () => {
    const values = (feature: string) => vocabulary("spark-log", feature);
    const [items, users] = [values("item_id"), values("user_id")];
    const numberOf = (list: string[], id: unknown) => Number(list[(id as number) - 2]!.slice(1));
    const actions = values("seen.action");
    // What a step's event had beside its item is told by the log.
    const raw = async (split: string) =>
      (await rowsOf("spark-log", split)).map((row) => {
        const [user, target, hour] = [
          numberOf(users, row["user_id"]),
          numberOf(items, row["item_id"]),
          (row["hour"] as number) - 2,
        ];
        const steps = (row["seen.item_id"] as number[]).map((id) => numberOf(items, id));
        const own = events.filter((event) => event.user === user);
        const place = own.findIndex((event, i) => {
          const before = own.slice(Math.max(0, i - 5), i).map((each) => each.item);
          return event.hour === hour && JSON.stringify(before) === JSON.stringify(steps);
        });
        const past = own.slice(Math.max(0, place - 5), place);
        expect((row["seen.action"] as number[]).map((id) => actions[id - 2])).toEqual(
          past.map((event) => actionAt(event.hour)),
        );
        return JSON.stringify({
          ...{ user_id: `u${user}`, age: age(user), item_id: `i${target}`, ...item(target), hour },
          hist_item: steps.map((i) => `i${i}`),
          hist_cate: steps.map((i) => item(i).cate_id),
          hist_price: steps.map((i) => item(i).price),
          dwell: past.map((event) => dwellAt(event.hour)),
          action: past.map((event) => actionAt(event.hour)),
          click: row["label/click"],
          stars: row["present/stars"] === 1 ? Number(row["label/stars"]) + 1 : null,
        });
      });
    for (const split of ["train", "valid", "test"])
      writeFileSync(at(`raw-${split}.jsonl`), (await raw(split)).join("\n"));
    writeFileSync(
      at("raw.yaml"),
      "spec: log.din\ndata: { train: raw-train.jsonl, valid: raw-valid.jsonl, test: raw-test.jsonl }\n",
    );
    await done("train", "-c", "raw.yaml", ...wasm, "--out", "log-raw");
    await done("train", "-c", "log.yaml", "--rows", "spark-log", ...wasm, "--out", "log-spark");
    expect(metricsOf("log-spark")).toEqual(metricsOf("log-raw").map(close));
    await done("train", "-c", "log.yaml", ...wasm, "--out", "log-dinc");
    const [spark, dinc] = ["log-spark", "log-dinc"].map((run) => metricsOf(run).at(-1)!);
    expect(Math.abs(spark!["loss"]! - dinc!["loss"]!)).toBeLessThan(0.05);
  });
});

test("a plan says which features Spark cannot encode, and a seal what is not there", async () => {
  const own = mkdtempSync(join(tmpdir(), "dinc-plan-"));
  try {
    const spec = READY.replace("slot    : id(size: 5)", "slot    : id(hash: 5)");
    writeFileSync(join(own, "hashed.din"), spec);
    writeFileSync(join(own, "dinc.yaml"), "spec: hashed.din\ndata: { train: far/away.parquet }\n");
    const said = async (...args: string[]) =>
      (await runHere(["prepare", "--out", "rows", ...args], { cwd: own })).err;
    expect(await said("--plan", "spark")).toContain(
      "DIN0657 plan-lacks]: `slot` cannot be in a plan for Spark, because hashed ids have no expression in Spark's SQL\n --> hashed.din:9:3",
    );
    writeFileSync(join(own, "hashed.din"), READY.replace("id(size: 5)", "set(id, max: 3, weighted)"));
    const ofWeights = await said("--plan", "spark");
    expect(ofWeights).toContain("because weighted sets have no expression in Spark's SQL");
    expect(ofWeights).toContain("without --plan, or leave the weights out: remove `weighted`");
    writeFileSync(join(own, "hashed.din"), spec);
    expect(await said("--seal")).toContain("DIN0658 unsealable]: the output of Spark cannot be sealed");
    expect(await said("--plan", "spark", "--order", "trained")).toContain(
      "--order trained is nothing that a plan can do",
    );
    writeFileSync(join(own, "hashed.din"), READY);
    const window = ["--set", "data.time=at", "--set", "data.since=2026-11-12"];
    expect(await said("--plan", "spark", ...window, "--set", "data.time_zone=Europe/Berlin")).toContain(
      "DIN0674 not-in-a-plan]: a plan for Spark cannot read a window by the clocks of a time zone",
    );
    const folds = ["--set", "data.validate.fold=1 of 3", "--set", "data.validate.latest_by=at"];
    expect(await said("--plan", "spark", ...folds)).toContain("cannot read folds by time");
    const { code, out } = await runHere(["prepare", "--out", "rows", "--plan", "spark", ...window], {
      cwd: own,
    });
    expect(code).toBe(0);
    // Before any name or text: Spark puts variables in the place of `${env:HOME}` everywhere else.
    expect(out.split(";")[0]).toMatch(/\n\nSET spark.sql.variable.substitute = false$/);
    expect(out).toContain(`>= ${Date.UTC(2026, 10, 12) / 1000}D`);
    expect(out).toContain(`parquet OPTIONS (path '${join(own, "far/away.parquet")}')`);
  } finally {
    rmSync(own, { recursive: true });
  }
});
