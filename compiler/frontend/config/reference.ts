// Writes docs/settings.md: every setting with its meaning, values and default.

import { alternatives } from "../../common/option-text.ts";
import { type SettingDescription, type SettingGroup, takenBy } from "./setting-kinds.ts";
import { settings } from "./settings.ts";

export function settingsReference(): string {
  const head = [
    "# The settings of dinc.yaml",
    "",
    "Written by the tests from `compiler/frontend/config/settings.ts`, which `dinc train`, the language server and",
    "[the JSON Schema](../grammar/editors/dinc.schema.json) read. Their use is described in [training.md](training.md) and",
    "[commands.md](commands.md). `--set data.memory=2GB` overrides a setting for one command, and `--set data.memory=null` removes it.",
    "",
    `A path may contain environment variables, \`\${NAME}\` or \`\${NAME:-default}\`.`,
  ];
  return [...head, ...sections("", settings), ""].join("\n");
}

function sections(path: string, group: SettingGroup): string[] {
  const named = (key: string) => (path === "" ? key : `${path}.${key}`);
  const entries = Object.entries(group.settings);
  const rows = entries.map(([key, described]) => rowOf(key, described));
  const inner = entries.flatMap(([key, described]) => {
    if (described.what === "groups") return sections(`${named(key)}.NAME`, described.group);
    return described.what === "group" ? sections(named(key), described) : [];
  });
  const title = path === "" ? [] : ["", `## \`${path}\``, "", group.doc];
  return [...title, "", "| setting | value | default | |", "|---|---|---|---|", ...rows, ...inner];
}

function rowOf(key: string, described: SettingDescription): string {
  const { doc, required, unless, form, notWith } = described;
  const otherwise =
    required === true
      ? unless === undefined
        ? "required"
        : `required, or ${listed(unless)}`
      : ((described.what === "setting" ? described.otherwise : null) ?? "");
  const only = form === undefined ? [] : [`Only for ${form === "rows" ? "example rows" : "event logs"}.`];
  const excluded = notWith === undefined ? [] : [`Not together with ${listed(notWith)}.`];
  const isByName = described.what === "named" && described.isOneEnough !== true;
  const each = isByName ? [`By ${described.of}: ${described.kind.expected}.`] : [];
  const words = described.what === "setting" ? Object.entries(described.kind.words) : [];
  const meanings = words.map(([word, meaning]) => `\`${word}\`: ${meaning}`);
  const cells = [
    `\`${key}\``,
    takenBy(described),
    otherwise,
    [doc, ...each, ...meanings, ...only, ...excluded].join(" "),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function listed(keys: readonly string[]): string {
  return alternatives(keys.map((key) => `\`${key}\``));
}
