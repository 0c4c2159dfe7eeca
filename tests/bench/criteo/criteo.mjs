// Training on rows of Criteo's shape, 39 fields of 10 numbers, in batches of 4,096: DeepFM, DCNv2 and MaskNet by dinc's engines,
// DeepFM by PyTorch, and LightGBM on the same rows. What PyTorch needs is in peers.mjs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternating, contestants, engines, ratios } from "../engines.mjs";
import { generateTable } from "../ingest/generate-table.mjs";
import { isThere, measure, peerRow, peers } from "../peers.mjs";
import { shown } from "../statistics.mjs";

const here = import.meta.dirname;
const ROWS = 400_000;
const TEST = 100_000;

export async function criteo(root, { small = false } = {}) {
  const [rows, test] = small ? [8_000, 2_000] : [ROWS, TEST];
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    await generateTable({ rows, path: join(folder, "train.csv") });
    await generateTable({ first: rows, rows: test, path: join(folder, "test.csv") });
    const sections = [];
    for (const [model, chosen, others] of [
      [
        "deepfm",
        [engines.native, engines.avx2, engines.wasm, engines.node],
        [
          [peers.deepfm, ["dense"]],
          [peers.deepfmSparse, ["sparse"]],
          [peers.deepfmCompiled, ["compiled"]],
          [peers.lightgbm, []],
        ],
      ],
      ["dcn_v2", [engines.native, engines.wasm, engines.node], []],
      ["masknet", [engines.native, engines.wasm, engines.node], []],
    ].slice(0, small ? 1 : undefined))
      sections.push(
        await table(
          root,
          folder,
          model,
          ...(small ? [[engines.wasm, engines.node], []] : [chosen, others]),
          rounds,
        ),
      );
    return [
      "## criteo",
      "",
      `Training on ${rows.toLocaleString("en-US")} simulated rows of Criteo's shape (13 numbers, 26 columns of ids of up to a million values, those that come once`,
      `counted as unknown), embeddings of 10 numbers, batches of 4,096, two epochs of which the second is timed, ${rounds} rounds. Two threads. AUC on`,
      `${test.toLocaleString("en-US")} rows more. The C of dinc's native engine is compiled before anything is timed.`,
      ...sections,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function table(root, folder, model, chosen, others, rounds) {
  const args = [
    join(here, `${model}.din`),
    ...["--set", `data.dir=${folder}`, "--set", "data.train=train.csv", "--set", "data.test=test.csv"],
  ];
  const measured = await alternating(
    [
      ...contestants(root, chosen, args).map(({ run, ...contestant }) => ({
        ...contestant,
        run: async () => (await run()).slice(-1),
      })),
      ...others.map(([peer, args]) => ({
        name: peer.name,
        run: isThere(peer)
          ? () =>
              measure(root, peer, [folder, ...args]).map(({ samples_s, auc }) => ({ speed: samples_s, auc }))
          : null,
      })),
    ],
    rounds,
  );
  const times = ratios(measured);
  return [
    "",
    `${model}:`,
    "",
    "| | samples/s | first row ÷ this | processor seconds a million samples | AUC |",
    "|---|---|---|---|---|",
    ...[...measured].map(([name, epochs]) => {
      if (epochs.length === 0) return peerRow(`criteo ${model}`, name, null, 4);
      const costs = epochs.flatMap(({ cpu }) => cpu ?? []);
      const cells = [
        shown(epochs.map(({ speed }) => speed)),
        times.get(name).toFixed(2),
        costs.length === 0 ? "" : shown(costs, 1),
        epochs.at(-1).auc.toFixed(4),
      ];
      return name.startsWith("dinc")
        ? `| ${[name, ...cells].join(" | ")} |`
        : peerRow(`criteo ${model}`, name, cells, 4);
    }),
  ].join("\n");
}
