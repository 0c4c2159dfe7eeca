// dinc test-data, and what training says of rows that are not as expected.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { testData } from "../../runtime/driver/test-data.ts";
import { testStats } from "../../runtime/driver/test-stats.ts";
import { expectSuccess, runHere } from "./run-here.ts";

let folder = "";
const dinc = (command: string) => runHere(command.split(" "), { cwd: folder });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const rows = (from: number, count: number, price: (i: number) => string | number = (i) => i % 50) =>
  `item_id,price,clicked,click\n${Array.from({ length: count }, (_, i) => `i${from + (i % 20)},${price(i)},i${from + (i % 7)}|i${from + (i % 5)},${i % 4 === 0 ? 1 : 0}`).join("\n")}\n`;

const EXPECT = `expect:
  rows: 100
  psi: 0.25
  columns: { price: "missing <= 1 %, range 0 .. 100", click: "mean 10 % .. 40 %" }
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-test-data-"));
  write(
    "model.din",
    `model tiny
features item {
  item_id : id  embed 4
  price   : number(missing: 0) |> standardize
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 32  epochs 1 }
`,
  );
  write("monday.csv", rows(0, 400));
  write("tuesday.csv", rows(0, 300));
  write(
    "broken.csv",
    rows(10, 300, (i) => (i % 10 === 0 ? "" : 1000 + i)),
  );
  write("dinc.yaml", `spec: model.din\ndata: { train: monday.csv }\n${EXPECT}`);
  expect((await dinc("train --backend wasm --out run")).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("says what a file holds beside the training rows, and that all is as expected", async () => {
  const { code, out } = await dinc("test-data tuesday.csv --run run");
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "tuesday.csv: 300 rows; compared with 400 rows of monday.csv

    column   counted           missing  new  mean  in training    PSI  changed
    item_id  ids                   0 %  0 %                0 %  0.000
    price    numbers               0 %       24.5         24.5  0.000
    clicked  lengths of lists      0 %          2            2  0.000
    clicked  ids in lists          0 %  0 %                0 %  0.000
    click    label                 0 %       0.25         0.25  0.000

    ok      at least 100 rows: 300
    ok      item_id: PSI at most 0.250: 0.000
    ok      price: missing at most 1 %: 0 %
    ok      price: PSI at most 0.250: 0.000
    ok      price: numbers from 0 to 100: 0 to 49
    ok      clicked: PSI of lengths at most 0.250: 0.000
    ok      clicked: PSI at most 0.250: 0.000
    ok      click: PSI at most 0.250: 0.000
    ok      click: mean from 0.1 to 0.4: 0.25

    all 9 checks hold
    "
  `);
});

test("fails where it is not", async () => {
  const { code, out } = await dinc("test-data broken.csv --run run");
  expect(code).toBe(1);
  expect(out).toMatch(/^item_id +ids +0 % +50 %/m);
  expect(out).toMatch(/^FAILED {2}price: numbers from 0 to 100, not 1001 to 1299$/m);
  expect(out).toMatch(/^FAILED {2}price: PSI at most 0\.250, not \d/m);
  expect(out).toMatch(/^ok {6}click: mean from 0\.1 to 0\.4: 0\.25$/m);
  expect(out).toMatch(/checks failed\n$/);
  const json = JSON.parse((await dinc("test-data broken.csv --run run --format json")).out);
  expect(json).toMatchObject({ version: 1, rows: 300, passed: false, baseline: { rows: 400 } });
  expect(json).toMatchObject({
    columns: expect.arrayContaining([
      expect.objectContaining({ column: "price", missing: 30, missingShare: 0.1, shift: "much" }),
    ]),
  });
  const found = await testData(join(folder, "broken.csv"), join(folder, "run"));
  expect(found.checks).toEqual(json.checks);
});

