// Catalogue: models that `dinc export` cannot write, or that are not two towers. Codes DIN0880–DIN0889.

import { joined, option, wording } from "../../common/option-text.ts";
import { defineError } from "./define.ts";

const tablesOf = (names: readonly string[]) =>
  joined(
    names.map((name) => option("table", name)),
    ", ",
  );

export const noSuchTable = defineError<{ table: string | null; tables: readonly string[] }>({
  code: "DIN0880",
  name: "no-such-table",
  message: ({ table, tables }) =>
    table !== null
      ? `the run has no table \`${table}\` that its predictions read`
      : tables.length === 0
        ? "the run has no table of embeddings that its predictions read"
        : "the command does not say which table to write, and the run has several",
  help: ({ tables }) => (tables.length === 0 ? null : wording`tables of the run: ${tablesOf(tables)}`),
  explanation:
    "`dinc export embeddings` writes the vectors of one table, that of `--table`. A table has the name of the feature that it belongs to; features with `share` and bound fields of histories have no table of their own, but use that of another feature.",
});

export const rowsWithoutIds = defineError<{ table: string; tables: readonly string[] }>({
  code: "DIN0881",
  name: "rows-without-ids",
  message: ({ table }) => `no row of \`${table}\` belongs to a single value: several values share each row`,
  help: ({ tables }) =>
    tables.length === 0
      ? "learn the values, with `id` or `id(min_count: …)`"
      : wording`choose another table: ${tablesOf(tables)}`,
  explanation:
    "Hashed ids, words of a text, bins of a number and crosses give one row to many values, so no vector has an id of its own. A vector index needs vectors of single items.",
});

export const twoTowerMixed = defineError<{ label: string; op: string }>({
  code: "DIN0882",
  name: "two-tower-mixed",
  message: ({ label, op }) =>
    `the logit of \`${label}\` is not an inner product of a user vector and an item vector: here the network mixes both (\`${op}\`)`,
  help: () =>
    wording`combine item and user only in a \`dot\` or in sums and products, as in \`sigmoid(dot(user, item))\`; any model compiles with ${option("target", "ts")}`,
  explanation:
    "A model has two towers if its logit is the inner product of two vectors: one depends on the user, the context and the histories, the other on the item. An index of item vectors then finds the best of millions of items. Sums, products, quotients and linear layers may combine both; an activation, an attention or a normalisation of a value that depends on both cannot be split.",
});

export const twoTowerOneSided = defineError<{ label: string; on: "user" | "item" | "neither" }>({
  code: "DIN0883",
  name: "two-tower-one-sided",
  message: ({ label, on }) =>
    on === "neither"
      ? `the logit of \`${label}\` depends on neither the user nor the item`
      : `the logit of \`${label}\` depends on the ${on} alone: there are no two towers`,
  help: ({ on }) =>
    on === "item"
      ? "read features of the user or a history too, or rank the items once for all users"
      : "read features of the item too: all items have the same score",
  explanation:
    "The vectors of users and items have the logit as their inner product. A logit that depends on only one of them needs no such vectors.",
});

export const twoTowerCalibrated = defineError<{ label: string }>({
  code: "DIN0884",
  name: "two-tower-calibrated",
  message: ({ label }) =>
    `the run is calibrated: a calibrated logit of \`${label}\` is not an inner product of two vectors`,
  help: () => wording`leave the calibration out with ${option("uncalibrated", true)}`,
  explanation:
    "A calibration changes the logit so that probabilities match the frequency of label 1. Vectors give the logit before calibration. The order is the same, unless segments of items have different calibrations.",
});
