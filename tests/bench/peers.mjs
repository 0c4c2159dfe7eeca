// Other frameworks on the same work: the scripts of ../shared/peers and of criteo/, which say in `RESULT {…}` lines
// what they measured. PEERS_DIR names the rows that protocol.py wrote. Each needs a Python that has it:
// PEERS_TORCH (PyTorch, DeepCTR-Torch and LightGBM), PEERS_FUXICTR (with FUXICTR_DIN, the folder of FuxiCTR's DIN.py),
// PEERS_TENSORFLOW (DeepCTR). A peer that is not there keeps the row that it had when it was measured last
// (peers.json), with the date.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

export const peers = {
  pytorch: { name: "PyTorch, packed", python: "PEERS_TORCH", script: "pytorch_din.py" },
  fuxictr: { name: "FuxiCTR 2.3.10", python: "PEERS_FUXICTR", script: "fuxictr_din.py" },
  deepctrTorch: {
    name: "DeepCTR-Torch 0.3.0",
    python: "PEERS_TORCH",
    script: "deepctr_torch_din.py",
    // It asks the network for newer versions of itself, by way of a setuptools that does not like the
    // standard library's distutils.
    env: { SETUPTOOLS_USE_DISTUTILS: "stdlib" },
  },
  deepctr: { name: "DeepCTR 0.9.4, TensorFlow", python: "PEERS_TENSORFLOW", script: "deepctr_tf_din.py" },
  deepfm: { name: "PyTorch, dense", python: "PEERS_TORCH", script: own("deepfm_torch.py") },
  deepfmSparse: { name: "PyTorch, SparseAdam", python: "PEERS_TORCH", script: own("deepfm_torch.py") },
  deepfmCompiled: {
    name: "PyTorch, dense, torch.compile",
    python: "PEERS_TORCH",
    script: own("deepfm_torch.py"),
  },
  lightgbm: {
    name: "LightGBM, defaults, two threads",
    python: "PEERS_TORCH",
    script: own("lightgbm_rows.py"),
  },
};

/** A script that is given its rows as an argument. */
function own(name) {
  return join(import.meta.dirname, "criteo", name);
}

/** Whether the peer can run here. */
export function isThere({ python, script }) {
  return Boolean(process.env[python] && (isAbsolute(script) || process.env.PEERS_DIR));
}

/** What the peer's script says it measured, one object a RESULT line. */
export function measure(root, { name, python, script, env = {} }, args) {
  const result = spawnSync(process.env[python], [script, ...args], {
    cwd: resolve(root, "../shared/peers"),
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  const lines = result.stdout.split("\n").filter((line) => line.startsWith("RESULT "));
  if (lines.length === 0) throw new Error(`${name} failed:\n${result.stderr}`);
  return lines.map((line) => JSON.parse(line.slice("RESULT ".length)));
}

const store = new URL("peers.json", import.meta.url);
/** By table and row: the date of the measurement, and the cells. */
const last = JSON.parse(readFileSync(store, "utf8"));
const measuredNow = [];

/** A row of a table: the cells that were measured now, or where there are none those of the last time. */
export function peerRow(table, name, cells, columns) {
  if (cells !== null) {
    measuredNow.push({ table, name, cells });
    return `| ${[name, ...cells].join(" | ")} |`;
  }
  const { date, cells: known } = last[table]?.[name] ?? { cells: ["not measured"] };
  const padded = Array.from({ length: columns }, (_, i) => known[i] ?? "");
  return `| ${[date === undefined ? name : `${name} (${date})`, ...padded].join(" | ")} |`;
}

/** Keeps what was measured for runs without the peer. */
export function savePeers(date) {
  for (const { table, name, cells } of measuredNow) last[table] = { ...last[table], [name]: { date, cells } };
  writeFileSync(store, `${JSON.stringify(last, null, 2)}\n`);
}
