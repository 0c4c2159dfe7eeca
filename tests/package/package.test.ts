// The package as npm packs it, installed with npm into an empty project: the command works, TypeScript sees the types of what
// it exports, editors find what is theirs, and it is as small as the README says.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createProtocolConnection,
  type InitializeResult,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { root, STACK_TRACE } from "../cli/spawn.ts";

/** Of what is downloaded, in bytes. */
const LARGEST = 2_000_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let project: string;
let packed: Packed;

const shell = process.platform === "win32";

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "dinc-package-"));
  const archives = join(project, "archives");
  mkdirSync(archives);
  // The build is the one that all tests of the command line run.
  const told = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", archives], {
    ...{ cwd: root, shell, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  });
  [packed] = JSON.parse(told) as [Packed];
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", type: "module" }));
  // What is optional is DuckDB's and TensorFlow's native code, which is large, and which checking does without.
  const options = ["--omit=optional", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync("npm", ["install", ...options, join(archives, packed.filename)], {
    ...{ cwd: project, shell, stdio: ["ignore", "ignore", "inherit"] },
  });
  writeFileSync(join(project, "model.din"), MODEL);
}, 240_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

const MODEL = `model small

features item { item_id : id  embed 8 }
label click : binary

net { predict click = dense(item_id, 1) |> sigmoid }
`;

describe("the command", () => {
  function dinc(...args: readonly string[]) {
    return spawnSync("npx", ["--no-install", "dinc", ...args], { cwd: project, shell, encoding: "utf8" });
  }

  test("checks a spec", () => {
    const { status, stderr } = dinc("check", "model.din");
    expect(stderr).not.toMatch(STACK_TRACE);
    expect(status).toBe(0);
  });

  test("says what is wrong with one", () => {
    writeFileSync(join(project, "wrong.din"), MODEL.replace("dense(item_id", "dense(item_ids"));
    const { status, stdout, stderr } = dinc("check", "--format", "concise", "wrong.din");
    expect(stdout + stderr).toContain("wrong.din:6:29");
    expect(status).toBe(1);
  });

  test("prints code for a model, from the kernels that the package brings along", () => {
    const { status, stderr } = dinc("compile", "model.din", "--out", "ranker");
    expect(stderr).not.toMatch(STACK_TRACE);
    expect(status).toBe(0);
    expect(readFileSync(join(project, "ranker/model.ts"), "utf8")).toContain("export");
  });

  test("serves editors", async () => {
    const bin = join(project, "node_modules/dinc/bin/dinc.js");
    const server = spawn(process.execPath, [bin, "lsp", "--stdio"], { cwd: project });
    const ended = new Promise((resolve) => server.on("exit", resolve));
    const connection = createProtocolConnection(
      new StreamMessageReader(server.stdout),
      new StreamMessageWriter(server.stdin),
    );
    connection.listen();
    const { serverInfo } = await connection.sendRequest<InitializeResult>("initialize", {
      ...{ processId: process.pid, rootUri: null, capabilities: {} },
    });
    expect(serverInfo).toEqual({ name: "dinc", version: manifest().version });
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    expect(await ended).toBe(0);
    connection.dispose();
  });
});

function manifest(): { readonly version: string } {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

test("TypeScript sees the types of what it exports", () => {
  writeFileSync(
    join(project, "use.ts"),
    `import { check, type Diagnostic, sourceFile } from "dinc";
const { diagnostics } = check(sourceFile("model.din", "model small"));
export const messages: readonly string[] = diagnostics.map((diagnostic: Diagnostic) => diagnostic.message);
// @ts-expect-error: a text is no file
export const wrong = () => check("model small");
`,
  );
  const compilerOptions = {
    ...{
      module: "NodeNext",
      target: "ES2022",
      lib: ["ES2023"],
      strict: true,
      skipLibCheck: false,
      types: [],
    },
    ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, outDir: "out" },
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  // TensorFlow's own declarations need a browser's.
  const ours = stdout.split(/\r?\n/).filter((line) => !/node_modules[\\/](?!dinc[\\/])/.test(line));
  expect(ours.join("\n")).toBe("");
  const run = `import { messages } from "./out/use.js"; console.log(JSON.stringify(messages))`;
  const told = execFileSync(process.execPath, ["--input-type=module", "--eval", run], {
    ...{ cwd: project, encoding: "utf8" },
  });
  expect(JSON.parse(told).length).toBeGreaterThan(0);
});

describe("what editors need", () => {
  test("the TextMate grammar, as a module too", () => {
    const require = createRequire(join(project, "use.js"));
    expect(require("dinc/din.tmLanguage.json")).toMatchObject({ scopeName: "source.din" });
  });

  test("the plug-in for Neovim, whole", () => {
    for (const name of ["ftdetect/din.vim", "ftplugin/din.vim", "syntax/din.vim", "lua/dinc.lua"])
      expect(existsSync(join(project, "node_modules/dinc/grammar/editors/neovim", name)), name).toBe(true);
  });
});

test(`is smaller than ${LARGEST} bytes, and as large as docs/editors.md says`, () => {
  expect(packed.size).toBeLessThan(LARGEST);
  const [, said] = /package is (\d+\.\d) MB/.exec(readFileSync(join(root, "docs/editors.md"), "utf8"))!;
  expect(Math.abs(packed.size / 1e6 - Number(said))).toBeLessThan(0.15);
});

test("has neither tests nor what builds it, nor the extension, which stands on its own", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /\.test\.|\.map$|^tests\/|^docs\/|\.vsix$|^dist\/vscode/.test(path))).toEqual(
    [],
  );
  expect(paths).toEqual(expect.arrayContaining(["README.md", "LICENSE", "bin/dinc.js", "package.json"]));
});
