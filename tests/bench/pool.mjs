// How many requests a second the pool of threads scores beside one ranker: DIN, 200 candidates, 50 steps of history. Rounds
// alternate in one process; requests are made before, and sent to the threads as they are.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ratio, shown } from "./statistics.mjs";

const CANDIDATES = 200;
const STEPS = 50;
const REQUESTS = 100;
/** Known values of a vocabulary that nothing was trained on. */
const IDS = 1000;

export async function pool(root, { small = false } = {}) {
  const rounds = small ? 1 : 5;
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  const opened = [];
  try {
    const spec = join(root, "tests", "bench", "rank", "din.din");
    execFileSync(
      process.execPath,
      [join(root, "bin", "dinc.js"), "compile", spec, "--target", "ts", "--out", join(folder, "din")],
      {
        stdio: ["ignore", "ignore", "ignore"],
      },
    );
    const at = (file) => join(folder, "din", file);
    const { createRanker } = await import(pathToFileURL(at("model.js")).href);
    const { createPool } = await import(pathToFileURL(at("model.pool.js")).href);
    const weights = readFileSync(at("model.weights.bin"));
    const ranker = await createRanker({ weights });
    for (const threads of [1, 2, 4]) opened.push(await createPool({ weights, threads }));
    const arms = [
      { name: "ranker", all: async () => requests.map((request) => ranker.rank(request)) },
      ...[1, 2, 4].map((threads, i) => ({
        name: `pool of ${threads}`,
        all: () => Promise.all(requests.map((request) => opened[i].rank(request))),
      })),
    ];
    const rates = arms.map(() => []);
    // The first round is for the engine to compile.
    for (let round = 0; round <= rounds; round++)
      for (const [a, { all }] of arms.entries()) {
        const started = performance.now();
        await all();
        if (round > 0) rates[a].push((1000 * REQUESTS) / (performance.now() - started));
      }
    return [
      "## pool",
      "",
      `Requests per second for DIN with ${CANDIDATES} candidates and ${STEPS} steps of raw values (strings). ${REQUESTS} requests are in flight. ${rounds}`,
      `alternating rounds, backend ${ranker.backend}.`,
      "",
      "| | requests/s | times a ranker's |",
      "|---|---|---|",
      ...arms.map(
        ({ name }, a) => `| ${name} | ${shown(rates[a], 0)} | ${ratio(rates[a], rates[0]).toFixed(2)} |`,
      ),
    ].join("\n");
  } finally {
    await Promise.all(opened.map((each) => each.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

const id = (i, k) => String(((i * 31 + k * 7919) % IDS) + 1);
const requests = Array.from({ length: REQUESTS }, (_, i) => ({
  history: {
    clicks: Array.from({ length: STEPS }, (_, k) => ({ item_id: id(i, k), cate_id: id(i + 1, k) })),
  },
  candidates: Array.from({ length: CANDIDATES }, (_, k) => ({
    item_id: id(i + 2, k),
    cate_id: id(i + 3, k),
  })),
}));
