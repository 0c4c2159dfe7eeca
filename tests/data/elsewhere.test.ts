// Rows of a database and of a query: they are those of a file with the same rows, the same each time, and
// nothing is changed or touched by them.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import {
  addressUnder,
  databaseOf,
  elsewhereAt,
  nameOfAddress,
  queryAddress,
} from "../../compiler/frontend/config/elsewhere.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";
import { copyOf, done } from "../../runtime/data/elsewhere/copies.ts";
import { fingerprint } from "../../runtime/files/fingerprint.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const SPEC = `model shop
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2  price : number |> log1p }
history clicks(max: 4) { item_id <-> past }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 16  epochs 1  metrics auc }
`;

const ROWS = `SELECT 'u' || hash(range) % 20 AS user_id, CAST(hash(range + 1) % 9 AS BIGINT) AS item_id, range / 7.0 AS price,
  ['i' || range % 3, 'i' || range % 5] AS past, CAST(hash(range + 2) % 3 = 0 AS INTEGER) AS click, range AS t FROM range(400)`;

const path = mkdtempSync(join(tmpdir(), "dinc-elsewhere-"));
afterAll(() => rmSync(path, { recursive: true }));
const at = (name: string) => join(path, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);

async function duckdb(file: string, ...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

beforeAll(async () => {
  write("model.din", SPEC);
  await duckdb(
    at("shop.duckdb"),
    `CREATE TABLE rows AS ${ROWS}`,
    "CREATE VIEW first AS SELECT * FROM rows WHERE t < 100",
    "CREATE SCHEMA log",
    "CREATE TABLE log.late AS SELECT * FROM rows WHERE t >= 300",
    `COPY rows TO '${at("rows.parquet")}'`,
    `COPY (SELECT * FROM rows WHERE t < 300 ORDER BY t DESC) TO '${at("turned.parquet")}'`,
  );
  await duckdb(at("one.duckdb"), `CREATE TABLE alone AS ${ROWS}`);
});

async function trained(train: string, out: string, more: readonly string[] = []) {
  write("dinc.yaml", `spec: model.din\ndata:\n  train: ${train}\n`);
  return runHere(["train", "-c", "dinc.yaml", "--out", out, "--force", ...more], { cwd: path });
}

const weights = (out: string) => readFileSync(at(`${out}/weights.safetensors`));
const manifest = (out: string) => JSON.parse(readFileSync(at(`${out}/manifest.json`), "utf8"));

describe("rows of a database and of a query", () => {
  it.each([
    ["a table", "shop.duckdb/rows", "rows.parquet"],
    ["the only table", "one.duckdb", "rows.parquet"],
    ["a query over a database", '{ sql: "SELECT * FROM rows", from: shop.duckdb }', "rows.parquet"],
    ["a query over files", `{ sql: "SELECT * FROM 'rows.parquet'" }`, "rows.parquet"],
    [
      "the order of a query",
      `{ sql: "FROM rows WHERE t < 300 ORDER BY t DESC;", from: shop.duckdb }`,
      "turned.parquet",
    ],
    ["a query as a text", `"sql:SELECT * FROM read_parquet(['turned.parquet'])"`, "turned.parquet"],
  ])("are those of a file: %s", async (_, train, file) => {
    const own = await trained(train, "own");
    expect(own.code, own.err).toBe(0);
    if (!existsSync(at(file.replace(".parquet", "")))) await trained(file, file.replace(".parquet", ""));
    expect(weights("own").equals(weights(file.replace(".parquet", "")))).toBe(true);
  });

  it("are the same each time, joins and groups among them", async () => {
    const sql = `SELECT hash(a.t * 2000 + b.range) % 99991 AS g, sum(a.price) AS s, first(b.range) AS f
      FROM rows a, range(2000) b GROUP BY g`;
    const hashes: string[] = [];
    for (const spaces of ["", " ", "  "]) {
      const address = queryAddress(sql + spaces.replaceAll(" ", " -- again\n"), at("shop.duckdb"));
      const { location } = await copyOf(address, { limits: null, report: () => {} });
      hashes.push((await fingerprint(location)).hash);
      await done(address);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it("keep whole numbers whole, and their sums", async () => {
    const address = queryAddress("SELECT sum(x) AS item_id, 9007199254740993 AS user_id FROM range(3) t(x)");
    const { location } = await copyOf(address, { limits: null, report: () => {} });
    await duckdb(":memory:", `COPY (FROM '${location}') TO '${at("sums.csv")}'`);
    await done(address);
    expect(readFileSync(at("sums.csv"), "utf8")).toBe("item_id,user_id\n3,9007199254740993\n");
  });

  it("are remembered by a run, with a hash of the rows", async () => {
    const train = `{ sql: "SELECT * FROM 'rows.parquet' WHERE t < 200" }`;
    await trained(train, "run");
    const [before] = manifest("run").data.files;
    expect(before).toMatchObject({ path: "sql:SELECT * FROM 'rows.parquet' WHERE t < 200", split: "train" });
    await trained(train, "run");
    expect(manifest("run").data.files[0]).toEqual(before);
    await duckdb(":memory:", `COPY (FROM '${at("shop.duckdb")}'.rows LIMIT 0) TO '${at("x.csv")}'`).catch(
      () => {},
    );
    await duckdb(
      ":memory:",
      `COPY (SELECT * REPLACE (price + 1 AS price) FROM '${at("turned.parquet")}') TO '${at("rows.parquet")}'`,
    );
    await trained(train, "run");
    expect(manifest("run").data.files[0].hash).not.toBe(before.hash);
  });

  it("are scored, and drafted from", async () => {
    await trained("shop.duckdb/rows", "run");
    const here = (args: readonly string[]) => runHere(args, { cwd: path });
    const lines = await here(["predict", "run", "--data", "sql@shop.duckdb:FROM rows LIMIT 3", "--out", "-"]);
    expect(lines.out.trim().split("\n")).toHaveLength(4);
    expect((await here(["eval", "run", "--data", "shop.duckdb/first"])).out).toContain("100 rows");
    const many = "sql@shop.duckdb:SELECT *\nFROM rows\nWHERE t < 300";
    expect((await here(["init", "draft", "--data", many])).code).toBe(0);
    expect(readFileSync(at("draft/dinc.yaml"), "utf8")).toContain(
      'train: { sql: "SELECT *\\nFROM rows\\nWHERE t < 300", from: "../shop.duckdb" }',
    );
    expect((await here(["train", "-c", "draft/dinc.yaml", "--out", "drafted"])).code).toBe(0);
  });
});

describe("a query changes nothing", () => {
  const run = async (address: string) => {
    try {
      await copyOf(address, { limits: null, report: () => {} });
      await done(address);
      return "runs";
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n");
    }
  };
  const ofShop = (sql: string) => queryAddress(sql, at("shop.duckdb"));

  it.each([
    ["it isn't a SELECT", "DELETE FROM rows"],
    ["it isn't a SELECT", "COPY rows TO 'stolen.csv'"],
    ["it isn't a SELECT", "ATTACH 'other.duckdb'"],
    ["it isn't a SELECT", "INSTALL httpfs"],
    ["it isn't a SELECT", "SET enable_external_access = true"],
    ["several statements", "SELECT 1; SELECT 2"],
    ["it is empty", " ; "],
    ["it calls `read_text`", "SELECT * FROM read_text('/etc/passwd')"],
    ["it calls `enable_logging`", "FROM enable_logging(storage = 'file', storage_path = 'log')"],
    ["it calls `query`", "FROM query('COPY rows TO ''stolen.csv''')"],
    ["gets a file that is computed", "FROM read_csv('/etc/' || 'passwd')"],
    ["`rows.parquet` isn't a table", "SELECT * FROM rows.parquet"],
    ["two of its columns are called `t`", "SELECT t, t FROM rows"],
  ])("%s: %s", async (reason, sql) => {
    expect(await run(ofShop(sql))).toContain(`DIN0677: cannot run this query: `);
    expect(await run(ofShop(sql))).toContain(reason);
  });

  it("touches no file that it does not name, whatever the database's views do", async () => {
    await duckdb(
      at("hostile.duckdb"),
      `CREATE VIEW peek AS FROM read_text('${at("model.din")}')`,
      `CREATE VIEW log AS FROM enable_logging(storage = 'file', storage_path = '${at("written")}')`,
    );
    expect(await run(`${at("hostile.duckdb")}/peek`)).toContain("disabled by configuration");
    await run(`${at("hostile.duckdb")}/log`);
    expect(existsSync(at("written"))).toBe(false);
  });

  it("leaves the database as it was", async () => {
    const before = [statSync(at("shop.duckdb")).mtimeMs, await fingerprint(at("shop.duckdb"))];
    await run(ofShop("SELECT * FROM rows ORDER BY price"));
    expect([statSync(at("shop.duckdb")).mtimeMs, await fingerprint(at("shop.duckdb"))]).toEqual(before);
    expect(readdirSync(path).filter((name) => name.startsWith("shop"))).toEqual(["shop.duckdb"]);
  });

  it("says what a database does not find", async () => {
    expect(await run(ofShop("SELECT clck FROM rows"))).toContain(
      'DIN0678: this query fails: Referenced column "clck"',
    );
    expect(await run(`${at("shop.duckdb")}/late`)).toContain("it has no table `late`");
    expect(await run(`${at("shop.duckdb")}/log.late`)).toBe("runs");
    expect(await run(at("shop.duckdb"))).toContain("it has 3 tables, and none is named");
    expect(await run(queryAddress(`SELECT * FROM '${at("none.csv")}'`))).toContain("DIN0528");
  });
});

it("an endless query ends with the process", async () => {
  const endless =
    "SELECT count(*) AS n FROM range(100000000000) a, range(100000) b WHERE hash(a.range + b.range) = 1";
  const args = [
    join(root, "bin/dinc.js"),
    "train",
    "model.din",
    "--set",
    `data.train={ sql: "${endless}" }`,
    "--out",
    "never",
  ];
  const ran = spawn(process.execPath, args, { cwd: path, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  ran.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`dinc-scratch-${ran.pid}-`));
  const written = () => left().flatMap((name) => readdirSync(join(tmpdir(), name)));
  await vi.waitFor(() => expect(written()).not.toEqual([]), { timeout: 60_000 });
  // The file is there a moment before the query runs.
  await sleep(700);
  ran.kill("SIGINT");
  await once(ran, "exit", { signal: AbortSignal.timeout(60_000) }).finally(() => ran.kill("SIGKILL"));
  expect(said).toContain("stopped: nothing was written to never");
  expect(left()).toEqual([]);
});

describe("standard input", () => {
  it("is trained on, profile and all", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `u${i % 7},i${i % 5},${i}.5,i1|i2,${i % 2}`);
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "bin/dinc.js"), "train", "model.din", "--set", "data.train=-", "--out", "piped"],
      {
        cwd: path,
        encoding: "utf8",
        input: `user_id,item_id,price,past,click\n${lines.join("\n")}\n`,
      },
    );
    expect(status, stderr).toBe(0);
    expect(manifest("piped").data.files).toMatchObject([{ path: "-", split: "train" }]);
    expect(existsSync(at("piped/report.html"))).toBe(true);
  });
});

describe("a server", () => {
  let broken = 0;
  const lines = Array.from({ length: 60 }, (_, i) => `u${i % 7},i${i % 5},${i}.5,i1|i2,${i % 2}`);
  const csv = `user_id,item_id,price,past,click\n${lines.join("\n")}\n`;
  const server = createServer((request, response) => {
    const file = request.url!.replace(/\?.*$/, "");
    if (file === "/rows.csv") response.setHeader("etag", String(csv.length)).end(csv);
    else if (file === "/rows.csv.gz") response.end(gzipSync(csv));
    else if (file === "/cut.csv") {
      broken += 1;
      response
        .writeHead(200, { "content-length": csv.length })
        .write(csv.slice(0, 99), () => response.destroy());
    } else response.writeHead(404).end();
  });
  let host = "";
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    host = `http://127.0.0.1:${port}`;
    write("rows.csv", csv);
  });
  afterAll(() => server.close());

  it.each(["rows.csv?token=secret", "rows.csv.gz"])("gives a file: %s", async (name) => {
    const own = await trained(`"${host}/${name}"`, "own");
    expect(own.code, own.err).toBe(0);
    await trained("rows.csv", "plain");
    expect(weights("own").equals(weights("plain"))).toBe(true);
    const text = readFileSync(at("own/manifest.json"), "utf8");
    expect(text).toContain(`${host}/${name.replace(/\?.*/, "")}`);
    expect(text).not.toContain("secret");
  });

  it("says why a file cannot be had", async () => {
    const said = async (name: string) => (await trained(`"${host}/${name}"`, "none")).err;
    expect(await said("gone.csv?token=secret")).toContain(
      `cannot read ${host}/gone.csv: its server says 404 Not Found`,
    );
    expect(await said("cut.csv")).toContain(`cannot read ${host}/cut.csv: its server broke off`);
    expect(broken).toBe(1);
    expect(await said("rows")).toContain("DIN0540");
    expect((await trained('"http://127.0.0.1:1/x.csv"', "none")).err).toContain(
      "its server does not answer (",
    );
  });
});

