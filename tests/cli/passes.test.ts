// `dinc compile --emit optimised`: passes by name, in the order of the documentation.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rankingPasses } from "../../compiler/middle/passes/pipeline.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const spec = join(root, "examples/zoo/din.din");
const emit = (...args: string[]) => runHere(["compile", spec, "--emit", "optimised", ...args]);

test("the documentation has the passes in their order, as they say what they do", () => {
  const text = readFileSync(join(root, "docs/commands.md"), "utf8");
  const seen = new Set<string>();
  const rows = rankingPasses.map(({ name, doc }) => {
    const said = seen.has(name) ? "again" : doc;
    seen.add(name);
    return `| \`${name}\` | ${said} |`;
  });
  expect(text).toContain(`\n${rows.join("\n")}\n`);
});

test("a pass that is left out does not do its work", async () => {
  const { code, out } = await emit();
  expect(code).toBe(0);
  const without = await emit("--without-pass", "split-linear");
  expect(without.code).toBe(0);
  // A request's products with a slice of a layer's weights are what the pass is for.
  expect(out).toMatch(/= matmul .* : request/);
  expect(without.out.split("\n").filter((line) => / slice .*once/.test(line)).length).toBeLessThan(
    out.split("\n").filter((line) => / slice .*once/.test(line)).length,
  );
});

test("an unknown pass is a mistake, and so is a pass where no level is printed", async () => {
  const unknown = await emit("--without-pass", "inline");
  expect([unknown.code, unknown.err]).toEqual([
    2,
    expect.stringContaining(
      "there is no pass inline; there are fold-constants, last-step-alone, layers-before-search, split-linear",
    ),
  ]);
  const alone = await runHere(["compile", spec, "--without-pass", "split-linear", "--out", "nowhere"]);
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining("say --emit optimised too")]);
});
