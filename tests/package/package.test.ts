// The package as npm packs it, installed with npm into an empty project: the command works, TypeScript sees
// the types of what it exports, documents and what they link to are there, editors find what is theirs, and
// it is as small as the documents say.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createProtocolConnection,
  type InitializeResult,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { root, STACK_TRACE } from "../cli/spawn.ts";
import { neovim } from "../support/neovim.ts";
import { compilerOf, SMALLEST, versions } from "../support/typescript-versions.ts";
import { readZip } from "../support/zip.ts";

/** Of what is downloaded, in bytes. */
const LARGEST = 3_700_000;

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
  const installed = spawnSync("npm", ["install", ...options, join(archives, packed.filename)], {
    ...{ cwd: project, shell, encoding: "utf8" },
  });
  // No package needs a newer Node than dinc.
  expect([installed.status, installed.stderr]).toEqual([0, ""]);
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

describe("what it exports, to a project in TypeScript that asks for no `skipLibCheck`", () => {
  const own = join(root, "tests/package/project");
  const strict = { target: "ES2022", lib: ["ES2023"], strict: true, skipLibCheck: false };
  const nodeTypes = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
  const ways = {
    pure: { module: "Node16", moduleResolution: "Node16", types: [], exactOptionalPropertyTypes: true },
    node: { module: "Node16", moduleResolution: "Node16", ...nodeTypes },
    bundled: { module: "ESNext", moduleResolution: "bundler", noEmit: true, ...nodeTypes },
  };
  const files = {
    pure: ["pure.mts", "train.mts"],
    node: ["node.mts"],
    bundled: ["pure.mts", "train.mts", "node.mts"],
  };

  beforeAll(() => {
    for (const name of files.bundled) copyFileSync(join(own, name), join(project, name));
  });

  test.each(Object.keys(ways) as (keyof typeof ways)[])("has clean types: %s", async (way) => {
    const compilerOptions = { ...strict, noUncheckedIndexedAccess: true, outDir: "out", ...ways[way] };
    const config = join(project, `tsconfig.${way}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files: files[way] }));
    // dinc/node says of its arrays what memory they lie in, which TypeScript can say from 5.7 on.
    for (const version of versions.filter((each) => way === "pure" || each !== SMALLEST)) {
      const tsc = join(await compilerOf(version), "bin/tsc");
      const { stdout } = spawnSync(process.execPath, [tsc, "-p", config, "--listFiles"], {
        ...{ cwd: project, encoding: "utf8" },
      });
      const lines = stdout.split(/\r?\n/);
      expect(lines.filter((line) => line.includes("error TS")).join("\n"), version).toBe("");
      // Whose declarations need a browser's, and a package of their own that TensorFlow does not install.
      expect(lines.filter((line) => line.includes("@tensorflow"))).toEqual([]);
    }
  });

  function printed(name: string): Record<string, unknown> {
    const print = `import { told } from "./out/${name}.mjs"; console.log(told)`;
    const args = ["--input-type=module", "--eval", print];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" }));
  }

  test("runs: dinc", () => {
    expect(printed("pure")).toEqual({
      names: expect.arrayContaining([
        "check",
        "cost",
        "draw",
        "explain",
        "format",
        "lint",
        "lower",
        "render",
        "types",
      ]),
      ...{ model: "small", width: [8, 3], candidates: 10, graph: true, drawn: true, said: true },
      bindings: expect.arrayContaining(["units", "item_id", "click"]),
      ...{ explanation: "diagnostic", formatted: true, parsed: "small", analysed: 2, line: 5 },
      internal: "InternalError",
    });
  });

  test("runs: dinc/train", () => {
    expect(printed("train")).toEqual({
      names: expect.arrayContaining(["check", "compileTrained", "openTraining", "takePart"]),
      ...{ loss: true, kinds: ["step", "step", "epoch"], over: true },
      ...{
        rows: 1,
        scored: 1,
        measured: ["click"],
        tables: ["item_id"],
        dense: true,
        part: "function",
        file: true,
      },
      isOneClass: true,
    });
  });

  test.each(["dinc", "dinc/train"])(
    "loads nothing of Node where %s is bundled for a browser",
    async (entry) => {
      const input = join(project, "entry.js");
      writeFileSync(input, `export * from ${JSON.stringify(entry)};`);
      const bundle = await rolldown({ input, platform: "browser" });
      const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
      await bundle.close();
      expect(output[0].exports).toEqual(expect.arrayContaining(["check", "DiagnosticError"]));
      expect([...output[0].imports, ...output[0].dynamicImports]).toEqual([]);
    },
  );

  test("runs: dinc/node", () => {
    expect(printed("node")).toEqual({
      names: expect.arrayContaining([
        "check",
        "compile",
        "evaluate",
        "init",
        "predict",
        "prepare",
        "resume",
        "train",
      ]),
      model: "small",
      files: expect.arrayContaining(["model.ts", "model.js", "model.weights.bin"]),
      facts: expect.arrayContaining(["node", "native"]),
      missing: expect.stringContaining("nowhere"),
      contradiction: expect.stringContaining("onnx"),
    });
  });

  test("has its package.json, and editors' files under dinc/editors", () => {
    const require = createRequire(join(project, "use.js"));
    expect(require("dinc/package.json")).toEqual(manifest());
    expect(require("dinc/editors/dinc.schema.json")).toMatchObject({ type: "object" });
    expect(require("dinc/editors/vscode/syntaxes/din.tmLanguage.json")).toEqual(
      require("dinc/din.tmLanguage.json"),
    );
    expect(readFileSync(require.resolve("dinc/editors/neovim/lua/dinc.lua"), "utf8")).toContain("vim");
  });
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

test("has no rows of other libraries' examples, which have licences of their own", () => {
  expect(
    packed.files.filter(({ path }) => path.startsWith("examples/") && path.includes("/samples/")),
  ).toEqual([]);
});

test("has neither tests nor what builds it", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /\.test\.|\.map$|^tests\/|^dist\/vscode/.test(path))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(["README.md", "LICENSE", "bin/dinc.js", "package.json"]));
});
