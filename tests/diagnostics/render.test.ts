// How diagnostics look: places, labels and fixes, for people, scripts and programs.

import { describe, expect, test } from "vitest";
import { type SourceFile, type Span, sourceFile } from "../../compiler/common/source-file.ts";
import { defineError } from "../../compiler/diagnostics/catalog/define.ts";
import { unusedFeature } from "../../compiler/diagnostics/catalog/model.ts";
import {
  type Details,
  diagnose,
  type Help,
  inData,
  inText,
  type Location,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { inOrder } from "../../compiler/diagnostics/order.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { renderGithub } from "../../compiler/diagnostics/render/github.ts";
import { renderJson } from "../../compiler/diagnostics/render/json.ts";
import { renderPretty, summarize } from "../../compiler/diagnostics/render/pretty.ts";
import { renderSarif } from "../../compiler/diagnostics/render/sarif.ts";

const kind = defineError<{ what: string }>({
  code: "DIN0999",
  name: "test-mistake",
  message: ({ what }) => `${what} is wrong`,
  explanation: "Only for tests.",
});

/** The place of the `nth` occurrence of `part` in a file. */
function find(file: SourceFile, part: string, nth = 0): Span {
  let start = file.text.indexOf(part);
  for (let i = 0; i < nth; i++) start = file.text.indexOf(part, start + 1);
  return { file, start, end: start + part.length };
}

function pretty(location: Location | Span, details: Details = {}, what = "it"): string {
  return renderPretty([diagnose(kind, { what }, location, details)]);
}

const spec = sourceFile(
  "model.din",
  `features item {
  item_id : id  embed 16
  cate_id : id  embed 8
}

history clicks {
  item_id <-> hist : id embed 4
}
`,
);

describe("pretty", () => {
  test("one place with a label and help", () => {
    expect(pretty(find(spec, "16"), { label: "this one", help: "do better" as Help })).toBe(`\
error[DIN0999 test-mistake]: it is wrong
 --> model.din:2:23
  |
2 |   item_id : id  embed 16
  |                       ^^ this one
  = help: do better
`);
  });

  test("several places on one line hang their labels, those on other lines stand in order", () => {
    const related = [
      { location: inText(find(spec, "item_id")), label: "the width is given here" },
      { location: inText(find(spec, "item_id", 1)), label: "the target" },
      { location: inText(find(spec, "hist", 1)), label: "the column" },
    ];
    expect(pretty(find(spec, "embed 4"), { label: "another width", related })).toBe(`\
error[DIN0999 test-mistake]: it is wrong
 --> model.din:7:25
  |
2 |   item_id : id  embed 16
  |   ------- the width is given here
...
7 |   item_id <-> hist : id embed 4
  |   -------     ----      ^^^^^^^ another width
  |   |           |
  |   |           the column
  |   the target
`);
  });

  test("overlapping places get a row each", () => {
    const related = [{ location: inText(find(spec, "cate_id : id")), label: "whole" }];
    expect(pretty(find(spec, "id", 3), { label: "part", related })).toContain(`
3 |   cate_id : id  embed 8
  |   ------------ whole
  |             ^^ part
`);
  });

  test("a line between two is shown, more are left out", () => {
    const related = [{ location: inText(find(spec, "}")), label: "closed" }];
    expect(pretty(find(spec, "item_id"), { related })).toBe(`\
error[DIN0999 test-mistake]: it is wrong
 --> model.din:2:3
  |
2 |   item_id : id  embed 16
  |   ^^^^^^^
3 |   cate_id : id  embed 8
4 | }
  | - closed
`);
  });

  test("places in other files and in data", () => {
    const other = sourceFile("dinc.yaml", "spec: model.din\n");
    const related = [
      { location: inText(find(other, "model.din")), label: "read because of this" },
      { location: inData({ path: "train.csv", row: 7, column: "item_id" }), label: "the value is 3" },
    ];
    expect(pretty(find(spec, "clicks"), { related })).toBe(`\
error[DIN0999 test-mistake]: it is wrong
 --> model.din:6:9
  |
6 | history clicks {
  |         ^^^^^^
 ::: dinc.yaml:1:7
  |
1 | spec: model.din
  |       --------- read because of this
 ::: train.csv, row 7, column item_id: the value is 3
`);
  });

  test("a place in data, and none", () => {
    expect(pretty(inData({ path: "train.csv", column: "price" }), { label: "no such column" })).toBe(
      "error[DIN0999 test-mistake]: it is wrong\n --> train.csv, column price: no such column\n",
    );
    expect(pretty(noLocation, { label: "asked for by --seed" })).toBe(
      "error[DIN0999 test-mistake]: it is wrong\n  = note: asked for by --seed\n",
    );
  });

  test("carets stand under tabs and wide characters", () => {
    const file = sourceFile("wide.din", '\ta : enum("日本", "👩‍👩‍👧", "é")\tx\n');
    const caretUnder = (part: string) => {
      const lines = pretty(find(file, part)).split("\n");
      return [lines[3], lines[4]];
    };
    expect(caretUnder("a :")).toEqual(['1 |     a : enum("日本", "👩‍👩‍👧", "é") x', "  |     ^^^"]);
    expect(caretUnder('"👩‍👩‍👧"')[1]).toBe(`  | ${" ".repeat(4 + 'a : enum("xxxx", '.length)}^^^^`);
    expect(caretUnder("é")[1]).toBe(`  | ${" ".repeat(4 + 'a : enum("xxxx", "xx", "'.length)}^`);
    expect(caretUnder("x")[1]).toBe(`  | ${" ".repeat(32)}^`);
  });

  test.each([
    ["full-width letters", "ＡＢ", 4],
    ["vertical forms", "︐", 2],
    ["a keycap", "1\ufe0f\u20e3", 2],
    ["a flag", "🇩🇪", 2],
    ["a heart as text and as an emoji", "❤❤\ufe0f", 3],
    ["combining signs", "o\u0308\u0301", 1],
    ["Hangul as letters", "\u1112\u1161\u11ab", 2],
    ["what is not seen", "\u200b\u00ad\u3164\u2060", 0],
    ["what would turn or break the line", "\u202e\u2028", 2],
    ["half of a pair", "\ud800", 1],
  ])("carets stand after %s", (_, text, width) => {
    const file = sourceFile("wide.din", `${text}x`);
    const [, , , , carets] = pretty(find(file, "x")).split("\n");
    expect(carets).toBe(`  | ${" ".repeat(width)}^`);
  });

  test("an empty place and the end of the file have one caret", () => {
    const file = sourceFile("a.din", "label a");
    expect(pretty({ file, start: 7, end: 7 })).toContain("1 | label a\n  |        ^\n");
    expect(pretty({ file: sourceFile("e.din", ""), start: 0, end: 0 })).toContain(
      " --> e.din:1:1\n  |\n1 |\n  | ^\n",
    );
  });

  test("a place over several lines is underlined on its first", () => {
    expect(pretty({ file: spec, start: 0, end: spec.text.length })).toContain(
      "1 | features item {\n  | ^^^^^^^^^^^^^^^\n",
    );
  });

  test("long lines are cut around the place", () => {
    const file = sourceFile("long.din", `${"a, ".repeat(100)}HERE${", b".repeat(100)}`);
    const [, , , line, carets] = pretty(find(file, "HERE")).split("\n");
    expect(line!.length).toBeLessThan(180);
    expect(line!.indexOf("HERE")).toBe(carets!.indexOf("^^^^"));
    expect(line).toMatch(/^1 \| ….*…$/);
  });

  test("of two places on a long line, the one that is wrong is seen", () => {
    const file = sourceFile("long.din", `FIRST${"a, ".repeat(100)}HERE${", b".repeat(100)}`);
    const related = [{ location: inText(find(file, "FIRST")), label: "begins" }];
    const [, , , line, carets] = pretty(find(file, "HERE"), { label: "here", related }).split("\n");
    expect(line!.indexOf("HERE")).toBe(carets!.indexOf("^^^^"));
    expect(carets).toContain("^^^^ here");
    expect(carets!.indexOf("-")).toBe(line!.indexOf("…"));
  });

  test("nothing in a text or a message acts on the terminal", () => {
    const file = sourceFile("evil\u001b[2J.din", "a \u001b[31m\u202e b\u0007");
    const printed = pretty(find(file, "b"), { label: "x\u001b[0m", help: "y\r\nz" as Help }, "a\u001b[1mb");
    expect(printed.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(printed).toContain("a ␛[31m� b␇");
  });

  test("a fix is shown as the line it leaves", () => {
    const fixes = [{ title: "widen it", edits: [{ span: find(spec, "8"), text: "16" }] }];
    expect(pretty(find(spec, "8"), { fixes })).toContain("  = fix: widen it: `cate_id : id  embed 16`\n");
  });

  test("a fix over several lines is shown by its title", () => {
    const edits = [
      { span: find(spec, "16"), text: "8" },
      { span: find(spec, "embed 4"), text: "" },
    ];
    expect(pretty(find(spec, "8"), { fixes: [{ title: "make them one", edits }] })).toContain(
      "  = fix: make them one\n",
    );
  });

  test("colours only when asked for", () => {
    const diagnostic = diagnose(kind, { what: "it" }, find(spec, "clicks"));
    expect(renderPretty([diagnostic])).not.toContain("\u001b");
    const colored = renderPretty([diagnostic], { color: true });
    expect(colored).toContain("\u001b[1;31merror[DIN0999 test-mistake]\u001b[0m");
    expect(colored.split(/\p{Cc}\[[\d;]*m/u).join("")).toBe(renderPretty([diagnostic]));
  });

  test("an empty line stands between two; none give nothing", () => {
    const one = diagnose(kind, { what: "it" }, noLocation);
    expect(renderPretty([one, one])).toBe(`${renderPretty([one])}\n${renderPretty([one])}`);
    expect(renderPretty([])).toBe("");
  });

  test("the summary counts", () => {
    const error = diagnose(kind, { what: "it" }, noLocation);
    expect(summarize([error])).toBe("1 error");
    expect(summarize([error, { ...error, severity: "warning" }, error])).toBe("2 errors, 1 warning");
    expect(summarize([])).toBe("");
  });
});

describe("concise", () => {
  test("one line each, wherever the place is", () => {
    const locations = [
      find(spec, "clicks"),
      inData({ path: "train.csv", row: 7, column: "item_id" }),
      inData({ path: "train.csv" }),
      noLocation,
    ];
    expect(renderConcise(locations.map((location) => diagnose(kind, { what: "a\nb" }, location)))).toBe(`\
model.din:6:9: error DIN0999: a b is wrong
train.csv, row 7, column item_id: error DIN0999: a b is wrong
train.csv: error DIN0999: a b is wrong
error DIN0999: a b is wrong
`);
  });
});

describe("json", () => {
  test("has the form that command-line.md promises", () => {
    const file = sourceFile("wide.din", "// 👩\nlabel x : binary\n");
    const span = find(file, "x");
    const diagnostic = diagnose(kind, { what: "it" }, span, {
      label: "here",
      help: "help" as Help,
      related: [{ location: inData({ path: "a.csv", row: 2, column: "x" }), label: "there" }],
      fixes: [{ title: "fix", edits: [{ span, text: "y" }] }],
    });
    const range = { start: { line: 2, column: 7, offset: 12 }, end: { line: 2, column: 8, offset: 13 } };
    expect(JSON.parse(renderJson([diagnostic]))).toEqual({
      version: 1,
      diagnostics: [
        {
          code: "DIN0999",
          name: "test-mistake",
          severity: "error",
          message: "it is wrong",
          file: "wide.din",
          range,
          label: "here",
          help: "help" as Help,
          related: [{ message: "there", file: "a.csv", range: null, row: 2, data_column: "x" }],
          fixes: [{ title: "fix", certain: true, edits: [{ file: "wide.din", range, text: "y" }] }],
        },
      ],
    });
  });

  test("is valid without diagnostics", () => {
    expect(JSON.parse(renderJson([]))).toEqual({ version: 1, diagnostics: [] });
  });
});

describe("order", () => {
  test("files as they come, each from top to bottom; nothing twice", () => {
    const other = sourceFile("other.din", "abc");
    const at = (location: Location | Span, what: string) => diagnose(kind, { what }, location);
    const shuffled = [
      at(find(spec, "clicks"), "second"),
      at(find(other, "b"), "fourth"),
      at(find(spec, "features"), "first"),
      at(find(other, "a"), "third"),
      at(find(spec, "clicks"), "second"),
      at(inData({ path: "t.csv", row: 10 }), "sixth"),
      at(inData({ path: "t.csv", row: 9 }), "fifth"),
    ];
    const messages = inOrder(shuffled).map((diagnostic) => diagnostic.message.split(" ")[0]);
    expect(messages).toEqual(["first", "second", "third", "fourth", "fifth", "sixth"]);
  });
});

describe("github", () => {
  const github = (location: Location | Span, details: Details = {}, what = "it") =>
    renderGithub([diagnose(kind, { what }, location, details)]);

  test("points at the columns of a line, and adds the help", () => {
    expect(github(find(spec, "16"), { help: "do better" as Help })).toBe(
      "::error file=model.din,line=2,endLine=2,col=23,endColumn=25,title=DIN0999 test-mistake::it is wrong%0Ado better\n",
    );
  });

  test("has no columns where it spans lines, and no place where there is none", () => {
    expect(github({ file: spec, start: 0, end: 40 })).toMatch(/file=model\.din,line=1,endLine=2,title=/);
    expect(github(noLocation)).toBe("::error title=DIN0999 test-mistake::it is wrong\n");
  });

  test("says the row of data in the message", () => {
    expect(github(inData({ path: "a.csv", row: 7, column: "id" }))).toBe(
      "::error file=a.csv,title=DIN0999 test-mistake::a.csv, row 7, column id%0Ait is wrong\n",
    );
  });

  test("nothing in a message or a path ends the command or begins another", () => {
    const file = sourceFile("a,b:c%\n::error::x.din", "x");
    const printed = github(
      { file, start: 0, end: 1 },
      { help: "100%\r\n::warning::y" as Help },
      "%0A\n::set-output::",
    );
    expect(printed.trimEnd().split(/[\r\n]/)).toHaveLength(1);
    expect(printed).toContain("file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.din,");
    expect(printed).toContain("::%250A ::set-output:: is wrong%0A100%25  ::warning::y");
  });
});

describe("sarif", () => {
  interface Log {
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly rules: readonly object[] } };
      readonly results: readonly Record<string, unknown>[];
    }[];
  }
  const sarif = (...diagnostics: readonly Parameters<typeof renderSarif>[0][number][]) =>
    (JSON.parse(renderSarif(diagnostics, "1.2.3")) as Log).runs[0]!;
  const region = { startLine: 2, startColumn: 23, endLine: 2, endColumn: 25, charOffset: 38, charLength: 2 };

  test("a result has its rule, its places and its fixes", () => {
    const details = {
      help: "do better" as Help,
      related: [{ location: inText(find(spec, "cate_id")), label: "not this" }],
      fixes: [{ title: "make it 8", edits: [{ span: find(spec, "16"), text: "8" }] }],
    };
    const { results } = sarif(diagnose(kind, { what: "it" }, find(spec, "16"), details));
    const artifactLocation = { uri: "model.din" };
    expect(results).toEqual([
      {
        ruleId: "DIN0999",
        ruleIndex: 0,
        level: "error",
        message: { text: "it is wrong\ndo better" },
        locations: [{ physicalLocation: { artifactLocation, region } }],
        relatedLocations: [
          {
            id: 0,
            message: { text: "not this" },
            physicalLocation: {
              artifactLocation,
              region: expect.objectContaining({ startLine: 3, startColumn: 3 }),
            },
          },
        ],
        fixes: [
          {
            description: { text: "make it 8" },
            artifactChanges: [
              { artifactLocation, replacements: [{ deletedRegion: region, insertedContent: { text: "8" } }] },
            ],
          },
        ],
      },
    ]);
  });

  test("rules come from the catalogue, each once, and results name theirs", () => {
    const at = find(spec, "16");
    const warning = diagnose(unusedFeature, { name: "a" }, at);
    const { tool, results } = sarif(diagnose(kind, { what: "it" }, at), warning, warning);
    expect(tool.driver.rules).toMatchObject([
      {
        id: "DIN0227",
        name: "unused-feature",
        fullDescription: { text: unusedFeature.explanation },
        defaultConfiguration: { level: "warning" },
      },
      { id: "DIN0999" },
    ]);
    expect(results.map(({ ruleIndex, level }) => [ruleIndex, level])).toEqual([
      [1, "error"],
      [0, "warning"],
      [0, "warning"],
    ]);
  });

  test.each([
    ["my model/a#b?.din", "my%20model/a%23b%3F.din"],
    ["/home/me/a.din", "file:///home/me/a.din"],
    ["C:\\me\\a b.din", "file:///C:/me/a%20b.din"],
    ["\ud800.din", "%EF%BF%BD.din"],
  ])("the path %j is the URI %s", (path, uri) => {
    const { results } = sarif(
      diagnose(kind, { what: "it" }, { file: sourceFile(path, "x"), start: 0, end: 1 }),
    );
    expect(results[0]).toMatchObject({ locations: [{ physicalLocation: { artifactLocation: { uri } } }] });
  });

  test("a row of data is no line; the command line is no place", () => {
    const { results } = sarif(
      diagnose(kind, { what: "it" }, inData({ path: "a.csv", row: 7 })),
      diagnose(kind, { what: "it" }, noLocation),
    );
    expect(results[0]!["locations"]).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: "a.csv" } },
        logicalLocations: [{ fullyQualifiedName: "row 7" }],
      },
    ]);
    expect(results[1]!["locations"]).toEqual([]);
  });
});
