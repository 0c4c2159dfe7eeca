// Vectors of 256 bits, which V8 makes of vectors of 128 (Node 24): a form that leaves other bits shows it in
// its first step; a step that does ends their use, with threads and without; and nothing else in the process
// is compiled with them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { root } from "../cli/spawn.ts";
import { modelOf } from "../data/models.ts";
import { nodeOf } from "../support/node-versions.ts";
import { severalLayers } from "../support/random-training.ts";
import { writeGiven } from "./threads/given.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-wide-"));
const several = join(folder, "several");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const model = modelOf(
  severalLayers({ more: "|> dropout(0.3)", train: "batch 48  regularize mini_batch_aware(0.1)" }),
);
beforeAll(() => writeGiven(several, model, { batches: 8, size: 48 }));

async function run(args: readonly string[], flags: readonly string[] = []): Promise<string> {
  const child = join(import.meta.dirname, "threads", "wide.mjs");
  const ran = spawnSync(await nodeOf(24), [...flags, child, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" });
  return ran.stdout;
}

test.runIf(process.arch === "x64")(
  "a model of the zoo that leaves the same bits in its first step leaves them in every step",
  async () => {
    const zoo = join(root, "examples", "zoo");
    const paths = [several];
    for (const name of readdirSync(zoo).filter((each) => each.endsWith(".din"))) {
      const path = join(folder, name);
      const { value } = check(sourceFile(name, readFileSync(join(zoo, name), "utf8")));
      await writeGiven(path, value!, { batches: 4, size: 37 });
      paths.push(path);
    }
    const found = JSON.parse(await run(["compared", ...paths])) as {
      same: number;
      differs: number;
      missing: number;
    }[];
    // V8 makes wrong code for some models, and not every time: one of them differs in all steps or in none.
    for (const { same, differs, missing } of found)
      expect({ either: same * differs, missing }).toEqual({ either: 0, missing: 0 });
    expect(found.filter(({ differs }) => differs === 0).length).toBeGreaterThan(paths.length / 2);
  },
);

test.runIf(process.arch === "x64")(
  "a step with other bits ends their use, and weights are those of a training without them",
  async () => {
    const [plain, one, three, later, first] = JSON.parse(await run(["falls", several])) as {
      told: object[];
      hash: string;
      present: number;
    }[];
    expect([one, three, later, first].map((each) => each!.hash)).toEqual(new Array(4).fill(plain!.hash));
    expect(one!.told).toEqual([{ kind: "taken", step: 4 }]);
    expect(three).toMatchObject({ told: [{ kind: "taken", step: 4 }], present: 3 });
    expect(later).toMatchObject({
      told: [
        { kind: "taken", step: 4 },
        { kind: "differs", step: 40, since: 3 },
      ],
      present: 3,
    });
    expect(first).toMatchObject({ told: [{ kind: "differs", step: 1, since: null }], present: 3 });
  },
);

test.runIf(process.arch === "x64")(
  "V8 makes them in that one module, and in none that is compiled later",
  async () => {
    const [during, after] = (await run(["traced", several, several], ["--trace-wasm-revectorize"])).split(
      "END\n",
    );
    expect(during).toContain("Decide to vectorize");
    expect(after).toBe("{}\n");
  },
);
