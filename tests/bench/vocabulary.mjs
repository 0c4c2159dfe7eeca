// A step of DIN with 10⁴ to 10⁷ item ids: the rows are those of Amazon Beauty, the table is larger. What the others need is
// said in peers.mjs; a vocabulary that one of them takes minutes for is not asked of it.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beautyIn, train } from "./dinc.mjs";
import { isThere, measure, peerRow, peers } from "./peers.mjs";
import { shown } from "./statistics.mjs";

const BATCH = 256;

export async function vocabulary(root, { small = false } = {}) {
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
  const limit = small ? 10 * BATCH : 400 * BATCH;
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## vocabulary\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const contestants = [
    {
      name: "dinc, tfjs-node",
      sizes: small ? [12_102, 100_000] : [12_102, 100_000, 1_000_000, 10_000_000],
      run: (size) => dinc(root, data, size, limit),
    },
    peer("PyTorch, packed, SparseAdam", peers.pytorch, (size) => [
      "kind=din",
      `vocab=${size}`,
      "steps=200",
      "sparse=1",
    ]),
    peer("PyTorch, packed, dense Adam", peers.pytorch, (size) => ["kind=din", `vocab=${size}`, "steps=60"]),
    peer(peers.deepctr.name, peers.deepctr, (size) => [`${size}`, "60"]),
    peer(peers.fuxictr.name, peers.fuxictr, (size) => ["vocab", `${size}`]),
    peer(peers.deepctrTorch.name, peers.deepctrTorch, (size) => [`${size}`, "60"]),
  ];
  function peer(name, which, args) {
    const run = (size) => ({ ms: measure(root, which, args(size)).at(-1).ms_med });
    return { name, sizes: [12_102, 100_000, 1_000_000], run: isThere(which) && !small ? run : null };
  }

  const times = new Map(
    contestants.map(({ name, sizes }) => [name, new Map(sizes.map((size) => [size, []]))]),
  );
  const peaks = new Map();
  for (let round = 0; round < rounds; round++)
    for (const { name, sizes, run } of contestants)
      for (const size of run === null ? [] : sizes) {
        const { ms, peak } = await run(size);
        times.get(name).get(size).push(ms);
        if (peak !== undefined) peaks.set(size, Math.max(peak, peaks.get(size) ?? 0));
      }
  const columns = contestants[0].sizes;
  const cells = ({ name }) =>
    columns.map((size) => {
      const found = times.get(name).get(size);
      return found === undefined ? "" : shown(found, 1);
    });
  return [
    "## vocabulary",
    "",
    `Milliseconds per step of ${BATCH} rows, by the number of item ids in the table. dinc's figure is the mean of ${limit / BATCH} whole steps, a`,
    "peer's the median step. Peers' rows with a date show the range of two runs, computed from samples per second.",
    "",
    `| | ${columns.map((size) => size.toLocaleString("en-US")).join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
    ...contestants.map((contestant, i) => {
      if (i === 0) return `| ${[contestant.name, ...cells(contestant)].join(" | ")} |`;
      const measured = contestant.run === null ? null : cells(contestant);
      return peerRow("vocabulary", contestant.name, measured, columns.length);
    }),
    `| dinc's most memory, GB | ${columns.map((size) => (peaks.get(size) / 1e9).toFixed(1)).join(" | ")} |`,
  ].join("\n");
}

/** The Beauty example with a table of `size` ids. */
async function dinc(root, data, size, limit) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const example = join(root, "examples", "amazon-beauty");
    const spec = readFileSync(join(example, "din.din"), "utf8");
    const sized = spec.replace(/item_id : id(?= )/, `item_id : id(size: ${size})`);
    if (sized === spec) throw new Error("the example's item_id is not what this benchmark takes it for");
    writeFileSync(join(folder, "din.din"), sized);
    copyFileSync(join(example, "dinc.yaml"), join(folder, "dinc.yaml"));
    const overrides = ["--set", `data.dir=${data}`, "--set", "train.epochs=1"];
    const args = ["-c", join(folder, "dinc.yaml"), ...overrides, "--limit", `${limit}`, "--backend", "node"];
    const { lines, peak } = await train(root, args);
    return { ms: (1000 * BATCH * lines[0].train_seconds) / limit, peak };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
