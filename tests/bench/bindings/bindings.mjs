// Rows of Amazon Beauty, each a user and one candidate, through `dinc predict` and through the library in C by each of its
// bindings: rows a second on one thread. Needs BEAUTY (default ../shared/data/amazon-beauty) and a C compiler. A language
// whose tools are not here is left out, with a sentence. BENCH_PYTHON names a Python with NumPy, pandas, DuckDB and PyArrow.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beautyIn, finished } from "../dinc.mjs";
import { ratio, shown } from "../statistics.mjs";

const ROWS = 50_000;

export async function bindings(root, { small = false } = {}) {
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## bindings\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const [rows, rounds] = small ? [200, 1] : [ROWS, 5];
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const at = (...names) => join(folder, ...names);
    await writeRows(data, rows, at("rows"));
    const dinc = join(root, "bin", "dinc.js");
    const own = (...args) => execFileSync(process.execPath, [dinc, ...args], { stdio: "ignore" });
    const log = ["-c", join(root, "examples", "amazon-beauty", "dinc.yaml"), "--set", `data.dir=${data}`];
    const some = small ? ["--limit", "2000"] : [];
    own("train", ...log, "--set", "train.epochs=1", ...some, "--out", at("run"));
    const languages = "python,cpp,node,go,rust,java";
    own("compile", at("run"), "--target", "c", "--bindings", languages, "--out", at("din"));

    const predict = ["predict", at("run"), "--data", at("rows.parquet"), "--out", at("scores.parquet")];
    const left = [];
    const arms = [{ name: "`dinc predict`", run: () => predicted([dinc, ...predict, "--threads", "1"], at) }];
    for (const { name, needs, make } of languagesAt(at)) {
      const lacks = needs.filter((tool) => spawnSync(tool, ["--help"]).error !== undefined);
      if (lacks.length > 0) {
        left.push(`${name}: no ${lacks.join(", ")}`);
        continue;
      }
      const [command, ...args] = make();
      const run = () => resultOf(command, args, at("din"));
      const first = run();
      if ("missing" in first) left.push(`${name}: ${first.missing}`);
      else arms.push({ name, run });
    }
    const measured = arms.map(() => []);
    let sum = null;
    for (let round = 0; round < rounds; round++)
      for (const [a, { name, run }] of arms.entries()) {
        const found = await run();
        measured[a].push(found.rows / found.seconds);
        sum ??= found.sum;
        if (found.rows !== rows || Math.abs(found.sum - sum) > 1e-5 * rows)
          throw new Error(
            `${name} gives other scores: ${found.rows} rows, whose sum is ${found.sum}, not ${sum}`,
          );
      }
    return [
      "## bindings",
      "",
      `Rows of DIN on Amazon Beauty, ${rows.toLocaleString("en-US")} of them, each with a user's history and one candidate; one thread, ${rounds} rounds. \`dinc predict\` is the whole command: it starts, reads a Parquet file and writes one. The others have the raw values in memory, and score them once before they are timed. All give the same scores.`,
      "",
      "| | rows/s | ÷ `dinc predict` |",
      "|---|---|---|",
      ...arms.map(
        ({ name }, a) =>
          `| ${name} | ${shown(measured[a])} | ${ratio(measured[a], measured[0]).toFixed(2)} |`,
      ),
      ...(left.length === 0 ? [] : ["", `Not run: ${left.join("; ")}.`]),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows with raw values: `path`.parquet, and `path`.tsv for programs that have no reader of Parquet. */
async function writeRows(data, rows, path) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const csv = (name) => `read_csv('${join(data, name).replaceAll("'", "''")}', all_varchar = true)`;
  const before = (column) =>
    `list(${column}) OVER (PARTITION BY user_id ORDER BY step::INTEGER ROWS BETWEEN 50 PRECEDING AND 1 PRECEDING)`;
  await connection.run(`CREATE TABLE rows AS SELECT * FROM (
    SELECT item_id, cate_id, ${before("item_id")} AS hist_item_id, ${before("cate_id")} AS hist_cate_id,
      hash(user_id, step) AS place
    FROM ${csv("interactions.csv")} AS log JOIN ${csv("items.csv")} AS items USING (item_id)
  ) WHERE hist_item_id IS NOT NULL ORDER BY place LIMIT ${rows}`);
  await connection.run(`COPY (SELECT * EXCLUDE (place) FROM rows) TO '${path}.parquet' (FORMAT parquet)`);
  const text = (column) => `array_to_string(${column}, ',')`;
  await connection.run(
    `COPY (SELECT item_id, cate_id, ${text("hist_item_id")}, ${text("hist_cate_id")} FROM rows) TO '${path}.tsv' (FORMAT csv, DELIMITER '\t', HEADER false, QUOTE '')`,
  );
  connection.closeSync();
  instance.closeSync();
}

/** Each makes its program, and returns its command. */
function languagesAt(at) {
  const program = (name) => join(import.meta.dirname, name);
  const python = process.env.BENCH_PYTHON ?? "python3";
  const weights = at("din", "din.weights.bin");
  const given = [weights, at("rows.tsv")];
  const inFolder = (cwd, command, args, env = {}) =>
    execFileSync(command, args, {
      cwd,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...env },
    });
  const ofPython = (form, name) => ({
    name,
    needs: [python, "cc"],
    make: () => [
      "env",
      `PYTHONPATH=${at("din", "python")}`,
      ...[python, program("rows.py"), form, at("rows.tsv"), at("rows.parquet"), "din_ranker"],
    ],
  });
  return [
    {
      name: "C++",
      needs: ["cc", "c++"],
      make() {
        inFolder(at("din"), "cc", ["-O2", "-std=c99", "-ffp-contract=off", "-c", "din.c"]);
        const flags = ["-O2", "-std=c++17", "-I.", program("rows.cpp"), "din.o", "-lm", "-o", "rows"];
        inFolder(at("din"), "c++", flags);
        return [at("din", "rows"), ...given];
      },
    },
    {
      name: "Rust",
      needs: ["cargo", "cc"],
      make() {
        copyFileSync(program("rows.rs"), at("din", "rust", "examples", "rows.rs"));
        const build = ["build", "--quiet", "--offline", "--release", "--example", "rows"];
        inFolder(at("din", "rust"), "cargo", build, { CARGO_TARGET_DIR: at("target") });
        return [at("target", "release", "examples", "rows"), ...given];
      },
    },
    {
      name: "Go",
      needs: ["go", "cc"],
      make() {
        mkdirSync(at("din", "go", "rows"));
        copyFileSync(program("rows.go"), at("din", "go", "rows", "main.go"));
        const env = { GOTOOLCHAIN: "local", GOPROXY: "off" };
        inFolder(at("din", "go"), "go", ["build", "-o", at("rows-go"), "./rows"], env);
        return [at("rows-go"), ...given];
      },
    },
    {
      name: "Java",
      needs: ["javac", "make", "cc"],
      make() {
        const java = at("din", "java");
        copyFileSync(program("Rows.java"), join(java, "example", "Rows.java"));
        inFolder(java, "make", ["all"]);
        const home = execFileSync("make", ["-s", "home"], { cwd: java, encoding: "utf8" }).trim();
        const library = `-Ddinc.din.library=${join(java, "libdin_java.so")}`;
        const flags = ["-XX:+IgnoreUnrecognizedVMOptions", "--enable-native-access=ALL-UNNAMED", library];
        return [join(home, "bin", "java"), ...flags, "-cp", join(java, "classes"), "Rows", ...given];
      },
    },
    {
      name: "Node",
      needs: ["cc"],
      make: () => [process.execPath, program("rows.mjs"), at("din"), at("rows.tsv")],
    },
    {
      name: "Node, columns",
      needs: ["cc"],
      make: () => [process.execPath, program("rows.mjs"), at("din"), at("rows.tsv"), "columns"],
    },
    ofPython("columns", "Python, columns"),
    ofPython("frame", "Python, a frame of pandas"),
    ofPython("duckdb", "Python, a function of DuckDB"),
    ofPython("dicts", "Python, a dict a row"),
  ];
}

/** The whole command; the sum of its scores comes from its file. */
async function predicted(command, at) {
  rmSync(at("scores.parquet"), { force: true });
  const started = performance.now();
  await finished(command);
  const seconds = (performance.now() - started) / 1000;
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const query = `SELECT count(*)::INTEGER, sum(click_probability)::DOUBLE FROM '${at("scores.parquet")}'`;
  const [[rows, sum]] = (await connection.runAndReadAll(query)).getRows();
  connection.closeSync();
  instance.closeSync();
  return { rows, seconds, sum };
}

/** What the program measured, or why it cannot run. */
function resultOf(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  const line = (stdout ?? "").split("\n").find((each) => /^(RESULT|MISSING) /.test(each));
  if (line?.startsWith("MISSING ")) return { missing: line.slice("MISSING ".length) };
  if (status !== 0 || line === undefined)
    throw new Error(`${[command, ...args].join(" ")} failed: ${error?.message ?? stderr}`);
  return JSON.parse(line.slice("RESULT ".length));
}
