// Generated TypeScript can be reviewed: values have names of the spec, comments name the statements that are
// computed, and the project's formatter changes nothing. `MODELS=all npx vitest run tests/serve/readable`
// takes every model of the examples and every correct spec.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import { root } from "../cli/spawn.ts";
import { emittedBy } from "../support/emitted.ts";
import { specFiles } from "../support/spec-files.ts";
import { trainedOf } from "./compiled.ts";
import { HOSTILE } from "./specs.ts";

const zoo = (name: string) => readFileSync(join(root, `examples/zoo/${name}.din`), "utf8");
const good = specFiles("tests/good");
const subjects: readonly (readonly [name: string, spec: string])[] =
  process.env["MODELS"] === "all"
    ? [...specFiles("examples/zoo"), ...good]
    : [
        ...["din", "dien", "mmoe"].map((name) => [name, zoo(name)] as const),
        ["hostile names", HOSTILE],
        ...good.filter(([path]) => /crosses|sets-and-texts/.test(path)),
      ];

function textsOf(files: GeneratedFiles): Map<string, string> {
  const typescript = [...files].filter(([name]) => name.endsWith(".ts"));
  return new Map(typescript.map(([name, text]) => [name, String(text)]));
}

function formatted(text: string): string {
  const biome = join(root, "node_modules/.bin/biome");
  const options = { cwd: root, input: text, encoding: "utf8", maxBuffer: 2 ** 26 } as const;
  return spawnSync(biome, ["format", "--stdin-file-path=generated.ts"], options).stdout;
}

/** Lines that differ, as the formatter has them. */
function changedLines(text: string): string[] {
  const before = new Set(text.split("\n"));
  return formatted(text)
    .split("\n")
    .filter((line) => !before.has(line));
}

describe.each(subjects)("%s", (_, spec) => {
  test("lines are short, as the formatter leaves them, and no value has a number alone", async () => {
    const trained = trainedOf(spec, 1, 5);
    const files = textsOf((await emittedBy("ts", trained)).files);
    if (trained.model.histories.size > 0) {
      const { files: appending } = await emittedBy("ts", trained, { sessions: "append" });
      files.set("sessions that take events", String(appending.get("model.ts")));
    }
    expect([...files.keys()]).toContain("model.ts");
    for (const [name, text] of files) {
      expect(text.split("\n").filter((line) => line.length > 120)).toEqual([]);
      // Its texts have quotes, around which the formatter prefers others.
      if (spec !== HOSTILE) expect(changedLines(text), name).toEqual([]);
    }
    // One correct spec has features `p1..p3`.
    if (!/\b[spt]\d+\.\./.test(spec))
      expect(files.get("model.ts")).not.toMatch(/\b[wqc]\.(?:[spt]|out|rows|steps)\d+\b/);
  });
});

describe("DIEN", () => {
  const spec = zoo("dien");
  const codeOf = async (of: string) => String((await emittedBy("ts", trainedOf(of))).files.get("model.ts"));
  const programOf = (code: string) => /^\/\/ Program (\w+),/m.exec(code)?.[1];

  test("each statement is named above the code that computes it", async () => {
    const text = await codeOf(spec);
    for (const [i, line] of spec.split("\n").entries()) {
      // Losses are only for training, and nothing else reads these two.
      const statement = /^ {2}(let|predict) (?!told|next)(\w+) +(= .*)/.exec(line);
      if (statement === null) continue;
      const [, word, name, rest] = statement;
      expect(text).toContain(`// spec.din:${i + 1}: ${word} ${name} ${rest}`);
    }
    expect(text).toContain("// gru.din:13: block gru: scan(gru_cell, x, width: width)");
  });

  test("values, weights and counts have names of the spec", async () => {
    const text = await codeOf(spec);
    expect(text).toContain("concat(target, item_id, n, 16, 0, 8, n);");
    expect(text).toContain("w.like_mlp_dense_1_kernel");
    expect(text).toContain("q.liked_steps");
    expect(text).toContain("const item_id_encoder = new Vocabulary");
  });

  test("the program's name depends neither on places in the spec nor on names of values", async () => {
    const text = await codeOf(spec);
    const moved = await codeOf(`\n${spec}`);
    const renamed = await codeOf(
      spec.replace("let user ", "let person ").replace("concat(user,", "concat(person,"),
    );
    expect(moved).toContain("// spec.din:26: let target");
    expect(renamed).toContain("let person");
    expect([moved, renamed].map(programOf)).toEqual([programOf(text), programOf(text)]);
  });
});
