// `TIMES=FILE npx vitest run`, then `node tests/times.mjs FILE`: how much processor time each folder of tests
// takes, as a table.

import { readFileSync } from "node:fs";
import { refuse } from "../examples/usage.mjs";

if (process.argv[2] === undefined) refuse("name the file that the tests wrote");

/** By folder: how many files, and seconds. */
const folders = new Map();
for (const line of readFileSync(process.argv[2], "utf8").trimEnd().split("\n")) {
  const [path, seconds] = line.split(" ");
  const folder = path.split("/")[1];
  const before = folders.get(folder) ?? { files: 0, seconds: 0 };
  folders.set(folder, { files: before.files + 1, seconds: before.seconds + Number(seconds) });
}
const rows = [...folders].sort(([, a], [, b]) => b.seconds - a.seconds);
console.log("| folder | files | seconds |\n| --- | --- | --- |");
for (const [folder, { files, seconds }] of rows)
  console.log(`| ${folder} | ${files} | ${Math.round(seconds)} |`);
const all = rows.reduce((sum, [, { files, seconds }]) => [sum[0] + files, sum[1] + seconds], [0, 0]);
console.log(`| all | ${all[0]} | ${Math.round(all[1])} |`);
