// Spark SQL that fits vocabularies and transforms, and that replaces raw values in a view by ids and numbers.

import { InternalError } from "../../../compiler/common/internal-error.ts";
import { needsIds } from "../../../compiler/frontend/kinds/model-queries.ts";
import { hasIds, hasLearnedVocabulary } from "../../../compiler/frontend/kinds/registry.ts";
import { learnersOf, transformsOf } from "../../../compiler/frontend/kinds/transforms.ts";
import {
  allFeatures,
  type Feature,
  type FeatureKind,
  type Model,
  ownerOf,
} from "../../../compiler/frontend/model/model.ts";
import { encoded, name, numberAfter, text } from "./values.ts";

/** A column of raw values; `depth` is 1 for a list of steps. */
export interface RawColumn {
  readonly column: string;
  readonly feature: Feature;
  readonly depth: 0 | 1;
}

/**
 * Returns a SELECT of `value` and `times`: the values in training rows of all features that share the fitted
 * values of `owner`.
 */
export type Occurring = (owner: Feature) => string;

export const spark = {
  /** The paths at which Spark leaves its results for dinc. */
  vocabulary: (out: string, feature: string): string => `${out}/spark/vocab/${feature}`,
  transform: (out: string, feature: string, place: number): string =>
    `${out}/spark/fitted/${feature}/${place}`,
  /** Some unchanged training rows, from which sealing computes the baseline. */
  sample: (out: string): string => `${out}/spark/sample`,
  staged: (out: string, what: string): string => `${out}/spark/staged/${what}`,
  split: (out: string, split: string): string => `${out}/${split}`,
} as const;

export const views = {
  vocabulary: (feature: string): string => name(`dinc vocabulary of ${feature}`),
  transform: (feature: string, place: number): string => name(`dinc transform ${place} of ${feature}`),
} as const;

/** The Parquet files of a folder, in SQL. */
export function parquetIn(path: string): string {
  return `parquet.${name(literalPath(path))}`;
}

/** Escapes a path, which Spark reads as a pattern. */
export function literalPath(path: string): string {
  return path.replaceAll(/[\\{}*?[\]]/g, "\\$&");
}

/** Writes the rows of a query as Parquet, and makes a view that reads them. */
export function stored(path: string, view: string, query: string): string[] {
  return [
    `INSERT OVERWRITE DIRECTORY ${text(path)} USING parquet\n${query}`,
    `CREATE OR REPLACE TEMPORARY VIEW ${view} AS SELECT * FROM ${parquetIn(path)}`,
  ];
}

/** Fits all features of the model. */
export function fitting(model: Model, out: string, occurring: Occurring): string[] {
  return allFeatures(model).flatMap((feature) => {
    if (feature.shares !== null) return [];
    if (hasLearnedVocabulary(feature) && needed(model, feature))
      return stored(
        spark.vocabulary(out, feature.name),
        views.vocabulary(feature.name),
        vocabularyOf(feature, occurring),
      );
    return learnersOf(feature.kind).flatMap((learner, place) =>
      learner === null
        ? []
        : stored(
            spark.transform(out, feature.name, place),
            views.transform(feature.name, place),
            learnedAt(feature, place, occurring),
          ),
    );
  });
}

function needed(model: Model, feature: Feature): boolean {
  return feature.scope === "history" || needsIds(model, feature);
}

/**
 * Numbers ids like dinc: the most frequent first, and equally frequent ones in UTF-16 order, as JavaScript
 * sorts.
 */
function vocabularyOf(feature: Feature, occurring: Occurring): string {
  const least = feature.kind.kind === "id" ? feature.kind.minCount : 1;
  return `SELECT CAST(row_number() OVER (ORDER BY times DESC, encode(value, 'UTF-16BE')) + 1 AS INT) AS id, value FROM (
  SELECT value, sum(times) AS times FROM (${occurring(feature)}) WHERE value IS NOT NULL GROUP BY value
) WHERE times >= ${Math.max(1, least)}`;
}

/** A SELECT of one row with `learned`: the fitted value of the transform at a position. */
function learnedAt(feature: Feature, place: number, occurring: Occurring): string {
  const { kind } = feature;
  const before = [...learnersOf(kind).keys()].filter(
    (each) => each < place && learnersOf(kind)[each] !== null,
  );
  const joins = before
    .map((each) => ` CROSS JOIN ${views.transform(feature.name, each)} AS p${each}`)
    .join("");
  const x = numberAfter(feature, "value", (each) => `p${each}.learned`, place);
  const values = `SELECT ${x} AS x, times FROM (${occurring(feature)})${joins} WHERE value IS NOT NULL AND times > 0`;
  const transform = transformsOf(kind)[place];
  if (transform === undefined) return quantilesOf(kind, values);
  if (transform.kind === "min_max")
    return `SELECT array(coalesce(min(x), 0D), coalesce(nullif(max(x) - min(x), 0D), 1D)) AS learned FROM (${values})`;
  return `WITH numbers AS (${values}), middle AS (SELECT sum(x * times) / sum(times) AS mean FROM numbers)
SELECT array(coalesce(min(mean), 0D), coalesce(nullif(sqrt(sum(times * (x - mean) * (x - mean)) / sum(times)), 0D), 1D)) AS learned
FROM numbers CROSS JOIN middle`;
}

