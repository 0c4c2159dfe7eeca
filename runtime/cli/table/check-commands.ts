// Commands that read the text of specs.

import type { CheckCommandOptions } from "../commands/check.ts";
import type { FmtOptions } from "../commands/fmt.ts";
import type { CommandDescription } from "./describe.ts";
import { option, specOptions } from "./options.ts";

const SPECS = { usage: "<file...>", path: "file" } as const;

const findingsOptions = () => [
  option("format", {
    doc: "how to print findings",
    choices: ["pretty", "concise", "json", "sarif", "github"],
  }),
  option("fix"),
  option("deny"),
  option("stdinFilepath"),
  ...specOptions(),
];

const check = (): CommandDescription => ({
  name: "check",
  doc: "Parse and check specs, and settings without their data.",
  examples: [
    "dinc check model.din",
    "dinc check .",
    "dinc check --fix model.din",
    "dinc check --format json --stdin-filepath model.din - < model.din",
  ],
  arguments: [{ ...SPECS, doc: "specs, dinc.yaml, or folders with such files; - reads standard input" }],
  options: [...findingsOptions(), option("types")],
  run: async (terminal, { types, ...options }: CheckCommandOptions & { types?: boolean }, files: string[]) =>
    types
      ? await (await import("../commands/types.ts")).types(files, options, terminal)
      : await (await import("../commands/check.ts")).check(files, options, terminal),
});

const lint = (): CommandDescription => ({
  name: "lint",
  doc: "Check specs, and give advice on valid models, as a reviewer would.",
  examples: ["dinc lint model.din", "dinc lint --deny outcome-as-feature --format github models/*.din"],
  arguments: [{ ...SPECS, doc: "specs, dinc.yaml, or folders with such files; - reads standard input" }],
  options: findingsOptions(),
  run: async (terminal, options: CheckCommandOptions, files: string[]) =>
    (await import("../commands/lint.ts")).lint(files, options, terminal),
});

const fmt = (): CommandDescription => ({
  name: "fmt",
  doc: "Format specs in place: one style, without options.",
  examples: ["dinc fmt model.din", "dinc fmt --check model.din", "dinc fmt --migrate specs"],
  arguments: [
    { ...SPECS, doc: "specs, or folders with specs; - reads standard input and writes standard output" },
  ],
  options: [option("check"), option("migrate")],
  run: async (terminal, options: FmtOptions, files: string[]) =>
    (await import("../commands/fmt.ts")).fmt(files, options, terminal),
});

export const checkCommands = () => [check(), lint(), fmt()];
