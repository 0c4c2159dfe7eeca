// Whatever the text is, checking it never throws, and what checks clean lowers to a valid Graph. Tried on
// every good spec with each token left out whose surroundings no spec before it had, and with tokens replaced
// by others of the same spec.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { endOf, lex } from "../../grammar/tokens.ts";
import { sweep } from "../support/how-often.ts";
import { around, newPlaces } from "../support/new-places.ts";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../good");
const specs = readdirSync(folder).filter((name) => name.endsWith(".din"));

/** Whether the text is clean; where it is, it must lower. */
function survives(text: string): boolean {
  const { value, diagnostics } = check(sourceFile("changed.din", text));
  expect(value === null).toBe(diagnostics.some((diagnostic) => diagnostic.severity === "error"));
  if (value === null) return false;
  validate(lower(value));
  return true;
}

const places = newPlaces(around);

describe.each(sweep(specs))("%s", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const all = lex(text).tokens;
  const tokens = places(all).map((token) => ({ start: token.startOffset, end: endOf(token) }));

  test("as it is", () => {
    expect(survives(text)).toBe(true);
  });

  test("without any one token", () => {
    const broken = tokens.filter(({ start, end }) => !survives(text.slice(0, start) + text.slice(end)));
    expect(broken.length).toBeGreaterThan(tokens.length / 2);
  });

  test("with tokens replaced by others", () => {
    const images = [...new Set(all.map((token) => token.image))];
    tokens.forEach(({ start, end }, i) => {
      survives(text.slice(0, start) + images[(i * 7 + 3) % images.length]! + text.slice(end));
    });
  });

  test("cut off anywhere", () => {
    for (const { start } of tokens) survives(text.slice(0, start));
  });
});
