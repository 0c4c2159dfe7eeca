// Trials side by side, by the built command: the same trials as one after the other; a process that is killed
// costs its trial alone; Ctrl-C leaves what --resume goes on from, and no process.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, run, STACK_TRACE } from "../cli/spawn.ts";
import { writeProject } from "./project.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-tune-processes-"));
  writeProject(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly trial: number;
  readonly rung: number;
  readonly value: number | null;
  readonly problem: string | null;
}

const TUNE = ["tune", "--backend", "wasm", "--trials", "7"];

/** What ended, in the order of trials, without how long it took. */
function linesOf(study: string): object[] {
  const text = readFileSync(join(folder, study, "trials.jsonl"), "utf8");
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line & { seconds: number });
  return lines.map(({ seconds: _, ...line }) => line).sort((a, b) => a.rung - b.rung || a.trial - b.trial);
}

test("three at a time are the trials of one at a time", () => {
  const alone = run([...TUNE, "--parallel", "1", "--out", "alone"], { cwd: folder });
  expect(alone.code, alone.err).toBe(0);
  const beside = run([...TUNE, "--parallel", "3", "--out", "beside"], { cwd: folder });
  expect(beside.code, beside.err).toBe(0);
  expect(linesOf("beside")).toEqual(linesOf("alone"));
  expect(beside.out).toBe(alone.out);
  const weights = (study: string) => readFileSync(join(folder, study, "best/weights.safetensors"));
  expect(weights("beside").equals(weights("alone"))).toBe(true);
});

/** Starts a search and does something when it has said so many lines about trials. */
function interrupted(
  study: string,
  signal: NodeJS.Signals,
  after: number,
): Promise<{ code: number | null; err: string }> {
  const args = [resolve(root, "bin/dinc.js"), ...TUNE, "--parallel", "2", "--out", study];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  let isSent = false;
  return new Promise((done) => {
    child.stderr.on("data", (part) => {
      err += part;
      const ended = err.match(/^ +\d+ +\d+ +0\.\d{5} /gm)?.length ?? 0;
      if (ended >= after && !isSent) {
        isSent = true;
        child.kill(signal);
      }
    });
    child.on("exit", (code) => done({ code, err }));
  });
}

test.each([
  ["SIGINT", 130],
  ["SIGKILL", null],
] as const)("%s: the same command with --resume goes on to the same choice", async (signal, expected) => {
  const study = `cut-${signal}`;
  const { code, err } = await interrupted(study, signal, 2);
  expect(code).toBe(expected);
  if (signal === "SIGINT") expect(err).toContain("stopped: continue with the same command and --resume\n");
  expect(err).not.toMatch(STACK_TRACE);
  const resumed = run([...TUNE, "--parallel", "2", "--out", study, "--resume"], { cwd: folder });
  expect(resumed.code, resumed.err).toBe(0);
  expect(resumed.err).toMatch(/^\d+ trainings are known from before$/m);
  expect(linesOf(study)).toEqual(linesOf("alone"));
});

test("a trial whose process is ended is a finding", async () => {
  const { Stopped } = (await import(
    join(root, "dist/runtime/driver/events.js")
  )) as typeof import("../../runtime/driver/events.ts");
  const { openTrials } = (await import(
    // The built module, which has processes to start.
    join(root, "dist/runtime/tune/trial-processes.js")
  )) as typeof import("../../runtime/tune/trial-processes.ts");
  const base = {
    source: join(folder, "model.din"),
    own: "shop",
    config: join(folder, "dinc.yaml"),
    backend: "wasm",
  } as const;
  const trials = openTrials(base, 2, {});
  const pids = (trials as unknown as { readonly all: Set<{ readonly pid: number }> }).all;
  const request = {
    ...{ assignment: null, rows: join(folder, "nowhere"), epochs: 1 },
    ...{ checkpoint: join(folder, "none"), objective: { label: "click", title: "auc", terms: { auc: 1 } } },
  };
  try {
    // Rows that are not there are found by the process, which goes on to the next trial.
    expect((await trials.run(request)).problem).toContain("DIN0650");
    const ended = trials.run(request);
    for (const { pid } of pids) process.kill(pid, "SIGKILL");
    expect((await ended).problem).toBe(
      "its process was ended by SIGKILL; the system does that where memory runs out: train fewer trials side by side",
    );
    expect((await trials.run(request)).problem).toContain("DIN0650");
    // One that ends while it has nothing to do is not asked again.
    for (const { pid } of pids) process.kill(pid, "SIGKILL");
    await expect.poll(() => pids).toEqual(new Set());
    expect((await trials.run(request)).problem).toContain("DIN0650");
    // After its end a search begins no process, which nobody would end.
    trials.close();
    await expect(trials.run(request)).rejects.toBeInstanceOf(Stopped);
    await expect.poll(() => pids).toEqual(new Set());
  } finally {
    trials.close();
  }
});

// No file may become longer than so many KiB, as on a disk that is full. Rows are written by DuckDB and by Node, side
// by side: whichever meets the limit first says so in its words.
test.each([
  [2, /^error\[DIN0509[^\]]*\]: cannot write full-2\/rows\/\w+: (EFBIG|the disk is full)/m],
  [5, /^error\[DIN0509[^\]]*\]: cannot write full-5\/checkpoints\/trial-\d: EFBIG/m],
])("a full disk (%i KiB) ends the search, which goes on when there is room again", (kilobytes, said) => {
  const study = `full-${kilobytes}`;
  const args = [...TUNE, "--parallel", "2", "--out", study];
  const script = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$@"`;
  const command = ["-c", script, "bash", process.execPath, resolve(root, "bin/dinc.js"), ...args];
  const full = spawnSync("bash", command, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  expect(full.status, full.stderr).toBe(1);
  expect(full.stderr).toMatch(said);
  expect(full.stderr).not.toMatch(STACK_TRACE);
  const resumed = run([...args, "--resume"], { cwd: folder });
  expect(resumed.code, resumed.err).toBe(0);
  expect(linesOf(study)).toEqual(linesOf("alone"));
});
