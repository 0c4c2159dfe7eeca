// The table of commands: options are described once, and the option lists of docs/commands.md are made from it.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { optionsPage } from "../../runtime/cli/options-page.ts";
import { allCommands, commands } from "../../runtime/cli/table/commands.ts";
import { flagOf } from "../../runtime/cli/table/describe.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const path = join(root, "docs/commands.md");
const BEGIN = "<!-- options: UPDATE=1 npx vitest run tests/cli/command-table -->\n";
const END = "<!-- end of options -->";

test("docs/commands.md lists every option, from the table", () => {
  const page = readFileSync(path, "utf8");
  const [before, rest = ""] = page.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const made = `${before}${BEGIN}${optionsPage()}${END}${after}`;
  if (process.env["UPDATE"] !== undefined) writeFileSync(path, made);
  expect(readFileSync(path, "utf8")).toBe(made);
});

test.each(allCommands().map((command) => [command.path.join(" "), command] as const))(
  "dinc %s --help has the table's words",
  async (_name, { path, doc, options, examples, arguments: all }) => {
    const { code, out } = await runHere([...path, "--help"]);
    const help = out.replaceAll(/\s+/g, " ");
    expect(code).toBe(0);
    expect(help).toContain(doc.replaceAll(/\s+/g, " "));
    for (const each of [...all, ...options.filter(({ isHidden }) => isHidden !== true)])
      expect(help).toContain(each.doc.replaceAll(/\s+/g, " "));
    for (const example of examples) expect(out).toContain(`  $ ${example}\n`);
  },
);

test("every command has a doc and an option at most once; its code is where it says", async () => {
  for (const { path, doc, options, examples } of allCommands()) {
    expect(doc, path.join(" ")).toMatch(/^[A-Z].*\.$/);
    const flags = options.flatMap((option) => [
      flagOf(option),
      ...(option.short === undefined ? [] : [option.short]),
    ]);
    expect(new Set(flags).size, path.join(" ")).toBe(flags.length);
    for (const option of options) expect(option.doc, flagOf(option)).not.toBe("");
    for (const example of examples) expect(example).toMatch(/\bdinc /);
  }
  for (const entry of commands()) expect(entry.examples.length, entry.name).toBeGreaterThan(0);
});

test("an option is one kind of thing in all commands", () => {
  const kinds = new Map<string, string>();
  for (const { path, options } of allCommands())
    for (const { name, short, parse, isRepeatable, isNegated, value } of options) {
      const kind = JSON.stringify([short, parse?.name, isRepeatable, isNegated, value !== undefined]);
      expect(kinds.get(name) ?? kind, `--${name} of dinc ${path.join(" ")}`).toBe(kind);
      kinds.set(name, kind);
    }
});

test("an option is described in the table of options alone", () => {
  const folder = join(root, "runtime/cli/table");
  const files = readdirSync(folder).filter((file) => file.endsWith("-commands.ts"));
  expect(files.length).toBeGreaterThan(3);
  for (const file of files)
    expect(readFileSync(join(folder, file), "utf8"), file).not.toMatch(
      /\b(?:short|parse|isRepeatable|flag):/,
    );
});

/** Functions of formatted code, which end where a line is indented as their first one: their lines. */
function functionLengths(text: string): [name: string, lines: number][] {
  const lines = text.split("\n");
  return lines.flatMap((line, first): [string, number][] => {
    const begins = /^( *)(?!if|for|while|switch|case|else|try|catch|\}).*(?:function|=>|\)).*\{$/.exec(line);
    if (begins === null) return [];
    const last = lines.findIndex((each, i) => i > first && each.startsWith(`${begins[1]}}`));
    return [[line.trim(), last - first + 1]];
  });
}

test("no function of the command line is longer than 100 lines", () => {
  const folder = join(root, "runtime/cli");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const lengths = files.flatMap((file) =>
    functionLengths(readFileSync(join(folder, file), "utf8")).map(([name, lines]) => ({ file, name, lines })),
  );
  expect(lengths.length).toBeGreaterThan(300);
  expect(lengths.filter(({ lines }) => lines > 100)).toEqual([]);
});
