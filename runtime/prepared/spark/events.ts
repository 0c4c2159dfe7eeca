// The plan for an event log. Rows follow the DIN paper's protocol and are made from events that already have
// ids, so that a history is a window over them. The number of histories that contain an event follows from
// its position, so counting builds no rows.

import { labelColumns, readColumns } from "../../../compiler/data/label-columns.ts";
import type { EventsConfig } from "../../../compiler/frontend/config/config.ts";
import { type LabelsOfEvents, labelsOfEvents } from "../../../compiler/frontend/config/event-labels.ts";
import type { Feature, History, Model } from "../../../compiler/frontend/model/model.ts";
import { ownerOf, ownFields, rawNameOf } from "../../../compiler/frontend/model/model.ts";
import { inputName, inputNames } from "../../../compiler/middle/programs/program.ts";
import { columnNames, type PreparedSplit } from "../prepared-folder.ts";
import { encodedView, fitting, isRead, type RawColumn, spark, stored } from "./encode.ts";
import { drawnBy } from "./parts.ts";
import {
  groupedFeatures,
  isTextFile,
  type PlanOptions,
  sampled,
  sourceView,
  valuesIn,
  writeSplit,
} from "./statements.ts";
import {
  groupIn,
  idIn,
  labelColumnsOf,
  name,
  orderIn,
  rawOf,
  refused,
  type SourceForm,
  text,
  withWeights,
} from "./values.ts";

type Source = "items" | "users" | "events";

const RAW = { items: name("dinc items"), users: name("dinc users"), events: name("dinc events") } as const;
const ENCODED = {
  items: name("dinc encoded items"),
  users: name("dinc encoded users"),
  events: name("dinc encoded events"),
} as const;
const FILES = {
  items: name("dinc items file"),
  users: name("dinc users file"),
  events: name("dinc log"),
} as const;
const NUMBERED = name("dinc numbered items");
const targetsOf = (split: PreparedSplit) => name(`dinc ${split} targets`);

/** Additional draws per target, because some drawn items are ones that the user touched. */
const MORE_DRAWS = 32;

/** The columns of a table that features read, but its key. */
export function keyedColumns(model: Model, data: EventsConfig, source: "items" | "users"): string[] {
  const table = data[source];
  if (table === null) return [];
  const scope = source === "items" ? "item" : "user";
  const read = [...model.features.values(), ...groupedFeatures(model)].filter(
    (feature) => feature.scope === scope && isRead(model, feature) && feature.name !== table.key,
  );
  return [...new Set(read.map((feature) => feature.name))];
}

export function eventStatements(model: Model, data: EventsConfig, options: PlanOptions): string[] {
  return new EventsPlan(model, data, options).statements();
}

class EventsPlan {
  private readonly model: Model;
  private readonly data: EventsConfig;
  private readonly options: PlanOptions;
  private readonly labels: LabelsOfEvents;
  /** The number of rows per target. */
  private readonly each: number;
  /** The number of test targets per user. */
  private readonly tests: number;

  constructor(model: Model, data: EventsConfig, options: PlanOptions) {
    this.model = model;
    this.data = data;
    this.options = options;
    this.labels = labelsOfEvents(model, data);
    this.each = 1 + this.labels.perPositive;
    this.tests = data.examples.split === "leave_last_out" ? 1 : 0;
  }

  statements(): string[] {
    const { model, data, options } = this;
    const { out } = options;
    const splits: PreparedSplit[] = ["train"];
    if (data.validate !== null) splits.push("valid");
    if (this.tests > 0) splits.push("test");
    const encoded = (source: Source, key: string, carried: readonly string[]) =>
      stored(
        spark.staged(out, `encoded-${source}`),
        ENCODED[source],
        encodedView(RAW[source], name(key), [...carried, ...this.groupsOf(source)], this.columnsOf(source)),
      );
    return [
      ...this.reading(),
      `CREATE OR REPLACE TEMPORARY VIEW ${NUMBERED} AS SELECT item, row_number() OVER (ORDER BY item) - 1 AS number FROM ${RAW.items}`,
      ...splits.flatMap((split) =>
        stored(spark.staged(out, `${split}-targets`), targetsOf(split), this.targets(split)),
      ),
      ...fitting(model, out, (owner) => this.occurring(owner)),
      ...encoded("items", "item", ["item"]),
      ...(data.users === null ? [] : encoded("users", "user", ["user"])),
      ...encoded("events", "event", ["event", "user", "item", "place", ...this.labelsOfLog()]),
      ...splits.map((split) => this.split(split)),
    ];
  }

