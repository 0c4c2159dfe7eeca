// An oracle in Python says which rows random projects have, by the documents alone, and `dinc prepare` writes those.
// What it promises to find is in oracle.py. `npm run test:random` draws ten times as many projects as the suite.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../../runtime/native/run-command.ts";
import { runHere } from "../cli/run-here.ts";
import { runs, seed, times } from "../support/how-often.ts";
import { pythonPackages } from "../support/python-packages.ts";

const DUCKDB = "1.5.6";
const isRandom = process.env["FUZZ_SEED"] !== undefined;
const count = runs(isRandom ? 2000 : 200);

interface Compared {
  readonly project: number;
  readonly wrong: readonly string[];
}

it(
  "has the rows that the oracle expects",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "dinc-oracle-"));
    const env = { ...process.env, PYTHONPATH: await pythonPackages([`duckdb==${DUCKDB}`]) };
    const oracle = async (command: string) => {
      const script = join(import.meta.dirname, "oracle.py");
      const ran = await runCommand("python3", ["-B", script, command, folder, String(seed), String(count)], {
        env,
      });
      expect(ran.code, ran.stderr).toBe(0);
      return ran.stdout.split("\n").filter((line) => line !== "");
    };
    await oracle("write");
    const refused: string[] = [];
    // Of few users, `by` may keep all or none aside: nobody but the hash knows.
    const oneSided = new Set<number>();
    for (const project of readdirSync(folder)) {
      const cwd = join(folder, project);
      const { code, err } = await runHere(["prepare", "--out", "rows", "--shards", "1"], { cwd });
      if (code === 0) continue;
      if (err.includes("DIN0437")) oneSided.add(Number.parseInt(project, 10));
      else refused.push(`${cwd}: ${err}`);
    }
    const lines = await oracle("compare");
    const compared = lines.slice(0, -1).map((line) => JSON.parse(line) as Compared);
    expect(compared.length).toBe(count);
    const wrong = compared
      .filter(({ project }) => !oneSided.has(project))
      .flatMap((each) => each.wrong.map((one) => `${folder}/${each.project}: ${one}`));
    // The folder stays where something is wrong.
    expect([...refused, ...wrong].join("\n"), `projects of seed ${seed} in ${folder}`).toBe("");
    expect(oneSided.size).toBeLessThanOrEqual(Math.ceil(count / 20));
    const { drawn, deviations } = JSON.parse(lines.at(-1)!) as { drawn: number; deviations: number };
    expect(drawn).toBeGreaterThan(count);
    expect(Math.abs(deviations)).toBeLessThan(5);
    rmSync(folder, { recursive: true });
  },
  Math.max(1, times()) * (isRandom ? 10 : 1) * 1_800_000,
);
