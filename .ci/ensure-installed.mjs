// Installs the packages when they are missing or older than the lock file, so that `npm test` and `npm run
// quickstart` work on a fresh clone. With --built it also builds what no build has made yet. Uses nothing but Node and npm.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, "package-lock.json");
// npm writes this file at the end of an install, so that it is absent or old after one that was cut off.
const marker = join(root, "node_modules", ".package-lock.json");

const shell = process.platform === "win32";

if (!existsSync(marker) || statSync(marker).mtimeMs < statSync(lock).mtimeMs) {
  console.log("Installing packages (npm ci) …");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // For an npm that knows no `allowScripts` of package.json: the script loads CUDA.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
    shell,
  });
  if (npm.status !== 0) {
    console.error("npm ci failed; its message is above. Check the network and `npm config get registry`.");
    process.exit(1);
  }
}

if (process.argv.includes("--built") && !existsSync(join(root, "dist", "bundle", "command-line.js"))) {
  const build = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit", shell });
  if (build.status !== 0) process.exit(1);
}
