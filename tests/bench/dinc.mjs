// Runs `dinc train` in a process of its own, as a person would, and says what its manifest says and how much memory it took.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Where the log of Amazon Beauty is. */
export function beautyIn(root) {
  return resolve(root, process.env.BEAUTY ?? "../shared/data/amazon-beauty");
}

/** `args` after `dinc train`, without --out; `lines` are those of metrics.jsonl, one an epoch and split. */
export async function train(root, args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const run = join(folder, "run");
    const command = [join(root, "bin", "dinc.js"), "train", ...args, "--out", run];
    const { peak, cpu } = await finished(command, process.execPath, env);
    const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8"));
    const text = readFileSync(join(run, "metrics.jsonl"), "utf8").trim();
    const lines = text.split("\n").map((line) => JSON.parse(line));
    return { manifest, lines, peak, cpu };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Of a process (of Node, unless `program` is another one) that has ended well: the most memory that it had,
 * in bytes, and the processor seconds of all its threads (Linux).
 */
export function finished(args, program = process.execPath, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    let [peak, cpu, errors] = [0, 0, ""];
    child.stderr.on("data", (text) => {
      errors += text;
    });
    const timer = setInterval(() => {
      peak = Math.max(peak, highWater(child.pid));
      cpu = Math.max(cpu, processorSeconds(child.pid));
    }, 100);
    child.on("close", (code, signal) => {
      clearInterval(timer);
      if (code === 0) resolve({ peak, cpu });
      else reject(new Error(`${args.join(" ")} failed (${signal ?? code}):\n${errors}`));
    });
  });
}

/** Of all its threads and ended children, such as a C compiler; clock ticks are hundredths of a second. */
function processorSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    const ticks = fields.slice(11, 15).map(Number);
    return ticks.reduce((sum, each) => sum + each) / 100;
  } catch {
    return 0;
  }
}

function highWater(pid) {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
