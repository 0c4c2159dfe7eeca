// A compiler that works while a training goes on: whatever it does, the training ends with the bits of WebAssembly, and only
// complete libraries are in the cache.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelOf } from "../data/models.ts";
import { compilerNames } from "../support/c-code.ts";
import { writeGiven } from "./threads/given.ts";
import { NativeTrainings } from "./threads/native.ts";

const model = `model small
features item { item_id : id  embed 4 }
history clicks(max: 4) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(5) |> dense(1) |> sigmoid }
train { batch 16  optimizer adam(learning_rate: 0.01) }`;

describe.skipIf(compilerNames.length === 0)("a compiler in the background", () => {
  const trainings = new NativeTrainings();
  const path = join(trainings.folder, "given");
  const code = join(trainings.cache, "code");
  const compiler = compilerNames[0]!;
  const PATIENT = { patience: 600_000 };
  beforeAll(() => writeGiven(path, modelOf(model), { batches: 4, size: 16 }));
  afterAll(() => trainings.end());

  /** A compiler that does something before, or instead of, making a library in the quickest way. */
  const compilerThat = (script: string) =>
    trainings.compiler(
      `for last do :; done\ncase "$*" in *-shared*) ${script};; esac\nexec ${compiler} "$@" -O0`,
    );
  /** Trains until the outcome is known, and as many steps in WebAssembly, with the same weights and scores. */
  const train = (script: string, background: { patience: number; until?: string } = PATIENT) => {
    const [found, plain] = trainings.run([
      { path, threads: 1, compiler: compilerThat(script), background },
      { path, threads: 1, compiler: null, isAsBefore: true },
    ]);
    const { hash, scores } = plain!;
    expect(found).toMatchObject({ hash, scores });
    expect(readdirSync(code).filter((name) => !name.endsWith(".node"))).toEqual([]);
    return found!;
  };
  const inWasm = (reason: string) => ({
    kind: "wasm",
    told: [{ kind: "missing", reason: expect.stringContaining(reason) }],
  });

  test("that is slow is waited for in WebAssembly", () => {
    const found = train("sleep 0.2");
    expect(found).toMatchObject({ kind: "native", told: [{ kind: "taken" }] });
    expect(found.steps).toBeGreaterThan(3);
  });

  test.each([
    ["fails", "echo 'error: no luck' >&2; exit 1", "failed: error: no luck"],
    ["is killed", "kill -9 $$", "failed: ended by SIGKILL"],
    ["writes nothing", "exit 0", "the library cannot be written: "],
    ["hangs", "sleep 1000 & sleep 1000", "did not finish within 1 seconds"],
  ])("that %s leaves the training in WebAssembly", (_, script, reason) => {
    const patience = reason.includes("within") ? 1000 : PATIENT.patience;
    expect(train(script, { patience })).toMatchObject(inWasm(reason));
  });

  test("that writes what is not a library leaves the training in WebAssembly", () => {
    const script = `while [ "$1" != -o ]; do shift; done; echo garbage > "$2"; exit 0`;
    expect(train(script)).toMatchObject(inWasm("the compiled library does not load: "));
  });

  test("whose code differs in one number is not used", () => {
    // The decay of Adam's first moment becomes the number before it.
    const script = `for each do case $each in *.c) sed -i 's/(0.899999976f)/(0.899999917f)/' $each;; esac; done`;
    expect(train(script)).toMatchObject({ kind: "wasm", told: [{ kind: "differs", since: null }] });
  });

  test("goes on after the training's end, and the next training finds its code", async () => {
    const [go, log, started] = ["go", "log", "started"].map((name) => join(trainings.folder, name)) as [
      string,
      string,
      string,
    ];
    const before = readdirSync(code).length;
    const slow = compilerThat(
      `: > ${started}; while [ ! -e ${go} ]; do sleep 0.05; done; printf x >> ${log}`,
    );
    const short = { path, threads: 1, compiler: slow, background: { ...PATIENT, until: started } };
    const [first] = trainings.run([short]);
    expect(first).toMatchObject({ kind: "wasm", told: [{ kind: "unfinished" }] });
    expect(readdirSync(code).filter((name) => name.endsWith(".node"))).toHaveLength(before);
    writeFileSync(go, "");
    const complete = () => readdirSync(code).filter((name) => name.endsWith(".node")).length;
    await expect.poll(complete).toBe(before + 1);
    await expect.poll(() => readdirSync(code).filter((name) => name.includes(".part."))).toEqual([]);
    const [next] = trainings.run([{ ...short, background: PATIENT }]);
    expect(next).toMatchObject({ kind: "native", told: [{ kind: "taken" }] });
    expect(readFileSync(log, "utf8")).toBe("x");
  });
});