  /** The source of a feature's values. */
  private sourceOf({ scope }: Feature): Source {
    if (scope === "item") return "items";
    return scope === "user" && this.data.users !== null ? "users" : "events";
  }

  private columnsOf(source: Source): RawColumn[] {
    const { model } = this;
    const read = [...model.features.values()].filter((feature) => isRead(model, feature));
    const own = ownFields(model);
    return [...read, ...own]
      .filter((feature) => this.sourceOf(feature) === source)
      .map((feature): RawColumn => ({ column: feature.name, feature, depth: 0 }));
  }

  private groupsOf(source: Source): string[] {
    return groupedFeatures(this.model)
      .filter((feature) => this.sourceOf(feature) === source)
      .map(({ name: of }) => columnNames.group(of));
  }

  /** The columns of labels in the log. */
  private labelsOfLog(): string[] {
    return readColumns(this.labels.fromLog).map(inputName);
  }

  /** The raw values of a source; `wrap` aggregates those of several rows. */
  private rawColumns(source: Source, path: string, wrap = (column: string) => column): string[] {
    const form: SourceForm = {
      ...this.data,
      innerSeparator: "",
      latestFirst: false,
      isText: isTextFile(path),
    };
    const columnOf = new Map(
      [...this.model.histories.values()].flatMap(({ fields }) =>
        fields.map(
          ({ feature, column }) => [feature.scope === "history" ? feature.name : "", column] as const,
        ),
      ),
    );
    return [
      ...this.columnsOf(source).map(({ column, feature }) => {
        const from = name(columnOf.get(column) ?? rawNameOf(feature));
        return `${wrap(rawOf(feature, from, form))} AS ${name(column)}`;
      }),
      ...groupedFeatures(this.model)
        .filter((feature) => this.sourceOf(feature) === source)
        .map((feature) => {
          const { name: of } = feature;
          return `${wrap(groupIn(feature, name(rawNameOf(feature)), form.isText))} AS ${name(columnNames.group(of))}`;
        }),
    ];
  }

  /** The columns of the log that features read. */
  private logColumns(): string[] {
    const { items, events } = this.data;
    const sources: Source[] = ["events", ...(items === null ? ["items" as const] : [])];
    const features = [...this.model.features.values()].filter((feature) => isRead(this.model, feature));
    const own = [...features, ...groupedFeatures(this.model)].filter(
      (feature) =>
        sources.includes(this.sourceOf(feature)) || [events.user, events.item].includes(rawNameOf(feature)),
    );
    const steps = [...this.model.histories.values()].flatMap(({ fields }) =>
      fields.flatMap(({ feature, column }) => (feature.scope === "history" ? [column] : [])),
    );
    const labels = this.labels.fromLog.map((label) => label.name);
    return [events.user, ...own.map(rawNameOf), ...steps, ...labels];
  }

