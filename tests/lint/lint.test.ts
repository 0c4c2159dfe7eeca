// Every `tests/lint/*.din` is a spec that a reviewer would ask about, with what `dinc lint NAME.din` prints in
// `NAME.expected`. A little changed (near-misses.ts, or by the advice's own fix) there is nothing to say about it.
// `npm run generate -- tests/lint` rewrites the expectations; read the difference before you commit it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { adviceEntries } from "../../compiler/diagnostics/catalog/index.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { rules } from "../../compiler/tools/lint/registry.ts";
import { specFiles } from "../support/spec-files.ts";
import { nearMisses } from "./near-misses.ts";

const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".din"))
  .map((name) => name.slice(0, -".din".length));

function fileOf(name: string) {
  return sourceFile(`${name}.din`, readFileSync(join(folder, `${name}.din`), "utf8"));
}

test("every advice of the catalogue has its one rule", () => {
  expect(rules.map(({ entry }) => entry.code).sort()).toEqual(adviceEntries.map(({ code }) => code));
});

describe("each gets its advice", () => {
  test.each(names)("%s", (name) => {
    const printed = renderPretty(lint(fileOf(name)));
    const expected = join(folder, `${name}.expected`);
    if (process.env["UPDATE"] === "1") writeFileSync(expected, printed);
    expect(printed).toBe(existsSync(expected) ? readFileSync(expected, "utf8") : "");
    expect(printed).not.toBe("");
  });

  test.each(names)("%s is right in all that `dinc check` looks at", (name) => {
    expect(renderConcise(check(fileOf(name)).diagnostics)).toBe("");
  });

  test.each(names)("%s says in its first line what is to be asked", (name) => {
    expect(fileOf(name).text).toMatch(/^\/\/ [A-Z].{10,}\.\n/);
  });

  test.each(adviceEntries)(
    "$code $name is shown in a file of its name, which has no other advice",
    (entry) => {
      expect(lint(fileOf(entry.name)).map(({ code }) => code)).toEqual([entry.code]);
    },
  );
});

describe("a little changed there is nothing to say", () => {
  test.each(names)("%s", (name) => {
    let { text } = fileOf(name);
    for (const [from, to] of nearMisses[name] ?? []) {
      expect(text).toContain(from);
      text = text.replace(from, () => to);
    }
    const { file, diagnostics } = fixAll(sourceFile("changed.din", text), lint);
    expect(file.text).not.toBe(fileOf(name).text);
    expect(renderConcise(diagnostics)).toBe("");
  });

  test("no change is left over from a file that is gone", () => {
    expect(Object.keys(nearMisses).filter((name) => !names.includes(name))).toEqual([]);
  });
});

test("no expectation is left over from a file that is gone", () => {
  const expectations = readdirSync(folder).filter((name) => name.endsWith(".expected"));
  expect(expectations.map((name) => name.slice(0, -".expected".length)).sort()).toEqual([...names].sort());
});

test.each(specFiles("examples"))("%s has no advice that is not ignored with a reason", (path, text) => {
  expect(renderConcise(lint(sourceFile(path, text)))).toBe("");
});

describe("what is ignored", () => {
  const { text } = fileOf("long-history");
  const ignoring = (comment: string) =>
    sourceFile("a.din", text.replace("history clicks", `// dinc-ignore ${comment}\nhistory clicks`));
  const say = (comment: string) => ({
    check: renderConcise(check(ignoring(comment)).diagnostics).trimEnd(),
    lint: renderConcise(lint(ignoring(comment))).trimEnd(),
  });

  test("with a reason is said by neither command", () => {
    expect(say("DIN0715: few candidates")).toEqual({ check: "", lint: "" });
    expect(say("long-history: few candidates")).toEqual({ check: "", lint: "" });
  });

  test("without a reason is said by `lint`, once", () => {
    const { check, lint } = say("DIN0715");
    expect(check).toBe("");
    expect(lint.split("\n")).toEqual([expect.stringContaining("DIN0123")]);
  });

  test("but is not there, is said by `lint`, which alone can know", () => {
    const { check, lint } = say("DIN0701: no outcome here");
    expect(check).toBe("");
    expect(lint).toMatch(/warning DIN0121.*\n.*advice DIN0715/);
  });

  test("under a name that is misspelt is said by both", () => {
    const { check, lint } = say("long-histori: few candidates");
    expect(check).toMatch(/DIN0122/);
    expect(lint).toMatch(/^.*DIN0122.*\n.*DIN0715/);
  });

  test("is not advised where a warning is ignored", () => {
    const unused = sourceFile(
      "a.din",
      text.replace(
        "label click",
        "block half(x: Vec[d]) -> Vec[d] { 0.5 * x } // dinc-ignore DIN0230: later\nlabel click",
      ),
    );
    expect(renderConcise(check(unused).diagnostics)).toBe("");
    expect(lint(unused).map(({ code }) => code)).toEqual(["DIN0715"]);
  });
});

test("a long history whose steps meet no candidate gets no advice", () => {
  const { text } = fileOf("long-history");
  const { length } = lint(sourceFile("a.din", text)).filter(({ code }) => code === "DIN0715");
  expect(length).toBe(1);
  const once = text.replace("attend(target, clicks)", "mean(causal_attention(clicks, clicks, clicks))");
  expect(lint(sourceFile("a.din", once)).map(({ code }) => code)).not.toContain("DIN0715");
});

test("a spec with errors gets no advice", () => {
  const { text } = fileOf("long-history");
  const broken = sourceFile("a.din", text.replace("attend(", "atend("));
  expect(lint(broken)).toEqual(check(broken).diagnostics);
});