test("takes expectations of another dinc.yaml, and of --set", async () => {
  write("other.yaml", "expect: { rows: 1000 }\n");
  const { code, out } = await dinc("test-data tuesday.csv --run run -c other.yaml");
  expect([code, out]).toEqual([1, expect.stringContaining("FAILED  at least 1,000 rows, not 300")]);
  expect((await dinc("test-data tuesday.csv --run run --set expect.rows=300")).code).toBe(0);
});

test("needs the columns that the model reads", async () => {
  write("narrow.csv", "item_id,price\ni1,2\n");
  const { code, out } = await dinc("test-data narrow.csv --run run --set expect.rows=1");
  expect(code).toBe(1);
  expect(out).toMatch(/^FAILED {2}clicked: a column, which the model reads, not none$/m);
});

describe("a training", () => {
  test("refuses rows that are not as expected, and writes nothing", async () => {
    const { code, err } = await dinc("train --backend wasm --set data.train=broken.csv --out none");
    expect(code).toBe(1);
    expect(err.slice(err.indexOf("error"))).toMatchInlineSnapshot(`
      "error[DIN0840 data-unexpected]: broken.csv does not meet \`expect\`: price: missing at most 1 %, not 10 %; price: numbers from 0 to 100, not 1001 to 1299
       --> dinc.yaml:3:1
        |
      3 | expect:
        | ^^^^^^
        = help: find out what changed in the data; if the change is intended, change \`expect\` in dinc.yaml
      "
    `);
  });

  test("says of an expectation that is none what it may be", async () => {
    write(
      "bad.yaml",
      'spec: model.din\ndata: { train: monday.csv }\nexpect: { columns: { price: "low" } }\n',
    );
    const { err } = await dinc("train -c bad.yaml --out none");
    expect(err).toMatch(/`expect\.columns\.price` must be clauses between commas: .*, not `low`/);
  });
});

test("a run of an earlier version is compared with a file that is named", async () => {
  const manifest = readFileSync(join(folder, "run/baseline.json"), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ version: 2, rows: 400, drawn: null, expect: { rows: 100 } });
  write("run/baseline.json", manifest.replace('"rows": 400', '"rows": 401'));
  expect((await dinc("test-data tuesday.csv --run run")).err).toMatch(/baseline\.json/);
  write("run/baseline.json", manifest);
  const { code, out } = await dinc("test-data tuesday.csv --run run --baseline monday.csv");
  expect([code, out]).toEqual([0, expect.stringContaining("compared with 400 rows of monday.csv")]);
});

