// dinc init as a person runs it: what it drafts from files as they are, what it says of its guesses, and that
// training on the draft learns something.

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { runHere } from "../cli/run-here.ts";
import { root, STACK_TRACE } from "../cli/spawn.ts";

const backend = nativeAvailable() ? "node" : "wasm";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const text = (...parts: string[]) => readFileSync(at(...parts), "utf8");
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-init-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const dinc = (...args: readonly string[]) => runHere(args, { cwd: folder });

/** The draft in `name`, which must be in the one style and without findings. */
async function drafted(
  name: string,
  ...args: readonly string[]
): Promise<{ readonly spec: string; readonly said: string }> {
  const { code, out, err } = await dinc("init", name, ...args);
  expect({ code, out, err }).toMatchObject({ code: 0, out: "" });
  for (const command of [["fmt", "--check"], ["check"], ["lint"]]) {
    const { code: found, out: findings } = await dinc(...command, `${name}/model.din`);
    expect({ command, found, findings }).toMatchObject({ found: 0, findings: "" });
  }
  return { spec: text(name, "model.din"), said: err };
}

/** AUC on other rows, of a short training by the draft. */
async function aucOf(name: string, rows: string): Promise<number> {
  const trained = await dinc(
    "train",
    "-c",
    `${name}/dinc.yaml`,
    "--backend",
    backend,
    "--set",
    "train.epochs=5",
    "--out",
    `${name}/run`,
  );
  expect(trained.code, trained.err).toBe(0);
  const { out } = await dinc("eval", `${name}/run`, "--data", rows, "--resamples", "0", "--format", "json");
  return (JSON.parse(out) as { metrics: { auc: number } }).metrics.auc;
}

function generate(script: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(root, script), ...args], { encoding: "utf8" });
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

/** Without the comments. */
const plain = (spec: string) => spec.replace(/ *\/\/.*$/gm, "").replace(/ +/g, " ");

