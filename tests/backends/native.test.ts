// Native code as another form of a step: it is compiled once, and used only if it leaves the bits of WebAssembly.

import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCompiler } from "../../runtime/native/c-compiler.ts";
import { modelOf } from "../data/models.ts";
import { compilerNames } from "../support/c-code.ts";
import { writeGiven } from "./threads/given.ts";
import { type NativeResult, NativeTrainings } from "./threads/native.ts";

const model = `model small
features item { item_id : id  embed 4 }
history clicks(max: 4) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(5, dice) |> dense(1) |> sigmoid }
train { batch 16  optimizer adam(learning_rate: 0.01) }`;

describe.skipIf(compilerNames.length === 0)("a step in native code", () => {
  const trainings = new NativeTrainings();
  const path = join(trainings.folder, "given");
  const log = join(trainings.folder, "log");
  const code = join(trainings.cache, "code");
  let plain: NativeResult;

  beforeAll(async () => {
    await writeGiven(path, modelOf(model), { batches: 4, size: 16 });
    plain = trainings.run([{ path, threads: 1, compiler: null }])[0]!;
  });
  afterAll(() => trainings.end());

  /** A compiler that does something before it makes a library, in the quickest way. */
  const compilerThat = (script: string) =>
    trainings.compiler(
      `for last do :; done\ncase "$*" in *-shared*) ${script};; esac\nexec ${compilerNames[0]!} "$@" -O0`,
    );
  /** Trains; weights and scores are always those of WebAssembly. */
  const train = (compiler: string, threads = 1) => {
    const [found] = trainings.run([{ path, threads, compiler }]);
    expect(found).toMatchObject({ hash: plain.hash, scores: plain.scores });
    return found!;
  };
  const compiledSince = () => {
    const lines = existsSync(log) ? readFileSync(log, "utf8").length : 0;
    rmSync(log, { force: true });
    return lines;
  };

  test("has the bits of WebAssembly on 1 and 2 threads, is compiled once, and again if it is damaged", () => {
    const compiler = compilerThat(`printf x >> ${log}`);
    const first = train(compiler);
    expect(first).toMatchObject({ kind: "native", told: [{ kind: "taken" }] });
    // The step, and the prediction.
    expect(compiledSince()).toBe(2);
    expect(train(compiler, 2)).toMatchObject({ kind: "native", present: 2, told: first.told });
    expect(compiledSince()).toBe(0);
    for (const name of readdirSync(code)) truncateSync(join(code, name), 1000);
    expect(train(compiler)).toMatchObject({ kind: "native", told: first.told });
    expect(compiledSince()).toBe(2);
    expect(readdirSync(code)).toHaveLength(2);
  });

  test("is not used if it leaves other bits", () => {
    // The compiler changes the decay of Adam's first moment. That moment is 0 in the first step, which hides the change.
    const compiler = compilerThat(
      `for each do case $each in *.c) sed -i 's/(0.899999976f)/(0.7f)/' $each;; esac; done`,
    );
    expect(train(compiler)).toMatchObject({
      kind: "wasm",
      told: [{ kind: "differs", step: 2, since: null }],
    });
  });

  test("is not used if the compiler fails", () => {
    const compiler = compilerThat("echo 'error: no luck' >&2; exit 1");
    const reason = `${compiler} failed: error: no luck`;
    expect(train(compiler)).toMatchObject({ kind: "wasm", told: [{ kind: "missing", reason }] });
    const other = trainings.compiler("echo 'what is -dM?' >&2; exit 1");
    const unknown = `${other} is not a C compiler that dinc knows: what is -dM?`;
    expect(train(other)).toMatchObject({ kind: "wasm", told: [{ kind: "missing", reason: unknown }] });
  });

  test("is not kept where others can write", () => {
    chmodSync(code, 0o777);
    const before = readdirSync(code);
    const compiler = compilerThat(`printf x >> ${log}`);
    expect(train(compiler)).toMatchObject({ kind: "native" });
    expect(compiledSince()).toBe(2);
    expect(readdirSync(code)).toEqual(before);
  });
});

describe("the compiler", () => {
  test("is the one that CC names", () => {
    expect(findCompiler({ CC: `${process.execPath} --flag`, PATH: "" })).toEqual({
      ...{ program: process.execPath, args: ["--flag"] },
    });
    expect(findCompiler({ CC: "no-such-compiler", PATH: "/bin" })).toEqual({
      missing: "CC is no-such-compiler, which was not found",
    });
  });

  test("may be absent", () => {
    expect(findCompiler({ PATH: "/no/such/folder" })).toEqual({
      missing: "no C compiler was found; install clang or gcc (Debian: apt install clang)",
    });
  });
});
