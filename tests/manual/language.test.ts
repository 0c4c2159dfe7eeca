// docs/language.md prints what dinc says: below `types` the types of the chapter's spec, below `mistake: A -> B` the messages after
// that change. UPDATE=1 writes both anew. site.test.ts checks the specs.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const path = join(root, "docs/language.md");
const page = readFileSync(path, "utf8");
const folder = mkdtempSync(join(tmpdir(), "dinc-language-"));
const COMMENT = /^<!-- (?:(types)|mistake: (.+?) -> (.+?)) -->\n\n(?:```text\n.*?^```\n)?/gms;

/** The chapter with what dinc prints after each of its comments. */
async function printed(chapter: string): Promise<string> {
  const spec = /^```din\n(.*?)^```/ms.exec(chapter)?.[1];
  let text = chapter;
  for (const [shown, types, from, to] of chapter.matchAll(COMMENT)) {
    const output =
      types === undefined ? await check(changed(spec!, from!, to!)) : await check(spec!, "--types");
    const comment = shown.slice(0, shown.indexOf("\n") + 2);
    text = text.replace(shown, () => `${comment}\`\`\`text\n${output.trimEnd()}\n\`\`\`\n`);
  }
  return text;
}

function changed(spec: string, from: string, to: string): string {
  expect(spec.split(from)).toHaveLength(2);
  return spec.replace(from, () => to);
}

async function check(spec: string, ...options: string[]): Promise<string> {
  writeFileSync(join(folder, "shop.din"), spec);
  return (await runHere(["check", "shop.din", ...options], { cwd: folder })).out;
}

test("each output of the page is what dinc prints", async () => {
  const chapters = page.split(/^(?=## )/m);
  let now = "";
  for (const chapter of chapters) now += await printed(chapter);
  if (process.env["UPDATE"] !== undefined) writeFileSync(path, now);
  else expect(page).toBe(now);
});

test("every chapter shows a mistake", () => {
  const chapters = page.split(/^## /m).slice(1);
  expect(chapters.filter((chapter) => !/^error\[DIN/m.test(chapter))).toEqual([]);
});
