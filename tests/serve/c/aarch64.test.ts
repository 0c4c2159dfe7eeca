// A library in C on aarch64, under qemu: its own test passes, and scores have the bits of this machine, by the code for NEON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CCompiler, compilerNames, isThere } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { trainedOf } from "../compiled.ts";
import { fileOf, requestsOf } from "./answers.ts";

const zoo = join(import.meta.dirname, "../../../examples/zoo");
const [compiler = ""] = compilerNames;
const cross: CCompiler = { name: "aarch64-linux-gnu-gcc", options: ["-static"], runs: ["qemu-aarch64"] };

describe.skipIf(compiler === "" || !isThere(cross.name) || !isThere("qemu-aarch64"))("on aarch64", () => {
  test.each(["din", "dien", "mmoe"])("%s has the bits of this machine", async (name) => {
    const trained = trainedOf(readFileSync(join(zoo, `${name}.din`), "utf8"));
    const module = await CModule.of(trained);
    const [here, there] = [module.driver(compiler, "-O0"), module.driverBy(cross)];
    expect(there("golden")).toEqual(here("golden"));
    const { code, out, err } = there("scores", "neon");
    expect([code, err]).toEqual([0, "neon\n"]);
    expect(out).toBe(here("scores", "plain").out);
    expect(out).not.toBe("");
    const file = fileOf(module, requestsOf(trained, name));
    expect(there("logits", file)).toEqual(here("logits", file));
    module.remove();
  });
});
