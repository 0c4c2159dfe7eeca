// What an editor is told as texts change: each text once, advice until the next pause, and what is gone is taken back.

import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { Depth } from "../../compiler/tools/lsp/published.ts";
import { BackgroundChecker } from "../../runtime/lsp/background-checker.ts";
import type { Question } from "../../runtime/lsp/checking.ts";
import { onThisMachine } from "../../runtime/lsp/on-this-machine.ts";
import { root } from "../cli/spawn.ts";

const MODEL = `model small
import "blocks.din"
features item { item_id : id  embed 8 }
label click : binary
net { predict click = tower(item_id) |> dense(1) |> sigmoid }
`;
const BLOCKS = "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n";

/** Asks a judge about texts; gives `name@version: severities` of each file that is told of. */
function editor() {
  const { disk, configs } = onThisMachine(new URL("compiler/", `${pathToFileURL(root).href}/`));
  const checker = new BackgroundChecker(disk, configs);
  let version = 0;
  return (depth: Depth, texts: Readonly<Record<string, string>>, ...closed: string[]): readonly string[] => {
    const open = Object.entries(texts).map(([name, text]) => {
      version++;
      return { path: `/nowhere/${name}`, language: "din", version, text };
    });
    const question: Question = {
      depth,
      open,
      closed: closed.map((name) => `/nowhere/${name}`),
      barred: [],
      folders: [],
      isDiskChanged: false,
    };
    return checker.answer(question).map(({ uri, version: of, diagnostics }) => {
      const severities = diagnostics.map(({ severity }) => ["", "error", "warning", "advice"][severity ?? 0]);
      return `${uri.replace("file:///nowhere/", "")}@${of ?? "closed"}: ${[...new Set(severities)].join(", ") || "none"}`;
    });
  };
}

test("each text is told of once; advice comes at a pause and stays until the next", () => {
  const ask = editor();
  expect(ask("quick", { "model.din": MODEL, "blocks.din": BLOCKS })).toEqual([
    "model.din@1: none",
    "blocks.din@2: none",
  ]);
  expect(ask("quick", {})).toEqual([]);
  expect(ask("whole", {})).toEqual(["model.din@1: advice"]);
  expect(ask("quick", { "model.din": `${MODEL}\n` })).toEqual(["model.din@3: advice"]);
  const advised = `${MODEL}train { metrics auc, log_loss  epochs 2 }\n`;
  expect(ask("quick", { "model.din": advised.replace("dense(1)", "dense(1, 2, 3)") })).toEqual([
    "model.din@4: error, advice",
  ]);
  expect(ask("whole", {})).toEqual(["model.din@4: error"]);
});

test("advice goes where its line goes, and with it", () => {
  const { disk, configs } = onThisMachine(new URL("compiler/", `${pathToFileURL(root).href}/`));
  const checker = new BackgroundChecker(disk, configs);
  const path = "/nowhere/model.din";
  let version = 0;
  const ask = (depth: Depth, text: string) => {
    version++;
    const open = [{ path, language: "din", version, text }];
    const nothing = { closed: [], barred: [], folders: [], isDiskChanged: false };
    const [told] = checker.answer({ depth, open, ...nothing });
    return told!.diagnostics.filter(({ severity }) => severity === 3).map(({ range }) => range.start.line);
  };
  const text = `${MODEL.replace('import "blocks.din"\n', "").replace("tower(item_id)", "item_id")}\n// the end\n`;
  expect(ask("whole", text)).toEqual([3]);
  expect(ask("quick", `/// About it.\n${text}`)).toEqual([4]);
  expect(ask("quick", text.replace("// the end", "// its end"))).toEqual([3]);
  expect(ask("quick", text.replace("sigmoid }", "sigmoid  }"))).toEqual([3]);
  // Of another text, and of a line that is shorter now, nobody knows yet.
  expect(ask("quick", "model small\n")).toEqual([]);
  expect(ask("quick", text.replace(/net .*/, "net {}"))).toEqual([]);
});

test("what a file breaks in another is told there, and taken back with it", () => {
  const ask = editor();
  ask("quick", { "model.din": MODEL, "blocks.din": BLOCKS });
  expect(ask("quick", { "blocks.din": BLOCKS.replace("tower", "towers") })).toEqual([
    "model.din@1: error",
    "blocks.din@3: none",
  ]);
  expect(ask("quick", { "blocks.din": BLOCKS })).toEqual(["model.din@1: none", "blocks.din@4: none"]);
});

test("a file that is closed is spoken of no more, unless one that is open needs it", () => {
  const ask = editor();
  expect(ask("quick", { "other.din": "model other\n" })).toEqual(["other.din@1: error"]);
  expect(ask("quick", {}, "other.din")).toEqual(["other.din@closed: none"]);
  expect(ask("quick", {})).toEqual([]);
  expect(ask("quick", { "model.din": MODEL })).toEqual(["model.din@2: error"]);
});
