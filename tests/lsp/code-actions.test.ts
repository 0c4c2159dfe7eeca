// What an editor offers to do about a place: fixes, comments that ignore, imports.

import { describe, expect, test } from "vitest";
import { type CodeAction, CodeActionKind, DiagnosticSeverity } from "vscode-languageserver-types";
import { type Span, sourceFile } from "../../compiler/common/source-file.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { codeActions, fixAllKind } from "../../compiler/tools/lsp/features/code-actions.ts";
import { toLsp } from "../../compiler/tools/lsp/published.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { sweep } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";
import { edited, marked, nothingOnDisk } from "./markers.ts";

/** The file's text after an action. */
function after(snapshot: Snapshot, path: string, action: CodeAction): string {
  return edited(snapshot.file(path)!, action.edit?.changes?.[snapshot.uriOf(path)] ?? []);
}

/** What is offered at the cursor, or for the marked range. */
function offered(text: string, only: string[] = [CodeActionKind.QuickFix]): readonly CodeAction[] {
  const { snapshot, path, file, offset, ranges } = marked(text);
  const range = ranges[0] ?? { file, start: offset, end: offset };
  return codeActions(snapshot, path, range, { diagnostics: [], only });
}

const model = `model din
features item { item_id : id embed 8  price : number }
label click : binary
net {
  predict click = concat(item_id, prise┆) |> dense(1) |> sigmoid
  loss small    = total(item_id * price)
}
`;

test("a fix that is certain is preferred, one that guesses is not", () => {
  const [fix, ...others] = offered(model);
  expect(fix).toMatchObject({
    title: "replace with `price`",
    kind: CodeActionKind.QuickFix,
    isPreferred: true,
  });
  expect(fix?.diagnostics?.[0]?.message).toContain("`prise`");
  expect(others).toEqual([]);
  const [guess, ...more] = offered(
    model.replace("  embed 8", "").replace(" embed 8", "").replace("item_id, prise┆", "item_┆id, price"),
  );
  expect(guess?.title).toBe("add `embed 16`");
  expect(guess).not.toHaveProperty("isPreferred");
  expect(more).toEqual([]);
});

test("away from what is wrong nothing is offered", () => {
  expect(offered(model.replace("┆", "").replace("label", "la┆bel"))).toEqual([]);
});

describe("all that is certain", () => {
  const two = model.replace("item_id, prise", "itme_id, prise");

  test("is offered beside a fix where there are more", () => {
    expect(offered(two).map(({ title }) => title)).toEqual([
      "replace with `price`",
      "apply all certain fixes",
    ]);
  });

  test("is what an editor asks for when it saves", () => {
    const { snapshot, path } = marked(two);
    for (const kind of [CodeActionKind.Source, CodeActionKind.SourceFixAll, fixAllKind]) {
      const [all, ...others] = offered(two, [kind]);
      expect(all).toMatchObject({ kind: fixAllKind });
      expect(others).toEqual([]);
      expect(after(snapshot, path, all!)).toBe(
        two.replace("┆", "").replace("itme_id", "item_id").replace("prise", "price"),
      );
    }
    expect(offered(two, [CodeActionKind.SourceOrganizeImports])).toEqual([]);
  });

  test("is nothing that an editor shows beside every line", () => {
    const { snapshot, path, file } = marked(two);
    const first = { file, start: 0, end: 0 };
    expect(codeActions(snapshot, path, first, { diagnostics: [] })).toEqual([]);
  });

  test.each(sweep(specFiles("tests/bad", "tests/lint")))("%s: as `dinc lint --fix`", (path, text) => {
    const file = sourceFile(path, text);
    const snapshot = new Snapshot(new Map([[path, file]]), nothingOnDisk);
    const whole = { file, start: 0, end: text.length };
    const [all] = codeActions(snapshot, path, whole, { diagnostics: [], only: [fixAllKind] });
    const fixed = fixAll(file, (each) => lint(each)).file.text;
    if (fixed === text) expect(all).toBeUndefined();
    else expect(after(snapshot, path, all!)).toBe(fixed);
  });
});

