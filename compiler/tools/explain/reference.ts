// The reference of a diagnostic: its explanation, a spec with the mistake, the output of dinc, and the
// correction. It makes the pages of `dinc explain`, those of the manual, and their index docs/diagnostics.md.

import { invariant } from "../../common/internal-error.ts";
import { type SourceFile, sourceFile } from "../../common/source-file.ts";
import { fixAll } from "../../diagnostics/apply-fixes.ts";
import type { CatalogEntry } from "../../diagnostics/catalog/index.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { renderPretty } from "../../diagnostics/render/pretty.ts";
import { type DataExample, dataExamples } from "./data-examples.generated.ts";
import { type Example, examples, importedTexts } from "./examples.generated.ts";

type Check = (file: SourceFile) => readonly Diagnostic[];

/** Null for a diagnostic that needs data or a run, because no text shows it. */
export function exampleOf(code: string): Example | null {
  return examples.find((example) => example.code === code) ?? null;
}

/** The files that examples import, for checking a single one. */
export function importedExample(path: string): SourceFile | null {
  const text = Object.hasOwn(importedTexts, path) ? importedTexts[path] : undefined;
  return text === undefined ? null : sourceFile(path, text);
}

/**
 * The example without its mistakes: with its own corrections, or with the first fix offered for each mistake.
 */
export function goodText(example: Example, check: Check): string {
  let text = example.bad;
  for (const [from, to] of example.corrections) {
    invariant(text.includes(from), `${example.path} has no ${JSON.stringify(from)} to correct`);
    text = text.replace(from, () => to);
  }
  return fixAll(sourceFile(example.path, text), check, () => true).file.text;
}

/** The differing lines: at each difference those of `before` with `-`, then those of `after` with `+`. */
export function changedLines(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  // common[i][j]: the length of the longest common subsequence of lines from old[i] and now[j] on.
  const common = old.map(() => now.map(() => 0));
  const commonAt = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i]![j] =
        old[i] === now[j] ? commonAt(i + 1, j + 1) + 1 : Math.max(commonAt(i + 1, j), commonAt(i, j + 1));
  const changes: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (i < old.length && commonAt(i + 1, j) >= commonAt(i, j + 1)) changes.push(`- ${old[i++]}`);
    else changes.push(`+ ${now[j++]}`);
  }
  return changes.map((line) => line.trimEnd()).join("\n");
}

/** For diagnostics that need data, settings or a run: a folder, a command, and its output. */
function dataExampleOf(code: string): DataExample | null {
  return dataExamples.find((example) => example.code === code) ?? null;
}

function transcript({ command, said }: DataExample): string {
  return `$ dinc ${command}\n${said}`;
}

interface Page {
  readonly bad: string;
  readonly said: string;
  readonly change: string;
}

function pageOf(example: Example | null, check: Check): Page | null {
  if (example === null) return null;
  const { bad, path } = example;
  const said = renderPretty(check(sourceFile(path, bad))).trimEnd();
  return { bad: bad.trimEnd(), said, change: changedLines(bad, goodText(example, check)) };
}

/** The explanation for a terminal. */
export function explainEntry(entry: CatalogEntry, check: Check): string {
  const { code, name, severity, explanation } = entry;
  const head = `${code} ${name} (${severity})\n\n${wrapped(explanation, 80)}\n`;
  const indented = (text: string) => text.replace(/^(?=.)/gm, "  ");
  const shown = dataExampleOf(code);
  if (shown !== null) {
    const files = shown.files.map(([path, text]) => `\n${path}:\n\n${indented(text)}`).join("");
    return `${head}${files}\nOutput of dinc:\n\n${indented(transcript(shown))}\n`;
  }
  const page = pageOf(exampleOf(code), check);
  if (page === null) return head;
  return (
    `${head}\nA bad example:\n\n${indented(page.bad)}\n\nOutput of dinc:\n\n${indented(page.said)}\n\n` +
    `The corrected lines:\n\n${indented(page.change)}\n`
  );
}

/** The page of one entry in the manual; `check` finds the mistakes of its example. */
export function renderPage(entry: CatalogEntry, check: Check): string {
  const { code, name, severity, explanation } = entry;
  const head = `# ${code} ${name}\n\n*${severity}* · ${explanation}\n`;
  const shown = dataExampleOf(code);
  if (shown !== null) {
    const files = shown.files.map(
      ([path, text]) => `\n\`${path}\`:\n\n\`\`\`${languageOf(path)}\n${text.trimEnd()}\n\`\`\`\n`,
    );
    return `${head}${files.join("")}\n\`\`\`text\n${transcript(shown)}\n\`\`\`\n`;
  }
  const page = pageOf(exampleOf(code), check);
  if (page === null) return head;
  return (
    `${head}\n\`\`\`din\n${page.bad}\n\`\`\`\n\n\`\`\`text\n${page.said}\n\`\`\`\n\n` +
    `The corrected lines:\n\n\`\`\`diff\n${page.change}\n\`\`\`\n`
  );
}

const GROUPS: readonly (readonly [title: string, isIn: (entry: CatalogEntry) => boolean])[] = [
  ["Syntax", ({ code }) => code < "DIN0200"],
  ["Models", ({ code }) => code < "DIN0500"],
  ["Data, settings, runs and compiled modules", ({ severity }) => severity !== "advice"],
  ["Advice", () => true],
];

/** docs/diagnostics.md, the list of all diagnostics. */
export function renderIndex(entries: readonly CatalogEntry[]): string {
  let rest = entries;
  const sections = GROUPS.map(([title, isIn]) => {
    const group = rest.filter(isIn);
    rest = rest.filter((entry) => !isIn(entry));
    const rows = [...group]
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map(
        ({ code, name, severity, explanation }) =>
          `| ${code} ${name} | ${severity} | ${explanation.replaceAll(/\||\\(?=\W)/g, "\\$&")} |`,
      );
    return `## ${title}\n\n| message | | why |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Diagnostics

All messages of dinc, with the reason for each. \`dinc explain CODE\` also prints a spec with the mistake, the output of \`dinc check\`,
and the corrected lines. For a mistake in data, settings or a run, it prints the files involved and a command. The manual
(\`npm run docs\`) has a page for each message.

\`dinc check --fix\` applies every *fix*, which is certain, and leaves every *guess* to you. \`// dinc-ignore CODE: reason\` ignores a
warning or advice on its line. \`--deny CODE\` makes a warning an error. \`dinc lint\` also prints advice about specs without mistakes:
questions that a reviewer would ask.

<!-- Generated from the catalogue: npm run generate -->

${sections.join("\n")}`;
}

/** The language name for Markdown's code blocks. */
function languageOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