describe("what a ranker counted", () => {
  type Ranker = { rank(request: unknown): unknown; stats(options?: object): RankerStats };
  let ranker: Ranker;
  /** The rows of a file as requests of one candidate, which is what they say. */
  const requestsOf = (csv: string) =>
    csv
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => {
        const [item_id, price, clicked] = line.split(",") as [string, string, string];
        const steps = clicked === "" ? [] : clicked.split("|").map((id) => ({ item_id: id }));
        const candidates = [{ item_id, price: price === "" ? null : Number(price) }];
        return { history: { clicks: steps }, candidates };
      });

  beforeAll(async () => {
    expect((await dinc("compile run --out ranker")).code).toBe(0);
    const { createRanker } = await import(
      /* @vite-ignore */ pathToFileURL(join(folder, "ranker/model.js")).href
    );
    ranker = await createRanker({
      weights: readFileSync(join(folder, "ranker/model.weights.bin")),
      stats: true,
    });
  });

  test("has the shares, the means and the PSI of a file that holds the same", async () => {
    write("empty.csv", rows(0, 300).replaceAll(/,i1\|i1,|,i3\|i\d+,/g, ",,"));
    for (const name of ["tuesday.csv", "broken.csv", "empty.csv"]) {
      ranker.stats({ reset: true });
      for (const request of requestsOf(readFileSync(join(folder, name), "utf8"))) ranker.rank(request);
      write("stats.json", JSON.stringify(ranker.stats()));
      const { columns } = await testData(join(folder, name), join(folder, "run"));
      const found = await testStats(join(folder, "stats.json"), join(folder, "run"));
      expect(found.columns).toEqual(
        columns.filter(({ counted }) => counted !== "label").map((column) => ({ ...column, distinct: null })),
      );
    }
  });

  test("is told and tested as a file is", async () => {
    ranker.stats({ reset: true });
    for (const request of requestsOf(rows(0, 300))) ranker.rank(request);
    write("stats.json", JSON.stringify(ranker.stats()));
    const { code, out } = await dinc("test-data --stats stats.json --run run");
    expect(out).toMatchInlineSnapshot(`
      "stats.json: 300 candidates of 300 requests; compared with 400 rows of monday.csv

      column   counted           missing  new  mean  in training    PSI  changed
      item_id  ids                   0 %  0 %                0 %  0.000
      price    numbers               0 %       24.5         24.5  0.000
      clicked  lengths of lists      0 %          2            2  0.000
      clicked  ids in lists          0 %  0 %                0 %  0.000

      ok      at least 100 rows: 300
      ok      item_id: PSI at most 0.250: 0.000
      ok      price: missing at most 1 %: 0 %
      ok      price: PSI at most 0.250: 0.000
      ok      price: numbers from 0 to 100: 0 to 49
      ok      clicked: PSI of lengths at most 0.250: 0.000
      ok      clicked: PSI at most 0.250: 0.000

      all 7 checks hold
      "
    `);
    expect(code).toBe(0);
    for (const request of requestsOf(rows(10, 900))) ranker.rank(request);
    write("stats.json", JSON.stringify(ranker.stats()));
    const other = await dinc("test-data --stats stats.json --run run --set expect.new=0.1 --format json");
    expect(other.code).toBe(1);
    expect(JSON.parse(other.out)).toMatchObject({ version: 1, rows: 1200, requests: 1200, passed: false });
  });

  test("of a run that keeps nothing of its training rows is counted, and cannot be compared", async () => {
    cpSync(join(folder, "run"), join(folder, "first-run"), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(folder, "run/manifest.json"), "utf8"));
    delete manifest.files["baseline.json"];
    write("first-run/manifest.json", JSON.stringify({ ...manifest, version: 1 }));
    expect((await dinc("compile first-run --out first-ranker")).code).toBe(0);
    const { createRanker } = await import(
      /* @vite-ignore */ pathToFileURL(join(folder, "first-ranker/model.js")).href
    );
    const weights = readFileSync(join(folder, "first-ranker/model.weights.bin"));
    const counting: Ranker = await createRanker({ weights, stats: true });
    for (const request of requestsOf(rows(0, 50))) counting.rank(request);
    expect(counting.stats()).toMatchObject({ requests: 50, features: { item_id: { values: 50, bins: [] } } });
    write("first.json", JSON.stringify(counting.stats()));
    const { err } = await dinc("test-data --stats first.json --run first-run");
    expect(err).toMatch(/DIN0841.*compare logged rows instead, with `--baseline train\.csv`/s);
  });

  test.each([
    ["tuesday.csv --stats stats.json", "--stats is instead of tuesday.csv"],
    ["--stats stats.json --separator ;", "--separator is about rows: it does not go with --stats"],
    ["--stats stats.json --baseline monday.csv", "--baseline is about rows: it does not go with --stats"],
    ["", "test-data takes a file of rows, or with --stats the counts of a ranker"],
  ])("test-data %s --run run: %s", async (given, said) => {
    const { code, err } = await dinc(`test-data ${given} --run run`.replace("  ", " "));
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
  });

  test("is refused where it is something else, or lacks what is counted", async () => {
    const good = ranker.stats();
    for (const [wrong, said] of [
      ["{", "is not JSON"],
      ["null", "is no JSON object"],
      [JSON.stringify({ ...good, candidates: -1 }), 'has no whole number from 0 on as "candidates"'],
      [
        JSON.stringify({ ...good, features: { item_id: { values: 3 } } }),
        'as "missing" of "item_id" of "features"',
      ],
    ] as const) {
      write("wrong.json", wrong);
      const { code, err } = await dinc("test-data --stats wrong.json --run run");
      expect([code, err]).toEqual([1, expect.stringContaining(said)]);
      expect(err).toContain("DIN0842");
    }
    const { err } = await dinc("test-data --stats none.json --run run");
    expect(err).toMatch(/none\.json/);
    expect((await dinc("train --backend wasm --seed 3 --out another")).code).toBe(0);
    write("stats.json", JSON.stringify(good));
    expect((await dinc("test-data --stats stats.json --run another")).err).toContain("DIN0843");
  });
});

