// A column that only training knows may learn its vocabulary from the rows. Every target scores with the vector of unknown ids.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-served-"));
beforeAll(async () => {
  writeFileSync(
    join(folder, "model.din"),
    `model served
features item { item_id : id  embed 4 }
features training { place : id(served: unknown)  embed 2 }
label click : binary
net { predict click = concat(item_id, place) |> dense(1) |> sigmoid }
train { batch 16  epochs 1 }
`,
  );
  const rows = Array.from(
    { length: 60 },
    (_, i) => `i${i % 7},${["top", "side"][i % 2]},${i % 3 === 0 ? 1 : 0}`,
  );
  writeFileSync(join(folder, "rows.csv"), `item_id,place,click\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
  const trained = await runHere(["train", "--backend", "wasm", "--out", "run"], { cwd: folder });
  expect(trained.code, trained.err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

// Each compares its golden requests with the reference before it writes anything.
test.each(["ts", "onnx", "c"])("--target %s", async (target) => {
  const { code, err } = await runHere(["compile", "run", "--target", target, "--out", target], {
    cwd: folder,
  });
  expect(code, err).toBe(0);
});
