// Keeps the core pure: text in, value and diagnostics out. The compiler and the grammar import no file system, no
// process, no tfjs, no DuckDB; what generated code carries imports nothing at all. No files import each other in a circle,
// tests included.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import { floorOf, floors } from "./floors.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.d)\.m?ts$|^chevrotain\.mjs$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

interface Effects {
  /** Modules that the file loads at run time. */
  readonly loaded: readonly string[];
  /** The same and those that it imports only types from. */
  readonly imported: readonly string[];
  /** Globals that it reads. */
  readonly globals: readonly string[];
}

/** What a file does beyond pure computing. */
function effectsOf(path: string): Effects {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.Latest);
  const loaded: string[] = [];
  const imported: string[] = [];
  const globals: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      const target = resolved(path, node.moduleSpecifier.text);
      imported.push(target);
      if (!(ts.isImportDeclaration(node) ? isTypeOnly(node.importClause) : node.isTypeOnly))
        loaded.push(target);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [named] = node.arguments;
      const target = ts.isStringLiteralLike(named!) ? resolved(path, named.text) : named!.getText(file);
      imported.push(target);
      loaded.push(target);
    }
    if (ts.isPropertyAccessExpression(node))
      globals.push(`${node.expression.getText(file)}.${node.name.text}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { loaded, imported, globals };
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { namedBindings } = clause;
  return (
    clause.name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

function resolved(from: string, specifier: string): string {
  return specifier.startsWith(".") ? relative(root, resolve(root, dirname(from), specifier)) : specifier;
}

const core = [...sources("grammar"), ...sources("compiler")].filter(
  (path) => !path.startsWith("grammar/editors/vscode/src/"),
);
/** Files that are copied beside a generated module, for Node alone: nothing imports them. */
const besideModules = new Map([
  ["compiler/serve/pool.ts", ["node:os", "node:worker_threads"]],
  ["compiler/serve/folder-check.ts", ["node:assert/strict", "node:fs", "node:test"]],
  [
    "compiler/serve/onnx-check.ts",
    ["node:assert/strict", "node:fs", "node:test", "node:url", "onnxruntime-node"],
  ],
  [
    "compiler/serve/onnx-raw-check.ts",
    ["node:assert/strict", "node:fs", "node:test", "node:url", "onnxruntime-node"],
  ],
]);
const allowedPackages = new Map([
  // The editor protocol's types and the numbers that it gives them: pure data.
  ["compiler/tools/lsp/", ["vscode-languageserver-types"]],
  ["grammar/chevrotain.mjs", ["chevrotain"]],
  // Reads dinc.yaml, and knows it in an editor.
  ["compiler/frontend/config/", ["yaml"]],
  ["compiler/tools/lsp/config/", ["yaml", "vscode-languageserver-types"]],
  // Reads maps of weights.
  ["compiler/imported/", ["yaml"]],
  // Writes ONNX's format.
  ["compiler/backends/onnx/", ["@bufbuild/protobuf", "@bufbuild/protobuf/codegenv2"]],
  // The module that is data of the same page.
  ["compiler/backends/page/browser/", ["address"]],
  ...besideModules,
]);

const effects = new Map(
  [
    ...sources("grammar"),
    ...sources("compiler"),
    ...sources("runtime"),
    ...sources("playground"),
    ...sources("manual"),
    ...sources("python/jupyterlab"),
  ].map((path) => [path, effectsOf(path)]),
);

/** `file: what of it is wrong`, for each file of which anything is. */
function offenders(
  paths: readonly string[],
  wrong: (effects: Effects, path: string) => readonly string[],
): string[] {
  return paths.flatMap((path) => {
    const found = wrong(effects.get(path)!, path);
    return found.length === 0 ? [] : [`${path}: ${found.join(", ")}`];
  });
}

test("the core loads only the core", () => {
  const foreign = offenders(core, ({ loaded }, path) => {
    const packages = [...allowedPackages]
      .filter(([folder]) => path.startsWith(folder))
      .flatMap(([, names]) => names);
    return loaded
      .filter((target) => !target.startsWith("grammar/") && !packages.includes(target))
      .filter((target) => !target.startsWith("compiler/"));
  });
  expect(core.length).toBeGreaterThan(400);
  expect(foreign).toEqual([]);
});

test("the core reads neither the process nor the clock", () => {
  const impure = ({ globals }: Effects) =>
    globals.filter((name) => /^(process\.|Date\.now$|Math\.random$)/.test(name));
  // Serving code runs in a user's process, where its statistics and saved sessions have a time.
  const timed = ["compiler/serve/counting.ts", "compiler/serve/kept.ts"];
  const compiling = core.filter((path) => !timed.includes(path));
  expect(offenders(compiling, impure)).toEqual([]);
});

test("what generated code carries imports only its neighbours", () => {
  const foreign = ({ loaded }: Effects) => loaded.filter((target) => !target.startsWith("compiler/serve/"));
  const carried = sources("compiler/serve").filter((path) => !besideModules.has(path));
  expect(offenders(carried, foreign)).toEqual([]);
  const importsFiles = ({ imported }: Effects) => imported.filter((target) => besideModules.has(target));
  expect(offenders([...effects.keys()], importsFiles)).toEqual([]);
});

test("imports go down the floors", () => {
  const found = [...effects].flatMap(([path, { imported }]) =>
    imported
      .filter((target) => effects.has(target) && floorOf(target) > floorOf(path))
      .map((target) => `${path} → ${target}`),
  );
  expect(found).toEqual([]);
});

test("every file stands on a floor, and every floor has files", () => {
  const files = [...effects.keys()];
  expect(files.filter((path) => floorOf(path) < 0)).toEqual([]);
  expect(floors.filter((_, floor) => !files.some((path) => floorOf(path) === floor))).toEqual([]);
});

test("ARCHITECTURE.md has the floors", () => {
  const table = floors.map(({ folder, promise }) => `| \`${folder}\` | ${promise} |`).join("\n");
  const path = join(root, "compiler/ARCHITECTURE.md");
  const text = readFileSync(path, "utf8");
  const fence = /(<!-- floors -->\n)[\s\S]*?(\n<!-- end of floors -->)/;
  expect(text).toMatch(fence);
  const expected = text.replace(
    fence,
    (_, start, end) => `${start}| folder | promise |\n|---|---|\n${table}${end}`,
  );
  if (process.env["UPDATE"]) writeFileSync(path, expected);
  else expect(text).toBe(expected);
});

