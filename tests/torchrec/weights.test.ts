// Tables in files are in the order of dinc's ids, however they are sharded: what is read is what is written,
// to the last bit, and first values do not depend on the sharding. In the tables themselves neighbouring ids
// lie apart.

import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { readSafetensors, writePieces } from "../../runtime/run/safetensors.ts";
import type { Tensor } from "../../runtime/run/safetensors-bytes.ts";
import { safetensorsPieces } from "../../runtime/run/safetensors-bytes.ts";
import { runFork } from "./forks.ts";
import { copyRuntime, noTorch, script } from "./torchrun.ts";

const KINDS = ["row_wise", "table_wise", "column_wise"];
const shapes = { "table.items": [53, 8], "table.days": [5, 3], "table.brands": [23, 6], "net.bias": [2] };

const RANKS = 3;

describe.skipIf(noTorch !== null)(`tables of ${RANKS} processes`, () => {
  let folder = "";
  let said = "";
  const begin = new Map<string, Tensor>();
  const read = async (name: string) => (await readSafetensors(join(folder, `${name}.safetensors`))).tensors;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dinc-torchrec-"));
    await copyRuntime(folder);
    const random = Random.of(RANKS, "weights");
    for (const [name, dims] of Object.entries(shapes)) {
      const size = dims.reduce((a, b) => a * b);
      begin.set(name, { dims, values: Float32Array.from({ length: size }, () => random.normal()) });
    }
    const file = await open(join(folder, "begin.safetensors"), "w");
    await writePieces(file, safetensorsPieces(begin));
    await file.close();
    const { code, stdout, stderr } = await runFork([script("weights.py"), folder], { folder, ranks: RANKS });
    expect(code, stderr).toBe(0);
    said = stdout;
  }, 200_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(KINDS)("%s: what was read is what is written", async (kind) => {
    const written = await read(kind);
    expect([...written.keys()].sort()).toEqual([...begin.keys()].sort());
    for (const [name, { dims, values }] of begin) expect(written.get(name), name).toEqual({ dims, values });
  });

  test("first values are the same however tables are sharded, and 0 for padding and the unknown", async () => {
    const [first, ...others] = await Promise.all(
      KINDS.map((kind) => readFile(join(folder, `${kind}-first.safetensors`))),
    );
    for (const other of others) expect(other).toEqual(first);
    const items = (await read("row_wise-first")).get("table.items")!.values;
    for (let id = 0; id < 53; id++)
      expect(items.slice(8 * id, 8 * id + 8).every((value) => value === 0)).toBe(id < 2);
  });

  test("neighbouring ids lie on all ranks", () => {
    const { evenness } = JSON.parse(said.trim().split("\n").at(-1)!);
    for (const { case: name, front, middle, distinct } of evenness) {
      expect(distinct, name).toBe(1);
      expect(Math.max(front, middle), name).toBeLessThan(1.3);
    }
  });
});
