// Trains a run of BARS on files of reczoo/Datasets. Files with another MD5 are refused, because a score on other rows cannot be
// compared with the published one.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const { sets, runs } = JSON.parse(readFileSync(join(here, "runs.json"), "utf8"));

function refuse(message) {
  console.error(message);
  process.exit(1);
}

const [name, option, folder, ...others] = process.argv.slice(2);
const run = runs[name];
if (run === undefined || option !== "--data" || folder === undefined)
  refuse(`node train.mjs RUN --data FOLDER, where RUN is one of ${Object.keys(runs).join(", ")}`);
const data = resolve(folder);
for (const [file, wanted] of Object.entries(sets[run.set])) {
  const hash = createHash("md5");
  await pipeline(createReadStream(join(data, file)), hash).catch((error) =>
    refuse(`${file}: ${error.message}`),
  );
  const found = hash.digest("hex");
  if (found !== wanted)
    refuse(`${file} is not that of ${run.set}: its MD5 is ${found}, and BARS trained on ${wanted}`);
}
const variant = run.variant === null ? [] : ["--variant", run.variant];
const vectors = run.vectors === undefined ? [] : ["--param", `vectors=${join(data, run.vectors)}`];
const given = [
  "-c",
  join(here, run.config),
  "--set",
  `data.dir=${data}`,
  ...variant,
  ...vectors,
  "--out",
  name,
];
const { status } = spawnSync("npx", ["dinc", "train", ...given, ...others], { stdio: "inherit" });
process.exitCode = status ?? 1;
