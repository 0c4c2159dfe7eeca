// One word, one thing: a type's name has one home, and no export is a bare participle. What is left of before stands in
// lists that may only become shorter.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

interface Export {
  readonly name: string;
  readonly isType: boolean;
  readonly path: string;
}

const exported = ["compiler", "runtime", "grammar", "playground", "manual"].flatMap(exportsIn);

function exportsIn(folder: string): Export[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.d)\.m?ts$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name))
    .flatMap((path) => exportsOf(path));
}

function exportsOf(path: string): Export[] {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    const isType =
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isClassDeclaration(statement);
    if (!isType && !ts.isFunctionDeclaration(statement)) return [];
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    return isExported && statement.name !== undefined ? [{ name: statement.name.text, isType, path }] : [];
  });
}

/** Two types of one name are two things that a reader takes for one. Take a name out when it has one home. */
const severalHomes: readonly string[] = [
  "AblateOptions",
  "Asked",
  "Backend",
  "CalibrateOptions",
  "Cell",
  "CheckOptions",
  "CompileOptions",
  "CostOptions",
  "Counted",
  "ImportanceOptions",
  "InitOptions",
  "Numbers",
  "Parameter",
  "Part",
  "PastEvents",
  "PredictOptions",
  "ScoredRows",
  "Scores",
  "Table",
  "TensorType",
  "Top",
  "TrainOptions",
];

test("a type's name has one home", () => {
  const homes = new Map<string, Set<string>>();
  for (const { name, isType, path } of exported)
    if (isType) homes.set(name, (homes.get(name) ?? new Set()).add(path));
  const shared = [...homes].filter(([, paths]) => paths.size > 1).map(([name]) => name);
  expect(shared.sort()).toEqual(severalHomes);
});

const participles =
  /^(asked|barred|counted|described|fetched|found|given|gone|held|known|made|measured|met|placed|ranked|read|said|scored|shared|shown|stopped|taken|told|written)$/i;

/** A type is called by a noun and a function by a verb. Take a name out when nothing exports it any more. */
const stillParticiples: readonly string[] = [
  "Asked in runtime/data/tables/profile-file.ts",
  "Asked in runtime/driver/prepare.ts",
  "Counted in compiler/data/occurrences.ts",
  "Counted in compiler/data/profile.ts",
  "Fetched in runtime/data/elsewhere/download.ts",
  "Found in compiler/data/row-reader.ts",
  "Made in compiler/frontend/kinds/made.ts",
  "Placed in compiler/data/row-reader.ts",
  "Scored in compiler/middle/metrics/scored.ts",
  "Stopped in runtime/driver/events.ts",
  "given in runtime/cli/from-options.ts",
  "taken in runtime/data/events/item-columns.ts",
  "written in compiler/backends/typescript/writer.ts",
  "written in runtime/driver/prediction-parquet.ts",
];

test("no export is a bare participle", () => {
  const found = exported
    .filter(({ name }) => participles.test(name))
    .map(({ name, path }) => `${name} in ${path}`);
  expect(found.sort()).toEqual(stillParticiples);
});
