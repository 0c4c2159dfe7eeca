// The checks of `npm test` before its tests: build, types, lint. They run side by side, which takes two cores
// half as long, and each shows its output if it fails. The build doesn't check types, because `typecheck`
// checks the same files.

import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Each list runs in its order, beside the other. */
const lists = [
  ["npx tsc -p tsconfig.build.json --noCheck", "npm run --silent bundle", "npm run --silent lint"],
  ["npm run --silent typecheck"],
];

function succeeds(command) {
  const child = spawn(command, { cwd: root, shell: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      if (code !== 0) console.error(`${command}\n${output}`);
      resolve(code === 0);
    });
  });
}

/** What follows a failure isn't run. */
async function allSucceed(commands) {
  for (const command of commands) if (!(await succeeds(command))) return false;
  return true;
}

const results = await Promise.all(lists.map(allSucceed));
if (results.includes(false)) process.exit(1);
