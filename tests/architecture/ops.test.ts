// Keeps what is known of ops where it belongs: traits in the ops' definitions, attributes by the op, roles
// beside outputs. An op has the places that CONTRIBUTING.md lists, and no others.

import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
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

const ops = readdirSync("compiler/middle/ops")
  .filter((name) => name.endsWith(".op.ts"))
  .map((name) => name.slice(0, -".op.ts".length));

/** Names of several words occur in no other sense. */
test.each(ops.filter((op) => op.includes("-")))("the op %s has at most nine places", (op) => {
  const name = op.replaceAll("-", "_");
  const camelCase = op.replace(/-(.)/g, (_, first: string) => first.toUpperCase());
  // An entry of a table or a type, a list's element, or a declaration. Calls and comparisons are uses.
  const place = new RegExp(
    `^ *(readonly )?${name}:|^ *${camelCase}: "|^export (const|function) ${camelCase}\\b|^ *${camelCase},$|^ *\\| "${name}"`,
    "m",
  );
  const named = sources.filter(([, text]) => text.includes(name) || text.includes(camelCase));
  const places = named.filter(([, text]) => place.test(text)).map(([file]) => file);
  expect(places).toContain(`middle/ops/${op}.op.ts`.replaceAll("/", sep));
  // A function of the language has the name `stop_gradient` as well.
  expect(places.filter((file) => !file.startsWith("frontend")).length, places.join("\n")).toBeLessThanOrEqual(
    9,
  );
});

test("definitions.generated.ts has every op: `npm run generate -- compiler/middle`", async () => {
  const script = "../../compiler/middle/ops/extract-definitions.mjs";
  const { generated } = (await import(/* @vite-ignore */ script)) as { generated(): string };
  expect(readFileSync("compiler/middle/ops/definitions.generated.ts", "utf8")).toBe(generated());
});
