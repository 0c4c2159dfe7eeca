// docs/commands.md shows what the commands print.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run } from "../cli/spawn.ts";

const text = readFileSync(join(root, "docs/commands.md"), "utf8");
const shown = [...text.matchAll(/^```\n\$ dinc (\S+.*)\n([^$`][\s\S]*?)```$/gm)].map(
  ([, command, output]) => [command!, output!] as const,
);

test("what the commands that print for a reader print is shown", () => {
  expect(shown.map(([command]) => command.split(" ")[0])).toEqual(["check", "cost", "lint"]);
});

test.each(shown)("dinc %s", (command, output) => {
  const { code, out } = run(command.split(" "));
  expect(code).toBe(0);
  // `…` stands for lines left out.
  for (const part of output.split("…\n")) expect(out).toContain(part);
});
