// Writes a draft: a spec in the standard style and its dinc.yaml. A comment beside each guess gives its reason.

import { formatCount } from "../../common/format-count.ts";
import { InternalError } from "../../common/internal-error.ts";
import { withOption } from "../../common/quoting.ts";
import { sourceFile, textOf } from "../../common/source-file.ts";
import { fieldLeftUnbound } from "../../diagnostics/catalog/advice.ts";
import { type CsvFormat, csvSetting } from "../../frontend/config/csv-format.ts";
import { elsewhereAt, queryAddress } from "../../frontend/config/elsewhere.ts";
import { valuesText } from "../../frontend/config/padding.ts";
import { formatStrictly } from "../fmt/format.ts";
import { lint } from "../lint/lint.ts";
import { FreshNames } from "./names.ts";
import {
  type DraftFeature,
  type DraftHistory,
  type DraftImpressions,
  type DraftPlan,
  type DraftScope,
  type DraftValidation,
  WIDTHS,
} from "./plan.ts";
import { namesIn } from "./ranges.ts";
import type { DraftTable } from "./table.ts";

export interface DraftTexts {
  readonly spec: string;
  readonly config: string;
}

/** The names by which the drafted files refer to each other and to the data, and the format of the data. */
export interface DraftPaths {
  readonly spec: string;
  readonly data: string;
  readonly csv?: CsvFormat | null;
  /** Tables with a row for each item or user, and the columns that join them. */
  readonly tables?: Partial<
    Record<
      "items" | "users",
      { readonly path: string; readonly key: { readonly own: string; readonly rows: string } }
    >
  >;
  /** A query that gives the rows with the columns of the tables, for rows that no setting joins to them. */
  readonly query?: string;
}

export function draftTexts(plan: DraftPlan, table: DraftTable, paths: DraftPaths): DraftTexts {
  const plain = formatted(specText(plan, table, new Set()), paths.spec);
  // Fields that the file lacks cannot be bound, so the advice to bind them is suppressed.
  const unbound = new Set(
    lint(sourceFile(paths.spec, plain)).flatMap(({ name, location }) =>
      name === fieldLeftUnbound.name && location.kind === "text" ? [textOf(location.span)] : [],
    ),
  );
  const spec = unbound.size === 0 ? plain : formatted(specText(plan, table, unbound), paths.spec);
  return { spec, config: configText(plan, table, paths) };
}

function formatted(text: string, path: string): string {
  const { value, diagnostics } = formatStrictly(sourceFile(path, text));
  if (diagnostics.length === 0) return value;
  throw new InternalError(`the draft isn't a spec: ${diagnostics[0]!.message}\n${text}`);
}

const SCOPES: readonly DraftScope[] = ["user", "item", "context", "training"];

/** `unbound` are histories that leave an item feature unbound. */
function specText(plan: DraftPlan, table: DraftTable, unbound: ReadonlySet<string>): string {
  const { label, features, histories, rows } = plan;
  const isMade = rows.kind === "rows" && rows.impressions !== null;
  const looked =
    table.rows === table.total
      ? `all ${formatCount(table.rows)} rows of ${oneLine(table.path)}`
      : `${formatCount(table.rows)} of the ${formatCount(table.total)} rows of ${oneLine(table.path)}, drawn at random`;
  const names = namesOf(plan);
  return [
    `/// Drafted by \`dinc init\` from ${looked}. The comments give the reasons for its guesses.`,
    "model draft",
    "",
    ...(plan.isCrossed ? [] : [`// Widths of \`embed\` go by the number of values: ${WIDTHS}.`]),
    ...SCOPES.flatMap((scope) => scopeLines(scope, features)),
    "",
    ...histories.flatMap((history) => [...historyLines(history, unbound.has(history.name), isMade), ""]),
    `label ${label.name} : ${labelText(label)}  // ${label.reason}`,
    "",
    ...netLines(plan, names),
    "",
    ...trainLines(plan),
    "",
  ].join("\n");
}

/** Text such as `int(1..5, weight: sample_weight)`. */
function labelText({ type: { text }, weight }: DraftPlan["label"]): string {
  return weight === null ? text : withOption(text, `weight: ${weight}`);
}