test("--report writes the page, of a file and of what a ranker counted", async () => {
  const { err } = await dinc("test-data broken.csv --run run --report drift.html");
  expect(err).toContain("report: drift.html");
  const page = readFileSync(join(folder, "drift.html"), "utf8");
  expect(page).toContain("<h1>tiny</h1>");
  expect(page).toMatch(/broken\.csv, 300 rows.*\n?.*400 rows of monday\.csv/s);
  expect(page).toContain("price: numbers, PSI ");
  await dinc("test-data --stats stats.json --run run --report stats.html");
  const counted = readFileSync(join(folder, "stats.html"), "utf8");
  expect(counted).toContain("1,200 candidates of 1,200 requests");
  const none = await dinc("test-data broken.csv --run run --report none/drift.html");
  expect([none.code, none.err]).toEqual([1, expect.stringContaining("none/drift.html")]);
});

test("an event log is compared with the log of the training", async () => {
  const event = (i: number) => `u${i % 30},i${(i * 7) % 40},${i}`;
  const log = (count: number) =>
    `user_id,item_id,t\n${Array.from({ length: count }, (_, i) => event(i)).join("\n")}\n`;
  write("log.csv", log(600));
  write("later.csv", log(500));
  write(
    "log.din",
    `model log
features user { user_id : id }
features item { item_id : id  embed 4 }
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 64  epochs 1  metrics auc, gauc(by: user_id) }
`,
  );
  write(
    "log.yaml",
    "spec: log.din\ndata: { events: { path: log.csv, user: user_id, item: item_id, order: t } }\n",
  );
  expect((await dinc("train -c log.yaml --backend wasm --out log-run")).code).toBe(0);
  const { code, out } = await dinc("test-data later.csv --run log-run");
  expect(code).toBe(0);
  expect(out).toMatch(/^item_id +ids +0 % +0 %/m);
  // The ids of the steps are those of `item_id`.
  expect(out).toMatch(/^hist_item_id +lengths of lists +0 % +4\.\d+ +4\.\d+ +0\.\d+$/m);
  expect(out.match(/hist_item_id/g)).toHaveLength(1);
});

