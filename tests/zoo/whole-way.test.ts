// Each model of examples/zoo goes the whole way: from rows to a compiled module that scores as `dinc predict` does.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GeneratedFile } from "../../compiler/backends/contract/emitted.ts";
import { memoryRowsOf } from "../../runtime/data/batches/row-source.ts";
import { backendFor, rowsToMeasure } from "../../runtime/driver/rows.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { sweep } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";
import { scoredByBoth } from "../support/whole-way.ts";

const folder = join(root, "examples/zoo");
const data = mkdtempSync(join(tmpdir(), "dinc-zoo-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const movielens = join(root, "../shared/data/movielens-100k");

beforeAll(() => {
  const real = existsSync(movielens) ? ["--movielens", movielens, "--users", "25"] : [];
  const made = spawnSync(process.execPath, [join(folder, "prepare.mjs"), ...real, "--out", data], {
    encoding: "utf8",
  });
  expect(made.stderr).toBe("");
});

/** The files that dinc compiled into a folder. */
function filesIn(folder: string): Map<string, GeneratedFile> {
  const read = (name: string) => readFileSync(join(folder, name));
  return new Map<string, GeneratedFile>([
    ["model.js", read("model.js").toString("utf8")],
    ["model.weights.bin", read("model.weights.bin")],
  ]);
}

// Requests have values that are found from ids. A value found from one hash has other hashes than the row's own, so the features
// computed from it are compared in tests/data/computed-features.test.ts.
const names = specFiles("examples/zoo")
  .filter(([, text]) => !/ from \w+ {2}embed/.test(text))
  .map(([path]) => basename(path, ".din"));

test.each(sweep(names))("%s trains on rows, compiles, and scores the same on both sides", async (name) => {
  const path = join(folder, `${name}.din`);

  const [out, ranker] = [join(data, name), join(data, `${name}-ranker`)];
  const [config, set] = [join(folder, "dinc.yaml"), [`data.dir=${data}`]];
  const given = ["-c", config, "--set", ...set, "--set", "train.epochs=1"];
  const trained = await runHere(["train", path, ...given, "--out", out]);
  expect(trained.code, trained.err).toBe(0);
  const compiled = await runHere(["compile", out, "--out", ranker]);
  expect(compiled.code, compiled.err).toBe(0);
  const opened = await openRun(out);
  const { rows } = await rowsToMeasure(opened, { config, set });
  const backend = await backendFor(opened, {});
  const { comparison } = await scoredByBoth(opened, memoryRowsOf(rows), backend, filesIn(ranker));
  expect(comparison.rows).toBeGreaterThan(100);
  expect(comparison.beyondTolerance).toBe(0);
});