function scopeLines(scope: DraftScope, features: readonly DraftFeature[]): string[] {
  const own = features.filter((feature) => feature.scope === scope);
  if (own.length === 0) return [];
  const lines = own.map(({ name, header, kind, scopeReason }) => {
    const embed = kind.embed === null ? "" : ` embed ${kind.embed}`;
    const column = name === header ? "" : `\`${header}\`: `;
    return `${name} : ${kind.text}${embed} // ${oneLine(`${column}${kind.reason}; ${scopeReason}`)}`;
  });
  return [`features ${scope} {`, ...lines, "}"];
}

function historyLines(
  { name, max, reason, fields }: DraftHistory,
  isUnbound: boolean,
  isMade: boolean,
): string[] {
  const whyUnbound = isMade ? "the others differ between rows of one item" : "the file has no column of it";
  const lines = fields.map(({ column, header, target, kind, reason: why }) => {
    const said = column === header || target === null ? "" : `\`${header}\`: `;
    if (target !== null) return `${target} <-> ${column} // ${oneLine(said + why)}`;
    return `${column} : ${kind.text}${kind.embed === null ? "" : ` embed ${kind.embed}`} // ${oneLine(why)}`;
  });
  return [
    `/// The user's actions, latest last; ${reason}.`,
    ...(isUnbound ? [`// dinc-ignore ${fieldLeftUnbound.code}: ${whyUnbound}`] : []),
    `history ${name}(max: ${max}) {`,
    ...lines,
    "}",
  ];
}

/** A linear part, a factorization machine and a network over the same vectors, as in DeepFM. */
function crossedNetLines({ label, features, units }: DraftPlan, names: FreshNames): string[] | null {
  const read = features.filter(({ isRead }) => isRead);
  const [crossed, others] = [read.filter(hasVector), read.filter((feature) => !hasVector(feature))];
  if (crossed.flatMap(({ name }) => namesIn(name)).length < 2) return null;
  const [fields, deep] = [names.free("fields"), names.free("deep")];
  const flat = `flatten(${fields})`;
  const all = others.length === 0 ? flat : `concat(${[...others.map(({ name }) => name), flat].join(", ")})`;
  return [
    "// DeepFM: a weight for each value (`linear`), a product for each pair of values (`fm`), and a network over all.",
    "net {",
    `let ${fields} = [${crossed.map(({ name }) => name).join(", ")}]`,
    `let ${deep} = ${all} |> mlp([${units.join(", ")}], relu) |> dropout(0.2) |> dense(1)`,
    `predict ${label.name} = linear(${flat}, 1) + fm(${fields}) + ${deep} |> sigmoid`,
    "}",
  ];
}

/** Ids without a width of their own share the table of others. */
function hasVector({ kind }: DraftFeature): boolean {
  return kind.embed !== null || kind.kind === "id" || kind.kind === "set";
}

function netLines(plan: DraftPlan, names: FreshNames): string[] {
  const crossed = plan.isCrossed ? crossedNetLines(plan, names) : null;
  if (crossed !== null) return crossed;
  const { label, features, histories, units } = plan;
  const lets: string[] = [];
  const parts = features.filter(({ isRead }) => isRead).map(({ name }) => name);
  for (const { name, fields } of histories) {
    const targets = fields.flatMap(({ target }) => (target === null ? [] : [target]));
    const own = fields.filter(({ target }) => target === null);
    const query = targets.length === 1 ? targets[0]! : names.free("candidate");
    if (targets.length > 1) lets.push(`let ${query} = concat(${targets.join(", ")})`);
    const steps = own.length === 0 ? name : names.free(`${name}_items`);
    if (own.length > 0) {
      const fieldNames = targets.map((target) => `${name}.${target}`);
      lets.push(
        `let ${steps} = ${fieldNames.length === 1 ? fieldNames[0] : `concat(${fieldNames.join(", ")})`}`,
      );
    }
    const interest = names.free("interest");
    lets.push(`let ${interest} = attend_softmax(${query}, ${steps}, units: [32, 16])`);
    parts.push(interest);
    for (const field of own) {
      const value = `${name}.${field.column}`;
      parts.push(`mean(${value})`);
    }
  }
  const input = parts.length === 1 ? parts[0]! : `concat(${parts.join(", ")})`;
  return [
    "net {",
    ...lets,
    `predict ${label.name} = ${input} |> mlp([${units.join(", ")}], relu) |> ${endOf(label)}`,
    "}",
  ];
}

