// What `import` brings, where it leads, and what it does not let through.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { importedPath, normalPath } from "../../compiler/frontend/modules/import-paths.ts";
import { importedPaths } from "../../compiler/frontend/modules/program.ts";
import { limits } from "../../compiler/frontend/values/limits.ts";
import { checkFiles, findings, graphText, modelOfFiles } from "./support.ts";

const head = `features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : binary
`;
const net = (body: string) =>
  `net { predict click = concat(user_id, item_id) |> ${body} |> dense(1) |> sigmoid }\n`;
const tower = "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4, relu) }\n";

describe("paths", () => {
  test.each([
    ["main.din", "blocks.din", "blocks.din"],
    ["specs/main.din", "blocks.din", "specs/blocks.din"],
    ["specs/main.din", "./a/../blocks.din", "specs/blocks.din"],
    ["specs/main.din", "../shared/blocks.din", "shared/blocks.din"],
    ["../specs/main.din", "../../blocks.din", "../../blocks.din"],
    ["/a/main.din", "../../../b.din", "/b.din"],
    ["<stdin>", "blocks.din", "blocks.din"],
  ])("in %s, %s is %s", (from, written, path) => {
    expect(importedPath(sourceFile(from, ""), written)).toEqual({ path });
  });

  test.each([
    ["", "empty"],
    ["/etc/blocks.din", "absolute"],
    ["~/blocks.din", "home"],
    ["C:/blocks.din", "address"],
    ["https://example.org/blocks.din", "address"],
    ["file:blocks.din", "address"],
    ["a\\b.din", "separated by"],
    ["a\u0000.din", "control"],
    ["a\n.din", "control"],
    ["blocks", ".din"],
    ["../../etc/passwd", ".din"],
  ])("%j leads nowhere", (written, reason) => {
    expect(importedPath(sourceFile("main.din", ""), written)).toEqual({
      reason: expect.stringContaining(reason),
    });
  });

  test("one file has one name", () => {
    expect(normalPath("a//./b/../c.din")).toBe("a/c.din");
    expect(normalPath("../../a.din")).toBe("../../a.din");
  });

  test("files are asked for by what the text imports, and none where it does not", () => {
    const asked: string[] = [];
    const resolve = (path: string) => {
      asked.push(path);
      return sourceFile(path, path === "b/one.din" ? 'import "../two.din"\n' : tower);
    };
    check(
      sourceFile("main.din", `model main\nimport "b/one.din"\nimport "/three.din"\n${head}${net("tower")}`),
      {
        resolve,
      },
    );
    expect(asked).toEqual(["b/one.din", "two.din"]);
    expect(importedPaths(sourceFile("a/main.din", 'import "one.din"\nimport "~/two.din"\n'))).toEqual([
      "a/one.din",
    ]);
    expect(importedPaths(sourceFile("main.din", `// important\n${head}`))).toEqual([]);
  });
});

describe("what is imported", () => {
  test("means what it would mean in the text of the spec", () => {
    const imported = modelOfFiles({
      "main.din": `model main\nimport "t.din"\n${head}${net("tower")}`,
      "t.din": tower,
    });
    const written = modelOfFiles({ "main.din": `model main\n${head}${tower}${net("tower")}` });
    expect(graphText(imported)).toBe(graphText(written));
  });

  test("may be used by several files and is there once", () => {
    const files = {
      "main.din": `model main\nimport "a.din"\nimport "b.din"\n${head}${net("a |> b")}`,
      "a.din": 'import "t.din"\nblock a(x: Vec[d]) -> Vec[4] { tower(x) }\n',
      "b.din": 'import "t.din"\nblock b(x: Vec[d]) -> Vec[4] { tower(x) }\n',
      "t.din": tower,
    };
    expect(findings(files)).toEqual([]);
    expect([...modelOfFiles(files).blocks.keys()]).toEqual(["tower", "a", "b"]);
  });

  test("brings its params, which can be overridden", () => {
    const files = {
      "main.din": `model main\nimport "t.din"\n${head}${net("tower")}`,
      "t.din": "param units = 4\nblock tower(x: Vec[d]) -> Vec[units] { dense(x, units, relu) }\n",
    };
    expect(modelOfFiles(files).params).toEqual(new Map([["units", 4]]));
    expect(graphText(modelOfFiles(files))).toContain("[16, 4]");
  });

  test("does not see what the importing file declares", () => {
    const files = {
      "main.din": `model main\nimport "t.din"\n${head}param units = 9\n${net("tower |> dense(units)")}`,
      "t.din": "block tower(x: Vec[d]) -> Vec[4] { dense(x, units) |> dense(4) }\n",
    };
    expect(findings(files)).toEqual(["DIN0406 t.din:units"]);
  });

  test("a width variable of its signature is no param of the importing file", () => {
    const files = {
      "main.din": `model main\nimport "t.din"\n${head}param d = 9\n${net("tower |> dense(d)")}`,
      "t.din": tower,
    };
    expect(findings(files)).toEqual([]);
  });

  test("is not passed on", () => {
    const files = {
      "main.din": `model main\nimport "a.din"\n${head}${net("a |> tower")}`,
      "a.din": 'import "t.din"\nblock a(x: Vec[d]) -> Vec[4] { tower(x) }\n',
      "t.din": tower,
    };
    expect(findings(files)).toEqual(["DIN0406 main.din:tower"]);
  });
});

