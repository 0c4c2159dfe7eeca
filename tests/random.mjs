// `npm run test:random`: the tests that draw their cases, with a seed that nobody has had. `-- --seed 7` draws those of 7,
// `FUZZ=20` twenty times as many. What it finds becomes a fixed case, so that `npm test` has it from then on.
import "../examples/usage.mjs";
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  options: { seed: { type: "string" } },
  allowPositionals: true,
});
const seed = values.seed ?? String(randomInt(2 ** 31));

const texts = new Map();
for (const entry of readdirSync(join(root, "tests"), { recursive: true, withFileTypes: true }))
  if (entry.name.endsWith(".ts")) {
    const path = join(entry.parentPath, entry.name);
    texts.set(path, readFileSync(path, "utf8"));
  }

/** Whether a file, or one of tests/ that it imports, draws cases. */
function draws(path, seen = new Set()) {
  const text = texts.get(path);
  if (text === undefined || seen.has(path)) return false;
  seen.add(path);
  if (text.includes('"fast-check"') || path.endsWith("support/how-often.ts")) return true;
  const imported = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, to]) => resolve(dirname(path), to));
  return imported.some((each) => draws(each, seen));
}

const chosen = positionals.map((each) => resolve(each));
const files = [...texts.keys()]
  .filter((path) => path.endsWith(".test.ts") && draws(path))
  .filter((path) => chosen.length === 0 || chosen.some((each) => path.startsWith(each)))
  .map((path) => relative(root, path));
console.log(`Seed ${seed}, ${files.length} files. The same again: npm run test:random -- --seed ${seed}`);
const { status } = spawnSync("npx", ["vitest", "run", ...files], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FUZZ_SEED: seed },
  shell: process.platform === "win32",
});
console.log(`The seed was ${seed}.`);
process.exitCode = status ?? 1;
