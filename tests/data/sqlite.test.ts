// Rows of SQLite's databases, which Node reads from version 22.5 on.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../cli/spawn.ts";
import { runs, seed, timeout } from "../support/how-often.ts";
import { nodeOf } from "../support/node-versions.ts";

const SPEC = `model shop
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2  price : number |> log1p }
label click : binary
net { predict click = concat(user_id, item_id, price) |> dense(1) |> sigmoid }
train { batch 16  epochs 1  metrics auc }
`;

const path = mkdtempSync(join(tmpdir(), "dinc-sqlite-"));
const at = (name: string) => join(path, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);
const manifest = (out: string) => JSON.parse(readFileSync(at(`${out}/manifest.json`), "utf8"));
afterAll(() => rmSync(path, { recursive: true }));

describe("SQLite", () => {
  const make = `
    const { DatabaseSync } = require("node:sqlite");
    const made = new DatabaseSync("lite.db");
    made.exec("CREATE TABLE rows (user_id TEXT, item_id INTEGER, price REAL, click INTEGER)");
    const add = made.prepare("INSERT INTO rows VALUES (?, ?, ?, ?)");
    for (let i = 0; i < 90; i++) add.run("u" + (i % 7), 9007199254740993n + BigInt(i % 5), i / 2, i % 2);
    made.close();`;

  it("is read by Node from version 22.5 on, and an older one says so", async () => {
    write("lite.din", SPEC);
    const node = await nodeOf(24);
    const ran = (program: string, args: readonly string[]) =>
      spawnSync(program, args, { cwd: path, encoding: "utf8" });
    expect(ran(node, ["-e", make]).stderr).toBe("");
    const dinc = join(root, "bin/dinc.js");
    const train = (program: string, data: string) =>
      ran(program, [dinc, "train", "lite.din", "--set", `data.train='${data}'`, "--out", "lite", "--force"]);
    const { status, stderr } = train(node, "sql@lite.db:SELECT * FROM rows WHERE click = 1 OR price > 5");
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain("Experimental");
    expect(manifest("lite").data.trainRows).toBe(84);
    expect(readFileSync(at("lite/vocab/item_id.jsonl"), "utf8")).toContain("9007199254740993");
    expect(train(node, "sql@lite.db:DELETE FROM rows").stderr).toContain("DIN0677");
    expect(train(node, "sql@lite.db:WITH x AS (SELECT 1) DELETE FROM rows").stderr).toContain("DIN0677");
    // SQLite would take NULL for them, which nothing is equal to.
    for (const parameter of ["?", ":user"])
      expect(train(node, `sql@lite.db:SELECT * FROM rows WHERE user_id = ${parameter}`).stderr).toContain(
        "DIN0677 query-refused]: cannot run this query: it has a parameter",
      );
    // Soon, however many comments there are before it.
    expect(train(node, `sql@lite.db:${"/**/".repeat(99)}DELETE FROM rows`).stderr).toContain("DIN0677");
    expect(train(node, "sql@lite.db:SELECT 1 AS a; SELECT * FROM rows").stderr).toContain(
      "it isn't one SELECT alone",
    );
    expect(train(node, "sql@lite.db:SELECT user_id, item_id AS user_id FROM rows").stderr).toContain(
      "DIN0677 query-refused]: cannot run this query: two of its columns are called `user_id`",
    );
    expect(train(await nodeOf(20), "lite.db").stderr).toMatch(/it is SQLite's, which Node 20\S+ cannot read/);
  });
});

it(
  "what SQLite holds of any table arrives whole, or is refused with its row and column",
  async () => {
    const script = join(import.meta.dirname, "sqlite-rows.mjs");
    const { status, stdout, stderr } = spawnSync(
      await nodeOf(24),
      [script, String(seed), String(runs(150))],
      {
        cwd: path,
        encoding: "utf8",
      },
    );
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ different: [], tables: runs(150), refused: expect.any(Number) });
  },
  timeout,
);
