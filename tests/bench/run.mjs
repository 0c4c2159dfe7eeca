// `npm run bench [-- NAME…]`: runs the benchmarks and rewrites docs/benchmarks.md. A figure is a median over rounds
// with its range; what is compared runs in the same invocation, alternating, one process each: `-- check --against FOLDER`
// measures another build beside this one, `-- rank --node PATH` serves with another Node.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { check } from "./check.mjs";
import { ingest } from "./ingest/ingest.mjs";
import { lsp } from "./lsp/lsp.mjs";
import { pool } from "./pool.mjs";
import { rank } from "./rank/rank.mjs";
import { train } from "./train.mjs";
import { vocabulary } from "./vocabulary.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const benchmarks = { train, vocabulary, ingest, rank, pool, check, lsp };
const { positionals: chosen, values: options } = parseArgs({
  allowPositionals: true,
  options: { against: { type: "string" }, node: { type: "string" } },
});
for (const name of chosen)
  if (!(name in benchmarks)) {
    console.error(`There is no benchmark ${name}; there are ${Object.keys(benchmarks).join(", ")}.`);
    process.exit(2);
  }

const sections = [];
for (const [name, run] of Object.entries(benchmarks))
  if (chosen.length === 0 || chosen.includes(name)) sections.push(await run(root, options));

const machine = `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
const page = [
  "# Benchmarks",
  "",
  "Written by `npm run bench`; medians over rounds, ranges in brackets, alternating in one invocation.",
  "",
  `${new Date().toISOString().slice(0, 10)}, ${machine}.`,
  "",
  ...sections,
  "",
].join("\n");
if (chosen.length === 0) {
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(join(root, "docs", "benchmarks.md"), page);
}
console.log(page);
