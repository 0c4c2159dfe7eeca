// The new user's first command, `npm run quickstart`: trains DIN on simulated clicks, compiles it to TypeScript and ranks a few
// candidates with the generated module. In a clone it installs and builds before, and needs nothing but Node;
// in the npm package all is there.
import "./usage.mjs";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const install = join(root, ".ci", "ensure-installed.mjs");
const isClone = existsSync(install);
const folder = process.env.QUICKSTART_DIR ?? join(isClone ? root : process.cwd(), "quickstart-run");
const example = join(root, "examples", "din-simulated");
const run = join(folder, "run");
const generated = join(folder, "ranker");
const shown = (path) => relative(process.cwd(), path) || ".";

const steps = isClone ? 6 : 4;
let number = 0;
function step(title, command, ...args) {
  number += 1;
  console.log(`\n[${number}/${steps}] ${title}`);
  const printable = [command === process.execPath ? "node" : command, ...args.map(shownArgument)].join(" ");
  console.log(`      $ ${printable}`);
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (result.status !== 0) {
    console.error(`\nThis step failed (${printable}). What it printed is above.`);
    process.exit(result.status ?? 1);
  }
}
function shownArgument(argument) {
  return argument.startsWith(root) || argument.startsWith(folder) ? shown(argument) : argument;
}

const started = Date.now();
const dinc = join(root, "bin", "dinc.js");

if (isClone) {
  step("Installing what is missing", process.execPath, install);
  if (existsSync(join(root, "dist", "runtime", "cli", "main.js"))) {
    number += 1;
    console.log("\n[2/6] Building: dist/ is there (npm run build renews it)");
  } else step("Building the compiler", "npm", "run", "--silent", "build");
}

step(
  "Simulating clicks whose best reachable AUC is known",
  process.execPath,
  join(example, "generate.mjs"),
  "--out",
  join(folder, "data"),
);
console.log(`      The spec, DIN in some forty lines: ${shown(join(example, "model.din"))}`);

step(
  "Training DIN",
  process.execPath,
  dinc,
  "train",
  "-c",
  join(example, "dinc.yaml"),
  "--set",
  `data.dir=${join(folder, "data")}`,
  "--out",
  run,
  "--force",
);
console.log(
  `      Report: ${shown(join(run, "report.html"))}, numbers: ${shown(join(run, "manifest.json"))}`,
);

step(
  "Compiling to standalone TypeScript",
  process.execPath,
  dinc,
  "compile",
  run,
  "--target",
  "ts",
  "--out",
  generated,
  "--force",
);

number += 1;
console.log(`\n[${number}/${steps}] Ranking with the generated module: no dinc, no package`);
const { createRanker } = await import(pathToFileURL(join(generated, "model.js")).href);
const ranker = await createRanker({
  weights: readFileSync(join(generated, "model.weights.bin")),
  verify: true,
});
const rows = readRows(join(folder, "data", "test.csv"));
const someone = rows.find((row) => row.hist_item_id.split("|").length >= 5);
const request = {
  user: { user_id: someone.user_id, gender: someone.gender },
  context: { hour: Number(someone.hour) },
  history: { clicks: clicksOf(someone) },
  candidates: rows
    .slice(0, 8)
    .map(({ item_id, cate_id, price }) => ({ item_id, cate_id, price: Number(price) })),
};
const scores = ranker.rank(request);
const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
const past = [...new Set(request.history.clicks.map(({ cate_id }) => cate_id))];
console.log(
  `      user ${someone.user_id}, who clicked ${request.history.clicks.length} items of ${past.join(", ")};`,
);
console.log(`      ${best.length} candidates, the likeliest click first:`);
for (const index of best)
  console.log(`      ${scores[index].toFixed(4)}  ${JSON.stringify(request.candidates[index])}`);

function readRows(path) {
  const [header, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i], value])));
}
function clicksOf({ hist_item_id, hist_cate_id }) {
  const categories = hist_cate_id.split("|");
  return hist_item_id.split("|").map((item_id, i) => ({ item_id, cate_id: categories[i] }));
}

console.log(`\nDone in ${((Date.now() - started) / 1000).toFixed(0)} s. Everything is in ${shown(folder)}/.`);
console.log(
  `Next: change ${shown(join(example, "model.din"))}, \`npx dinc check\` it, train again; or point`,
);
console.log("dinc.yaml at your own rows (docs/commands.md, `dinc init`).");
