// No test is lost between `npm test` and `npm run test:more`: each file is in one project of vitest, and a sweep is in two, whose
// cases together are all of them, each once.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import config, { usesSweep } from "../../vitest.config.ts";
import { root } from "../cli/spawn.ts";
import type * as howOften from "../support/how-often.ts";

interface Project {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const projects = (
  config.test!.projects as { readonly test: Partial<Project> & { readonly name: string } }[]
).map(({ test: { name, include = [], exclude = [] } }): Project => ({ name, include, exclude }));

const files = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
  .map((path) => `tests/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".test.ts"));

/** Patterns are paths, or all tests below a folder. */
function matches(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const [folder, rest] = pattern.split("**/");
    return rest === undefined ? path === pattern : path.startsWith(folder!);
  });
}

function projectsOf(path: string): string[] {
  return projects
    .filter(({ include, exclude }) => matches(path, include) && !matches(path, exclude))
    .map(({ name }) => name);
}

test("each file is in one project, and a sweep in `more` too", () => {
  for (const path of files) {
    const isSweep = usesSweep.test(readFileSync(join(root, path), "utf8"));
    const [first, second, ...others] = projectsOf(path);
    expect([first, others], path).toEqual([expect.any(String), []]);
    if (isSweep) expect([first!.startsWith("more"), second], path).toEqual([false, "more"]);
    else expect(second, path).toBeUndefined();
  }
});

/** how-often.ts as a project of `test:more` loads it, or as one of `npm test`. */
async function loaded(part: "rest" | ""): Promise<typeof howOften> {
  vi.stubEnv("SWEEP", part);
  onTestFinished(() => void vi.unstubAllEnvs());
  return import(/* @vite-ignore */ `../support/how-often.ts?sweep=${part}`);
}

test.each([0, 1, 2, 6, 7, 100])("of %i cases each is in one part", async (count) => {
  const all = Array.from({ length: count }, (_, i) => i);
  const [some, rest] = [await loaded(""), await loaded("rest")];
  for (const part of [2, 3, 6, 12]) {
    expect([...some.sweep(all, part), ...rest.sweep(all, part)].sort((a, b) => a - b)).toEqual(all);
    if (count > 0) expect(some.sweep(all, part)).toHaveLength(Math.ceil(count / part));
    if (count > 0 && process.env["FUZZ"] === undefined)
      expect(some.sweepRuns(count, part) + rest.sweepRuns(count, part)).toBe(count);
  }
  expect(rest.seed).not.toBe(some.seed);
});

test("of each kind one case is in `npm test`, by turns, and each case is in one part", async () => {
  const all = ["a1", "a2", "b1", "b2", "c1", "d1", "d2", "d3", "d4"];
  const [some, rest] = [await loaded(""), await loaded("rest")];
  const parts = [some, rest].map(({ sweepKinds }) => sweepKinds(all, ([kind]) => kind!));
  expect(parts).toEqual([
    ["a1", "b2", "c1", "d4"],
    ["a2", "b1", "d1", "d2", "d3"],
  ]);
});
