// A disk that is full: said with its place and what to do, nothing half-written, and the last checkpoint stays, from which a
// training ends as if nothing had happened. A limit on the size of files refuses to write as a full disk does.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ran, root, run, STACK_TRACE } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = join(root, "bin/dinc.js");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-disk-full-"));
  const rows = Array.from({ length: 3000 }, (_, i) => `i${(i * 7) % 2000},${i % 2}`);
  writeFileSync(at("rows.csv"), `item_id,click\n${rows.join("\n")}\n`);
  writeFileSync(
    at("model.din"),
    `model tiny
features item { item_id : id  embed 16 }
label click : binary
net { predict click = item_id |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 3 }
`,
  );
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string) => ["train", "--backend", "wasm", "--out", out, "--checkpoint-every", "0.01"];
const beside = (out: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(out))
    .sort();

/** No file may become longer than so many KiB; to write on fails instead of ending the process. */
function limited(kilobytes: number, args: readonly string[]): Ran {
  const script = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$@"`;
  const command = ["-c", script, "bash", process.execPath, dinc, ...args];
  const { status, stdout, stderr } = spawnSync("bash", command, { cwd: folder, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

/** Standard output goes to a device that is always full. */
function toFullDevice(args: readonly string[]): Ran {
  const full = openSync("/dev/full", "w");
  const stdio = ["ignore", full, "pipe"] as const;
  const { status, stderr } = spawnSync(process.execPath, [dinc, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: [...stdio],
  });
  return { code: status, out: "", err: stderr };
}

describe("dinc train", { timeout: 300_000 }, () => {
  test("keeps the last checkpoint, says so once, and ends with the same weights once there is room again", async () => {
    expect(run(train("whole"), { cwd: folder }).code).toBe(0);
    const child = spawn(process.execPath, [dinc, ...train("cut")], { cwd: folder, stdio: "ignore" });
    while (!existsSync(at("cut.checkpoint"))) await sleep(5);
    child.kill("SIGINT");
    expect((await once(child, "exit"))[0]).toBe(130);
    const kept = readFileSync(at("cut.checkpoint"));

    const full = limited(Math.floor(statSync(at("cut.checkpoint")).size / 8192), [
      ...train("cut"),
      "--resume",
    ]);
    expect(full.code).toBe(1);
    expect(full.err).not.toMatch(STACK_TRACE);
    expect(full.err.match(/DIN0533/g)).toHaveLength(1);
    expect(full.err).toMatch(
      /warning\[DIN0533 checkpoint-unwritable\]: cannot write the checkpoint cut\.checkpoint: EFBIG.*\n.*help: the checkpoint after step \d+ of epoch \d/,
    );
    expect(full.err).toMatch(
      /error\[DIN0509 file-unwritable\]: cannot write cut: .*\n.*help: cut\.checkpoint holds the training after step \d+ of epoch \d: make room, then continue with the same command$/m,
    );
    // The interruption left a run with the weights so far.
    expect(beside("cut")).toEqual(["cut.checkpoint", "cut.stopped"]);
    expect(readFileSync(at("cut.checkpoint")).equals(kept)).toBe(true);

    expect(run([...train("cut"), "--resume"], { cwd: folder }).code).toBe(0);
    expect(beside("cut")).toEqual(["cut"]);
    expect(
      readFileSync(at("cut", "weights.safetensors")).equals(readFileSync(at("whole", "weights.safetensors"))),
    ).toBe(true);
  });

  test("leaves no files where no checkpoint could be written", () => {
    const full = limited(8, train("nothing"));
    expect(full.code).toBe(1);
    expect(full.err).toContain("help: until it can be written, this training has no saved state");
    expect(full.err).toMatch(/error\[DIN0509 file-unwritable\]: cannot write nothing: EFBIG/);
    expect(beside("nothing")).toEqual([]);
  });

  test("with its table going to a full device, completes the run and reports the error", () => {
    const full = toFullDevice(train("told"));
    expect(full.code).toBe(1);
    expect(full.err).toContain("error[DIN0509 file-unwritable]: cannot write standard output: ENOSPC");
    expect(full.err).not.toMatch(STACK_TRACE);
    expect(existsSync(at("told", "manifest.json"))).toBe(true);
    const scores = toFullDevice(["predict", "told", "--data", "rows.csv", "--out", "-"]);
    expect(scores.err).toBe(
      "error[DIN0509 file-unwritable]: cannot write standard output: ENOSPC: no space left on device, write\n",
    );
    expect(scores.code).toBe(1);
  });
});