it("several tables and queries are one after the other", async () => {
  const sql = "SELECT * FROM rows WHERE t >= 100 AND regexp_matches(user_id, '\\d{1,2}') -- [*]?";
  const both = await trained(`[shop.duckdb/first, 'sql@shop.duckdb:${sql.replaceAll("'", "''")}']`, "both");
  expect(both.code, both.err).toBe(0);
  expect(manifest("both").data.files).toMatchObject([
    { path: "shop.duckdb/first" },
    { path: `sql@shop.duckdb:${sql}` },
  ]);
  await trained("shop.duckdb/rows", "all");
  expect(weights("both").equals(weights("all"))).toBe(true);
});

describe("addresses", () => {
  const read = (yaml: string) =>
    readSettings(sourceFile("sub/dinc.yaml", yaml), [], { environment: () => "7", problemOf: () => null });
  const train = (yaml: string) => {
    const { data } = read(`spec: m.din\ndata:\n  train: ${yaml}\n`).value;
    return data?.kind === "rows" ? data.train : null;
  };

  it("are relative to the folder of the data", () => {
    expect(train("shop.duckdb/rows")).toBe("sub/shop.duckdb/rows");
    expect(train(`{ sql: "SELECT $${"{N}"}" }`)).toBe("sql@sub:SELECT 7");
    expect(train('{ sql: "SELECT 1", from: ../shop.db }')).toBe("sql@shop.db:SELECT 1");
    expect(train('"sql@shop.db:SELECT 1"')).toBe("sql@sub/shop.db:SELECT 1");
    expect(train('"-"')).toBe("-");
    expect(train("https://host/a.csv")).toBe("https://host/a.csv");
  });

  it("say what is wrong with them", () => {
    const codes = (yaml: string) =>
      read(`spec: m.din\ndata:\n  train: ${yaml}\n`).diagnostics.map(({ code }) => code);
    expect(codes("{ from: shop.db }")).toEqual(["DIN0523"]);
    expect(codes('{ sql: "SELECT 1", form: shop.db }')).toEqual(["DIN0521"]);
  });

  it("survive as texts what they hold", () => {
    const odd = queryAddress("SELECT 'a:b' -- 100 %", "C:/x%3A/shop.db");
    expect(elsewhereAt(odd)).toEqual({
      kind: "query",
      sql: "SELECT 'a:b' -- 100 %",
      from: "C:/x%3A/shop.db",
    });
    expect(databaseOf(elsewhereAt(odd)!)).toBe("C:/x%3A/shop.db");
    expect(addressUnder("sub", "sql:SELECT 1")).toBe("sql@sub:SELECT 1");
    expect(elsewhereAt("clicks/*.csv")).toBeNull();
    expect(nameOfAddress(`sql:SELECT\n  ${"x".repeat(80)}`)).toHaveLength("sql:".length + 60);
  });
});