describe("drafts from files that are there", () => {
  test("the simulated clicks", async () => {
    generate("examples/din-simulated/generate.mjs", "--out", at("sim"), "--users", "1000");
    const { spec, said } = await drafted("of-sim", "--data", "sim/train.csv");
    const short = plain(spec);
    expect(short).toContain("gender : id embed 2");
    expect(short).toMatch(/price : number \|> clip\(0, [\d_]+\) \|> log1p \|> standardize/);
    expect(short).toContain("features context {\n hour : id embed 8\n}");
    expect(short).toContain("item_id <-> hist_item_id\n cate_id <-> hist_cate_id");
    expect(short).toContain("metrics auc, gauc(by: user_id), log_loss");
    expect(said).toMatch(/sim\/train\.csv: all 20,000 rows were read/);
    expect(said).toMatch(
      /click: the label\n {6}0 or 1, with the name of a label; \d\d\.\d % are 1; otherwise --label/,
    );
    expect(said).toMatch(/hist_item_id: clicks: the past of item_id/);
    expect(text("of-sim", "dinc.yaml")).toMatch(/validate: \{ share: 0\.1, by: user_id/);
    expect(await aucOf("of-sim", "sim/test.csv")).toBeGreaterThan(0.7);
  });

  test("ratings with users, films, a set of genres and two outcomes", async () => {
    generate("examples/zoo/prepare.mjs", "--out", at("zoo"));
    const { spec, said } = await drafted("of-zoo", "--data", "zoo/train.csv");
    const short = plain(spec);
    expect(short).toMatch(/features user \{\n user_id : id\n gender : id embed 2/);
    expect(short).toMatch(/genre <-> hist_genre/);
    expect(short).toMatch(/label like : binary/);
    // Who loves likes: it would give the label away.
    expect(short).not.toMatch(/\blove\b/);
    expect(said).toMatch(/left out:\n {2}love: looks like an outcome of the row, too\n {6}--label love,/);
    expect(await aucOf("of-zoo", "zoo/test.csv")).toBeGreaterThan(0.75);
  });
});

/** Some items are clicked by all, others by those who have a taste for them, which their histories show. */
function rowsOf(
  count: number,
  line: (row: Record<"user" | "item" | "taste" | "kind" | "click", number>) => string,
) {
  let state = 7;
  const draw = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  return Array.from({ length: count }, () => {
    const [user, item] = [draw(150), draw(60)];
    const [taste, kind] = [user % 3, item % 3];
    const click = draw(10) < (taste === kind ? 5 : 1) + (item < 20 ? 4 : 0) ? 1 : 0;
    return `${line({ user, item, taste, kind, click })}\n`;
  }).join("");
}
const past = (taste: number, separator: string, count = 3) =>
  Array.from({ length: count }, (_, i) => `p${taste + 3 * ((taste + i * 7) % 20)}`).join(separator);

describe("files that are not as one would have them", () => {
  test("names that are no names of the language", async () => {
    const head = '"User ID",item.id,"Prix d\'été (€)",hist item.id,価格,Is Click,"let"';
    writeFileSync(
      at("odd.csv"),
      `${head}\n${rowsOf(
        3000,
        ({ user, item, taste, click }) =>
          `u${user},p${item},"${(item * 37) % 50}.5",${past(taste, "^")},${item % 20},${click},${user % 4}`,
      )}`,
    );
    const { spec, said } = await drafted("of-odd", "--data", "odd.csv");
    const short = plain(spec);
    expect(short).toContain("user_id : id");
    expect(short).toContain("prix_d_ete : number");
    expect(short).toContain("item_id <-> hist_item_id");
    expect(short).toContain("label is_click : binary");
    expect(short).toContain("u4fa1_u683c : id embed 4");
    expect(short).toContain("let : id embed 2");
    expect(spec).toContain("// `item.id`: ");
    expect(said).toContain("item.id: `item_id`: id");
    expect(text("of-odd", "dinc.yaml")).toContain('separator: "^"');
    expect(await aucOf("of-odd", "odd.csv")).toBeGreaterThan(0.6);
  });

  test("lists as such, in Parquet and in JSON Lines", async () => {
    const lines = rowsOf(3000, ({ user, item, taste, click }) =>
      JSON.stringify({
        user: `u${user}`,
        item: `p${item}`,
        viewed_items: past(taste, "|", 1 + (user % 4)).split("|"),
        dwell: Array.from({ length: 1 + (user % 4) }, (_, i) => ((i + user) % 9) + 0.5),
        image: [item / 60, (item % 7) / 7, 0.25],
        target: click,
      }),
    );
    writeFileSync(at("lists.jsonl"), lines);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`COPY (FROM '${at("lists.jsonl")}') TO '${at("lists.parquet")}' (FORMAT parquet)`);
    instance.closeSync();
    const { spec } = await drafted("of-lists", "--data", "lists.jsonl");
    const short = plain(spec);
    expect(short).toContain("image : vector(3)");
    expect(short).toContain(
      "history viewed(max: 4) {\n item <-> viewed_items\n dwell : number |> standardize\n}",
    );
    expect(
      plain((await drafted("of-parquet", "--data", "lists.parquet")).spec)
        .split("\n")
        .slice(1),
    ).toEqual(short.split("\n").slice(1));
    expect(await aucOf("of-parquet", "lists.jsonl")).toBeGreaterThan(0.6);
  });

  test("a log of what users did", async () => {
    const head = "user_id,item_id,cate_id,country,time,effort";
    const lines = Array.from({ length: 150 }, (_, user) =>
      Array.from({ length: 12 }, (_, step) => {
        const item = (user % 3) + 3 * ((user * 5 + step * 7) % 20);
        return `u${user},p${item},c${item % 3},${user % 2 === 0 ? "NZ" : "AU"},2024-01-${10 + step},${1 + ((user + step) % 5)}\n`;
      }).join(""),
    );
    writeFileSync(at("log.csv"), `${head}\n${lines.join("")}`);
    const { spec, said } = await drafted("of-log", "--data", "log.csv");
    expect(text("of-log", "dinc.yaml")).toMatch(
      /events:\n {4}path: \.\.\/log\.csv\n {4}user: user_id\n {4}item: item_id\n {4}order: time\n/,
    );
    const short = plain(spec);
    expect(short).toContain("country : id embed 2");
    expect(short).toContain("item_id <-> hist_item_id\n cate_id <-> hist_cate_id");
    expect(said).toMatch(
      /effort: it belongs to an event, and a candidate is not yet one\n.*`effort : id {2}embed 4`/,
    );
    const { code, err } = await dinc(
      "train",
      "-c",
      "of-log/dinc.yaml",
      "--backend",
      "wasm",
      "--out",
      "of-log/run",
    );
    expect(code, err).toBe(0);
    const manifest = JSON.parse(text("of-log", "run", "manifest.json")) as { metrics: { auc: number } };
    expect(manifest.metrics.auc).toBeGreaterThan(0.6);
  });

  test("columns that would spoil a model are left out, with the reason", async () => {
    const head = "row_id,user_id,item_id,price,paid,order_id,position,watch_time,when,note,label";
    let row = 0;
    writeFileSync(
      at("leaks.csv"),
      `${head}\n${rowsOf(1000, ({ user, item, click }) => {
        const paid = click === 1 ? 10 + (item % 5) : (item % 5) / 10;
        const order = click === 1 ? `o${row % 7}` : "";
        return `${row++},u${user},p${item},${item % 11 === 0 ? "" : item},${paid},${order},${row % 10},${row % 90},2024-05-0${1 + (row % 9)},same,${click}`;
      })}`,
    );
    const { spec, said } = await drafted("of-leaks", "--data", "leaks.csv");
    expect(said).toMatch(/row_id: every row has a different value/);
    expect(said).toMatch(/paid: it gives the label away: it sorts the rows by their labels/);
    expect(said).toMatch(/order_id: it gives the label away: it is missing exactly where the label is 0/);
    expect(said).toMatch(
      /position: number\(served: 0\) \|> log1p\n.*the ranking decides it, so no request has it/,
    );
    expect(plain(spec)).toMatch(/features training \{\n position : number\(served: 0\) \|> log1p\n\}/);
    expect(said).toMatch(/watch_time: has the name of an outcome/);
    expect(said).toMatch(/when: it is a timestamp: tomorrow's differ from all of these/);
    expect(said).toMatch(/note: its only value is "same"/);
    expect(plain(spec)).toMatch(
      /features item \{\n item_id : id\(min_count: 2\) embed 8\n price : number\(missing: \d+\) \|> standardize\n\}/,
    );
  });
});

test("says which rows were read if there are too many", async () => {
  const { sampleTable } = await import("../../runtime/driver/sample-table.ts");
  writeFileSync(at("many.csv"), `user_id,label\n${rowsOf(5000, ({ user, click }) => `u${user},${click}`)}`);
  const table = await sampleTable(at("many.csv"), undefined, 1000);
  expect(table).toMatchObject({ rows: 1000, total: 5000 });
  expect(table.columns.map(({ cells }) => cells.length)).toEqual([1000, 1000]);
});

describe("what is there", () => {
  test("is not replaced unasked", async () => {
    mkdirSync(at("mine"));
    writeFileSync(at("mine", "dinc.yaml"), "years: of work\n");
    writeFileSync(
      at("few.csv"),
      `user_id,item_id,label\n${rowsOf(50, ({ user, item, click }) => `u${user},p${item},${click}`)}`,
    );
    const { code, err } = await dinc("init", "mine", "--data", "few.csv");
    expect(code).toBe(1);
    expect(err).toMatch(/DIN0615 draft-exists\]: mine\/dinc\.yaml exists already/);
    expect(text("mine", "dinc.yaml")).toBe("years: of work\n");
    expect((await dinc("init", "mine", "--data", "few.csv", "--force")).code).toBe(0);
    expect(text("mine", "dinc.yaml")).toContain("spec: model.din");
    mkdirSync(at("over"));
    symlinkSync("../few.csv", at("over", "dinc.yaml"));
  });

  test("is there with the other file, or not at all", async () => {
    // The second of the two cannot be written.
    mkdirSync(at("half", "dinc.yaml"), { recursive: true });
    writeFileSync(at("half", "model.din"), "years of work\n");
    const { code, err } = await dinc("init", "half", "--data", "few.csv", "--force");
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/DIN0509/) });
    expect(text("half", "model.din")).toBe("years of work\n");
    expect(readdirSync(at("half")).sort()).toEqual(["dinc.yaml", "model.din"]);
  });

  test("is none of a draft that was killed", async () => {
    mkdirSync(at("killed"));
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    for (const name of ["model.din", "dinc.yaml"])
      writeFileSync(at("killed", `${name}.partial-${pid}`), "hal");
    expect((await dinc("init", "killed", "--data", "few.csv")).code).toBe(0);
    expect(readdirSync(at("killed")).sort()).toEqual(["dinc.yaml", "model.din"]);
  });

  test.each<[string, string[], number, RegExp]>([
    ["no data", ["init"], 2, /--data/],
    ["standard input", ["init", "--data", "-"], 2, /give a path/],
    ["a file that is not there", ["init", "x", "--data", "none.csv"], 1, /DIN0508.*none\.csv/],
    [
      "a label that is not there",
      ["init", "x", "--data", "few.csv", "--label", "klick"],
      1,
      /DIN0618.*no such column/,
    ],
    ["a folder that cannot be", ["init", "mine/dinc.yaml/x", "--data", "few.csv"], 1, /DIN0509/],
    [
      "a folder in the data",
      ["init", "few.csv/x", "--data", "few.csv"],
      1,
      /DIN0594.*few\.csv\/x: few\.csv is/,
    ],
    [
      "the data as the folder",
      ["init", "few.csv", "--data", "./few.csv", "--force"],
      1,
      /DIN0594.*cannot be written to/,
    ],
    [
      "the data as a file of the draft",
      ["init", "over", "--data", "few.csv", "--force"],
      1,
      /DIN0594.*replace/,
    ],
  ])("%s", async (_name, args, expected, message) => {
    const { code, out, err } = await dinc(...args);
    expect({ code, out }).toEqual({ code: expected, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toMatch(STACK_TRACE);
  });
});