  private reading(): string[] {
    const { model, data, options } = this;
    const { out } = options;
    const { events, items } = data;
    const key = (column: string, path = events.path) =>
      `coalesce(${idIn(name(column), column, isTextFile(path))}, ${refused(`${column} is missing`)})`;
    const order = orderIn(events.order);
    const select = (columns: readonly string[], from: string) =>
      `SELECT\n  ${columns.join(",\n  ")}\nFROM ${from}`;
    const tables = (["items", "users"] as const).flatMap((source) => {
      const table = data[source];
      if (table === null) return [];
      const as = source === "items" ? "item" : "user";
      return [
        sourceView(FILES[source], table.path, data.csv),
        ...stored(
          spark.staged(out, source),
          RAW[source],
          select(
            [`${key(table.key, table.path)} AS ${as}`, ...this.rawColumns(source, table.path)],
            FILES[source],
          ),
        ),
      ];
    });
    const ofLog =
      items !== null
        ? []
        : stored(
            spark.staged(out, "items"),
            RAW.items,
            `${select(
              [
                `${key(events.item)} AS item`,
                ...this.rawColumns("items", events.path, (column) => `min_by(${column}, ${order})`),
              ],
              FILES.events,
            )} GROUP BY 1`,
          );
    const known = (column: string, source: "items" | "users", as: string) =>
      data[source] === null
        ? ""
        : `\nLEFT JOIN (SELECT ${as} AS known_${as} FROM ${RAW[source]}) ON known_${as} = ${key(column)}`;
    const found = (column: string, source: "items" | "users", as: string) =>
      data[source] === null
        ? `${key(column)} AS ${as}`
        : `coalesce(known_${as}, ${refused(`an event's ${column} is not in the ${source} table`)}) AS ${as}`;
    const log = select(
      [
        "monotonically_increasing_id() AS event",
        found(events.user, "users", "user"),
        found(events.item, "items", "item"),
        `${order} AS at`,
        ...this.rawColumns("events", events.path),
        ...this.labels.fromLog.flatMap(labelColumnsOf),
      ],
      `${FILES.events}${known(events.user, "users", "user")}${known(events.item, "items", "item")}`,
    );
    return [
      sourceView(FILES.events, events.path, data.csv),
      ...tables,
      sampled(
        out,
        FILES.events,
        [events.item, ...this.logColumns()],
        null,
        (["items", "users"] as const).flatMap((source) => {
          const table = data[source];
          if (table === null) return [];
          const of = key(source === "items" ? events.item : events.user);
          return [
            {
              view: FILES[source],
              of,
              key: key(table.key, table.path),
              columns: keyedColumns(model, data, source),
            },
          ];
        }),
      ),
      ...ofLog,
      ...stored(
        spark.staged(out, "events"),
        RAW.events,
        `SELECT *, row_number() OVER (PARTITION BY user ORDER BY at, item) AS place, count(*) OVER (PARTITION BY user) AS events,
  ${data.validate === null ? "0" : `IF(${drawnBy("user", data.validate)}, 1, 0)`} AS drawn
FROM (\n${log}\n)`,
      ),
    ];
  }

  /** The position of a user's last training target. */
  private get lastTarget(): string {
    return `(events - ${this.tests} - IF(events > ${1 + this.tests}, drawn, 0))`;
  }

  /** By row: its event, item and label. */
  private targets(split: PreparedSplit): string {
    const { seed } = this.data.examples.negatives;
    const { perPositive } = this.labels;
    const wanted = {
      train: `place BETWEEN 2 AND ${this.lastTarget}`,
      valid: `drawn = 1 AND events > ${1 + this.tests} AND place = events - ${this.tests}`,
      test: "events > 1 AND place = events",
    }[split];
    if (perPositive === 0)
      return `SELECT event, user, place, 0 AS nth, item, CAST(1 AS FLOAT) AS label FROM ${RAW.events} WHERE ${wanted}`;
    return `WITH wanted AS (SELECT event, user, item, place FROM ${RAW.events} WHERE ${wanted}),
draws AS (SELECT event, user, place, explode(sequence(1, ${perPositive + MORE_DRAWS})) AS draw FROM wanted),
drawn AS (SELECT d.event, d.user, d.draw, n.item FROM draws AS d JOIN ${NUMBERED} AS n
  ON n.number = pmod(xxhash64(d.user, d.place, d.draw, ${text(split)}, ${seed}), (SELECT count(*) FROM ${RAW.items}))),
untouched AS (SELECT * FROM drawn LEFT ANTI JOIN (SELECT DISTINCT user, item FROM ${RAW.events}) AS touched
  ON touched.user = drawn.user AND touched.item = drawn.item),
negatives AS (SELECT event, transform(slice(array_sort(collect_list(struct(draw, item))), 1, ${perPositive}), d -> d.item) AS items
  FROM untouched GROUP BY event)
SELECT event, user, place, nth, item, CAST(IF(nth = 0, 1, 0) AS FLOAT) AS label FROM (
  SELECT w.event, w.user, w.place, posexplode(concat(array(w.item),
    IF(coalesce(size(n.items), 0) = ${perPositive}, n.items, ${refused("a user touched nearly every item: no negative is left")}))) AS (nth, item)
  FROM wanted AS w LEFT JOIN negatives AS n ON n.event = w.event)`;
  }

