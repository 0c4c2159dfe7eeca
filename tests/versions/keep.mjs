// Trains a small run and keeps it in tests/versions/runs, with rows and the predictions for them, for versions to come:
//
//   npm run build && node tests/versions/keep.mjs
import "../../examples/usage.mjs";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const kept = join(here, "runs");
const folder = mkdtempSync(join(tmpdir(), "dinc-keep-"));
const line = (i) =>
  `u${i % 9},i${(i * 7) % 23},${(i % 11) + 0.5},i${(i * 3) % 23}|i${(i * 5) % 23},${(i * i) % 3 === 0 ? 1 : 0}\n`;
writeFileSync(
  join(folder, "rows.csv"),
  `user_id,item_id,price,clicked,click\n${Array.from({ length: 64 }, (_, i) => line(i)).join("")}`,
);
writeFileSync(
  join(folder, "model.din"),
  `model kept

features user { user_id : id  embed 2 }
features item {
  item_id : id(min_count: 2)  embed 4
  price   : number |> log1p |> standardize
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary

net {
  let interest  = attend_softmax(item_id, clicks)
  predict click = concat(user_id, item_id, price, interest) |> mlp([8], relu) |> dense(1) |> sigmoid
}

train { batch 16  epochs 2 }
`,
);
writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
const dinc = (...args) => {
  const bin = join(here, "..", "..", "bin", "dinc.js");
  const { status } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(1);
};
dinc("train", "-c", "dinc.yaml", "--out", "run", "--backend", "wasm");
dinc("predict", "run", "--data", "rows.csv", "--out", "scores.csv");
const { version: format } = JSON.parse(readFileSync(join(folder, "run/manifest.json"), "utf8"));
rmSync(join(kept, `format-${format}`), { recursive: true, force: true });
cpSync(join(folder, "run"), join(kept, `format-${format}`), { recursive: true });
cpSync(join(folder, "rows.csv"), join(kept, "rows.csv"));
cpSync(join(folder, "scores.csv"), join(kept, `format-${format}.csv`));
rmSync(folder, { recursive: true, force: true });
