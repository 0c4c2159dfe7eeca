// Comments put the subject first. A line that begins with "Of" or "What" names no subject, and "to go on from" something is
// "to continue".

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const lines = ["compiler", "runtime", "grammar", "playground", "manual", "python"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (name) => /(?<!\.d)\.m?[jt]s$/.test(name) && !/node_modules|\.generated\.|(^|\/)dist\//.test(name),
    )
    .flatMap((name) =>
      readFileSync(join(root, folder, name), "utf8")
        .split("\n")
        .map((text, i) => ({ text, at: `${folder}/${name}:${i + 1}` })),
    ),
);

test.each([
  ["begins with Of or What", /^\s*(\/\/|\/\*\*|\*) (Of|What) /],
  ["goes on from or with something", /\bgo(es|ing)? on (from|with)\b/],
  ["makes something anew", /(?<!const|readonly|return|tables|[\s\x60{(,:?]) anew[ .,;:]/],
])("no comment or text %s", (_, pattern) => {
  expect(lines.length).toBeGreaterThan(10_000);
  expect(lines.filter(({ text }) => pattern.test(text)).map(({ at }) => at)).toEqual([]);
});
