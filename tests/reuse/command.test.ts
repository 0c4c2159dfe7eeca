// Imports, params and variants through the command line, up to a run that needs none of them any more.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { expectSuccess, runHere } from "../cli/run-here.ts";
import type { Ran } from "../cli/spawn.ts";

const spec = `model tiny

import "shared/scores.din"

param units = [8]
param rate  = 1e-2

features user { user_id : id }
features item { item_id : id  embed 4 }
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary

net {
  let interest  = sum(score(item_id, clicks) * clicks)
  predict click = concat(item_id, interest) |> mlp(units) |> dense(1) |> sigmoid
}

train {
  optimizer adam(learning_rate: rate)
  batch     16
  metrics   auc, gauc(by: user_id)
}

/// Without attention.
variant pooled from tiny {
  net { let interest = scaled(sum(clicks)) }
}
`;
const shared = `param scale = 2.0

block score(query: Vec[d], key: Vec[d]) -> Vec[1] {
  dot(query, key)
}
block scaled(x: Vec[d]) -> Vec[d] {
  scale * x
}
`;
const rows = ["user_id,item_id,hist_item_id,click"];
for (let i = 0; i < 64; i++) rows.push(`u${i % 8},i${i % 5},${i % 3 === 0 ? "" : `i${i % 4}|i1`},${i % 2}`);

let folder = "";
let trained: Ran;
const dinc = (...args: string[]) => runHere(args, { cwd: folder });
const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const read = (path: string) => readFileSync(join(folder, path), "utf8");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-reuse-"));
  mkdirSync(join(folder, "specs/shared"), { recursive: true });
  write("specs/tiny.din", spec);
  write("specs/shared/scores.din", shared);
  write("rows.csv", `${rows.join("\n")}\n`);
  write(
    "dinc.yaml",
    "spec: specs/tiny.din\nvariant: pooled\nparams:\n  units: [6, 5]\n  scale: 3\ndata:\n  train: rows.csv\n  test: rows.csv\n",
  );
  trained = await dinc("train", "--backend", "wasm", "--out", "run", "--param", "units=[7]");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("dinc train", () => {
  test("trains the variant, with values of the command line over those of dinc.yaml", () => {
    expect(trained.code, trained.err).toBe(0);
    expect(JSON.parse(read("run/manifest.json"))).toMatchObject({
      model: "pooled",
      parent: "tiny",
      params: { scale: 3, units: [7], rate: 0.01 },
      settings: { batch: 16, optimizer: { learningRate: 0.01 } },
    });
  });

  test("leaves a spec that says all of it", () => {
    const kept = read("run/model.din");
    const { value, diagnostics } = check(sourceFile("model.din", kept));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(value).toMatchObject({ name: "pooled", doc: "Without attention." });
    expect(kept).toContain("param units = [7]\n");
    expect(kept).toContain("param scale = 3.0\n");
    expect(kept).not.toMatch(/^(import|variant)/m);
  });

  test("mistakes in dinc.yaml are shown at their lines", async () => {
    const yaml = read("dinc.yaml");
    const said = async (text: string) => {
      write("wrong.yaml", text);
      return (await dinc("train", "-c", "wrong.yaml", "--out", "none")).err;
    };
    expect(await said(yaml.replace("units:", "unit:"))).toMatch(
      /DIN0415 unknown-param.*\n *--> wrong\.yaml:4:3[\s\S]*tiny\.din:5:7[\s\S]*did you mean `units`/,
    );
    expect(await said(yaml.replace("scale: 3", "scale: wide"))).toMatch(
      /DIN0416 param-type.*\n *--> wrong\.yaml:5:10/,
    );
    expect(await said(yaml.replace("scale: 3", "scale: {a: 1}"))).toMatch(
      /wrong-setting.*params\.scale.*\n *--> wrong\.yaml:5:/,
    );
    expect(await said(yaml.replace("pooled", "poled"))).toMatch(
      /DIN0417 unknown-variant.*\n *--> wrong\.yaml:2:10[\s\S]*did you mean `pooled`/,
    );
    expect(await said(yaml.replace("[6, 5]", "[0]"))).toMatch(/`units` is \[0\], given by `wrong\.yaml`/);
  });
});