/** The last layer of a prediction. */
function endOf({ type: { text, classes } }: DraftPlan["label"]): string {
  if (classes !== null) return `dense(${classes}) |> softmax`;
  return text === "binary" ? "dense(1) |> sigmoid" : "dense(1)";
}

function metricsOf({ label: { type }, user }: DraftPlan): readonly [first: string, ...others: string[]] {
  if (type.classes !== null) return ["log_loss", "accuracy"];
  if (type.text === "number") return ["rmse", "mae", "xauc"];
  return ["auc", ...(user === null ? [] : [`gauc(by: ${user})`]), "log_loss"];
}

function trainLines(plan: DraftPlan): string[] {
  const {
    rows,
    training: { learningRate, tables, smoothing, batch, epochs, patience },
  } = plan;
  const metrics = metricsOf(plan);
  const stops = rows.kind === "rows" && rows.validation.kind !== "none";
  return [
    "// The fewer rows, the larger the steps and the more the epochs.",
    "train {",
    ...(plan.label.type.text !== "binary"
      ? []
      : smoothing === null
        ? ["loss binary_cross_entropy"]
        : [
            `loss binary_cross_entropy(smoothing: ${smoothing}) // so that no probability becomes too certain`,
          ]),
    ...(tables === null
      ? [`optimizer adam(learning_rate: ${learningRate})`]
      : [
          `optimizer adam(learning_rate: ${learningRate})${tables.learningRate === learningRate ? "" : `, adam(learning_rate: ${tables.learningRate}, for: tables)`}`,
          ...(tables.pull === null
            ? []
            : [
                `regularize mini_batch_aware(${tables.pull}) // pulls vectors towards 0, the stronger the rarer their values`,
              ]),
          `average ema(${tables.average}) // averages the weights of the last steps`,
        ]),
    `batch ${batch} epochs ${epochs}`,
    ...(stops
      ? [
          `stop early(metric: ${metrics.find((metric) => metric === "log_loss") ?? metrics[0]}, patience: ${patience}) // by the validation rows of dinc.yaml`,
        ]
      : []),
    `metrics ${metrics.join(", ")}`,
    "}",
  ];
}

/** Skips the rows that training would refuse, so that the user need not find them. */
function skipLines(exceptions: DraftPlan["exceptions"]): string[] {
  const refused = exceptions.filter(({ isRefused }) => isRefused);
  if (refused.length === 0) return [];
  return [
    "  # Without this, training stops at rows that it can't read:",
    ...refused.map(({ column, is }) => oneLine(`  #   ${column}: ${is}`)),
    "  on_bad_row: skip",
  ];
}

function configText(
  { rows, histories, exceptions }: DraftPlan,
  table: DraftTable,
  paths: DraftPaths,
): string {
  const head = [
    `# Drafted by dinc init from ${oneLine(table.path)}; dinc train -c dinc.yaml --out run`,
    `spec: ${yaml(paths.spec)}`,
    "data:",
    ...(paths.csv == null ? [] : [`  ${csvSetting(paths.csv)}`]),
    ...skipLines(exceptions),
  ];
  const data = addressIn(paths.data);
  if (rows.kind === "events")
    return lines([
      ...head,
      "  # For each user, events in their order: the last one is tested on, those before are trained on.",
      "  events:",
      `    path: ${data}`,
      `    user: ${yaml(rows.user)}`,
      `    item: ${yaml(rows.item)}`,
      `    order: ${yaml(rows.order)}`,
      ...(rows.isLocal
        ? [
            "    # time_zone: Europe/Berlin  # if other clocks than UTC's wrote the times without a UTC offset",
          ]
        : []),
      ...(["items", "users"] as const).flatMap((name) => {
        const table = paths.tables?.[name];
        return table === undefined
          ? []
          : [`  ${name}: { path: ${addressIn(table.path)}, key: ${yaml(table.key.own)} }`];
      }),
      ...(paths.tables?.items === undefined
        ? [
            "  # items: { path: items.csv, key: item_id }  # a table with a row for each item, where there is one",
          ]
        : []),
      ...separatorLines(rows.separator),
      "  examples:",
      "    positives: each_event",
      ...(rows.draws
        ? [
            "    negatives: { per_positive: 1, sample: uniform, exclude: seen, seed: 2026 } # an item that the user never touched",
          ]
        : []),
      "    split: leave_last_out",
    ]);
  const isQueried = rows.impressions === null && paths.query !== undefined;
  const train = isQueried ? addressIn(queryAddress(paths.query!)) : data;
  const { validation, separator, impressions } = rows;
  return lines([
    ...head,
    `  train: ${train}`,
    `  ${testSetting(table)}`,
    // Reasons use the file's names of columns.
    `  # The rows that decide when to stop: ${oneLine(validation.reason)}.`,
    `  ${validationSetting(validation)}`,
    ...separatorLines(separator),
    ...paddingLines(histories),
    ...(histories.length === 0 || impressions !== null
      ? []
      : ["  # steps: latest_first  # if lists begin with the latest step"]),
    ...(impressions === null ? [] : impressionLines(impressions, paths.tables)),
  ]);
}