describe("mistakes", () => {
  test("of an imported file are shown there, with the imports that lead to it", () => {
    const files = {
      "main.din": `model main\nimport "a.din"\n${head}${net("a")}`,
      "a.din": 'import "t.din"\nblock a(x: Vec[d]) -> Vec[4] { tower(x) }\n',
      "t.din": "block tower(x: Vec[d]) -> Vec[4] { dense(concat(x, y), 4) }\n",
    };
    const [found, ...others] = checkFiles(files).diagnostics;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: "DIN0260", location: { span: { file: { path: "t.din" } } } });
    const notes = found!.related.map(({ location, label }) => [
      location.kind === "text" && location.span.file.path,
      label,
    ]);
    expect(notes).toEqual([
      ["a.din", "imported here"],
      ["main.din", "imported here"],
    ]);
  });

  test("of a missing file: nothing is said about what it may have declared", () => {
    const files = { "main.din": `model main\nimport "t.din"\n${head}${net("tower |> dense(units, act)")}` };
    expect(findings(files)).toEqual(['DIN0401 main.din:"t.din"']);
  });

  test("of a file that cannot be read as a whole: likewise", () => {
    const files = {
      "main.din": `model main\nimport "t.din"\n${head}${net("tower")}`,
      "t.din": "block tower(x: Vec[d] { x }\n",
    };
    expect(findings(files)).toEqual(["DIN0108 t.din:{"]);
  });

  test("a cycle is told once, at the step that closes it", () => {
    const files = {
      "main.din": `model main\nimport "a.din"\n${head}${net("a")}`,
      "a.din": 'import "b.din"\nblock a(x: Vec[d]) -> Vec[4] { b(x) }\n',
      "b.din": 'import "./a.din"\nblock b(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n',
    };
    expect(findings(files)).toEqual(['DIN0402 b.din:"./a.din"']);
  });

  test("a chain of imports ends somewhere", () => {
    const chain = (length: number) => ({
      "main.din": `model main\nimport "f1.din"\n${head}${net("tower")}`,
      ...Object.fromEntries(
        Array.from({ length }, (_, i) => [
          `f${i + 1}.din`,
          i + 1 === length ? tower : `import "f${i + 2}.din"\n`,
        ]),
      ),
    });
    expect(findings(chain(limits.imports - 1)).join()).not.toContain("DIN0258");
    expect(findings(chain(limits.imports))).toContain(
      `DIN0258 f${limits.imports - 1}.din:"f${limits.imports}.din"`,
    );
    expect(findings(chain(20_000))).toContain(`DIN0258 f${limits.imports - 1}.din:"f${limits.imports}.din"`);
  });

  test("a clash of names shows both files", () => {
    const files = {
      "main.din": `model main\nimport "a.din"\nimport "b.din"\n${head}${net("tower |> other")}`,
      "a.din": tower,
      "b.din": `${tower}block other(x: Vec[d]) -> Vec[4] { tower(x) }\n`,
    };
    const [found, ...others] = checkFiles(files).diagnostics;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: "DIN0201", location: { span: { file: { path: "b.din" } } } });
    expect(found!.related[0]).toMatchObject({ location: { span: { file: { path: "a.din" } } } });
  });

  test("warnings in an imported file can be ignored there", () => {
    const block =
      "block tower(x: Vec[d]) -> Vec[4] {\n  let y = 2 * x  // dinc-ignore unused-let: for later\n  dense(x, 4)\n}\n";
    const files = { "main.din": `model main\nimport "t.din"\n\n\n\n${head}${net("tower")}`, "t.din": block };
    expect(findings(files)).toEqual([]);
    expect(findings({ ...files, "t.din": block.replace(/ *\/\/.*/, "") })).toEqual(["DIN0229 t.din:y"]);
  });
});

test("a file of blocks and params is checked by itself, and is no model", () => {
  expect(checkFiles({ "main.din": `param units = 4\n${tower}` })).toEqual({ value: null, diagnostics: [] });
  expect(findings({ "main.din": tower.replace("dense(x", "dense(y") })).toEqual(["DIN0260 main.din:y"]);
  const { diagnostics } = checkFiles({ "main.din": tower }, { variant: null });
  expect(diagnostics.map(({ code }) => code)).toEqual(["DIN0240", "DIN0236", "DIN0235"]);
});
