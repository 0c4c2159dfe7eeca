// `dinc predict` and `dinc eval` on rows of Amazon Beauty by the DIN paper's protocol, by each engine and from two sources: the
// rows as `dinc prepare` wrote them, and the same rows raw in a Parquet file, with lists of item ids. With `--against`, another
// build scores with WebAssembly beside this one. Needs BEAUTY (default ../shared/data/amazon-beauty).
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beautyIn, finished } from "./dinc.mjs";
import { engines } from "./engines.mjs";
import { ratio, shown } from "./statistics.mjs";

const ROWS = 307_552;

export async function score(root, { small = false, against = null } = {}) {
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## score\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const rounds = small ? 1 : 3;
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const at = (name) => join(folder, name);
    const dinc = join(root, "bin", "dinc.js");
    const own = (command, ...args) => [dinc, command, ...args];
    const some = small ? ["--limit", "2000"] : [];
    const log = ["-c", join(root, "examples", "amazon-beauty", "dinc.yaml"), "--set", `data.dir=${data}`];
    execFileSync(process.execPath, own("prepare", ...log, ...some, "--out", at("rows")), {
      stdio: "ignore",
    });
    const train = ["--rows", at("rows"), "--set", "train.epochs=1", "--out", at("run")];
    execFileSync(process.execPath, own("train", ...log, ...train), { stdio: "ignore" });
    await writeRaw(at("rows"), at("raw.parquet"));
    const sources = [
      ["prepared", ["--rows", at("rows"), "--split", "train"]],
      ["raw", ["--data", at("raw.parquet")]],
    ];
    const commands = [
      ["eval", []],
      ["predict", ["--out", at("scores.parquet")]],
    ];
    const builds = [
      ...[engines.native, engines.wasm, engines.node].map((engine) => ({ ...engine, program: dinc })),
      ...(against === null
        ? []
        : [{ ...engines.wasm, name: "the other build, wasm", program: join(against, "bin", "dinc.js") }]),
    ];
    const arms = commands.flatMap(([command, rest]) =>
      sources.flatMap(([source, rows]) =>
        builds.map(({ name, args, program }) => ({
          group: `\`dinc ${command}\`, ${source} rows`,
          engine: name,
          run: () => {
            rmSync(at("scores.parquet"), { force: true });
            return finished([program, command, at("run"), ...rows, ...rest, ...args]);
          },
        })),
      ),
    );
    // Compiles native code.
    for (const { run } of arms) await run();
    const measured = arms.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [a, { run }] of arms.entries()) {
        const started = performance.now();
        const { cpu } = await run();
        measured[a].push({ speed: (1000 * ROWS) / (performance.now() - started), cpu: (cpu / ROWS) * 1e6 });
      }
    const speeds = (a) => measured[a].map(({ speed }) => speed);
    return [
      "## score",
      "",
      `The whole command for ${ROWS.toLocaleString("en-US")} rows of DIN on Amazon Beauty, two threads, ${rounds} rounds.`,
      "",
      `| | | rows/s | first row of the command ÷ this |${against === null ? "" : " this ÷ the other build |"} processor seconds a million rows |`,
      `|---|---|---|---|${against === null ? "" : "---|"}---|`,
      ...arms.map(({ group, engine }, a) => {
        const first = arms.findIndex((arm) => arm.group === group);
        const cells = [
          a === first ? group : "",
          engine,
          shown(speeds(a)),
          ratio(speeds(first), speeds(a)).toFixed(2),
          ...(against === null ? [] : [ratio(speeds(a), speeds(first + builds.length - 1)).toFixed(2)]),
          shown(
            measured[a].map(({ cpu }) => cpu),
            1,
          ),
        ];
        return `| ${cells.join(" | ")} |`;
      }),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The training rows of a prepared folder, in their order, with values instead of ids. */
async function writeRaw(rows, out) {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const feature of ["item_id", "cate_id"]) {
    const lines = readFileSync(join(rows, "vocab", `${feature}.jsonl`), "utf8")
      .trim()
      .split("\n");
    const file = `${out}.${feature}.csv`;
    writeFileSync(file, lines.map((line, i) => `${i + 2},${JSON.parse(line)}\n`).join(""));
    await connection.run(
      `CREATE TABLE ${feature} AS SELECT list(value ORDER BY id) AS values FROM read_csv('${file}', header = false, columns = {id: 'INT', value: 'VARCHAR'})`,
    );
  }
  await connection.run(
    `COPY (
      WITH given AS (SELECT *, (SELECT values FROM item_id) AS items, (SELECT values FROM cate_id) AS cates FROM read_parquet('${join(rows, "train", "*.parquet")}'))
      SELECT "group/user_id" AS user_id, items[item_id - 1] AS item_id, cates[cate_id - 1] AS cate_id,
        [items[id - 1] FOR id IN "clicks.item_id"] AS hist_item_id,
        [cates[id - 1] FOR id IN "clicks.cate_id"] AS hist_cate_id,
        "label/click"::INT AS click
      FROM given ORDER BY "row/number"
    ) TO '${out}' (FORMAT parquet)`,
  );
  connection.closeSync();
}
