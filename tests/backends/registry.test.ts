// What reads the registry says what is in it: the page of back ends, the choices of the command line, and
// what a target refuses.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engines, notTaken, targets } from "../../compiler/backends/choices.ts";
import {
  type EmitOptionName,
  type EmitOptions,
  emitOptions,
} from "../../compiler/backends/contract/emit-options.ts";
import { backendsReference } from "../../compiler/backends/reference.ts";
import { backends } from "../../compiler/backends/registry.ts";
import { flagOf, worded } from "../../compiler/common/option-text.ts";
import { shellWords } from "../../runtime/cli/shell-words.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

test("docs/backends.md is written from it", () => {
  const path = join(root, "docs/backends.md");
  if (process.env["UPDATE"]) writeFileSync(path, backendsReference(backends));
  expect(readFileSync(path, "utf8")).toBe(backendsReference(backends));
});

test("no two engines, and no two targets, have one name", () => {
  for (const choices of [engines, targets]) {
    const names = choices.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

test.each(["train", "predict", "eval"])("%s offers its engines", async (command) => {
  const { out } = await runHere([command, "--help"]);
  const choices = ["auto", ...engines.map(({ name }) => name)].map((name) => `"${name}"`).join(", ");
  expect(out.replace(/\s+/g, " ")).toContain(`(choices: ${choices}, default: "auto")`);
});

test("compile offers its targets, and says which take an option", async () => {
  const help = (await runHere(["compile", "--help"])).out.replace(/\s+/g, " ");
  expect(help).toContain(`(choices: ${targets.map(({ name }) => `"${name}"`).join(", ")}, default: "ts")`);
  for (const [option, { value }] of Object.entries(emitOptions)) {
    const takers = targets.filter(({ takes }) => takes.includes(option as EmitOptionName));
    expect(takers.length).toBeGreaterThan(0);
    expect(help).toContain(
      `${`${flagOf(option)} ${value}`.trimEnd()} ${takers.map(({ name }) => name).join(", ")}: `,
    );
  }
});

describe("an option that a target does not take", () => {
  const given: Required<EmitOptions> = {
    graph: "exported",
    inputs: "raw",
    tables: "i8",
    withoutTable: ["item"],
    mode: "fast",
    sessions: "append",
    projectedTables: 64,
    singleFile: true,
    bindings: ["cpp"],
  };
  const pairs = targets.flatMap((target) =>
    (Object.keys(emitOptions) as EmitOptionName[]).map((option) => ({ target, name: target.name, option })),
  );

  test.each(pairs)("$option with $name", ({ target, option }) => {
    const refusal = notTaken(target, { [option]: given[option] });
    if (target.takes.includes(option)) expect(refusal).toBeNull();
    else
      expect(worded(refusal!, shellWords)).toMatch(
        /^--[a-z-]+ is for --target [\w-]+((, [\w-]+)* or [\w-]+)?, not for [\w-]+$/,
      );
  });

  test("is no mistake where it says what the target does anyway", () => {
    const onnx = targets.find(({ name }) => name === "onnx")!;
    expect(notTaken(onnx, { tables: "f32", withoutTable: [], mode: "exact", projectedTables: 0 })).toBeNull();
  });

  test("is a usage error of the command", async () => {
    const { code, err } = await runHere([
      "compile",
      "model.din",
      "--target",
      "onnx",
      "--tables",
      "i8",
      "--out",
      "x",
    ]);
    expect(code).toBe(2);
    expect(err).toContain("--tables is for --target ts, two-tower, c, server or page, not for onnx");
  });
});
