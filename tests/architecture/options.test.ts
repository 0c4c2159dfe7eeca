// Texts below the command line mention options as the driver calls them, and `runtime/cli` words these as flags. Literals that hold a
// flag all the same are listed by file with a reason: no count may grow.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What is written for people who read the manual, a generated folder or the drawing of a page. */
const manuals =
  /^compiler\/backends\/(?!contract|choices)|^runtime\/report\/|\/reference\.ts$|\.generated\.ts$|^compiler\/tools\/init\/write\.ts$/;

/** Flags of other programs. */
const programs = /^runtime\/(?:native|prepared\/spark)/;

/** Paragraphs of `dinc explain`, and descriptions in docs/settings.md. */
const manualProperties: ReadonlySet<string> = new Set(["explanation", "doc"]);

const still: Readonly<Record<string, number>> = {
  // Makes the flag of an option from its name.
  "compiler/common/option-text.ts": 1,
  // What set a param, in the label of a location, which isn't worded yet.
  "compiler/frontend/config/setting-reader.ts": 1,
  // The path of the text that an option holds.
  "compiler/frontend/config/setting-tree.ts": 1,
  // Facts of `dinc doctor`.
  "runtime/driver/doctor-facts.ts": 1,
  // A key in runs that are there already.
  "runtime/driver/period-runs.ts": 2,
  // Arguments of Node and of the commands that compile a changed run in processes of their own.
  "runtime/driver/serve.ts": 14,
  // Arguments of a command that a report prints.
  "runtime/tune/trial-options.ts": 3,
};

/** Flags in the literals of a file, but for those of a command to paste, such as `dinc prepare … --force`. */
function flagsIn(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  if (!/--(?:[a-z]|\$\{)/.test(text)) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && manualProperties.has(node.name.getText())) return;
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "shellCommand") return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      const plain = node.text.replaceAll(/`(?:dinc|torchrun|mlflow|eval) [^`]*`?/g, "");
      found.push(...(plain.match(/(?<![\w-]|var\()--[a-z][a-z-]*/g) ?? []));
      // A flag whose name is an expression: `--${name}`.
      if (!ts.isStringLiteralLike(node) && !ts.isTemplateTail(node))
        found.push(...(node.text.match(/--$/) ?? []));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

test("no literal outside runtime/cli holds a flag, but for those that are listed", () => {
  const paths = ["compiler", "runtime"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((path) => /(?<!\.d)\.ts$/.test(path) && !path.startsWith("runtime/cli/"))
    .filter((path) => !manuals.test(path) && !programs.test(path));
  const found = paths.map((path) => [path, flagsIn(path).length] as const).filter(([, count]) => count > 0);
  expect(Object.fromEntries(found)).toEqual(still);
});
