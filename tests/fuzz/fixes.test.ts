// What `--fix` makes of a sound spec with one mistake in it: the spec again, or something that is still wrong; never another
// model that checks clean. A mistake is one name exchanged for a word of the field that dinc has not, for a word of dinc or
// for another name of the spec; or one slip of the pen. `FUZZ=100 npx vitest run tests/fuzz/fixes` makes many more.

import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { fieldWords } from "../../compiler/diagnostics/field-words/field-words.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { SETTINGS } from "../../compiler/frontend/check/train.ts";
import { library } from "../../compiler/frontend/functions/library.ts";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { allKinds } from "../../compiler/frontend/kinds/registry.ts";
import { allBinnings, allTransforms } from "../../compiler/frontend/kinds/transforms.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { allMetrics } from "../../compiler/middle/metrics/registry.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { endOf, Identifier, itemKeywords, lex, NumberLiteral, StringLiteral } from "../../grammar/tokens.ts";
import { runs, seed, timeout } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";

const foreign = [...new Set(Object.values(fieldWords).flatMap((all) => all.flatMap(({ names }) => names)))];
const own = [
  ...languageFunctions.keys(),
  ...library.keys(),
  ...itemKeywords.keys(),
  ...allKinds.flatMap(({ keyword }) => keyword ?? []),
  ...[...allTransforms, ...allBinnings].map(({ keyword }) => keyword),
  ...allMetrics.map(({ name }) => name),
  ...Object.entries(SETTINGS).flatMap(([name, setting]) => [
    name,
    ...("choices" in setting ? Object.keys(setting.choices) : []),
  ]),
  ...[
    "user",
    "item",
    "context",
    "binary",
    "Vec",
    "Seq",
    "Int",
    "Float",
    "learning_rate",
    "max",
    "hash",
    "missing",
  ],
];

/** Everything that a text says of a model: its Graph, its features, and how it is trained; null where it has mistakes. */
function meaningOf(file: SourceFile): string | null {
  const { value: model, diagnostics } = analyse(file);
  if (model === null || hasErrors(diagnostics)) return null;
  const { features, histories, labels, train, predictions } = model;
  const said = [
    [...features.values()],
    [...histories.values()],
    [...labels.keys()],
    train,
    predictions.map(({ label }) => label),
  ];
  const plain = JSON.stringify(said, (key, value) =>
    key === "span" || key === "doc" || key === "file" ? undefined : value,
  );
  return `${withoutNames(printGraph(lower(model)))}\n${plain}`;
}

/** What the network's weights are called follows from `let`s and blocks, whose names mean nothing. */
function withoutNames(graph: string): string {
  const numbers = new Map<string, number>();
  return graph.replaceAll(/\bnet\.[\w.]+/g, (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return `net.${number}`;
  });
}

interface Sound {
  readonly path: string;
  readonly text: string;
  readonly meaning: string;
}

const sound: readonly Sound[] = specFiles("tests/good", "examples").flatMap(([path, text]) => {
  const meaning = meaningOf(sourceFile(path, text));
  return meaning === null ? [] : [{ path, text, meaning }];
});

type Mutate = (text: string, random: Random) => string;

const mutations: Readonly<Record<string, Mutate>> = {
  "a name exchanged for a word of the field": (text, random) =>
    exchanged(text, random, () => pick(foreign, random)),
  "a name exchanged for a word of dinc": (text, random) => exchanged(text, random, () => pick(own, random)),
  "a name exchanged for another of the spec": (text, random) =>
    exchanged(text, random, (names) => pick(names, random)),
  "a slip of the pen": (text, random) => {
    const { tokens } = lex(text);
    const token = pick(tokens, random);
    return slip(text, token.startOffset + random.integer(endOf(token) - token.startOffset), random);
  },
  "a slip of the pen in a name": (text, random) => {
    const token = pick(
      lex(text).tokens.filter(({ tokenType }) => tokenType === Identifier),
      random,
    );
    return slip(text, token.startOffset + random.integer(endOf(token) - token.startOffset), random);
  },
};

function exchanged(text: string, random: Random, other: (names: readonly string[]) => string): string {
  const names = lex(text).tokens.filter(
    ({ tokenType, image }) =>
      tokenType !== NumberLiteral && tokenType !== StringLiteral && /^\w+$/.test(image),
  );
  const token = pick(names, random);
  return text.slice(0, token.startOffset) + other(names.map(({ image }) => image)) + text.slice(endOf(token));
}

/** What is next to the keys of names and of the language's own signs. */
const KEYS = "abcdefghijklmnopqrstuvwxyz_0123456789 ,:;.()[]{}+-*/=<>|\"'";

function slip(text: string, at: number, random: Random): string {
  const key = KEYS.charAt(random.integer(KEYS.length));
  const [before, here, after] = [text.slice(0, at), text.charAt(at), text.slice(at + 1)];
  switch (random.integer(4)) {
    case 0:
      return before + after;
    case 1:
      return before + here + here + after;
    case 2:
      return random.integer(2) === 0 ? before + key + here + after : before + key + after;
    default:
      return before + after.charAt(0) + here + after.slice(1);
  }
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[random.integer(all.length)]!;
}

test("there are specs to put mistakes into", () => {
  expect(sound.length).toBeGreaterThan(40);
});

describe.each(Object.entries(mutations))("%s", (kind, mutate) => {
  test.each([
    ["check --fix", (file: SourceFile) => analyse(file).diagnostics],
    ["fix all", (file: SourceFile) => lint(file)],
  ] as const)("is never made another model by `%s`", { timeout }, (how, examine) => {
    const random = Random.of(seed, `${kind} ${how}`);
    const wrong: string[] = [];
    let [broken, restored] = [0, 0];
    for (let run = runs(15); run > 0; run--) {
      const { path, text, meaning } = pick(sound, random);
      const file = sourceFile(path, mutate(text, random));
      const before = meaningOf(file);
      const fixed = fixAll(file, examine);
      if (before === null) broken++;
      const after = fixed.count === 0 ? before : meaningOf(fixed.file);
      if (before === null && after === meaning) restored++;
      // What was sound means the same afterwards; what was not is the spec again, or still wrong.
      if (before === null ? after === null || after === meaning : after === before) continue;
      wrong.push(changed(path, text, file.text, fixed.file.text));
    }
    if (process.env["FUZZ"] !== undefined)
      console.log(`${kind}, ${how}: ${broken} broken, ${restored} restored`);
    expect(wrong).toEqual([]);
    expect(broken).toBeGreaterThan(runs(7));
  });
});

/** The lines of the spec, of the mistake and of what was made of it, where they differ. */
function changed(path: string, ...texts: readonly string[]): string {
  const [first, ...others] = texts.map((text) => text.split("\n"));
  const lines = first!.flatMap((line, i) =>
    others.some((other) => other[i] !== line)
      ? [[line, ...others.map((other) => other[i] ?? "")].join("\n  ")]
      : [],
  );
  return `${path}\n  ${lines.slice(0, 3).join("\n  ")}`;
}
