// No feature throws or takes long, whatever a spec looks like that is half written or a token short, and none points outside
// of the text.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { endOf, lex } from "../../grammar/tokens.ts";
import { root } from "../cli/spawn.ts";
import { sweep } from "../support/how-often.ts";
import { timed } from "../support/measured.ts";
import { around, newPlaces, upTo } from "../support/new-places.ts";
import { specFiles } from "../support/spec-files.ts";
import { hostile } from "../views/specs.ts";
import { everyFeature } from "./every-feature.ts";
import { marked } from "./markers.ts";

/** Of all features together. Asking the processor's time for each of them took as long as an eighth of the test. */
const specs = [...specFiles("examples"), ["hostile", hostile]] as const;

/** Asks every feature about a place of a text; the snapshot goes on from text to text, as in an editor. */
class Editor {
  private readonly path: string;
  private snapshot: Snapshot;

  constructor(path: string) {
    this.path = path;
    this.snapshot = marked(`--- ${path}\n`).snapshot;
  }

  ask(text: string, offset: number): void {
    const file = sourceFile(this.path, text);
    this.snapshot = this.snapshot.with(new Map([[this.path, file]]));
    timed(`all features at ${offset} of ${JSON.stringify(text)}`, () => {
      for (const [name, feature] of Object.entries(everyFeature)) {
        try {
          expectInside(feature(this.snapshot, this.path, offset), file, this.snapshot.uriOf(this.path));
        } catch (error) {
          throw new Error(`${name} at ${offset} of ${JSON.stringify(text)}`, { cause: error });
        }
      }
    });
  }
}

/** Every range in an answer about the file itself lies in its text. */
function expectInside(answer: unknown, file: SourceFile, uri: string): void {
  if (Array.isArray(answer)) for (const each of answer) expectInside(each, file, uri);
  else if (typeof answer === "object" && answer !== null) {
    if ("uri" in answer && answer.uri !== uri) return;
    if ("targetUri" in answer && answer.targetUri !== uri) return;
    if ("start" in answer && "end" in answer && isPosition(answer.start) && isPosition(answer.end)) {
      const [first, last] = [answer.start, answer.end];
      const isInOrder =
        first.line < last.line || (first.line === last.line && first.character <= last.character);
      if (!isInOrder || last.line >= file.lineStarts.length) throw new Error(JSON.stringify(answer));
      return;
    }
    for (const each of Object.values(answer)) expectInside(each, file, uri);
  }
}

function isPosition(value: unknown): value is { readonly line: number; readonly character: number } {
  return typeof value === "object" && value !== null && "line" in value && "character" in value;
}

test("every feature is asked", async () => {
  const folder = join(root, "compiler/tools/lsp");
  const features = readdirSync(join(folder, "features"), { recursive: true, encoding: "utf8" })
    .filter((each) => each.endsWith(".ts"))
    .map((each) => join("features", each));
  const exported: string[] = [];
  for (const name of [...features, "published.ts"]) {
    const module: Readonly<Record<string, unknown>> = await import(join(folder, name));
    exported.push(...Object.keys(module).filter((each) => typeof module[each] === "function"));
  }
  expect(Object.keys(everyFeature).toSorted()).toEqual(exported.toSorted());
});

/** Of a spec: all features take some 20 ms for each. */
const MOST_PLACES = 20;
const ends = newPlaces(upTo, MOST_PLACES);
const gaps = newPlaces(around, MOST_PLACES);

describe.each(sweep(specs))("%s", (path, text) => {
  const tokens = lex(text).tokens;

  test("cut off after and within every token", () => {
    const editor = new Editor(path);
    for (const token of ends(tokens)) {
      const [start, end] = [token.startOffset, endOf(token)];
      // A piece of a name is a name, and of a comment a comment: one place within is as good as another.
      if (end - start > 1) editor.ask(text.slice(0, (start + end) >> 1), (start + end) >> 1);
      editor.ask(text.slice(0, end), end);
    }
    expect(tokens.length).toBeGreaterThan(0);
  });

  test("without any one token", () => {
    const editor = new Editor(path);
    for (const token of gaps(tokens))
      editor.ask(text.slice(0, token.startOffset) + text.slice(endOf(token)), token.startOffset);
    expect(tokens.length).toBeGreaterThan(0);
  });
});

test("cut off anywhere", () => {
  const [path, text] = specs.find(([each]) => each.endsWith("din-simulated/model.din"))!;
  const editor = new Editor(path);
  const ends = Array.from({ length: text.length + 1 }, (_, end) => end);
  for (const end of sweep(ends)) editor.ask(text.slice(0, end), end);
  expect(text.length).toBeGreaterThan(500);
});
