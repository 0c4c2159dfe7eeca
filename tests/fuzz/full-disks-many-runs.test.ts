// Commands that train many runs, on a disk without room and with few file handles: they say so, leave nothing that is
// half-written, and the same command goes on when there is room.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root, STACK_TRACE } from "../cli/spawn.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-full-"));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    "model.din",
    `model tiny
param units = [8]
features item { item_id : id  embed 8   price : number }
label click : binary
net { predict click = concat(item_id, price) |> mlp(units, relu) |> dense(1) |> sigmoid }
train { batch 64  epochs 1  metrics auc }
`,
  );
  const rows = Array.from(
    { length: 1000 },
    (_, i) =>
      `i${(i * 7) % 250},${i % 13},${i % 2},2026-11-0${1 + Math.floor(i / 500)}T00:00:${10 + (i % 50)}Z`,
  );
  write("rows.csv", `item_id,price,click,at\n${rows.join("\n")}\n`);
  write(
    "dinc.yaml",
    "spec: model.din\ntune: { units: 'choice([4], [8])' }\ndata: { train: rows.csv, validate: { share: 0.2, by: item_id } }\n",
  );
  write("each.yaml", "spec: model.din\ndata: { train: rows.csv, time: at, since: 2026-11-01 }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Many {
  readonly args: string;
  /** File sizes and handles that bash's `ulimit` allows it, one after the other. */
  readonly limits: readonly string[];
  /** The arguments that go on with it; by default the same. */
  readonly again?: string;
  /** The contents of a complete folder. */
  readonly whole: readonly string[];
}

const NO_BYTE = "-f 0";
/** Room for a checkpoint, and none for a run's report. */
const NO_REPORT = "-f 30";
const FEW_HANDLES = "-n 40";

const commands: Readonly<Record<string, Many>> = {
  tune: {
    args: "tune -c dinc.yaml --trials 2 --parallel 1",
    limits: [NO_BYTE, NO_REPORT],
    again: "--resume",
    whole: ["best", "report.html", "study.json", "trials.jsonl"],
  },
  ablate: {
    args: "ablate -c dinc.yaml --resamples 0",
    limits: [NO_REPORT],
    whole: ["ablation.html", "ablation.json", "base", "without-item_id", "without-price"],
  },
  "train --each": {
    args: "train -c each.yaml --each day --complete",
    limits: [NO_REPORT, FEW_HANDLES],
    whole: ["2026-11-01", "2026-11-02"],
  },
  "train --folds": {
    args: "train -c dinc.yaml --folds 2",
    limits: [NO_REPORT, FEW_HANDLES],
    whole: ["fold-1", "fold-2", "folds.json"],
  },
};

test.each(Object.entries(commands))(
  "%s",
  { timeout: 120_000 },
  async (name, { args, limits, again, whole }) => {
    const out = name.replaceAll(" ", "-");
    const given = [...args.split(" "), "--out", out, "--backend", "wasm", "--threads", "1"];
    for (const limit of limits) {
      const isBegun = again !== undefined && existsSync(join(folder, out, "study.json"));
      const script = `trap '' XFSZ; ulimit ${limit}; exec "$@"`;
      const command = ["bash", process.execPath, join(root, "bin/dinc.js"), ...given];
      const { status, stderr } = spawnSync("bash", ["-c", script, ...command, ...(isBegun ? [again] : [])], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(status, `${limit}: ${stderr}`).toBe(1);
      expect(stderr, limit).toMatch(
        limit === FEW_HANDLES
          ? /error: too many files are open; allow more with `ulimit -n/
          : /error\[DIN0509 file-unwritable\]: cannot write .*(EFBIG|disk is full)/,
      );
      expect(stderr, limit).not.toMatch(STACK_TRACE);
      // Each help can be followed: no other command than tune takes --resume.
      if (again === undefined) expect(stderr, limit).not.toContain("--resume");
      for (const file of existsSync(join(folder, out)) ? readdirSync(join(folder, out)) : [])
        expect(file, limit).not.toMatch(/partial/);
    }
    const isBegun = again !== undefined && existsSync(join(folder, out, "study.json"));
    const last = await runHere([...given, ...(isBegun ? [again] : [])], { cwd: folder });
    expect(last.code, last.err).toBe(0);
    expect(readdirSync(join(folder, out)).sort()).toEqual(whole);
  },
);
