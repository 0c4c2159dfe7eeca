// `dinc check` as scripts and editors rely on it, and what it may cost.

import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "./run-here.ts";
import { root, run, STACK_TRACE } from "./spawn.ts";

const good = join(root, "examples/seed-demo/model.din");
let folder = "";
let bad = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-check-"));
  bad = join(folder, "bad.din");
  writeFileSync(
    bad,
    readFileSync(good, "utf8").replace("concat(item_id, cate_id)", "concat(item_idd, cate_id)"),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("exit codes and streams", () => {
  test("a clean spec: 0, nothing on standard output, a summary on standard error", () => {
    expect(run(["check", good])).toMatchObject({ code: 0, out: "", err: "1 file checked: no findings\n" });
  });

  test("a spec with a mistake: 1, the findings on standard output", () => {
    const { code, out, err } = run(["check", bad]);
    expect(code).toBe(1);
    expect(out).toMatch(/bad\.din:\d+:\d+/);
    expect(out).toContain("item_idd");
    expect(err).toMatch(/1 error/);
  });

  test("more findings than anybody reads: a hundred, and how many more", async () => {
    const values = Array.from({ length: 5000 }, (_, i) => `v${i}`).join(", ");
    const path = join(folder, "many.din");
    writeFileSync(path, `model m\nfeatures item { a : enum(${values})  embed 2 }\nlabel p : binary\n`);
    const { code, out, err } = await runHere(["check", path]);
    expect(code).toBe(1);
    expect(out.match(/^error\[/gm)).toHaveLength(100);
    expect(out).toMatch(/\n\nand 4901 errors more\n$/);
    expect(err).toContain("5001 errors;");
    expect((await runHere(["check", path, "--format", "concise"])).out.trimEnd().split("\n")).toHaveLength(
      5001,
    );
  });

  test("an import that cannot be read: the reason, at the import", async () => {
    const path = join(folder, "imports.din");
    mkdirSync(join(folder, "blocks.din"));
    writeFileSync(path, 'import "blocks.din"\nimport "gone.din"\n');
    const { code, out } = await runHere(["check", path, "--format", "concise"]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /imports\.din:1:8: error DIN0401: `.*blocks\.din` cannot be imported: it is a folder\n/,
    );
    expect(out).toMatch(/imports\.din:2:8: error DIN0401: there is no file `.*gone\.din` to import\n/);
  });

  test("several files: the findings of each", async () => {
    const { code, out } = await runHere(["check", good, bad, "--format", "concise"]);
    expect(code).toBe(1);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(out).toMatch(/^.*bad\.din:\d+:\d+: error DIN\d{4}: /);
  });

  test("--format json is the documented shape", async () => {
    const { code, out, err } = await runHere(["check", "--format", "json", bad]);
    expect(code).toBe(1);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      diagnostics: [
        {
          code: expect.stringMatching(/^DIN\d{4}$/),
          severity: "error",
          file: bad,
          range: {
            start: { line: expect.any(Number), column: expect.any(Number), offset: expect.any(Number) },
          },
        },
      ],
    });
  });

  test("standard input under the path that an editor gives", () => {
    const { code, out } = run(["check", "-", "--stdin-filepath", "src/my.din", "--format", "concise"], {
      input: readFileSync(bad, "utf8"),
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^src\/my\.din:/);
  });

  test("a file that is not there: 1, a sentence, no stack trace", async () => {
    const { code, err } = await runHere(["check", join(folder, "none.din")]);
    expect(code).toBe(1);
    expect(err).toMatch(/cannot read .*none\.din: there is no such file/);
    expect(err).not.toMatch(STACK_TRACE);
  });

  test.each([
    ["no file", ["check"], /missing required argument/],
    [
      "an unknown option",
      ["check", "--frmat", "json", "x.din"],
      /unknown option '--frmat'[\s\S]*Did you mean --format/,
    ],
    [
      "an unknown format",
      ["check", "--format", "xml", "x.din"],
      /Allowed choices are pretty, concise, json, sarif, github/,
    ],
    ["an unknown command", ["chekc"], /unknown command 'chekc'[\s\S]*Did you mean check/],
    [
      "a code that --deny does not know",
      ["check", "--deny", "DIN9999", "x.din"],
      /no diagnostic is called so/,
    ],
    ["--fix of standard input", ["check", "--fix", "-"], /--fix writes files/],
    ["--stdin-filepath without -", ["check", "--stdin-filepath", "a.din", "b.din"], /give - as the file/],
  ])("%s: 2", async (_name, args, message) => {
    const { code, out, err } = await runHere(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(message);
    expect(err).not.toMatch(STACK_TRACE);
  });
});

describe("folders and settings", () => {
  let project = "";
  const put = (name: string, text: string) => writeFileSync(join(project, name), text);
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "dinc-project-"));
    for (const below of ["blocks", "node_modules", ".hidden", "my-run"]) mkdirSync(join(project, below));
    put("model.din", readFileSync(good, "utf8"));
    put("dinc.yaml", "spec: model.din\ndata:\n  train: rows.csv\n");
    put("blocks/own.din", "block f(x: Vec[d]) -> Vec[d] { relu(x) }\n");
    put("my-run/manifest.json", "{}");
    for (const other of ["node_modules", ".hidden", "my-run"]) put(`${other}/wrong.din`, "net {");
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test("a folder: its specs and settings, without data, other people's specs and runs", async () => {
    expect(await runHere(["check", project])).toMatchObject({
      code: 0,
      err: "3 files checked: no findings\n",
    });
  });

  test("an error of a spec is told once, at the spec; a wrong setting at the setting", async () => {
    put("model.din", readFileSync(bad, "utf8"));
    put("dinc.yaml", "spec: model.din\ndata:\n  trian: rows.csv\n");
    const { code, out } = await runHere(["check", project, "--format", "concise"]);
    expect(code).toBe(1);
    expect(out.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/model\.din:\d+:\d+: error DIN0260/),
      expect.stringMatching(/dinc\.yaml:3:3: error DIN0521/),
    ]);
  });

  test("settings alone: an error of their spec is shown where they name it; --fix mends them", async () => {
    const settings = join(project, "dinc.yaml");
    const { out } = await runHere(["check", settings]);
    expect(out).toContain("dinc.yaml:1:7");
    await runHere(["check", "--fix", settings]);
    expect(readFileSync(settings, "utf8")).toContain("  train: rows.csv");
  });

  test("settings whose spec is not there", async () => {
    put("dinc.yaml", "spec: other.din\ndata:\n  train: rows.csv\n");
    const { code, out } = await runHere(["check", join(project, "dinc.yaml")]);
    expect([code, out]).toEqual([1, expect.stringContaining("other.din")]);
  });

  test("a folder with nothing to check", async () => {
    const { code, err } = await runHere(["check", join(project, "my-run")]);
    expect([code, err]).toEqual([2, expect.stringContaining("my-run has no .din file and no dinc.yaml")]);
  });

  test("the hook for git in docs/commands.md refuses a spec with an error", () => {
    const page = readFileSync(join(root, "docs/commands.md"), "utf8");
    const [, hook] = /```sh\n(#!\/bin\/sh\ngit diff[^`]*)```/.exec(page)!;
    const repository = mkdtempSync(join(tmpdir(), "dinc-hook-"));
    try {
      const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
          cwd: repository,
          encoding: "utf8",
          stdio: "pipe",
          env: { ...process.env, PATH: `${repository}/bin:${process.env["PATH"]}` },
        });
      git("init", "--quiet");
      mkdirSync(join(repository, "bin"));
      const npx = `#!/bin/sh\nshift\nexec ${process.execPath} ${join(root, "bin/dinc.js")} "$@"\n`;
      writeFileSync(join(repository, "bin/npx"), npx, { mode: 0o755 });
      writeFileSync(join(repository, ".git/hooks/pre-commit"), hook!, { mode: 0o755 });
      writeFileSync(join(repository, "model.din"), readFileSync(bad, "utf8"));
      git("add", "model.din");
      expect(() => git("commit", "--quiet", "-m", "a model")).toThrow(/DIN0260/);
      writeFileSync(join(repository, "model.din"), readFileSync(good, "utf8"));
      git("commit", "--quiet", "--all", "-m", "a model");
      expect(git("log", "--format=%s")).toBe("a model\n");
    } finally {
      rmSync(repository, { recursive: true });
    }
  });
});

