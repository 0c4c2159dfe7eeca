// Catalogue: features and fields that are computed from the raw values of others. Codes DIN0346–DIN0352.

import { defineError, withHelps } from "./define.ts";

export const sourceUnknown = withHelps(
  defineError<{ name: string; feature: string; history: string | null }>({
    code: "DIN0346",
    name: "source-unknown",
    message: ({ name, feature, history }) =>
      history === null
        ? `there is no feature \`${name}\` to compute \`${feature}\` from`
        : `\`${history}\` has no field \`${name}\` of its own to compute \`${feature}\` from`,
    help: ({ history }) =>
      history === null
        ? "name a feature of the same scope"
        : "name a field that the history declares with a column of its own",
    explanation:
      "`h2 : id(hash: 97) from item_id` reads the values of `item_id` a second time, with a kind, a vocabulary and a table of its own. The source is a feature of the same scope; for a field of a history it is another field that only steps have.",
  }),
  {
    bound: (feature: string, target: string) =>
      `declare \`${feature}\` in \`features item\`, \`from ${target}\`: steps then have it as well`,
  },
);

export const sourceComputed = defineError<{ feature: string; name: string; root: string | null }>({
  code: "DIN0347",
  name: "source-is-computed",
  message: ({ feature, name }) =>
    feature === name
      ? `\`${feature}\` cannot be computed from itself`
      : `\`${name}\` is computed itself, so \`${feature}\` cannot be computed from it`,
  help: ({ root }) =>
    root === null ? "name a feature that the data has" : `name its source: \`from ${root}\``,
  explanation:
    "`from` reads a raw value, as rows and requests have it. A cross and a feature with a source of its own have none.",
});

export const sourceScope = defineError<{ feature: string; scope: string; name: string; of: string }>({
  code: "DIN0348",
  name: "source-in-other-scope",
  message: ({ feature, scope, name, of }) =>
    `\`${feature}\` is in \`features ${scope}\`, but its source \`${name}\` is in \`features ${of}\``,
  help: ({ feature, of }) => `declare \`${feature}\` in \`features ${of}\``,
  explanation: "A feature is known when its source is known, so both are in one scope.",
});

export const sourceValues = defineError<{ feature: string; takes: string; name: string; has: string }>({
  code: "DIN0349",
  name: "source-of-other-values",
  message: ({ feature, takes, name, has }) => `\`${feature}\` reads ${takes}, but \`${name}\` is ${has}`,
  help: ({ has }) => `give it a kind that reads ${has}`,
  explanation:
    "Both read the same raw values. Ids (`id`, `enum`, `int`) read texts and whole numbers, `number` reads numbers, with and without buckets, clocks and `time` read times, and a `vector` reads as many numbers as its source. A set is computed from a set, a text from a text.",
});

export const sourceMissing = defineError<{
  feature: string;
  name: string;
  isSourceOptional: boolean;
  option: string;
}>({
  code: "DIN0350",
  name: "source-may-be-missing",
  message: ({ feature, name, isSourceOptional }) =>
    isSourceOptional
      ? `\`${name}\` may be missing, but \`${feature}\` does not say what a missing value counts as`
      : `\`${feature}\` says what a missing value counts as, but \`${name}\` may not be missing`,
  help: ({ feature, name, isSourceOptional, option }) =>
    `give \`${isSourceOptional ? feature : name}\` the option \`${option}\`${isSourceOptional ? "" : `, or remove it from \`${feature}\``}`,
  explanation:
    "A feature that is computed from another one is missing exactly if that one is. So both say what a missing value counts as, each for itself, or neither may be missing.",
});

export const targetIsComputed = defineError<{ name: string; source: string; column: string }>({
  code: "DIN0351",
  name: "binding-target-is-computed",
  message: ({ name, source }) =>
    `\`${name}\` is computed from \`${source}\`: no column holds its values, so none can be bound to it`,
  help: ({ source, column, name }) =>
    `bind its source, \`${source} <-> ${column}\`: the steps then have \`${name}\` as well`,
  explanation:
    "If a column is bound to a feature, the features that are computed from it are fields of the history too. They are computed from the same column.",
});

export const seedWithoutHash = defineError<Record<never, never>>({
  code: "DIN0352",
  name: "seed-without-hash",
  message: () => "`seed` is an option of hashed ids, and these are not hashed",
  help: () => "write `id(hash: 100_000, seed: 2)`",
  explanation:
    "The seed of `id(hash: n, seed: s)` changes which values share an id. The ids of a vocabulary, of a range and of a file have no hash.",
});

export const computedFromSeveral = defineError<{
  history: string;
  feature: string;
  source: string;
  columns: string;
  /** The first of them. */
  column: string;
}>({
  code: "DIN0733",
  name: "computed-from-several-columns",
  message: ({ history, feature, source, columns }) =>
    `\`${history}\` binds ${columns} to \`${source}\`, so \`${feature}\` would be computed from each of them`,
  help: ({ source, feature, column }) =>
    `bind the column that is meant in another history, \`history NAME(max: 50) { ${source} <-> ${column} }\`; \`NAME.${feature}\` is then computed from it`,
  explanation:
    "A history that binds one column to a feature also has the features that are computed from it, under their own names. If it binds several columns to the feature, each name would stand for several fields. Two histories may bind the same column.",
});