  /**
   * The values in training rows of all features that share the fitted values of `owner`: the rows' own
   * values, and those of steps.
   */
  private occurring(owner: Feature): string {
    const { model, each } = this;
    const rows = targetsOf("train");
    const from: Record<Source, string> = {
      items: `(SELECT s.* FROM ${rows} AS t JOIN ${RAW.items} AS s ON s.item = t.item)`,
      users: `(SELECT s.* FROM ${rows} AS t JOIN ${RAW.users} AS s ON s.user = t.user)`,
      events: `(SELECT s.* FROM ${rows} AS t JOIN ${RAW.events} AS s ON s.event = t.event)`,
    };
    const lists = (feature: Feature) => Number(feature.set !== null);
    const isOf = (feature: Feature) => ownerOf(feature) === owner.name;
    const own = [...model.features.values()]
      .filter((feature) => isOf(feature) && isRead(model, feature))
      .map((feature) => valuesIn(name(feature.name), lists(feature), from[this.sourceOf(feature)]));
    const steps = [...model.histories.values()].flatMap(({ max, fields }) =>
      fields
        .filter(({ feature }) => isOf(feature))
        .map(({ feature }) => {
          const times = `${each} * greatest(0, least(place + ${max}, ${this.lastTarget}) - place)`;
          const item = this.sourceOf(feature) === "items" ? ` JOIN ${RAW.items} AS i ON i.item = e.item` : "";
          return valuesIn(name(feature.name), lists(feature), `${RAW.events} AS e${item}`, times);
        }),
    );
    return `SELECT value, times FROM (${[...own, ...steps].join("\n  UNION ALL ")}) WHERE times > 0`;
  }

  private history({ name: history, max, fields }: History): string {
    const values = fields.map(({ name: field, feature }) => {
      const from = this.sourceOf(feature) === "items" ? "i" : "e";
      return `${from}.${name(feature.name)} AS ${name(field)}`;
    });
    return `collect_list(struct(${values.join(", ")})) OVER (PARTITION BY e.user ORDER BY e.place ROWS BETWEEN ${max} PRECEDING AND 1 PRECEDING) AS ${name(`steps of ${history}`)}`;
  }

  private split(split: PreparedSplit): string {
    const { model, data, each } = this;
    const histories = [...model.histories.values()];
    const steps = histories.map((history) => `, ${this.history(history)}`).join("\n    ");
    const from = { items: "i", users: "u", events: "e" } as const;
    const features = [...model.features.values()].filter((feature) => isRead(model, feature));
    const groups = groupedFeatures(model);
    const { happened } = this.labels;
    const fields = histories.flatMap(({ name: history, fields }) =>
      fields.map(({ name: field }) => {
        const column = inputNames.field(history, field);
        return {
          column,
          sql: `transform(e.${name(`steps of ${history}`)}, s -> s.${name(field)}) AS ${name(column)}`,
        };
      }),
    );
    const selected = [
      `t.event * ${each} + t.nth AS key`,
      ...features.map((each) => `${from[this.sourceOf(each)]}.${name(each.name)}`),
      ...fields.map(({ sql }) => sql),
      ...(happened === null ? [] : [`t.label AS ${name(inputNames.label(happened))}`]),
      ...this.labelsOfLog().map((label) => `CAST(t.label * e.${name(label)} AS FLOAT) AS ${name(label)}`),
      ...groups.map((feature) => `${from[this.sourceOf(feature)]}.${name(columnNames.group(feature.name))}`),
    ];
    const users = data.users === null ? "" : `\nJOIN ${ENCODED.users} AS u ON u.user = t.user`;
    const view = `SELECT ${selected.join(",\n  ")}
FROM ${targetsOf(split)} AS t
JOIN (SELECT e.*${steps}
    FROM ${ENCODED.events} AS e JOIN ${ENCODED.items} AS i ON i.item = e.item) AS e ON e.event = t.event
JOIN ${ENCODED.items} AS i ON i.item = t.item${users}`;
    return writeSplit({
      ...this.options,
      ...{ split, view: withWeights(model, view), key: "key", isNumbered: false },
      kept: [
        ...features.map((feature) => inputNames.feature(feature.name)),
        ...fields.map(({ column }) => column),
        ...labelColumns(model).map(inputName),
      ],
      groups,
      batchBy: model.batchBy,
    });
  }
}
