// The package as npm packs it, installed with npm into an empty project: the command works, TypeScript sees the types of what
// it exports, documents and what they link to are there, editors find what is theirs, and it is as small as the documents say.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createProtocolConnection,
  type InitializeResult,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { root, STACK_TRACE } from "../cli/spawn.ts";
import { neovim } from "../support/neovim.ts";
import { compilerOf, versions } from "../support/typescript-versions.ts";
import { readZip } from "../support/zip.ts";

/** Of what is downloaded, in bytes. */
const LARGEST = 2_500_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let project: string;
let packed: Packed;

const shell = process.platform === "win32";
const editors = readFileSync(join(root, "docs/editors.md"), "utf8");

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "dinc-package-"));
  const archives = join(project, "archives");
  mkdirSync(archives);
  // What `npm pack` does first; the build is the one that all tests of the command line run.
  const bundle = join(root, "grammar/editors/vscode/bundle.mjs");
  execFileSync(process.execPath, [bundle, "--out", join(project, "vscode"), "--vsix", ""], {
    stdio: ["ignore", "ignore", "inherit"],
  });
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

test("TypeScript sees the types of what it exports, and asks for no `skipLibCheck`", async () => {
  writeFileSync(
    join(project, "use.ts"),
    `import * as dinc from "dinc";
import { check, type Diagnostic, sourceFile } from "dinc";
export const names = Object.keys(dinc);
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
  for (const version of versions) {
    const tsc = join(await compilerOf(version), "bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", project, "--listFiles"], { encoding: "utf8" });
    const lines = stdout.split(/\r?\n/);
    expect(lines.filter((line) => line.includes("error TS")).join("\n"), version).toBe("");
    // Whose declarations need a browser's, and a package of their own that TensorFlow does not install.
    expect(lines.filter((line) => line.includes("@tensorflow"))).toEqual([]);
  }
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

  test("the extension for VS Code, where docs/editors.md installs it from", () => {
    const [, path] = /^code --install-extension (\S+)$/m.exec(editors)!;
    const files = readZip(join(project, path!));
    expect(JSON.parse(files.get("extension/package.json")!.toString("utf8"))).toMatchObject({
      name: "dinc",
      version: manifest().version,
    });
  });

  test("lines for Neovim that work in an empty home", async () => {
    const [, lines] = /```sh\n(mkdir[^`]*init\.lua\n)```/.exec(editors)!;
    const home = join(project, "home");
    mkdirSync(home);
    const { program, env } = await neovim();
    const given = { ...process.env, ...env, HOME: home };
    for (const name of Object.keys(given)) if (name.startsWith("XDG_")) delete given[name as never];
    const options = { cwd: project, env: given, encoding: "utf8" } as const;
    const shell = spawnSync("sh", ["-e", "-c", lines!], options);
    expect([shell.status, shell.stderr]).toEqual([0, ""]);
    const clients = "#vim.lsp.get_active_clients()";
    const command = `lua vim.wait(30000, function() return ${clients} > 0 end); io.write(vim.bo.filetype, ' ', ${clients})`;
    const told = spawnSync(program, ["--headless", "model.din", "-c", command, "-c", "qa!"], options);
    expect([told.stdout, told.stderr]).toEqual(["din 1", ""]);
  });
});

test("what README and documents link to is there", () => {
  const paths = new Set(packed.files.map(({ path }) => path));
  const folders = new Set([...paths].map((path) => posix.dirname(path)));
  const pages = [...paths].filter((path) => path.endsWith(".md"));
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/commands.md", "grammar/SPEC.md"]));
  const links = pages.flatMap((page) => {
    const text = readFileSync(join(project, "node_modules/dinc", page), "utf8").replace(/```.*?```/gs, "");
    return [...text.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)].map(([, a, b]) => ({
      page,
      link: a ?? b!,
    }));
  });
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(({ page, link }) => {
    if (/^https?:/.test(link)) return false;
    const [file, place] = link.split("#");
    const path = file === "" ? page : posix.join(posix.dirname(page), file!);
    if (!paths.has(path)) return !folders.has(path);
    return place !== undefined && !headingsOf(path).has(place);
  });
  expect(broken).toEqual([]);
});

/** The places of a page, as GitHub and npm call them. */
function headingsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(join(project, "node_modules/dinc", page), "utf8").replace(/```.*?```/gs, "");
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test(`is smaller than ${LARGEST} bytes, and as large as docs/editors.md says`, () => {
  expect(packed.size).toBeLessThan(LARGEST);
  const [, said] = /package is (\d+\.\d) MB/.exec(editors)!;
  expect(Math.abs(packed.size / 1e6 - Number(said))).toBeLessThan(0.15);
});

test("has neither tests nor what builds it", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /\.test\.|\.map$|^tests\/|^dist\/vscode/.test(path))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(["README.md", "LICENSE", "bin/dinc.js", "package.json"]));
});
