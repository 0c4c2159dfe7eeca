// A plan for Spark names every column in every file: Spark takes one that a Parquet file lacks for empty, and says nothing. And it
// names no path that Hadoop takes for another.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { runHere } from "../cli/run-here.ts";
import { TestFolder } from "../data/files.ts";
import { runs, seed } from "../support/how-often.ts";

const SPEC = `model few
features user { user_id : id(missing: unknown)  embed 2 }
features item { item_id : id  embed 2  price : number(missing: 0) }
history seen(max: 3) { item_id <-> hist_item }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(seen)) |> dense(1) |> sigmoid }
`;
const COLUMNS: Readonly<Record<string, string>> = {
  ...{ user_id: "'u'", item_id: "'i'", price: "1.5", hist_item: "['i']", click: "1", at: "7" },
  unread: "3",
};

test("a column that one of several Parquet files lacks is told as in a training", async () => {
  const folder = new TestFolder();
  folder.write("model.din", SPEC);
  const random = Random.of(seed, "plan columns");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (let i = runs(4); i > 0; i--) {
    const rows = join(folder.path, "rows");
    rmSync(rows, { recursive: true, force: true });
    mkdirSync(rows);
    const names = Object.keys(COLUMNS);
    const [count, lost] = [2 + random.integer(3), names[random.integer(names.length)]!];
    const lacking = random.integer(count);
    for (let file = 0; file < count; file++) {
      const own = names.filter((name) => name !== lost || file !== lacking);
      const selected = own.map((name) => `${COLUMNS[name]} AS ${name}`).join(", ");
      await connection.run(`COPY (SELECT ${selected}) TO '${rows}/${file}.parquet' (FORMAT parquet)`);
    }
    const isTimed = random.integer(2) === 0;
    const held = isTimed ? ", hold_out: { share: 0.2, latest_by: at }" : "";
    folder.write("dinc.yaml", `spec: model.din\ndata: { train: rows${held} }\n`);
    const asked = ["prepare", "-c", "dinc.yaml", "--plan", "spark", "--out", "out"];
    const { code, err } = await runHere(asked, { cwd: folder.path });
    if (lost === "unread" || (lost === "at" && !isTimed)) expect([code, err]).toEqual([0, ""]);
    else {
      expect(code).toBe(1);
      expect(err).toMatch(
        new RegExp(`DIN0671 [^\\n]*no column \`${lost}\`[^]*--> rows/${lacking}\\.parquet`),
      );
    }
  }
  connection.closeSync();
  instance.closeSync();
});

test("a path that Hadoop cannot read is told: a colon in the name of a file, or beside a pattern", async () => {
  const folder = new TestFolder();
  folder.write("model.din", SPEC.replace("mean(seen)", "user_id").replace(/history .*\n/, ""));
  const rows = "user_id,item_id,price,click\nu,i,1,1\n";
  const random = Random.of(seed, "plan paths");
  const one = <T>(all: readonly T[]): T => all[random.integer(all.length)]!;
  for (let i = runs(4); i > 0; i--) {
    const [parent, name] = [
      one(["d", "d:1", "d[1]", "d 1"]),
      one(["r.csv", "r:1.csv", "r[1].csv", "r {a:b}.csv"]),
    ];
    const at = `${i}/${parent}/${name}`;
    folder.write(at, rows);
    const escaped = (text: string) => text.replaceAll(/[[\]{}]/g, "\\$&");
    const asked = one([at, `${i}/${parent}`, `${i}/${escaped(parent)}/*.csv`]);
    folder.write("dinc.yaml", `spec: model.din\ndata: { train: ${JSON.stringify(asked)} }\n`);
    const args = ["prepare", "-c", "dinc.yaml", "--plan", "spark", "--out", "out"];
    const { code, err } = await runHere(args, { cwd: folder.path });
    const isBeside = asked.includes(":") && /[*[\]{}]/.test(asked);
    if (name.includes(":") || isBeside) {
      expect([asked, code]).toEqual([asked, 1]);
      expect(err).toContain("DIN0674");
      expect(err).toContain("a colon in the name of a file");
    } else expect([asked, code, err]).toEqual([asked, 0, ""]);
  }
});
