// `npm run test:quick`: what a change of the language, the checker or an op breaks first, in less than a
// minute on two cores. Nothing here needs a build.
import "../examples/usage.mjs";
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const chosen = {
  architecture: [""],
  bad: [""],
  diagnostics: ["catalog", "reference", "render"],
  "field-words": [""],
  fmt: ["golden"],
  good: [""],
  grammar: ["parse", "spec", "tokens", "tree"],
  graph: [""],
  kinds: [""],
  lint: [""],
  metrics: ["bootstrap", "definitions", "radix-sort", "registry", "scikit-learn", "words"],
  model: ["blocks", "dims", "din", "expressions", "lists", "scan", "sequences", "sets", "tables"],
  ops: ["references"],
  reuse: ["imports", "params", "variants"],
  times: [""],
};
const paths = Object.entries(chosen).flatMap(([folder, files]) =>
  files.map((file) => `tests/${folder}/${file}`),
);
const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--project=!more*", ...process.argv.slice(2), ...paths],
  {
    cwd: dirname(dirname(fileURLToPath(import.meta.url))),
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