describe("tables of items and users", () => {
  const rows = rowsOf(3000, ({ user, item, click }) => `u${user},${item},${click}`);
  const items = Array.from(
    { length: 60 },
    (_, item) => `${item},0${item % 3},${item % 2},b${item % 7},t${item % 5}|t${5 + (item % 4)}\n`,
  );
  const users = Array.from({ length: 150 }, (_, user) => `u${user},${18 + (user % 50)}\n`);
  beforeAll(() => {
    writeFileSync(at("shown.csv"), `user_id,item_id,click\n${rows}`);
    writeFileSync(at("items.csv"), `id,shelf,is_new,brand,tags\n${items.join("")}`);
    writeFileSync(at("users.csv"), `user_id,age\n${users.join("")}`);
  });
  const tables = ["--items", "items.csv", "--users", "users.csv"];

  test("are joined to rows by a query, and to impressions and logs by settings", async () => {
    let second = 0;
    const timed = (line: string) => `${line},${1_772_358_660 + 61 * second++}`;
    const lines = rows.trimEnd().split("\n");
    writeFileSync(at("dated.csv"), `user_id,item_id,click,time\n${lines.map(timed).join("\n")}\n`);
    second = 0;
    const log = lines.map((line) => timed(line.replace(/,\d$/, "")));
    writeFileSync(at("acted.csv"), `user_id,item_id,time\n${log.join("\n")}\n`);
    for (const [file, config] of [
      ["shown", /train: \{ sql: "SELECT r\.\*, items\.\\"shelf\\"/],
      ["dated", /tables:\n {6}items: \{ path: \.\.\/items\.csv, key: id, column: item_id \}\n/],
      ["acted", /^ {2}items: \{ path: \.\.\/items\.csv, key: id \}\n/m],
    ] as const) {
      const name = `with-tables-${file}`;
      const { spec, said } = await drafted(name, "--data", `${file}.csv`, ...tables);
      expect(said).toContain("items.csv: the table of items\n      a row for each id, 60 of the 60 of");
      expect(text(name, "dinc.yaml")).toMatch(config);
      const short = plain(spec);
      // Without a history all fields are crossed.
      const [brand, shelf, age] =
        file === "shown" ? ["8", "8", "quantiles(12) embed 8"] : ["4", "2", "standardize"];
      expect(short).toContain(` brand : id embed ${brand}`);
      expect(short).toContain(` shelf : id embed ${shelf}`);
      expect(short).toContain(` age : number |> ${age}`);
      expect(short).toMatch(/ tags : set\(id, max: 2\) embed \d/);
      expect(text(name, "dinc.yaml")).toContain('separator: "|"');
      expect(short.includes("tags <-> hist_tags")).toBe(file === "acted");
      // 0 or 1 of an item is no label.
      expect(short).toMatch(/label click : binary/);
      const run = ["train", "-c", `${name}/dinc.yaml`, "--backend", "wasm", "--set", "train.epochs=1"];
      const { code, err } = await dinc(...run, "--out", `${name}/run`);
      expect(code, err).toBe(0);
      // A code keeps its zero.
      expect(text(name, "run", "vocab", "shelf.jsonl")).toContain('"02"');
    }
  });

  test("without a row for each item, events of the others are left out", async () => {
    const header = "id,shelf,is_new,brand,tags\n";
    writeFileSync(at("few.csv"), `${header}${items.filter((_, item) => item % 9 !== 4).join("")}`);
    const { said } = await drafted("few", "--data", "acted.csv", "--items", "few.csv");
    const lacking =
      /item_id: \d+ of 3,000 have no row in the table: `\d+`.* of acted\.csv; the table is few\.csv/;
    expect(said).toMatch(lacking);
    expect(text("few", "dinc.yaml")).toMatch(lacking);
    const run = ["train", "-c", "few/dinc.yaml", "--backend", "wasm", "--set", "train.epochs=1"];
    const { code, err } = await dinc(...run, "--out", "few/run");
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("key-unknown in item_id") });
  });

  test.each<[string, string, RegExp]>([
    ["no column of ids", "name,brand\na,b\n", /DIN0631.*no column `item_id`, as shown\.csv has/],
    ["an item twice", "id,brand\n1,a\n2,b\n1,c\n", /DIN0631.*an earlier row has the `id` "1"[\s\S]*row 3/],
    ["an item without an id", "id,brand\n1,a\n,b\n", /DIN0631.*this row has no `id`[\s\S]*row 2/],
    ["other items", "id,brand\np1,a\np2,b\n", /DIN0631.*none of its `id` occurs[\s\S]*"p1" in this table/],
    ["another separator", "id;brand\n1;a\n", /DIN0631.*a different separator/],
  ])("are refused with the place: %s", async (name, content, message) => {
    writeFileSync(at("unfit.csv"), content);
    const folder = `unfit-${name.replaceAll(" ", "-")}`;
    const { code, err } = await dinc("init", folder, "--data", "shown.csv", "--items", "unfit.csv");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(message) });
    expect(err).toContain("help:");
  });
});
