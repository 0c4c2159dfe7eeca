// Makes docs/backends.md from the registry: every back end with its engines and targets.

import { flagOf } from "../common/option-text.ts";
import { targets } from "./choices.ts";
import type { BackendDefinition } from "./contract/backend.ts";
import type { EmitOptionName } from "./contract/emit-options.ts";
import { emitOptions } from "./contract/emit-options.ts";
import { largeProducts } from "./tensorflow/large-products.ts";

export function backendsReference(backends: Readonly<Record<string, BackendDefinition>>): string {
  const rows = Object.entries(backends).map(([name, { doc, engines, target }]) => {
    const trains = engines.map((engine) => `\`--backend ${engine.name}\``).join(", ");
    return `| ${name} | ${doc} | ${trains} | ${target === null ? "" : `\`--target ${target.name}\``} |`;
  });
  const engines = Object.values(backends).flatMap((backend) => backend.engines);
  const options = Object.entries(emitOptions).map(([name, { value, doc, choices }]) => {
    const takers = targets.filter(({ takes }) => takes.includes(name as EmitOptionName));
    const cells = [
      `\`${`${flagOf(name)} ${value}`.trimEnd()}\``,
      takers.map((target) => `\`${target.name}\``).join(", "),
      typeof choices === "string" ? "" : ("severalOf" in choices ? choices.severalOf : choices).join(", "),
      doc,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "# Back ends",
    "",
    "The outputs of the compiler. Tests write this page from `compiler/backends/registry.ts`, which the command line reads too.",
    "",
    "| | | trains and scores | `dinc compile` |",
    "|---|---|---|---|",
    ...rows,
    "",
    "`dinc train --backend auto` takes the first of these that is installed:",
    "",
    ...engines.map(({ name, fastest }) => `- \`${name}\` if ${fastest.because}`),
    "",
    `A model's ${largeProducts}. \`predict\` and \`eval\` use the back end that trained the run, if it is available, so that scores agree to the last digit.`,
    "",
    "| option of `dinc compile` | with `--target` | takes | |",
    "|---|---|---|---|",
    ...options,
    "",
  ].join("\n");
}
