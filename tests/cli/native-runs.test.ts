// By the command line, native code gives the weights, metrics and scores of WebAssembly byte by byte: on one thread and on two,
// with a library that is compiled for the run and with one from the cache.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compilerNames } from "../support/c-code.ts";
import { writeSmallTraining } from "./small-training.ts";
import { run } from "./spawn.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-native-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(compilerNames.length === 0)("a run in native code", () => {
  const dinc = (...args: readonly string[]) => {
    const cache = join(folder, "cache");
    const ran = run(args, { cwd: folder, env: { CC: compilerNames[0]!, DINC_CACHE: cache } });
    expect(ran.code, ran.err).toBe(0);
    return ran.out + ran.err;
  };
  const bytes = (...path: readonly string[]) => readFileSync(join(folder, ...path));
  const train = (out: string, backend: string, threads: number) =>
    dinc("train", "-c", "dinc.yaml", "--out", out, "--backend", backend, "--threads", String(threads));
  const libraries = () => readdirSync(join(folder, "cache", "code")).sort();

  test("is one in WebAssembly", () => {
    writeSmallTraining(folder, 1, 300);
    train("wasm", "wasm", 1);
    expect(train("compiled", "native", 1)).toMatch(/^in C by /m);
    const made = libraries();
    // The step, and the prediction.
    expect(made).toHaveLength(2);
    expect(train("cached", "native", 2)).toMatch(/^in C by /m);
    expect(libraries()).toEqual(made);
    for (const each of ["compiled", "cached"])
      expect(bytes(each, "weights.safetensors").equals(bytes("wasm", "weights.safetensors")), each).toBe(
        true,
      );

    const scored = (of: string, backend: string) => {
      dinc("predict", of, "--data", "test.csv", "--out", `${of}-${backend}.csv`, "--backend", backend);
      return bytes(`${of}-${backend}.csv`);
    };
    const scores = scored("wasm", "wasm");
    for (const [of, backend] of [
      ["wasm", "native"],
      ["compiled", "native"],
      ["compiled", "auto"],
    ] as const)
      expect(scored(of, backend).equals(scores), `${of} by ${backend}`).toBe(true);
    // The library of the prediction is there, so that it scores the first row.
    const auto = dinc("predict", "compiled", "--data", "test.csv", "--out", "auto.csv", "--backend", "auto");
    expect(auto).toMatch(/^in C by /m);
    const measured = (of: string, backend: string) =>
      JSON.parse(
        run(["eval", of, "-c", "dinc.yaml", "--split", "test", "--backend", backend, "--format", "json"], {
          ...{ cwd: folder, env: { CC: compilerNames[0]!, DINC_CACHE: join(folder, "cache") } },
        }).out,
      ) as object;
    const { metrics } = measured("wasm", "wasm") as { metrics: object };
    expect(metrics).toBeDefined();
    expect(measured("compiled", "native")).toMatchObject({ metrics });
    expect(libraries()).toEqual(made);
  });
});
