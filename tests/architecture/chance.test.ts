// `npm test` may not depend on luck: what a test draws, it draws from the one seed of tests/support/how-often.ts.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seed } from "../support/how-often.ts";

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = readdirSync(tests, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.startsWith("architecture"))
  .map((name): [string, string] => [name, readFileSync(join(tests, name), "utf8")]);

test("every property begins with the suite's seed", () => {
  expect(fc.readConfigureGlobal().seed).toBe(seed);
  const own = sources.filter(([, text]) => /numRuns:[^}]*\bseed\b|\bseed\b[^}{]*numRuns:/.test(text));
  expect(own.map(([name]) => name)).toEqual([]);
});

test("no test draws from a source that cannot be drawn from again", () => {
  const drawn = sources.filter(([, text]) =>
    /Math\.random\(|randomInt\(|randomBytes\(|getRandomValues\(/.test(text),
  );
  expect(drawn.map(([name]) => name)).toEqual([]);
});
