// Networks that need ids in unusual ways train, and every target scores with them: a column that only training knows, whose
// served value is unknown; and features without a table that are only compared.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-ids-"));
const at = (name: string) => join(folder, name);
beforeAll(() => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const places = ["top", "side", "foot"];
    return [`i${i % 7}`, places[i % 2], places[i % 3], i % 3 === 0 ? 1 : 0].join(",");
  });
  writeFileSync(at("rows.csv"), `item_id,place,usual,click\n${rows.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const spec = (features: string, value: string) => `model ids
features item { item_id : id  embed 4 }
${features}
label click : binary
net { predict click = concat(item_id, ${value}) |> dense(1) |> sigmoid }
train { batch 16  epochs 1 }
`;

describe.each([
  ["served_unknown", spec("features training { place : id(served: unknown)  embed 2 }", "place")],
  ["a_name", spec('features context { place : enum("top", "side") }', 'place == "top"')],
  ["each_other", spec("features context {\n  place : id\n  usual : id  share place\n}", "place == usual")],
])("%s", (name, text) => {
  beforeAll(async () => {
    writeFileSync(at(`${name}.din`), text);
    writeFileSync(at(`${name}.yaml`), `spec: ${name}.din\ndata: { train: rows.csv }\n`);
    const { code, err } = await dinc("train", "-c", `${name}.yaml`, "--backend", "wasm", "--out", name);
    expect(code, err).toBe(0);
  });

  // Each compares its golden requests with the reference before it writes anything.
  test.each(["ts", "onnx", "c"])("--target %s", async (target) => {
    const { code, err } = await dinc("compile", name, "--target", target, "--out", `${name}-${target}`);
    expect(code, err).toBe(0);
  });
});

const dinc = (...args: readonly string[]) => runHere(args, { cwd: folder });
