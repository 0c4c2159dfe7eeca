// `dinc prepare` on rows of Criteo's shape, beside DuckDB alone and pandas. Each is a process of its own; they alternate.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "../dinc.mjs";
import { shown } from "../statistics.mjs";
import { generateTable } from "./generate-table.mjs";

/** The Python that has pandas. */
const PYTHON = process.env.BENCH_PYTHON ?? "python3";

const SPEC = `model criteo
features item { i1..i13 : number(missing: 0) |> log1p |> standardize }
features item { c1..c26 : id(min_count: 2, missing: unknown)  embed 8 }
label click : binary
net { predict click = concat(i1..i13, c1..c26) |> dense(16) |> relu |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  batch 4096  epochs 1  metrics auc }
`;

export async function table(root, { rows, rounds }) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const at = (name) => join(folder, name);
    await generateTable({ rows, path: at("rows.csv") });
    writeFileSync(at("model.din"), SPEC);
    writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
    const own = (name) => join(root, "tests", "bench", "ingest", name);
    const prepare = ["prepare", "-c", at("dinc.yaml"), "--out", at("prepared"), "--force"];
    const arms = [
      ["`dinc prepare`", () => finished([join(root, "bin", "dinc.js"), ...prepare])],
      [
        "DuckDB alone: vocabularies, encoded Parquet",
        () => finished([own("table-in-duckdb.mjs"), at("rows.csv"), at("rows.parquet")]),
      ],
      ...(hasPandas()
        ? [
            [
              "pandas: `read_csv`, `factorize`",
              () => finished([own("table_in_pandas.py"), at("rows.csv")], PYTHON),
            ],
          ]
        : []),
    ];
    const series = arms.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, [, run]] of arms.entries()) {
        const started = performance.now();
        const { peak, cpu } = await run();
        series[i].push({ seconds: (performance.now() - started) / 1000, peak, cpu });
      }
    const column = (runs, of, digits) => shown(runs.map(of), digits);
    return [
      `${rows.toLocaleString("en-US")} rows of Criteo's shape, CSV: 13 numbers and 26 columns of ids of up to a million values.`,
      "",
      "| | seconds | processor seconds | peak memory, MB |",
      "|---|---|---|---|",
      ...arms.map(
        ([name], i) =>
          `| ${name} | ${column(series[i], ({ seconds }) => seconds, 2)} | ${column(series[i], ({ cpu }) => cpu, 2)} | ${column(series[i], ({ peak }) => peak / 1e6, 0)} |`,
      ),
      ...(hasPandas() ? [] : [`| pandas | not measured: ${PYTHON} has no pandas | | |`]),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasPandas() {
  return spawnSync(PYTHON, ["-c", "import pandas"]).status === 0;
}