test("what draws reports is loaded only by what writes one, when it does", () => {
  const loading = [...effects.keys()].filter(
    (path) =>
      !path.startsWith("runtime/report/") &&
      effects
        .get(path)!
        .loaded.some((target) => /^(runtime\/report\/|@observablehq\/|linkedom)/.test(target)),
  );
  expect(loading).toEqual([
    "runtime/driver/ablate.ts",
    "runtime/driver/calibrate.ts",
    "runtime/driver/import-checkpoint.ts",
    "runtime/driver/importance.ts",
    "runtime/driver/run-contents.ts",
    "runtime/driver/test-data.ts",
    "runtime/tune/study-report.ts",
    // Of a page, which loads it when somebody asks.
    "playground/workers/trained-run.ts",
  ]);
  for (const path of loading.slice(0, -2))
    expect(readFileSync(join(root, path), "utf8")).not.toMatch(/^import [^;]*"\.\.\/report\//m);
  const importersOf = (file: string) =>
    [...effects.keys()].filter((path) => effects.get(path)!.loaded.some((target) => target === file));
  expect(importersOf("runtime/tune/study-report.ts")).toEqual(["runtime/tune/tune.ts"]);
  expect(importersOf("playground/workers/trained-run.ts")).toEqual([
    "playground/workers/page-file.ts",
    "playground/workers/run-archive.ts",
    "playground/workers/trainings.ts",
  ]);
  expect(importersOf("playground/workers/run-archive.ts")).toEqual(["playground/workers/trainings.ts"]);
  const says = (path: string) => readFileSync(join(root, path), "utf8");
  expect(says("runtime/tune/tune.ts")).not.toMatch(/^import [^;]*"\.\/study-report/m);
  expect(says("playground/workers/trainings.ts")).not.toMatch(
    /^import (?!type)[^;]*"\.\/(trained-run|run-archive|page-file)/m,
  );
});

/** Files that reach each other by imports, types included (Tarjan, 1972): those on a circle, the largest first. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const number = numbers.size;
    numbers.set(path, number);
    open.push(path);
    let low = number;
    for (const target of imports.get(path)!) {
      if (!imports.has(target)) continue;
      if (!numbers.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, lowest.get(target) ?? numbers.get(target)!);
    }
    lowest.set(path, low);
    if (low === number) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1) found.push(circle.sort());
    }
    return low;
  };
  for (const path of imports.keys()) if (!numbers.has(path)) visit(path);
  return found.sort((a, b) => b.length - a.length);
}

test("no files import each other in a circle", () => {
  const ofCode = [...effects].map(([path, { imported }]) => [path, imported] as const);
  const ofTests = sources("tests").map((path) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), "utf8"));
    return [path, importedFiles.map(({ fileName }) => resolved(path, fileName))] as const;
  });
  expect(circles(new Map([...ofCode, ...ofTests]))).toEqual([]);
});
