// dinc test-data, and what training says of rows that are not as expected.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testData } from "../../runtime/driver/test-data.ts";
import { runHere } from "./run-here.ts";

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
      "error[DIN0840 data-unexpected]: broken.csv is not as \`expect\` says: price: missing at most 1 %, not 10 %; price: numbers from 0 to 100, not 1001 to 1299
       --> dinc.yaml:3:1
        |
      3 | expect:
        | ^^^^^^
        = help: look at what changed in the data; if it is right, change \`expect\` in dinc.yaml
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
  expect(JSON.parse(manifest)).toMatchObject({ version: 1, rows: 400, expect: { rows: 100 } });
  write("run/baseline.json", manifest.replace('"rows": 400', '"rows": 401'));
  expect((await dinc("test-data tuesday.csv --run run")).err).toMatch(/baseline\.json/);
  write("run/baseline.json", manifest);
  const { code, out } = await dinc("test-data tuesday.csv --run run --baseline monday.csv");
  expect([code, out]).toEqual([0, expect.stringContaining("compared with 400 rows of monday.csv")]);
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
});
