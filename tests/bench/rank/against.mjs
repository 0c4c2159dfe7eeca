// Modules of this build beside those of another one: how long each takes for the same requests, in turn in one
// process, with few candidates and many, as rows and as columns.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { shown } from "../statistics.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const models = ["lr", "deepfm", "dcn_v2", "din", "dien", "bst", "mmoe", "dssm", "dmr", "hstu"];

export async function rankAgainst(root, other, { small, names = models.join(",") }) {
  const scratch = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const rows = names.split(",").flatMap((name) => {
      const spec = join("examples", "zoo", `${name}.din`);
      // Today's dinc reads earlier specs, but not the other way round.
      const text = [other, root].map((build) => join(build, spec)).find(existsSync);
      if (text === undefined) throw new Error(`there is no ${spec}`);
      const folders = [root, other].map((build, i) => {
        const out = join(scratch, `${name}-${i}`);
        const command = [join(build, "bin", "dinc.js"), "compile", text, "--target", "ts", "--out", out];
        execFileSync(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
        return out;
      });
      const pair = [join(here, "pair.mjs"), ...folders, small ? "1" : "15"];
      const found = JSON.parse(execFileSync(process.execPath, pair, { encoding: "utf8" }));
      return found.map(({ candidates, form, ours, theirs }, i) => {
        const microseconds = (times) =>
          shown(
            times.map((time) => 1000 * time),
            1,
          );
        const ratios = ours.map((time, round) => time / theirs[round]);
        const cells = [candidates, form, microseconds(ours), microseconds(theirs), shown(ratios, 3)];
        return `| ${[i === 0 ? name : "", ...cells].join(" | ")} |`;
      });
    });
    return [
      "## rank, beside another build",
      "",
      "Microseconds of processor time per request, of modules of this build and of the other one. Both score the same requests in one",
      "process, in turn.",
      "The ratio is this build's time divided by the other's: the median of the rounds, and their range.",
      "",
      "| | candidates | as | this build | other build | ratio |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