describe("histories that are made from a log of impressions", () => {
  const rows = (from: number, user = "u") =>
    `user_id,item_id,click,at\n${Array.from({ length: 300 }, (_, i) => `${user}${i % 20},i${(i * 7) % 30},${i % 3 === 0 ? 1 : 0},${from + i}`).join("\n")}\n`;
  const tested = (file: string, ...more: string[]) =>
    runHere(["test-data", file, "--run", "shown", ...more], { cwd: folder });

  beforeAll(async () => {
    const spec = readFileSync(join(folder, "model.din"), "utf8");
    write(
      "shown.din",
      spec
        .replace(/^ +price.*$/m, "")
        .replace(", price,", ",")
        .replace("<-> clicked", "<-> hist_item_id"),
    );
    write("first.csv", rows(0));
    write("second.csv", rows(300));
    write("strangers.csv", rows(300, "v"));
    write(
      "shown.yaml",
      `spec: shown.din
data:
  train: first.csv
  impressions:
    user: user_id
    time: at
    log: { path: "{first,second}.csv" }
    histories: { clicks: { where: { click: 1 } } }
`,
    );
    const { code, err } = await dinc("train -c shown.yaml --backend wasm --out shown");
    expect([code, err]).toEqual([0, expect.anything()]);
  });

  test("are compared with the settings, and named without them", async () => {
    const same = (await tested("first.csv", "-c", "shown.yaml")).out;
    expect(same).toMatch(/^hist_item_id +lengths of lists +13 % +2\.\d+ +2\.\d+ +0\.000$/m);
    expect(same).toMatch(/^hist_item_id +ids in lists +0 % +0 % +0 % +0\.000$/m);
    expect((await tested("second.csv", "-c", "shown.yaml")).out).toMatch(
      /^hist_item_id +lengths of lists +0 % +5 +2\.\d+ +\d\.\d+ +much$/m,
    );
    expect((await tested("first.csv")).out).toContain("rows lack them: hist_item_id (made from a log");
  });

  test("are held to what the settings expect, in training too", async () => {
    const expected = ["--set", "expect.psi=0.25", "--set", "expect.missing=5%"];
    const found = await tested("strangers.csv", "-c", "shown.yaml", ...expected);
    // Only an expectation that names the column limits empty histories.
    expect(found.out).toMatch(/^FAILED {2}hist_item_id: PSI of lengths at most 0\.250, not \d/m);
    expect(found.out).not.toContain("hist_item_id: missing");
    const named = ["--set", "expect.columns.hist_item_id=missing <= 30 %"];
    const train = ["train", "-c", "shown.yaml", "--backend", "wasm", "--out", "none"];
    const { code, err } = await runHere([...train, ...named, "--set", "data.train=strangers.csv"], {
      cwd: folder,
    });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("hist_item_id: missing at most 30 %, not 100 %"),
    ]);
    const unread = await tested("first.csv", ...named);
    expect(unread.out).toContain(
      "hist_item_id: steps from a log, not none without the settings that name it",
    );
    expect(unread.code).toBe(1);
  });
});

