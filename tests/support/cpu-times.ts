// With `TIMES=FILE`, each test file adds a line to FILE with its processor time in seconds, including imports
// and the processes that it starts. On a busy machine this is more reliable than elapsed time; `node
// tests/times.mjs FILE` adds them up.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { afterAll, expect } from "vitest";
import { root } from "../cli/spawn.ts";
import { secondsElsewhere } from "./seconds-elsewhere.ts";

const OWN = "/proc/self/stat";
const TICKS_A_SECOND = 100;

/** The time of this process, and of ended processes that it started if the system reports it. */
function secondsUsed(): number {
  if (!existsSync(OWN)) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  // The name in parentheses may contain spaces; utime, stime, cutime and cstime follow it as fields 12 to 15.
  const fields = readFileSync(OWN, "utf8").split(") ").at(-1)!.split(" ");
  const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / TICKS_A_SECOND;
  return own + secondsElsewhere();
}

const target = process.env["TIMES"];
if (target !== undefined) {
  const before = secondsUsed();
  afterAll(() => {
    const file = relative(root, expect.getState().testPath!);
    appendFileSync(target, `${file} ${(secondsUsed() - before).toFixed(2)}\n`);
  });
}
