// Models of the zoo as libraries in C: golden requests, and answers to hostile ones with the bits and messages of the TypeScript
// module, which gives the scores of `dinc predict`. ZOO=all takes all of them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compilerNames } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { trainedOf } from "../compiled.ts";
import { expectAnswers } from "./answers.ts";

const zoo = join(import.meta.dirname, "../../../examples/zoo");
const all = readdirSync(zoo).filter((name) => name.endsWith(".din"));
const some =
  process.env["ZOO"] === "all" ? all : ["din.din", "dcn_v2.din", "mmoe.din", "sim_hard.din", "hstu.din"];
const [compiler = ""] = compilerNames;

describe.skipIf(compiler === "")("compiled", () => {
  test.each(some)("%s", async (name) => {
    const trained = trainedOf(readFileSync(join(zoo, name), "utf8"));
    const module = await CModule.of(trained);
    try {
      const run = module.driver(compiler, "-O0");
      const { code, out, err } = run("golden");
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^32 golden requests: /);
      await expectAnswers(trained, run, module, name);
    } finally {
      module.remove();
    }
  });
});
