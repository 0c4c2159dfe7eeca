// Models of the zoo, with a reversed gradient, noisy gates, reordered histories and sums of pairs among them, and one with a recurrence and sets,
// train and score in native code with the bits of WebAssembly, on one thread and on two, and where WebAssembly rounds a product and
// its sum once.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "../cli/spawn.ts";
import { modelOf } from "../data/models.ts";
import { compilerNames } from "../support/c-code.ts";
import { nodeOf } from "../support/node-versions.ts";
import { severalLayers } from "../support/random-training.ts";
import { writeGiven } from "./threads/given.ts";
import { NativeTrainings } from "./threads/native.ts";

const several = severalLayers({
  more: "|> dropout(0.3)",
  train: "batch 48  regularize mini_batch_aware(0.1)",
});
const zoo = ["din", "bst", "gdcn", "dann", "sparse_moe", "cl4srec", "hstu"].map(
  (name) => [name, readFileSync(join(root, "examples", "zoo", `${name}.din`), "utf8")] as const,
);

describe.each(compilerNames)("%s", (compiler) => {
  const trainings = new NativeTrainings();
  afterAll(() => trainings.end());

  test.each([["several layers", several] as const, ...zoo])("%s", async (name, spec) => {
    const path = join(trainings.folder, name);
    await writeGiven(path, modelOf(spec), { batches: 5, size: 48 });
    const [plain, one, two] = trainings.run([
      { path, threads: 1, compiler: null },
      { path, threads: 1, compiler },
      { path, threads: 2, compiler },
    ]);
    const { hash, scores } = plain!;
    expect(one).toMatchObject({ hash, scores, kind: "native", told: [{ kind: "taken" }] });
    expect(two).toMatchObject({ hash, scores, kind: "native", present: 2 });
    const node = await nodeOf(22);
    const fused = trainings.run(
      [
        { path, threads: 1, compiler: null },
        { path, threads: 2, compiler },
      ],
      node,
    );
    expect(fused[1]).toMatchObject({ ...fused[0], kind: "native", present: 2, told: [{ kind: "taken" }] });
    if (fused[0]!.form === "relaxed") expect(fused[0]!.hash).not.toBe(hash);
  });
});
