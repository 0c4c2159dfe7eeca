// Keeps the core pure: text in, value and diagnostics out. The compiler and the grammar import no file system, no
// process, no tfjs, no DuckDB; what generated code carries imports nothing at all.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.d)\.ts$|^chevrotain\.mjs$/.test(name))
    .map((name) => join(folder, name));
}

/** What a file does beyond pure computing: modules it loads at run time (types do not count), and globals it reads. */
function effectsOf(path: string): {
  readonly loaded: readonly string[];
  readonly globals: readonly string[];
} {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.Latest);
  const loaded: string[] = [];
  const globals: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isImportDeclaration(node) &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      !isTypeOnly(node.importClause)
    )
      loaded.push(node.moduleSpecifier.text);
    if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      !node.isTypeOnly
    )
      loaded.push(node.moduleSpecifier.text);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      loaded.push(node.arguments[0]!.getText(file).slice(1, -1));
    if (ts.isPropertyAccessExpression(node))
      globals.push(`${node.expression.getText(file)}.${node.name.text}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { loaded, globals };
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
  (path) => !path.startsWith("compiler/cli/"),
);
const allowedPackages = new Map([
  // The editor protocol's types and the numbers that it gives them: pure data.
  ["compiler/lsp/", ["vscode-languageserver-types"]],
  ["grammar/chevrotain.mjs", ["chevrotain"]],
  // Reads dinc.yaml, and knows it in an editor.
  ["compiler/config/", ["yaml", "vscode-languageserver-types"]],
  // Builds the generated TypeScript.
  ["compiler/backends/typescript/", ["ts-morph"]],
  // Writes ONNX's format, and the TypeScript that makes a model's inputs.
  ["compiler/backends/onnx/", ["@bufbuild/protobuf", "@bufbuild/protobuf/codegenv2", "ts-morph"]],
]);

describe("the core is pure", () => {
  test.each(core)("%s loads only the core", (path) => {
    const packages = [...allowedPackages]
      .filter(([folder]) => path.startsWith(folder))
      .flatMap(([, names]) => names);
    const foreign = effectsOf(path)
      .loaded.map((specifier) => resolved(path, specifier))
      .filter((target) => !target.startsWith("grammar/") && !packages.includes(target))
      // As pure as the core, which is tested below.
      .filter((target) => !target.startsWith("runtime/serve/"))
      .filter((target) => !target.startsWith("compiler/") || target.startsWith("compiler/cli/"));
    expect(foreign).toEqual([]);
  });

  test.each(core)("%s reads neither the process nor the clock", (path) => {
    const impure = effectsOf(path).globals.filter((name) =>
      /^(process\.|Date\.now$|Math\.random$)/.test(name),
    );
    expect(impure).toEqual([]);
  });
});

describe("generated code carries only itself", () => {
  test.each(sources("runtime/serve"))("%s imports only its neighbours", (path) => {
    const foreign = effectsOf(path)
      .loaded.map((specifier) => resolved(path, specifier))
      .filter((target) => !target.startsWith("runtime/serve/"));
    expect(foreign).toEqual([]);
  });
});

test("what draws reports is loaded by a training only, when it writes one", () => {
  const others = [...sources("grammar"), ...sources("compiler"), ...sources("runtime")].filter(
    (path) => !path.startsWith("runtime/report/"),
  );
  const loading = others.filter((path) => {
    const targets = effectsOf(path).loaded.map((specifier) => resolved(path, specifier));
    return targets.some((target) => /^(runtime\/report\/|@observablehq\/|linkedom)/.test(target));
  });
  expect(loading).toEqual(["runtime/run/run-contents.ts"]);
  expect(readFileSync(join(root, loading[0]!), "utf8")).not.toMatch(/^import [^;]*"\.\.\/report\//m);
});