/** Bound k of n is the number at place ⌊k·N/n⌋ of the N numbers in ascending order. */
function quantilesOf(kind: FeatureKind, values: string): string {
  if (kind.kind !== "bins" || kind.binning.kind !== "quantiles")
    throw new InternalError(`${kind.kind} learns no bounds`);
  const { count } = kind.binning;
  return `WITH numbers AS (SELECT x, sum(times) AS times FROM (${values}) GROUP BY x),
  below AS (SELECT x, sum(times) OVER (ORDER BY x) AS below, sum(times) OVER () AS rows, min(x) OVER () AS least FROM numbers),
  bounds AS (SELECT k, min(x) AS x, min(least) AS least FROM below
    CROSS JOIN (SELECT explode(sequence(1, ${count - 1})) AS k) WHERE floor(k * rows / ${count}) < below GROUP BY k)
SELECT array_sort(collect_set(x)) AS learned FROM bounds WHERE x > least`;
}

/**
 * A SELECT of the columns `carried` and the encoded `columns` of a view, whose rows have the unique `key`.
 */
export function encodedView(
  view: string,
  key: string,
  carried: readonly string[],
  columns: readonly RawColumn[],
): string {
  const joins: string[] = [];
  const selected = columns.map(({ column, feature, depth }, i) => {
    const at = `t.${name(column)}`;
    const lists = depth + Number(feature.set !== null);
    if (hasLearnedVocabulary(feature)) {
      const vocabulary = views.vocabulary(ownerOf(feature));
      if (lists === 0) {
        joins.push(`LEFT JOIN ${vocabulary} AS v${i} ON v${i}.value = ${at}`);
        return `coalesce(v${i}.id, 1) AS ${name(column)}`;
      }
      joins.push(
        `LEFT JOIN (${lookedUp(view, key, column, vocabulary, lists)}) AS v${i} ON v${i}.key = t.${key}`,
      );
      const ids = `coalesce(v${i}.ids, CAST(array() AS ARRAY<STRUCT<i: INT, j: INT, id: INT>>))`;
      return lists === 1
        ? `transform(${ids}, s -> s.id) AS ${name(column)}`
        : `transform(${at}, (s, place) -> transform(filter(${ids}, e -> e.i = place), e -> e.id)) AS ${name(column)}`;
    }
    const places = learnersOf(feature.kind).flatMap((learner, place) => (learner === null ? [] : [place]));
    for (const place of places)
      joins.push(`CROSS JOIN ${views.transform(ownerOf(feature), place)} AS f${i}_${place}`);
    const one = (value: string) => encoded(feature, value, (place) => `f${i}_${place}.learned`);
    const value =
      lists === 0 ? one(at) : lists === 1 ? `transform(${at}, v -> ${one("v")})` : nested(at, one);
    return `${value} AS ${name(column)}`;
  });
  const all = [...carried.map((each) => `t.${name(each)}`), ...selected].join(",\n  ");
  return `SELECT\n  ${all}\nFROM ${view} AS t${joins.map((join) => `\n${join}`).join("")}`;
}

function nested(lists: string, one: (value: string) => string): string {
  return `transform(${lists}, s -> transform(s, v -> ${one("v")}))`;
}

/** By row: the ids of a list's values with their positions; for nested lists, both positions. */
function lookedUp(view: string, key: string, column: string, vocabulary: string, lists: number): string {
  const steps = `SELECT ${key} AS key, posexplode(${name(column)}) AS (i, value) FROM ${view}`;
  const values =
    lists === 1
      ? `SELECT key, i, 0 AS j, value FROM (${steps})`
      : `SELECT key, i, posexplode(value) AS (j, value) FROM (${steps})`;
  return `SELECT e.key, array_sort(collect_list(struct(e.i, e.j, coalesce(v.id, 1) AS id))) AS ids
  FROM (${values}) AS e LEFT JOIN ${vocabulary} AS v ON v.value = e.value GROUP BY e.key`;
}

/** Plans leave out features that are not read from a column, or that the network does not use. */
export function isRead(model: Model, feature: Feature): boolean {
  return !hasIds(feature.kind) || needsIds(model, feature);
}
