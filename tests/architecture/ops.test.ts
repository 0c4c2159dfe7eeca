// Keeps what is known of ops where it belongs: traits in the ops' definitions, attributes by the op, roles beside outputs.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const sources = readdirSync("compiler", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.includes(".generated."))
  .map((name) => [name, readFileSync(join("compiler", name), "utf8")] as const);

test.each([
  ["a cast of a node or its attributes", /\bas Node<|attributes as (?!unknown)|as OpAttributes\[/],
  ["a list of ops kept by hand", /new Set<(OpName|KernelName)>/],
  [
    "a name of an output taken apart",
    /startsWith\((outputNames|["'`](logit|loss|table|gradient|own|auxiliary)\.)/,
  ],
])("no file of the compiler has %s", (_, pattern) => {
  expect(sources.length).toBeGreaterThan(500);
  expect(sources.filter(([, text]) => pattern.test(text)).map(([name]) => name)).toEqual([]);
});
