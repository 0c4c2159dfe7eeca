// Random specs and hostile rows, there and back: what a training leaves in the form of a package is imported as a run that
// predicts the same.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { runHere } from "../cli/run-here.ts";
import { randomRows } from "../prepared/random-projects.ts";
import { runs, seed, timeout } from "../support/how-often.ts";
import { writeTrained } from "./trained.ts";

test("an imported run predicts as the one that was trained", { timeout }, async () => {
  const random = Random.of(seed, "import");
  const folder = mkdtempSync(join(tmpdir(), "dinc-specs-"));
  try {
    for (let i = 0; i < runs(2); i++) {
      const { spec, config, files } = randomRows(random);
      const own = join(folder, String(i));
      mkdirSync(own);
      writeFileSync(join(own, "model.din"), spec);
      writeFileSync(join(own, "dinc.yaml"), `spec: model.din\n${config}`);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
      const dinc = async (...args: string[]) => {
        const { code, err } = await runHere(args, { cwd: own });
        expect(code, `seed ${seed}:\n${spec}\n${err}`).toBe(0);
      };
      const wasm = ["--backend", "wasm"];
      await dinc("prepare", "-c", "dinc.yaml", "--out", "rows");
      await dinc("train", "-c", "dinc.yaml", ...wasm, "--out", "run");
      await writeTrained(join(own, "out"), join(own, "run"), join(own, "rows"));
      await dinc("import", "out", ...wasm, "--out", "imported");
      const data = Object.keys(files).find((name) => name.startsWith("test"))!;
      for (const run of ["run", "imported"])
        await dinc("predict", run, "--data", data, ...wasm, "--out", `${run}.jsonl`);
      const [trained, imported] = ["run", "imported"].map((run) =>
        readFileSync(join(own, `${run}.jsonl`), "utf8"),
      );
      expect(trained!.trimEnd().split("\n").length, spec).toBeGreaterThanOrEqual(30);
      expect(imported, spec).toBe(trained);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
