// `dinc compile --target c`: the folder's own test passes with every compiler of this machine, without a warning and under
// sanitizers; scores have the bits of the TypeScript module; damaged weights and hostile values are refused.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cComment, cString, identifiers, prefixOf } from "../../../compiler/backends/c-library/names.ts";
import type { EmitOptions } from "../../../compiler/backends/contract/emit-options.ts";
import type { TrainedModel } from "../../../compiler/backends/contract/trained-model.ts";
import { compilerNames, isThere } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { sweep } from "../../support/how-often.ts";
import { specFiles } from "../../support/spec-files.ts";
import { compiledFrom, type Scores, trainedOf } from "../compiled.ts";
import { listwise, specs } from "../specs.ts";

/** `npm test` takes one compiler and no sanitizer, which is quick; `test:more` takes all of them. */
const [isThorough] = sweep([false, true]) as [boolean];
const SANITIZED = isThorough ? ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] : ["-O0"];
const used = isThorough ? compilerNames : compilerNames.slice(0, 1);
const all: readonly string[] = Object.values(specs);

test("library.generated.ts is up to date: `node compiler/backends/c-library/extract-c.mjs`", async () => {
  const script = "../../../compiler/backends/c-library/extract-c.mjs";
  const { generated, generatedBindings } = (await import(script)) as {
    generated: () => string;
    generatedBindings: () => readonly { readonly path: string; readonly text: string }[];
  };
  const path = new URL("../../../compiler/backends/c-library/library.generated.ts", import.meta.url);
  expect(readFileSync(path, "utf8")).toBe(generated());
  for (const { path, text } of generatedBindings()) expect(readFileSync(path, "utf8")).toBe(text);
});