function separatorLines(separator: string | null): string[] {
  return separator === null ? [] : [`  separator: ${yaml(separator)} # between the values of a list`];
}

/** The settings that make the history. */
function impressionLines(
  { user, time, history, where }: DraftImpressions,
  tables: DraftPaths["tables"] = {},
): string[] {
  const joined = (["items", "users"] as const).flatMap((name) => {
    const table = tables[name];
    if (table === undefined) return [];
    const { path, key } = table;
    const column = key.rows === key.own ? "" : `, column: ${yaml(key.rows)}`;
    return [`      ${name}: { path: ${addressIn(path)}, key: ${yaml(key.own)}${column} }`];
  });
  return [
    `  # Each row gets the earlier actions of its user (docs/impressions.md).`,
    "  impressions:",
    `    user: ${yaml(user)}`,
    `    time: ${yaml(time)}`,
    "    # delay: 10 min  # if a server learns of an event so long after it",
    "    histories:",
    `      ${history}: { where: { ${yaml(where.column)}: ${where.value} } }`,
    ...(joined.length === 0 ? [] : ["    tables:", ...joined]),
  ];
}

/** By history, so that a history added later has no padding. */
function paddingLines(histories: readonly DraftHistory[]): string[] {
  const padded = histories.flatMap(({ name, padding }) =>
    padding === undefined ? [] : [{ name, ...padding }],
  );
  if (padded.length === 0) return [];
  return [
    "  # Steps that only fill lists up are left out.",
    "  padding:",
    ...padded.map(({ name, values, reason }) => `    ${name}: ${valuesText(values)} # ${oneLine(reason)}`),
  ];
}

function validationSetting(validation: DraftValidation): string {
  switch (validation.kind) {
    case "none":
      return "# valid: valid.csv";
    case "users":
      return `validate: { share: 0.1, by: ${validation.by}, seed: 2026 }`;
    case "latest":
      return `validate: { share: 0.1, latest_by: ${yaml(validation.by)} }`;
    case "file":
      return `valid: ${addressIn(validation.path)}`;
    case "random":
      return `validate: { share: ${validation.share}, rows: random, seed: 2026 }`;
  }
}

function testSetting({ splits }: DraftTable): string {
  const path = splits?.test ?? null;
  return path === null
    ? "# test: test.csv  # rows that nothing is learned from, and that no epoch is chosen by"
    : `test: ${addressIn(path)} # its name says that nothing may be learned from these rows`;
}

const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;

/** The text in YAML, quoted if necessary. */
function yaml(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

/** All names that the spec declares or reads, so that each `let` gets a new one. */
function namesOf({ label, features, histories }: DraftPlan): FreshNames {
  return new FreshNames([
    label.name,
    ...features.flatMap(({ name }) => namesIn(name)),
    ...histories.flatMap(({ name, fields }) => [name, ...fields.map(({ column }) => column)]),
  ]);
}

/** An address as dinc.yaml writes it: a query is a map. */
function addressIn(address: string): string {
  const query = elsewhereAt(address);
  if (query?.kind !== "query") return yaml(address);
  const from = query.from === "." ? "" : `, from: ${JSON.stringify(query.from)}`;
  return `{ sql: ${JSON.stringify(query.sql)}${from} }`;
}
