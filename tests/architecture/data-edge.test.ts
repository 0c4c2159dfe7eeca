// Keeps the data edge small: few of its files are imported from outside, and few of its functions take many
// arguments. Both lists may only shrink.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

function treeOf(path: string): ts.SourceFile {
  return ts.createSourceFile(
    path,
    readFileSync(join(root, path), "utf8"),
    ts.ScriptTarget.Latest,
    /* setParentNodes */ true,
  );
}

test("files outside runtime/data import only its doors", () => {
  const outside = sources("runtime").filter((path) => !path.startsWith("runtime/data/"));
  const doors = outside.flatMap((path) =>
    // Imports of types and `import()` count, too.
    ts
      .preProcessFile(readFileSync(join(root, path), "utf8"))
      .importedFiles.map(({ fileName }) => relative(root, resolve(root, dirname(path), fileName)))
      .filter((target) => target.startsWith("runtime/data/")),
  );
  expect([...new Set(doors)].sort()).toEqual([
    "runtime/data/batches.ts",
    "runtime/data/data-fingerprint.ts",
    "runtime/data/read-data.ts",
    "runtime/data/storage.ts",
    "runtime/data/tables.ts",
    "runtime/data/training-data.ts",
  ]);
});

/** Functions with a body and six or more parameters, as `file: name`. */
function manyParameters(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined && node.parameters.length >= 6) {
      const owner = ts.isConstructorDeclaration(node) ? node.parent.name : node.name;
      found.push(`${path}: ${owner?.getText() ?? "a function"}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(treeOf(path));
  return found;
}

test("functions of the data edge take a context and a few arguments", () => {
  expect([...sources("runtime/data"), ...sources("compiler/data")].flatMap(manyParameters)).toEqual([]);
});
