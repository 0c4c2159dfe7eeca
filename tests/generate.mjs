// `npm run generate` makes everything that is generated: tables that are extracted from code, reference pages,
// and what tests expect (messages, styles, scores). `npm run generate -- tests/bad` makes what those tests
// write. Read the difference before you commit it: an expectation that changes is a change that users meet.
import "../examples/usage.mjs";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const filesIn = (folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .sort();
/** All scripts of the compiler write code. The tests import it, so scripts run first. */
const scripts = filesIn("compiler").filter((path) => path.endsWith(".mjs"));
/** Reads what other tests write, so it runs last. */
const last = "tests/diagnostics/reference.test.ts";

/** Test files that write what they compare, where `UPDATE` is set. */
const writing = filesIn("tests")
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => readFileSync(join(root, path), "utf8").includes('env["UPDATE"]'));

const chosen = process.argv.slice(2).map((path) => relative(root, resolve(path)));
const isChosen = (path) => chosen.length === 0 || chosen.some((each) => path.startsWith(each));

/** Runs a program, and ends with its exit code where it fails. */
function run(program, ...args) {
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, UPDATE: "1" },
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

for (const script of scripts.filter(isChosen)) run(process.execPath, script);
const tests = writing.filter(isChosen);
for (const files of [tests.filter((path) => path !== last), tests.filter((path) => path === last)])
  if (files.length > 0) run("npx", "vitest", "run", ...files);
run("git", "status", "--short");