describe.skipIf(compilerNames.length === 0)("compiled", () => {
  const [first = ""] = compilerNames;

  describe("DIN", () => {
    let module: CModule;
    let trained: TrainedModel;
    let driver: ReturnType<CModule["driver"]>;
    beforeAll(async () => {
      trained = trainedOf(specs.din);
      module = await CModule.of(trained);
      driver = module.driver(first, ...SANITIZED);
    });
    afterAll(() => module?.remove());

    test("passes its own test with every compiler, and as C++", () => {
      for (const name of used) {
        const { code, out, err } = module.golden(name, "-std=c99", "-O0");
        expect([code, err]).toEqual([0, ""]);
        expect(out).toMatch(/^32 golden requests: the largest difference of a logit is \d/);
      }
      if (isThorough && isThere("g++")) expect(module.goldenOfCpp().code).toBe(0);
    });

    test("has a README whose program ranks a golden request", async () => {
      expect(String(module.compiled.files.get("README.md"))).toContain(
        `\`\`\`c\n${module.compiled.files.get("example.c")}\`\`\``,
      );
      const { code, out, err } = module.example(first, "-std=c99", "-O0");
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^(0\.\d{4}\n)+$/);
    });

    test("has the bits of the TypeScript module", async () => {
      await expectBits(trained, module, driver);
    });

    test("gives the same scores in blocks of any length, and the best in order", () => {
      expect(driver("blocks")).toEqual({ code: 0, out: "", err: "" });
    });

    test("refuses ids without a row, long histories and missing columns", () => {
      expect(driver("hostile")).toMatchObject({ code: 0, err: "" });
    });

    test("two threads with a session each score as one does", () => {
      expect(driver("threads")).toEqual({ code: 0, out: "", err: "" });
    });

    test("refuses a damaged weights file, or takes it as it is, and never crashes", () => {
      fc.assert(
        fc.property(fc.integer({ min: 1 }), (seed) => {
          expect(driver("damaged", String(seed), "150")).toMatchObject({ code: 0, err: "" });
        }),
        { numRuns: 4 },
      );
    });
  });

  test("compact tables", async () => {
    const forms: readonly EmitOptions[] = [{ tables: "i8" }, { tables: "f16" }];
    for (const options of sweep(forms)) {
      const module = await CModule.of(trainedOf(specs.din), options);
      const { code, err } = module.golden(first, "-std=c99", ...SANITIZED);
      expect([code, err]).toEqual([0, ""]);
      module.remove();
    }
  });

  test("mode fast rounds a product and its sum once: alike on every machine that can, near the golden logits", async () => {
    const [[, spec = ""] = []] = specFiles("tests/bench/rank").filter(([path]) =>
      path.endsWith("/deepfm.din"),
    );
    const module = await CModule.of(trainedOf(spec), { mode: "fast" });
    const { code, err } = module.golden(first, "-std=c99", ...SANITIZED);
    expect([code, err]).toEqual([0, ""]);
    for (const name of used) {
      const run = module.driver(name, ...SANITIZED);
      const [plain, avx2, avx512] = ["plain", "avx2", "avx512"].map((machine) => run("scores", machine).out);
      expect(avx2).toBe(avx512);
      expect(avx2).not.toBe(plain);
    }
    module.remove();
  });

  test("every kind of request has the bits of the TypeScript module", async () => {
    for (const spec of sweep([...all].reverse())) {
      const trained = trainedOf(spec);
      const module = await CModule.of(trained);
      await expectBits(trained, module, module.driver(first, ...SANITIZED));
      module.remove();
    }
  });

  test("candidates that see one another are scored as in the TypeScript module, all of them or none", async () => {
    const trained = trainedOf(listwise);
    const module = await CModule.of(trained);
    const { code, err } = module.golden(first, "-std=c99", "-O0");
    expect([code, err]).toEqual([0, ""]);
    const driver = module.driver(first, ...SANITIZED);
    await expectBits(trained, module, driver);
    expect(driver("together")).toEqual({
      ...{ code: 0, err: "" },
      out: "candidates must be at most 12, because the model scores them together\n",
    });
    module.remove();
  });

  /** Predictions of the golden requests, label after label. */
  async function expectBits(
    given: TrainedModel,
    own: CModule,
    run: ReturnType<CModule["driver"]>,
  ): Promise<void> {
    const { module, weights, files } = await compiledFrom(given, { projectedTables: 0 });
    const ranker = await module.createRanker({ weights, backend: "simd" });
    const { requests } = JSON.parse(files.get("model.golden.json") as string) as {
      readonly requests: readonly { readonly request: unknown }[];
    };
    const wanted = requests.flatMap(({ request }) => listsOf(ranker.rank(request)).flatMap(bitsOf));
    for (const machine of ["plain", "avx2", "avx512"]) {
      const { code, out } = run("scores", machine);
      expect([own.prefix, machine, code]).toEqual([own.prefix, machine, 0]);
      expect(out.trimEnd().split("\n")).toEqual(wanted);
    }
  }
});

function listsOf(scores: Scores): readonly Float32Array[] {
  return scores instanceof Float32Array ? [scores] : Object.values(scores);
}

function bitsOf(scores: Float32Array): string[] {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  return [...bits].map((each) => each.toString(16).padStart(8, "0"));
}

const anyName = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("int", "class", "NULL", "*/", "??/", "a\nb", "", "é", "日本", "dinc", "test", '"', "\\"),
);

test("names of a spec become identifiers that differ", () => {
  fc.assert(
    fc.property(fc.array(anyName, { maxLength: 20 }), (names) => {
      const made = identifiers(names);
      expect(new Set(made.map((each) => each.toLowerCase())).size).toBe(names.length);
      for (const each of made) expect(each).toMatch(/^[A-Za-z][A-Za-z0-9_]*$/);
      for (const each of names) expect(prefixOf(each)).not.toMatch(/^(dinc|test$)/i);
    }),
  );
});

test("texts of a spec stay within their literal and their comment", () => {
  fc.assert(
    fc.property(anyName, (text) => {
      expect(cString(text)).toMatch(/^"(?:[ !#->@-[\]-~]|\\[0-7]{3}|\\["\\?])*"$/);
      expect(cComment(text)).not.toMatch(/[^\x20-\x7e]|\*\/|\/\*|\?\?|\\/);
    }),
  );
});