describe("a table that is joined to the rows", () => {
  const inCents = (factor: number) =>
    `item_id,price\n${Array.from({ length: 40 }, (_, i) => `i${i},${factor * (i + 1)}`).join("\n")}\n`;
  const train = (out: string, ...more: string[]) =>
    dinc(["train -c joined.yaml --backend wasm --out", out, ...more].join(" "));

  beforeAll(() => {
    write("joined.din", readFileSync(join(folder, "model.din"), "utf8").replace(/^history.*$/m, ""));
    write(
      "joined.din",
      readFileSync(join(folder, "joined.din"), "utf8").replace(
        "concat(item_id, price, mean(clicks))",
        "concat(item_id, price)",
      ),
    );
    const shown = Array.from(
      { length: 200 },
      (_, i) =>
        `u${i % 7},i${i % 40},${i % 4 === 0 ? 1 : 0},2026-11-01T00:${String(i % 60).padStart(2, "0")}:00Z`,
    );
    write("shown.csv", `user_id,item_id,click,at\n${shown.join("\n")}\n`);
    write("prices.csv", inCents(1));
    write(
      "joined.yaml",
      `spec: joined.din
data:
  train: shown.csv
  impressions:
    user: user_id
    time: at
    tables: { prices: { path: prices.csv, key: item_id } }
expect:
  columns: { price: "range 0 .. 100" }
`,
    );
  });

  test("is held to what its columns must be", async () => {
    expectSuccess(await train("joined"));
    write("prices.csv", inCents(100));
    const { code, err } = await train("joined-cents");
    expect(code).toBe(1);
    expect(err).toContain("DIN0840");
    expect(err).toContain("price: numbers from 0 to 100, not 100 to 4000");
  });

  test("is tested with the settings that name it, and not passed over without them", async () => {
    write("prices.csv", inCents(1));
    const found = await dinc("test-data shown.csv --run joined -c joined.yaml");
    expect(found.out).toContain("ok      price: numbers from 0 to 100: 1 to 40");
    expect(found.out).not.toContain("not compared with training");
    expect(found.code).toBe(0);
    write("prices.csv", inCents(100));
    expect((await dinc("test-data shown.csv --run joined -c joined.yaml")).code).toBe(1);
    const without = await dinc("test-data shown.csv --run joined");
    expect(without.out).toContain(
      "not compared with training, because the rows lack them: price (made from a log, or of a joined table; -c dinc.yaml makes and joins them)",
    );
    expect(without.out).toContain(
      "price: rows of a joined table, not none without the settings that name it",
    );
    expect(without.code).toBe(1);
  });

  test("is joined to the rows that are tested, as training does it, and compared", async () => {
    write("prices.csv", inCents(1));
    const command = "test-data shown.csv --run joined -c joined.yaml --set expect.psi=0.25";
    const same = await dinc(`${command} --set expect.missing=5%`);
    expect(same.out).toMatch(/^price +numbers +0 % +20\.5 +20\.5 +0\.000$/m);
    expect(same.out).toContain("ok      price: PSI at most 0.250: 0.000");
    write("prices.csv", inCents(100));
    expect((await dinc(command)).out).toMatch(/^FAILED {2}price: PSI at most 0\.250, not \d/m);
    // A row without a row of the table has no price; 10 of 40 items lack one.
    write("prices.csv", inCents(1).split("\n").slice(0, 31).join("\n"));
    const fewer = await dinc(`${command} --set expect.missing=5%`);
    expect(fewer.out).toContain("FAILED  price: missing at most 5 %, not 25 %");
    const named = await dinc(`${command} --baseline shown.csv`);
    expect(named.out).toMatch(/^price +numbers +25 % +15\.5 +15\.5 +0\.000$/m);
  });

  test("has the statistics of rows that have its columns themselves", async () => {
    write("prices.csv", inCents(1));
    const rows = readFileSync(join(folder, "shown.csv"), "utf8").trimEnd().split("\n");
    const priced = rows.map(
      (row, i) => `${row},${i === 0 ? "price" : Number(row.split(",")[1]!.slice(1)) + 1}`,
    );
    write("priced.csv", `${priced.join("\n")}\n`);
    const isPrice = ({ column }: { readonly column: string }) => column === "price";
    const ofBaseline = (run: string) =>
      JSON.parse(readFileSync(join(folder, run, "baseline.json"), "utf8")).columns.find(isPrice);
    expectSuccess(await train("joined-own", "--set data.train=priced.csv"));
    const own = ofBaseline("joined-own");
    expect(own.isJoined).toBeUndefined();
    expect(ofBaseline("joined")).toEqual({ ...own, isJoined: true });

    const log =
      "spec: joined.din\ndata:\n  events: { path: shown.csv, user: user_id, item: item_id, order: at }\n";
    write(
      "joined-log.yaml",
      `${log}  items: { path: prices.csv, key: item_id }\n  label: { name: click, positive: 1 }\n`,
    );
    const trained = await dinc("train -c joined-log.yaml --backend wasm --out joined-log");
    expect(trained.code, trained.err).toBe(0);
    expect(ofBaseline("joined-log")).toEqual({ ...own, isJoined: true });
    const tested = await dinc("test-data shown.csv --run joined-log -c joined-log.yaml");
    expect(tested.out).toMatch(/^price +numbers +0 % +20\.5 +20\.5 +0\.000$/m);
  });

  test("does not hide a column that neither it nor the rows have", async () => {
    const { err } = await train("joined-typo", "--set", "expect.columns.prise=missing<=1%");
    expect(err).toMatch(/DIN05(43|22)/);
  });
});
