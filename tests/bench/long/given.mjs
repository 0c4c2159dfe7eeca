// What a process of `long` is given, `node step.mjs ROOT NAME STEPS ROWS COUNT`: its arguments, and what it takes from the build in
// ROOT.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, name, ...sizes] = process.argv.slice(2);
const [steps, rows, count] = sizes.map(Number);
const built = (path) => import(pathToFileURL(join(root, "dist", path)).href);
const { sourceFile } = await built("compiler/common/source-file.js");
const { Random } = await built("compiler/common/random.js");
const { check } = await built("compiler/frontend/check/check.js");

export { built, count, name, root, rows, steps };
export const random = Random.of(1, "long");

export function checked(spec) {
  const { value: model, diagnostics } = check(sourceFile("long.din", spec));
  if (model === null) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return model;
}

/** Prints the processor milliseconds of a sample, after a first step, and the most memory in megabytes; then the process ends. */
export async function printMeasured(step) {
  await step(1);
  const before = process.cpuUsage();
  for (let number = 2; number < count + 2; number++) await step(number);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000 / count / rows;
  console.log(JSON.stringify({ milliseconds, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
  process.exit(0);
}