describe("formats for machines", () => {
  test("--format sarif is one run of this version, whose result points into the file", async () => {
    const { code, out, err } = await runHere(["check", "--format", "sarif", bad]);
    expect([code, err]).toEqual([1, ""]);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(JSON.parse(out)).toMatchObject({
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "dinc", version, rules: [{ id: "DIN0260" }] } },
          results: [{ ruleId: "DIN0260", ruleIndex: 0, level: "error" }],
        },
      ],
    });
  });

  test("--format github is a workflow command for each finding", async () => {
    const { code, out } = await runHere(["check", "--format", "github", bad]);
    expect(code).toBe(1);
    expect(out).toMatch(/^::error file=.*bad\.din,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=DIN0260 /);
  });
});

describe("--fix", () => {
  test("writes the fixes, keeps permissions and links, and says how many there were", async () => {
    const target = join(folder, "fix.din");
    const link = join(folder, "link.din");
    writeFileSync(target, readFileSync(bad, "utf8"), { mode: 0o640 });
    symlinkSync(target, link);
    const first = await runHere(["check", "--fix", link]);
    expect(first).toEqual({
      code: 0,
      out: "",
      err: `${link}: 1 mistake fixed\n1 file checked: no findings\n`,
    });
    expect(readFileSync(target, "utf8")).toBe(readFileSync(good, "utf8"));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect((await runHere(["check", "--fix", link])).err).toBe("1 file checked: no findings\n");
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("a file that is not UTF-8 stays as it is", async () => {
    const path = join(folder, "latin1.din");
    const bytes = Buffer.from(`// caf\u00e9\n${readFileSync(bad, "latin1")}`, "latin1");
    writeFileSync(path, bytes);
    const { code, err } = await runHere(["check", "--fix", path]);
    expect(code).toBe(1);
    expect(err).toMatch(/latin1\.din is not in UTF-8[\s\S]*iconv -f WINDOWS-1252/);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

test.each(["utf16le", "utf-16be"])(
  "a spec in %s is named as such by every command, and stays as it is",
  async (encoding) => {
    const path = join(folder, `${encoding}.din`);
    const little = Buffer.from(`\ufeff${readFileSync(good, "utf8")}`, "utf16le");
    writeFileSync(path, encoding === "utf16le" ? little : little.swap16());
    const bytes = readFileSync(path);
    for (const command of [["check"], ["check", "--fix"], ["lint", "--fix"], ["fmt"], ["graph"]]) {
      const { code, err } = await runHere([...command, path]);
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/DIN0529 .*is in UTF-16, not in UTF-8\n.*iconv -f UTF-16 -t UTF-8 /),
      ]);
    }
    expect(readFileSync(path).equals(bytes)).toBe(true);
  },
);

describe("--deny", () => {
  const warned = () => {
    const path = join(folder, "warned.din");
    writeFileSync(path, readFileSync(join(root, "tests/bad/unused-let.din")));
    return path;
  };
  test.each([["DIN0229"], ["unused-let"], ["din0229"]])("%s makes the warning an error", async (code) => {
    const denied = await runHere([
      "check",
      "--format",
      "concise",
      "--deny",
      "DIN0227",
      "--deny",
      code,
      warned(),
    ]);
    expect(denied.code).toBe(1);
    expect(denied.out).toMatch(/ error DIN0229: /);
  });

  test("without it the warning is no reason to fail", async () => {
    const { code, out } = await runHere(["check", "--format", "concise", "--deny", "DIN0227", warned()]);
    expect(code).toBe(0);
    expect(out).toMatch(/ warning DIN0229: /);
  });
});

describe("help", () => {
  test.each([[[]], [["check"]], [["train"]], [["predict"]], [["eval"]], [["explain"]]])(
    "dinc %s --help shows an example first",
    async (command) => {
      const { code, out, err } = await runHere([...command, "--help"]);
      expect(code).toBe(0);
      expect(err).toBe("");
      expect(out.trimStart()).toMatch(/^\$ dinc /);
    },
  );

  test("no command at all: help, 2", () => {
    const { code, err } = run([]);
    expect(code).toBe(2);
    expect(err).toContain("Usage: dinc");
  });

  test("--version prints the version of the package", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(run(["--version"])).toMatchObject({ code: 0, out: `${version}\n` });
  });
});

describe("colour", () => {
  const sequence = "\u001b[";
  test.each([
    ["none where nobody watches", {}, false],
    ["asked for by FORCE_COLOR", { FORCE_COLOR: "1" }, true],
    ["refused by NO_COLOR whatever else is set", { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ])("%s", (_name, env, colored) => {
    expect(run(["check", bad], { env }).out.includes(sequence)).toBe(colored);
  });
});

describe("explain", () => {
  test("by code and by name", async () => {
    const byCode = await runHere(["explain", "din0501"]);
    expect(byCode).toMatchObject({ code: 0, err: "" });
    expect(byCode.out).toMatch(/^DIN0501 output-exists \(error\)\n\n/);
    expect((await runHere(["explain", "output-exists"])).out).toBe(byCode.out);
  });

  test("a page has a bad example, its message, and a good example", async () => {
    const { code, out } = await runHere(["explain", "unused-let"]);
    expect(code).toBe(0);
    expect(out).toMatch(/A bad example:\n\n[\s\S]*warning\[DIN0229 unused-let\][\s\S]*\n {2}\+ .*interest/);
  });

  test("a word of the field that dinc does not have: dinc's own word for it", async () => {
    expect(await runHere(["explain", "Mish"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^`Mish` as an activation: dinc has no `Mish`; declare it: `block Mish\(/),
    });
    expect((await runHere(["explain", "l1"])).out).toMatch(
      /^`l1` as a loss: .*\n`l1` as a setting: write `regularize l1\(/,
    );
  });

  test("an unknown code or name: 2, with a similar one", async () => {
    const { code, err } = await runHere(["explain", "output-exist"]);
    expect(code).toBe(2);
    expect(err).toMatch(/did you mean output-exists\?/);
  });
});

describe("what check costs", () => {
  test("it loads a few files, with neither DuckDB nor training code", () => {
    const script = `
      const { main } = await import(${JSON.stringify(pathToFileURL(join(root, "dist/bundle/command-line.js")).href)});
      await main(["check", ${JSON.stringify(good)}]);`;
    const hook = join(folder, "hook.mjs");
    const log = join(folder, "loaded.txt");
    writeFileSync(
      hook,
      `import { appendFileSync } from "node:fs";
       export async function load(url, context, next) { appendFileSync(${JSON.stringify(log)}, url + "\\n"); return next(url, context); }`,
    );
    const registration = `data:text/javascript,import { register } from "node:module"; register(${JSON.stringify(pathToFileURL(hook).href)});`;
    execFileSync(process.execPath, ["--import", registration, "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const loaded = readFileSync(log, "utf8")
      .split("\n")
      .filter((url) => url.startsWith("file:"))
      .map((url) => relative(root, fileURLToPath(url)));
    // What reads specs is in a few files, with the parser generator. File by file it would take most of the time.
    expect(loaded.filter((path) => !path.startsWith("dist/bundle/"))).toEqual([]);
    expect(loaded).toContain("dist/bundle/specs.js");
    expect(loaded).not.toContain("dist/bundle/compiling.js");
    expect(loaded.length).toBeLessThan(8);
    const parts = {
      parser: "DinParser=class",
      duckdb: "@duckdb/node-api",
      steps: "trainingProgram",
      batches: "openBatches",
    };
    const texts = loaded.map((path) => readFileSync(join(root, path), "utf8"));
    const found = Object.keys(parts).filter((name) =>
      texts.some((text) => text.includes(parts[name as keyof typeof parts])),
    );
    expect(found).toEqual(["parser"]);
    // Those that are not are somewhere else under the same names.
    const all = readdirSync(join(root, "dist/bundle")).map((name) =>
      readFileSync(join(root, "dist/bundle", name), "utf8"),
    );
    for (const part of Object.values(parts))
      expect(
        all.some((text) => text.includes(part)),
        part,
      ).toBe(true);
  });
});
