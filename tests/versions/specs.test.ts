// Specs of earlier versions check, and mean what they meant: the Graphs of their predictions and of their training steps have the
// hashes in hashes.json. specs/DAY keeps the specs of the repository (examples, tests, documents) as they were on that day, where
// today's text differs in more than comments and layout, and one spec with names that the language took later. The zoo's specs of
// today are in the list too.
//
// If this test fails, CONTRIBUTING.md says when a hash may change ("Changing the language"). Then
// `UPDATE=1 npx vitest run tests/versions/specs.test.ts` writes the list.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { retiredForm } from "../../compiler/diagnostics/catalog/syntax.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { analyse, check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { formsOf, retiredForms } from "../../compiler/frontend/syntax/retired-forms.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { sha256 } from "../../compiler/serve/sha256.ts";
import { format } from "../../compiler/tools/fmt/format.ts";
import { migrate } from "../../compiler/tools/fmt/migrate.ts";
import { root } from "../cli/spawn.ts";
import { specFiles } from "../support/spec-files.ts";

const path = join(root, "tests/versions/hashes.json");
/** By spec: the hash of its text, and of the Graphs of its model and of each variant. */
type Hashes = Readonly<Record<string, { readonly text: string; readonly graphs: string }>>;
const hashes: Hashes = JSON.parse(readFileSync(path, "utf8"));

const old = specFiles("tests/versions/specs");
const all = [...old, ...specFiles("examples/zoo")].map(
  ([name, text]) => [name, sourceFile(name, text)] as const,
);

function graphsOf(file: SourceFile): string {
  const names = [null, ...analyse(file).variants.map(({ name }) => name.name)];
  const graphs = names.flatMap((variant) => {
    const { value, diagnostics } = check(file, { variant });
    expect(value, renderPretty(diagnostics)).not.toBeNull();
    const forward = lower(value!);
    return [graphHash(forward), graphHash(trainingProgram(forward, value!).step)];
  });
  return sha256(graphs.join(" ")).slice(0, 16);
}

const found: Hashes = Object.fromEntries(
  all.map(([name, file]) => [name, { text: sha256(file.text).slice(0, 16), graphs: graphsOf(file) }]),
);

test("every spec is in the list, with its text", () => {
  if (process.env["UPDATE"] === "1") writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
  const texts = (list: Hashes) => Object.entries(list).map(([name, { text }]) => `${name} ${text}`);
  expect(texts(found)).toEqual(texts(hashes));
});

test.each(all)("%s means what it meant", (name) => {
  expect(found[name]!.graphs).toBe(hashes[name]?.graphs);
});

describe.each(old.map(([name, text]) => [name, sourceFile(name, text)] as const))("%s", (_, file) => {
  const { diagnostics } = check(file);

  test("checks, and has no warnings but of retired forms", () => {
    expect(hasErrors(diagnostics)).toBe(false);
    expect(renderPretty(diagnostics.filter(({ code }) => code !== retiredForm.code))).toBe("");
  });

  test("is migrated, with the same Graphs, comments and layout", () => {
    const migrated = migrate(file);
    const isCertain = diagnostics.every(({ fixes }) => fixes.length > 0);
    expect(migrated.diagnostics.length === 0).toBe(isCertain);
    expect(graphsOf(migrated.file)).toBe(graphsOf(file));
    const comments = (text: string) => text.match(/\/\/.*/g);
    expect(comments(migrated.file.text)).toEqual(comments(file.text));
    expect(format(migrated.file).value === migrated.file.text).toBe(format(file).value === file.text);
  });
});

test("the corpus has every retired form", () => {
  const reported = old.flatMap(([name, text]) => check(sourceFile(name, text)).diagnostics);
  for (const form of retiredForms) {
    const words = form.kind === "setting" ? "weight" : form.name;
    expect(
      reported.some(({ message }) => message.includes(words)),
      words,
    ).toBe(true);
  }
});

test("docs/versions.md lists the retired forms", () => {
  const rows = retiredForms.flatMap((form) =>
    formsOf(form).map(([was, instead]) => `| \`${was}\` | \`${instead}\` | ${form.since} | ${form.reason} |`),
  );
  const page = join(root, "docs/versions.md");
  const text = readFileSync(page, "utf8");
  const fence = /(<!-- retired -->\n)[\s\S]*?(<!-- end of retired -->)/;
  expect(text).toMatch(fence);
  const table = ["| retired | write | since | why |", "|---|---|---|---|", ...rows].join("\n");
  const expected = text.replace(fence, (_, start, end) => `${start}${table}\n${end}`);
  if (process.env["UPDATE"] === "1") writeFileSync(page, expected);
  expect(text).toBe(expected);
});
