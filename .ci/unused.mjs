// Finds files and exports that nothing uses (knip.json), as a part of `npm run lint`. An export that its own file uses is allowed: its
// users may want to name it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const knip = join(root, "node_modules/knip/bin/knip.js");
if (!existsSync(knip)) {
  console.error("unused exports are not looked for: knip is missing; run `npm ci`");
} else {
  const checks = ["--include", "files,exports,types", "--no-progress", "--no-config-hints"];
  const { status } = spawnSync(process.execPath, [knip, ...checks], { cwd: root, stdio: "inherit" });
  process.exit(status ?? 1);
}
