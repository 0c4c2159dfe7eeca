// docs/cookbook.md: tasks, whose dinc.yaml fits the spec beside it. That every spec is sound, site.test.ts says.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { checkConfig } from "../../compiler/frontend/config/check-config.ts";
import { root } from "../cli/spawn.ts";

const page = readFileSync(join(root, "docs/cookbook.md"), "utf8");
const tasks = page
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const block = (language: string) =>
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(text)?.[1];
    return { title: text.split("\n")[0]!, spec: block("din"), yaml: block("yaml") };
  });

test("each task has a spec, and the page says how many there are", () => {
  expect(tasks.map(({ title }) => Number.parseInt(title, 10))).toEqual(
    Array.from({ length: tasks.length }, (_, i) => i + 1),
  );
  expect(tasks).toHaveLength(21);
  expect(page).toContain("\nTwenty-one tasks, ");
  expect(tasks.filter(({ spec }) => spec === undefined)).toEqual([]);
});

const settings = tasks.filter(({ yaml }) => yaml !== undefined);

test.each(settings)("the settings of $title", ({ spec, yaml }) => {
  const { diagnostics, config } = checkConfig(sourceFile("dinc.yaml", yaml!), {
    file: (path) => (path === "model.din" ? sourceFile("model.din", spec!) : null),
    environment: () => undefined,
    problemOf: () => null,
  });
  expect(renderPretty(diagnostics)).toBe("");
  expect(config.spec).toBe("model.din");
});

test("some have settings", () => {
  expect(settings.length).toBeGreaterThan(3);
});
