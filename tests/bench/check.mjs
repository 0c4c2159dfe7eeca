// How long checking takes: text to diagnostics in process for specs of growing length, and `dinc check` from a cold start.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { shown } from "./statistics.mjs";

export async function check(root) {
  const dinc = await import(pathToFileURL(join(root, "dist", "compiler", "index.js")).href);
  const rows = [];
  for (const lines of [100, 1_000, 10_000]) {
    const text = spec(lines);
    const times = [];
    for (let round = 0; round < 12; round++) {
      const start = performance.now();
      const { diagnostics } = dinc.check(dinc.sourceFile("bench.din", text));
      times.push(performance.now() - start);
      if (diagnostics.some((diagnostic) => diagnostic.severity === "error"))
        throw new Error(diagnostics[0].message);
    }
    // The first rounds compile the parser; an editor pays for that once.
    rows.push(`| ${lines.toLocaleString("en-US")} lines, in process | ${shown(times.slice(2), 1)} |`);
  }
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  const file = join(folder, "bench.din");
  writeFileSync(file, spec(100));
  const cold = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    const result = spawnSync(process.execPath, [join(root, "bin", "dinc.js"), "check", file], {
      encoding: "utf8",
    });
    cold.push(performance.now() - start);
    if (result.status !== 0) throw new Error(result.stderr);
  }
  rmSync(folder, { recursive: true, force: true });
  rows.push(`| 100 lines, \`dinc check\` from a cold start | ${shown(cold)} |`);
  return ["## check", "", "| | ms |", "|---|---|", ...rows].join("\n");
}

/** A sound spec of about `lines` lines: item features bound to a history, each with a block of its own. */
function spec(lines) {
  const count = Math.max(1, Math.floor((lines - 12) / 6));
  const each = (line) => Array.from({ length: count }, (_, i) => line(i)).join("\n");
  return `model bench
features item {
${each((i) => `  f${i} : id  embed 8`)}
}
history clicks(max: 50) {
${each((i) => `  f${i} <-> hist_f${i}`)}
}
label click : binary
${each((i) => `block unit_${i}(query: Vec[d], key: Vec[d]) -> Vec[1] {\n  concat(query, key, query - key) |> dense(8, dice) |> dense(1)\n}`)}
net {
${each((i) => `  let p${i} = sum(unit_${i}(f${i}, clicks.f${i}) * clicks.f${i})`)}
  predict click = concat(${Array.from({ length: count }, (_, i) => `p${i}`).join(", ")}) |> dense(1) |> sigmoid
}
`;
}
