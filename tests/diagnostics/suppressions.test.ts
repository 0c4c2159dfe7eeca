// `// dinc-ignore CODE: reason` takes one finding off one line, and nothing else.

import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { check } from "../../compiler/frontend/check/check.ts";

const diagnosticsOf = (file: SourceFile) => check(file).diagnostics;

/** A spec whose feature `shop_id` nothing reads (DIN0227), with text around its declaration. */
function spec(above: string, behind = "", declaration = "shop_id : id  embed 4"): SourceFile {
  return sourceFile(
    "a.din",
    `model a
features item {
  item_id : id  embed 4
  ${above}
  ${declaration} ${behind}
}
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
`,
  );
}

const findings = (file: SourceFile) => renderConcise(diagnosticsOf(file)).trimEnd();

test("without it the finding is there", () => {
  expect(findings(spec(""))).toBe("a.din:5:3: warning DIN0227: `shop_id` is never used");
});

describe("ignored, and nothing else to say", () => {
  test.each([
    ["on the line before", spec("// dinc-ignore DIN0227: from March on")],
    ["at the end of the line", spec("", "// dinc-ignore DIN0227: from March on")],
    ["by name", spec("", "// dinc-ignore unused-feature: from March on")],
    ["with white space and colons as one likes", spec("", "//dinc-ignore  DIN0227 : see: b/123")],
    ["above other comments", spec("// dinc-ignore DIN0227: from March on\n  // a shop\n\n  /// The shop.")],
    [
      "two on one line",
      spec(
        "// dinc-ignore DIN0227: later\n  // dinc-ignore DIN0242: the table's name",
        "",
        "shopId : id  embed 4",
      ),
    ],
  ])("%s", (_where, file) => {
    expect(findings(file)).toBe("");
    expect(check(file).value).not.toBeNull();
  });
});

describe("not ignored", () => {
  test.each([
    ["in a string", spec("", "", 'kind : enum("// dinc-ignore DIN0227: x")  embed 4')],
    ["in documentation", spec("/// dinc-ignore DIN0227: x")],
    ["by a word that only begins so", spec("// dinc-ignored DIN0227: x")],
  ])("%s", (_where, file) => {
    expect(findings(file)).toMatch(/^a\.din:\d+:3: warning DIN0227: `\w+` is never used$/);
  });

  test("on another line", () => {
    const file = spec("// dinc-ignore DIN0227: later\n  cate_id : id(size: 3)");
    expect(findings(file)).toBe("a.din:6:3: warning DIN0227: `shop_id` is never used");
  });

  test("after the last thing in the file", () => {
    const file = sourceFile("a.din", `${spec("").text}// dinc-ignore DIN0227: x`);
    expect(findings(file)).toContain("warning DIN0121: there is no DIN0227 to ignore here");
  });
});

test("errors stay, and are all that is said while unused ones cannot be told", () => {
  const file = sourceFile(
    "a.din",
    spec("// dinc-ignore DIN0227: later").text.replace("dense(1)", "densee(1) // dinc-ignore DIN0261: x\n"),
  );
  expect(diagnosticsOf(file).map(({ code }) => code)).toEqual(["DIN0261", "DIN0124"]);
});

test("one without a reason ignores, and is reported", () => {
  expect(findings(spec("", "// dinc-ignore DIN0227"))).toBe(
    "a.din:5:25: warning DIN0123: this ignores DIN0227 without a reason",
  );
});

test.each(["\n", "\r\n"])(
  "--fix removes what ignores nothing, with its line where it is alone (%j)",
  (end) => {
    const text = (above: string) =>
      spec(above, "", "cate_id : id  embed 4")
        .text.replace("item_id |>", "concat(item_id, cate_id) |>")
        .replaceAll("\n", end);
    const file = sourceFile("a.din", text("// dinc-ignore DIN0227: was true once"));
    expect(fixAll(file, diagnosticsOf)).toMatchObject({
      count: 1,
      diagnostics: [],
      file: { text: text("").replace(`  ${end}`, "") },
    });
  },
);
