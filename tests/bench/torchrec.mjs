// Training steps of DIN on Amazon Beauty by a TorchRec package: in one process and in two, beside `dinc
// train` on one thread, packed PyTorch on one thread and distributed_din.py of ../shared/peers; and with
// tables of 10⁴ to 10⁷ ids. Needs BEAUTY and what `dinc torch install` installs; the peers also PEERS_DIR,
// the rows that protocol.py wrote.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beautyIn, train as trainDinc } from "./dinc.mjs";
import { median, shown } from "./statistics.mjs";

const script = new URL("torch-steps.py", import.meta.url).pathname;

export async function torchrec(root, { small = false } = {}) {
  const title = "## torchrec\n\n";
  const { installedTorch } = await import(join(root, "dist", "runtime", "native", "torch-folder.js"));
  const torch = installedTorch();
  if (torch === null)
    return `${title}Not run: PyTorch and TorchRec are not installed (\`dinc torch install\`).`;
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `${title}Not run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-torchrec-"));
  try {
    const spec = join(root, "examples", "amazon-beauty", "din.din");
    const given = ["-c", join(root, "examples", "amazon-beauty", "dinc.yaml"), "--set", `data.dir=${data}`];
    const [rows, package_] = [join(folder, "rows"), join(folder, "package")];
    done(process.execPath, [join(root, "bin", "dinc.js"), "prepare", spec, ...given, "--out", rows]);
    const compile = ["compile", spec, ...given, "--target", "torchrec", "--out", package_];
    done(process.execPath, [join(root, "bin", "dinc.js"), ...compile]);
    const env = { ...process.env, OMP_NUM_THREADS: "1", PYTHONPATH: package_ };
    const steps = (ranks, batch, ...ids) => {
      const group = ["--standalone", `--nproc-per-node=${ranks}`];
      return results(torch.torchrun, [...group, script, "package", "din", rows, String(batch), ...ids], env);
    };
    const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
    return [
      title.trim(),
      "",
      "DIN as above. Each process has one thread; batches are those of all processes together. Samples are those of training steps, reading",
      "rows included; processor seconds are those of all processes, for a million samples. Two processes of one machine exchange through",
      "shared memory. No figure was measured on a GPU: there was none.",
      "",
      ...(await contestants(root, steps, { torch, env, given, small, rounds })),
      "",
      "By the number of item ids (the rows use all of them), one process, batch 256:",
      "",
      "| ids | a step, ms |",
      "|---|---|",
      ...(small ? [20_000] : [20_000, 200_000, 2_000_000, 10_000_000]).map((ids) => {
        const times = steps(1, 256, String(ids)).map(
          ({ seconds, samples }) => (1000 * seconds * 256) / samples,
        );
        return `| ${ids.toLocaleString("en")} | ${shown(times, 1)} |`;
      }),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function contestants(root, steps, { torch, env, given, small, rounds }) {
  const peers = resolve(root, process.env.PEERS ?? "../shared/peers");
  const hasPeers = existsSync(peers) && process.env.PEERS_DIR !== undefined;
  const limit = small ? ["--limit", "5000"] : [];
  const byDinc = async () => {
    const args = [...given, "--backend", "wasm", "--threads", "1", "--set", "train.epochs=1", ...limit];
    const { lines, manifest, cpu } = await trainDinc(root, args);
    return [{ seconds: lines[0].train_seconds, cpu, samples: manifest.data.trainRows }];
  };
  const distributed = () => {
    const args = [
      "--standalone",
      "--nproc-per-node=2",
      ...[script, "distributed", peers],
      "torchrec",
      "12102",
      "200",
      "ROW_WISE",
    ];
    const found = results(torch.torchrun, args, env);
    return found.map(({ samples_s_mean }) => ({ seconds: 1, cpu: Number.NaN, samples: samples_s_mean }));
  };
  const all = [
    ["`dinc train`, one thread (processor seconds with reading and evaluation)", byDinc],
    ["package, 1 process, batch 256", () => steps(1, 256)],
    ["package, 2 processes, batch 256", () => steps(2, 256)],
    ["package, 2 processes, batch 512", () => steps(2, 512)],
    ["package, 1 process, batch 1,024", () => steps(1, 1024)],
    ["package, 2 processes, batch 2,048", () => steps(2, 2048)],
    [
      "PyTorch, packed, SparseAdam, batch 256",
      hasPeers ? () => results(torch.python, [script, "packed", peers, "256"], env) : null,
    ],
    ["distributed_din.py, 2 processes, row-wise Adagrad, batch 256", hasPeers ? distributed : null],
  ];
  const found = new Map(all.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of all) if (run !== null) found.get(name).push(...(await run()));
  const speed = (name) => found.get(name).map(({ seconds, samples }) => samples / seconds);
  const times = (a, b) => (median(speed(a)) / median(speed(b))).toFixed(2);
  return [
    "| | samples/s | processor seconds |",
    "|---|---|---|",
    ...all.map(([name]) => {
      const measured = found.get(name);
      if (measured.length === 0) return `| ${name} | not run | |`;
      const costs = measured.map(({ cpu, samples }) => (1e6 * cpu) / samples);
      return `| ${name} | ${shown(speed(name))} | ${costs.some(Number.isNaN) ? "" : shown(costs, 1)} |`;
    }),
    "",
    `Two processes are ${times(all[3][0], all[1][0])} times as fast as one at 256 rows a process, and ${times(all[5][0], all[4][0])} times at 1,024.`,
  ];
}

/** What a script says in RESULT lines. */
function results(program, args, env) {
  const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
  const lines = stdout.split("\n").filter((line) => line.startsWith("RESULT "));
  if (lines.length === 0) throw new Error(`${args.join(" ")} failed:\n${stderr}`);
  return lines.map((line) => JSON.parse(line.slice("RESULT ".length)));
}

function done(program, args) {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} failed:\n${stderr}`);
}