describe("a run", () => {
  test("predicts and compiles when the imported file is gone and the spec has changed", async () => {
    const predict = () => dinc("predict", "run", "--data", "rows.csv", "--backend", "wasm", "--out", "-");
    const before = await predict();
    expect(before.code).toBe(0);
    rmSync(join(folder, "specs/shared/scores.din"));
    write("specs/tiny.din", "model other\n");
    expect((await predict()).out).toBe(before.out);
    expectSuccess(await dinc("compile", "run", "--out", "ranker"));
    expect(read("ranker/model.ts")).toContain("Without attention.");
    expect((await dinc("cost", "run")).out).toMatch(/^pooled: .*\n.*mlp.*8 × 7/);
    write("specs/tiny.din", spec);
    write("specs/shared/scores.din", shared);
  });

  test("takes no values: it has them", async () => {
    for (const args of [
      ["compile", "run", "--out", "x"],
      ["cost", "run"],
      ["compile", "run", "--emit", "model"],
    ])
      expect(await dinc(...args, "--param", "units=[3]")).toMatchObject({ code: 2, err: /was trained with/ });
  });
});

describe("commands on a spec", () => {
  test("check looks at the model and every variant, or at the one that is named", async () => {
    write("specs/both.din", spec.replace("scaled(", "scald("));
    expect(await dinc("check", "specs/both.din")).toMatchObject({ code: 1, out: /scald/ });
    expect((await dinc("check", "--variant", "pooled", "specs/both.din")).code).toBe(1);
    expectSuccess(await dinc("check", "specs/tiny.din", "--param", "units=[3]"));
    expectSuccess(await dinc("check", "specs/shared/scores.din"));
  });

  test("check shows what it says of an imported file there, in every format", async () => {
    write("specs/shared/wrong.din", shared.replace("scale * x", "scale * x + y"));
    write("specs/wrong.din", spec.replace("scores.din", "wrong.din"));
    const { out } = await dinc("check", "--format", "json", "specs/wrong.din");
    const { diagnostics } = JSON.parse(out) as {
      diagnostics: { file: string; related: { file: string }[] }[];
    };
    expect(diagnostics.map(({ file }) => file)).toEqual(["specs/shared/wrong.din"]);
    expect(diagnostics[0]!.related[0]!.file).toBe("specs/wrong.din");
    for (const format of ["pretty", "concise", "sarif", "github"])
      expect((await dinc("check", "--format", format, "specs/wrong.din")).out).toContain(
        "specs/shared/wrong.din",
      );
  });

  test("check of standard input takes imports from where the text would lie", async () => {
    const piped = await runHere(["check", "--stdin-filepath", "specs/x.din", "-"], {
      cwd: folder,
      input: spec,
    });
    expect(piped.code, piped.err).toBe(0);
  });

  test("check --fix changes the spec alone", async () => {
    write("specs/fixed.din", spec.replace("import", 'import "./shared/scores.din"\nimport'));
    expect(await dinc("check", "--fix", "specs/fixed.din")).toMatchObject({
      code: 0,
      err: /1 mistake fixed/,
    });
    expect(read("specs/fixed.din")).toBe(spec.replace("shared/", "./shared/"));
    expect(read("specs/shared/scores.din")).toBe(shared);
  });

  test("check --types has params with their values, and says where imported blocks stand", async () => {
    const { out } = await dinc("check", "--types", "specs/tiny.din", "--param", "units=[3]");
    expect(out).toMatch(/specs\/shared\/scores\.din:1 {2}param +scale +Float = 2\.0/);
    expect(out).toMatch(/ 5 {2}param +units +List\[Int\] = \[3\]/);
  });

  test("cost, graph and compile take a variant and values", async () => {
    expect((await dinc("cost", "specs/tiny.din", "--variant", "pooled", "--param", "units=[3]")).out).toMatch(
      /^pooled: .*\n.*8 × 3/,
    );
    expect(
      (await dinc("graph", "specs/tiny.din", "--format", "mermaid", "--variant", "pooled")).out,
    ).toContain("scaled");
    expect(
      (await dinc("compile", "specs/tiny.din", "--emit", "graph", "--param", "units=[3]")).out,
    ).toContain("[8, 3]");
  });

  test("a file of blocks is no model; --param without a value is a mistake in the command", async () => {
    expect(await dinc("cost", "specs/shared/scores.din")).toMatchObject({
      code: 1,
      err: /model-without-name/,
    });
    expect(await dinc("check", "specs/tiny.din", "--param", "units")).toMatchObject({
      code: 2,
      err: /--param name=value/,
    });
  });
});