describe("a comment that ignores", () => {
  const specs = specFiles("tests/bad", "tests/lint", "tests/good").flatMap(([path, text]) => {
    const file = sourceFile(path, text);
    const found = lint(file, { resolve: () => null });
    // What is said about such comments themselves cannot be ignored.
    const ignorable = found.filter(
      ({ severity, location, code }) =>
        severity !== "error" && location.kind === "text" && !/^DIN012[1-4]$/.test(code),
    );
    return ignorable.map((diagnostic) => [`${diagnostic.code} in ${path}`, path, text, diagnostic] as const);
  });

  test("is offered for many", () => {
    expect(specs.length).toBeGreaterThan(40);
  });

  test.each(sweep(specs))(
    "%s takes it off, and nothing comes instead",
    (_, path, text, { code, location }) => {
      const file = sourceFile(path, text);
      const snapshot = new Snapshot(new Map([[path, file]]), nothingOnDisk);
      const span = spanIn(location);
      const before = lint(file, { resolve: () => null });
      const actions = codeActions(
        snapshot,
        path,
        { ...span, file },
        {
          diagnostics: before.map((each) => toLsp(snapshot, each)),
        },
      );
      const action = actions.find(({ title }) => title === `ignore ${code} here, with a reason`);
      const ignored = after(snapshot, path, action!);
      expect(ignored).toMatch(new RegExp(`^[ \\t]*// dinc-ignore ${code}: reason$`, "m"));
      const left = codesOf(lint(sourceFile(path, ignored), { resolve: () => null }));
      expect(codesOf(before)).toContain(code);
      for (const each of left) expect(codesOf(before)).toContain(each);
      expect(left.filter((each) => each === code).length).toBeLessThan(
        codesOf(before).filter((each) => each === code).length,
      );
    },
  );

  test("stands above documentation, as far in as what it is about", () => {
    const text = `model din
features item {
  item_id : id embed 8
  /// Nobody uses it.
  /// Really.
  un┆used : number
}
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
`;
    const { snapshot, path, file } = marked(text);
    const [action] = offered(text);
    const ignored = after(snapshot, path, action!);
    expect(ignored).toBe(file.text.replace("  /// Nobody", "  // dinc-ignore DIN0227: reason\n  /// Nobody"));
    expect(check(sourceFile(path, ignored)).diagnostics).toEqual([]);
  });

  test("advice is looked for only where the editor shows some", () => {
    const { snapshot, path, file } = marked(
      specFiles("tests/lint").find(([each]) => each.endsWith("no-gauc.din"))![1],
    );
    const whole = { file, start: 0, end: file.text.length };
    expect(codeActions(snapshot, path, whole, { diagnostics: [], only: ["quickfix"] })).toEqual([]);
    const advice = lint(file).map((each) => toLsp(snapshot, each));
    expect(advice.map(({ severity }) => severity)).toEqual([DiagnosticSeverity.Information]);
    expect(codeActions(snapshot, path, whole, { diagnostics: advice, only: ["quickfix"] })).not.toEqual([]);
  });
});

function codesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code }) => code);
}

function spanIn(location: Diagnostic["location"]): Span {
  if (location.kind !== "text") throw new Error("a diagnostic without a place in the text");
  return location.span;
}

describe("an import that is missing", () => {
  const files = `--- models/din.din
model din
features item { item_id : id embed 8 }
label click : binary
net { predict click = towe┆r(item_id) |> dense(1) |> sigmoid }
--- shared/blocks.din
block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }
--- models/other.din
model other
block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }
`;

  test("is offered from the file that declares it for others, and mends the spec", () => {
    const { snapshot, path } = marked(files);
    const [action, ...others] = offered(files);
    expect(action).toMatchObject({ title: 'import `tower` from "../shared/blocks.din"', isPreferred: true });
    expect(others).toEqual([]);
    const mended = after(snapshot, path, action!);
    expect(mended).toMatch(/^model din\n\nimport "\.\.\/shared\/blocks\.din"\nfeatures/);
    const next = snapshot.with(new Map([[path, sourceFile(path, mended)]]));
    expect(next.analysis(path)?.diagnostics).toEqual([]);
  });

  test("stands after other imports", () => {
    const text = `${files.replace("model din\n", 'model din\nimport "more.din"\n')}--- models/more.din\nparam a = 1\n`;
    const { snapshot, path } = marked(text);
    const action = offered(text).find(({ title }) => title.startsWith("import"));
    expect(after(snapshot, path, action!)).toContain(
      'import "more.din"\nimport "../shared/blocks.din"\nfeatures',
    );
  });
});
