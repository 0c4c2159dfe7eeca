// `npm run bench` runs every benchmark and writes docs/benchmarks.md whole, or leaves it as it is where one
// of them fails. A figure is a median over rounds with its range; what is compared runs in the same
// invocation, alternating, one process each. Needed are the log of Amazon Beauty (BEAUTY, default
// ../shared/data/amazon-beauty), native TensorFlow, the npm registry (for onnxruntime-web and for another
// Node), and nobody else on the machine for an hour, or two with all peers. Peers are measured where they are
// (peers.mjs), other languages where their tools are (bindings/bindings.mjs).
// ahead.md says in words where others are ahead; read it again after each run.
//
// `npm run bench -- NAME…` prints some parts: `-- check --against OTHER` and `-- rank --against OTHER` measure
// another build beside this one (a revision, or a folder with a build), `--models din,bst` takes these models of the zoo
// for train and for `rank --against`, `-- rank --node PATH` serves with another Node. `npm run bench -- --small --out FILE` shows
// that all parts run and makes such a page of numbers that mean nothing.
import "../../examples/usage.mjs";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { append } from "./append.mjs";
import { bindings } from "./bindings/bindings.mjs";
import { check } from "./check.mjs";
import { criteo } from "./criteo/criteo.mjs";
import { beautyIn } from "./dinc.mjs";
import { draft } from "./draft/draft.mjs";
import { ingest } from "./ingest/ingest.mjs";
import { long } from "./long/long.mjs";
import { lsp } from "./lsp/lsp.mjs";
import { otherBuild } from "./other-build.mjs";
import { patches } from "./patches.mjs";
import { savePeers } from "./peers.mjs";
import { playground } from "./playground/playground.mjs";
import { pool } from "./pool.mjs";
import { python } from "./python/python.mjs";
import { rank } from "./rank/rank.mjs";
import { score } from "./score.mjs";
import { seeds } from "./seeds/seeds.mjs";
import { serve } from "./serve/serve.mjs";
import { torchrec } from "./torchrec.mjs";
import { train } from "./train.mjs";
import { tutorials } from "./tutorials/tutorials.mjs";
import { vocabulary } from "./vocabulary.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const benchmarks = {
  train,
  seeds,
  tutorials,
  criteo,
  draft,
  torchrec,
  vocabulary,
  ingest,
  score,
  bindings,
  rank,
  pool,
  append,
  serve,
  patches,
  python,
  check,
  long,
  lsp,
  playground,
};
const { positionals: chosen, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: "string" },
    models: { type: "string" },
    node: { type: "string" },
    small: { type: "boolean" },
    out: { type: "string" },
  },
});
function refuse(reason) {
  console.error(reason);
  process.exit(2);
}
for (const name of chosen)
  if (!Object.hasOwn(benchmarks, name))
    refuse(`There is no benchmark ${name}; there are ${Object.keys(benchmarks).join(", ")}.`);
if (options.small && options.out === undefined)
  refuse("--small measures nothing that belongs into docs/benchmarks.md: say --out FILE too");
const isWhole = chosen.length === 0;
if (isWhole && !existsSync(join(beautyIn(root), "interactions.csv")))
  refuse(
    `The page needs the log of Amazon Beauty, which is not in ${beautyIn(root)}: say where with BEAUTY.`,
  );

if (options.models !== undefined && options.against === undefined && !chosen.includes("train"))
  refuse("--models names models of the zoo, for train or for rank --against: say one of them too");
const other = options.against === undefined ? null : otherBuild(root, options.against);
process.on("exit", () => other?.remove());

const date = new Date().toISOString().slice(0, 10);
const minutes = (since) => ((performance.now() - since) / 60_000).toFixed(1);
const began = performance.now();
const sections = [];
let failures = 0;
for (const [name, run] of Object.entries(benchmarks)) {
  if (!isWhole && !chosen.includes(name)) continue;
  const started = performance.now();
  try {
    sections.push(await run(root, { ...options, against: other?.folder ?? null }));
    console.error(`${name}: ${minutes(started)} minutes`);
  } catch (error) {
    // What the others measure is printed all the same.
    failures++;
    sections.push(`## ${name}\n\nFailed.`);
    console.error(`${name} failed after ${minutes(started)} minutes: ${error.stack ?? error}`);
  }
}

const machine = `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
const page = [
  "# Benchmarks",
  "",
  "`npm run bench` wrote this page. Figures are medians over rounds, with ranges in brackets. The contestants alternate in one",
  "invocation. A peer's row with a date was measured on that day instead.",
  "",
  `Measured on ${date}: ${machine}. The whole run took ${minutes(began)} minutes.`,
  "",
  ...(isWhole ? [readFileSync(new URL("ahead.md", import.meta.url), "utf8")] : []),
  ...sections.flatMap((section) => [section, ""]),
].join("\n");
console.log(page);
if (failures > 0) process.exit(1);
if (options.out !== undefined) writeFileSync(resolve(options.out), page);
else if (isWhole) {
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(join(root, "docs", "benchmarks.md"), page);
  savePeers(date);
}
