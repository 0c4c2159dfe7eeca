// Formatting in an editor: what `dinc fmt` writes, by edits that touch nothing else.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { readWholeSyntax } from "../../compiler/frontend/syntax/read-syntax.ts";
import { format } from "../../compiler/tools/fmt/format.ts";
import {
  formatting,
  onTypeFormatting,
  rangeFormatting,
} from "../../compiler/tools/lsp/features/formatting.ts";
import { positionOf, spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { endOf } from "../../grammar/tokens.ts";
import { specFiles } from "../support/spec-files.ts";
import { edited, marked, nothingOnDisk, withMarks } from "./markers.ts";

/** The text with what the edits of a whole document replace marked. */
function replaced(text: string): string {
  const { snapshot, path, file } = marked(text);
  return withMarks(
    file,
    formatting(snapshot, path).map(({ range }) => spanOf(file, range)),
  );
}

test("only what differs is replaced", () => {
  expect(
    replaced(`model a
features item {
  item_id : id   embed 8
  price : number
}
net { let a = concat(item_id,price)
      let b = a |> dense( 8 ) }
`),
  ).toMatchInlineSnapshot(`
    "model a
    features item {
      item_id : id  « »embed 8
      price «»: number
    }
    net {« let a = concat(item_id,price)
          let b = a |> dense( 8 ) »}
    "
  `);
});

const specs = specFiles("examples", "tests/good", "tests/bad");

describe("the edits of a document make what `dinc fmt` writes", () => {
  /** Less and more white space, which means nothing but where lines end. */
  const mangled = [
    (text: string) => text,
    (text: string) => text.replace(/^ +/gm, "").replace(/ {2,}/g, " "),
    (text: string) => text.replaceAll(", ", " ,\n   "),
    (text: string) => text.replaceAll("\n\n", "\n\n\n\n").trimEnd(),
    (text: string) => text.replaceAll("\n", "\r\n"),
  ];

  test.each(specs)("%s", (path, text) => {
    for (const mangle of mangled) {
      const file = sourceFile(path, mangle(text));
      const snapshot = new Snapshot(new Map([[path, file]]), nothingOnDisk);
      const made = edited(file, formatting(snapshot, path));
      const expected = format(file).value;
      // Line breaks are the editor's.
      expect(made.replaceAll("\r", "")).toBe(expected.replaceAll("\r", ""));
      if (!file.text.includes("\r")) expect(made).toBe(expected);
      else expect(made).not.toMatch(/[^\r]\n/);
    }
  });
});

const ugly = `model   a
features item {
      item_id : id embed 8
  }

// What is served.
block one(x:Vec[d]) -> Vec[d] {
   x }
block two(x:Vec[d]) -> Vec[d] {
   x }
net {  let a = (  }
`;

function ranged(text: string): string {
  const { snapshot, path, file, ranges } = marked(text);
  return edited(file, rangeFormatting(snapshot, path, ranges[0]!));
}

describe("a range", () => {
  test("formats the items that it touches", () => {
    expect(ranged(ugly.replace("id embed", "«id» embed"))).toBe(
      ugly.replace("      item_id : id embed 8\n  }", "  item_id : id  embed 8\n}"),
    );
    const blocks = ugly
      .replaceAll("x:Vec[d]", "x: Vec[d]")
      .replaceAll("{\n   x }", "{ x }")
      .replaceAll("{ x }", "{\n  x\n}");
    expect(ranged(ugly.replace("block one", "«block one").replace("block two", "block» two"))).toBe(blocks);
  });

  test("a comment belongs to the item below it", () => {
    expect(ranged(ugly.replace("served", "«served»"))).toBe(
      ugly.replace("one(x:Vec[d]) -> Vec[d] {\n   x }", "one(x: Vec[d]) -> Vec[d] {\n  x\n}"),
    );
  });

  test("leaves broken items and what is between items alone", () => {
    expect(ranged(ugly.replace("(  }", "«(»  }"))).toBe(ugly);
    expect(ranged(ugly.replace("}\n\n//", "}\n«»\n//"))).toBe(ugly);
  });

  test("keeps every character of other items, in every spec", () => {
    for (const [path, text] of specs) {
      const file = sourceFile(path, text.replaceAll(", ", ",").replaceAll("  ", "   "));
      const snapshot = new Snapshot(new Map([[path, file]]), nothingOnDisk);
      const { items } = readWholeSyntax(file);
      items.forEach(({ tokens }, i) => {
        const [previous, next] = [items[i - 1]?.tokens.at(-1), items[i + 1]?.tokens[0]];
        const start = tokens[0]!.startOffset;
        const made = edited(file, rangeFormatting(snapshot, path, { file, start, end: start }));
        expect(made.startsWith(file.text.slice(0, previous === undefined ? 0 : endOf(previous)))).toBe(true);
        expect(made.endsWith(next === undefined ? "" : file.text.slice(next.startOffset))).toBe(true);
      });
    }
  });

  test("of everything does what formatting the document does, in every spec", () => {
    for (const [path, text] of specs) {
      const file = sourceFile(path, text.replaceAll(", ", ","));
      const snapshot = new Snapshot(new Map([[path, file]]), nothingOnDisk);
      const whole = { file, start: 0, end: file.text.length };
      expect(edited(file, rangeFormatting(snapshot, path, whole))).toBe(
        edited(file, formatting(snapshot, path)),
      );
    }
  });
});

describe("while typing", () => {
  const typed = (text: string, character: string) => {
    const { snapshot, path, file, offset } = marked(text);
    return edited(file, onTypeFormatting(snapshot, path, positionOf(file, offset), character));
  };

  test("a brace formats the item that it ends", () => {
    const text = "block  other(x:Vec[d]) { x }\nnet {\nlet a = 1\n      let bc  = 2 }┆\n";
    expect(typed(text, "}")).toBe("block  other(x:Vec[d]) { x }\nnet {\n  let a  = 1\n  let bc = 2\n}\n");
  });

  test("a brace in an item that cannot be read changes nothing", () => {
    expect(typed("net {\nlet a =  }┆\n", "}")).toBe("net {\nlet a =  }\n");
  });

  test("a new line is indented by what is open", () => {
    expect(typed("net {\n┆", "\n")).toBe("net {\n  ");
    expect(typed("net {\n  let a = concat(\n┆\n}", "\n")).toBe("net {\n  let a = concat(\n    \n}");
    expect(typed("net {\n    ┆}", "\n")).toBe("net {\n    }");
    expect(typed("net {\n  let a = x\n    ┆|> relu\n}", "\n")).toBe("net {\n  let a = x\n    |> relu\n}");
    expect(typed("net {\n\t┆a", "\n")).toBe("net {\n  a");
  });
});
