// One word, one thing: a type's name has one home, and no export is a bare participle. What is left of before stands in
// lists that may only become shorter.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

interface Declaration {
  readonly name: string;
  readonly isType: boolean;
  readonly isExported: boolean;
  readonly path: string;
}

// Files of serve/model/ declare the names that generated modules declare.
const declared = ["compiler", "runtime", "grammar", "playground", "manual"].flatMap(declaredIn);
const exported = declared.filter(({ isExported }) => isExported);

function declaredIn(folder: string): Declaration[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.d)\.m?ts$/.test(name) && !name.includes("node_modules"))
    .filter((name) => !(folder === "compiler" && name.startsWith("serve/model/")))
    .map((name) => join(folder, name))
    .flatMap((path) => declarationsOf(path));
}

function declarationsOf(path: string): Declaration[] {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    const isType =
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isClassDeclaration(statement);
    if (!isType && !ts.isFunctionDeclaration(statement)) return [];
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    return statement.name === undefined ? [] : [{ name: statement.name.text, isType, isExported, path }];
  });
}

// A reader takes two types of one name for one thing.
test("a type's name has one home", () => {
  const homes = new Map<string, Set<string>>();
  for (const { name, isType, path } of exported)
    if (isType) homes.set(name, (homes.get(name) ?? new Set()).add(path));
  const shared = [...homes].filter(([, paths]) => paths.size > 1).map(([name]) => name);
  expect(shared).toEqual([]);
});

/** The types of rows: the stages of a row, sources of rows, what callers give and get, and row spaces of a Graph. */
const rowTypes: readonly string[] = [
  ...["FittedRows", "ReadRows", "StoredRows"],
  ...["EventRows", "MemoryRows"],
  ...["EncodedRows", "PreparedRows", "TableRows"],
  ...["EachRows", "ElementsRows", "Rows", "StepsRows"],
];

test("a type ends in Rows only if it is a stage of a row or a known thing", () => {
  const found = declared
    .filter(({ name, isType }) => isType && name.endsWith("Rows"))
    .map(({ name }) => name);
  expect(found.sort()).toEqual(rowTypes.toSorted());
});

const participles =
  /^(asked|barred|counted|described|fetched|found|given|gone|held|known|made|measured|met|placed|ranked|read|said|scored|shared|shown|stopped|taken|told|written)$/i;

/** A type is called by a noun and a function by a verb. Take a name out when nothing exports it any more. */
const stillParticiples: readonly string[] = [
  "Stopped in runtime/driver/events.ts",
  "written in compiler/backends/typescript/writer.ts",
];

test("no export is a bare participle", () => {
  const found = exported
    .filter(({ name }) => participles.test(name))
    .map(({ name, path }) => `${name} in ${path}`);
  expect(found.sort()).toEqual(stillParticiples);
});

test("no export has a word that the concepts retire", () => {
  const page = readFileSync(join(root, "docs/concepts.md"), "utf8");
  const [, table] = page.split("| word | meaning | not called |\n|---|---|---|\n");
  const retired = new Set(
    table!.split("\n").flatMap(
      (row) =>
        row
          .split("|")[3]
          ?.split(",")
          .map((word) => word.trim()) ?? [],
    ),
  );
  expect(retired.size).toBeGreaterThan(5);
  const wordsOf = (name: string) => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const isRetired = (word: string) => retired.has(word) || retired.has(word.replace(/[sd]$/, ""));
  const found = exported.map(({ name }) => name).filter((name) => wordsOf(name).some(isRetired));
  expect([...new Set(found)].sort()).toEqual([]);
});
