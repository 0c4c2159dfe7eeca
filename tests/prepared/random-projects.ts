// Random projects for plans: ready rows with the texts that SQL, Spark and CSV could take for something else, and event
// logs with times in any notation and zone. No two events of a user have the same time: dinc and Spark put those in other orders.

import type { Random } from "../../compiler/common/random.ts";

export interface Project {
  readonly spec: string;
  readonly config: string;
  readonly files: Readonly<Record<string, string>>;
}

const HOSTILE = [
  ...[
    "a",
    "it's",
    'q"q',
    "$x",
    "\u0024{env:HOME}",
    "\u0024{spark.app.name}",
    "${x",
    "`t`",
    "a;b",
    "--c",
    "/*",
    "\\",
    "\\n",
    "\\'",
  ],
  ...[
    "\ufeffbom",
    "bom\ufeff",
    "nul\0x",
    "😀",
    "ｱ",
    "é",
    "e\u0301",
    "\u2028",
    " lead",
    "trail ",
    "\ttab",
    "%",
    "_",
    "#h",
  ],
  ...["null", "NULL", "NaN", "true", "01", "1", "1.0", ",", "Z", "z", "\u0024{env:HOME}\\"],
];
/** A CSV in which values have line breaks needs another option in its view. */
const BROKEN = ["line\nbreak", "cr\rx", ";\n"];

type Row = Readonly<Record<string, string | number | null | readonly (string | number)[]>>;

interface Drawn {
  readonly declared: string;
  /** A value of a row. */
  readonly value: () => Row[string];
}

export function randomRows(random: Random): Project {
  const isCsv = random.integer(2) === 0;
  const texts = isCsv ? HOSTILE : [...HOSTILE, ...BROKEN];
  const one = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;
  const several = <T>(least: number, most: number, value: () => T): T[] =>
    Array.from({ length: least + random.integer(most - least + 1) }, value);
  const classes = [...new Set(several(2, 6, () => one(texts.filter((each) => each.trim() === each))))];
  const listed = classes.map((each) => inSpec(each)).join(", ");
  const number = () => one([-2, 0, 1.5, 1000, 0.25, 7]);
  const kinds: (() => Drawn)[] = [
    () => ({ declared: "id  embed 2", value: () => one(texts) }),
    () => ({ declared: `id(min_count: ${1 + random.integer(4)})  embed 2`, value: () => one(texts) }),
    () => ({ declared: `enum(${listed}, missing: unknown)  embed 2`, value: () => one([...classes, null]) }),
    () => ({ declared: "int(0..6)  embed 2", value: () => random.integer(7) }),
    () => ({ declared: "id(size: 9, missing: unknown)  embed 2", value: () => one([3, 8, null]) }),
    () => ({
      declared: `set(id, max: ${1 + random.integer(3)})  embed 2`,
      value: () => several(0, 4, () => one(texts)),
    }),
    () => ({ declared: "vector(2)", value: () => [number(), number()] }),
    () => ({ declared: "number(missing: 2) |> standardize", value: () => one([number(), null]) }),
    () => ({ declared: "number |> clip(0, 5) |> log1p |> min_max", value: number }),
    () => ({ declared: "number |> quantiles(3)  embed 2", value: number }),
    () => ({
      declared: "number(missing: unknown) |> buckets(0.5, 2)  embed 2",
      value: () => one([number(), null]),
    }),
  ];
  const features = several(2, 5, () => one(kinds)());
  const isOf = random.integer(2) === 0;
  const row = (): Row => {
    const steps = random.integer(6);
    const list = <T>(value: () => T) => Array.from({ length: steps }, value);
    return {
      user_id: one(texts),
      item_id: one(texts),
      ...Object.fromEntries(features.map(({ value }, i) => [`f${i}x`, value()])),
      past: list(() => one(texts)),
      dwell: list(number),
      click: random.integer(2),
      ...(isOf ? { kind: one(classes) } : {}),
    };
  };
  const [train, test] = [60, 30].map((count) => Array.from({ length: count }, row));
  const written = isCsv ? csv : jsonLines;
  const ending = isCsv ? "csv" : "jsonl";
  const inputs = features.map((_, i) => `f${i}x`).join(", ");
  return {
    spec: `model hostile
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 3
${features.map(({ declared }, i) => `  f${i}x : ${declared}`).join("\n")}
}
history seen(max: ${1 + random.integer(5)}) {
  item_id <-> past
  dwell : number |> standardize
}
label click : binary
${isOf ? `label kind : enum(${listed})\n` : ""}net {
  let row = concat(user_id, item_id, ${inputs}, mean(seen))
  predict click = row |> dense(1) |> sigmoid
${isOf ? `  predict kind = row |> dense(${classes.length}) |> softmax\n` : ""}}
train { batch 16  epochs 1  metrics gauc(by: user_id) }
`,
    config: `data: { train: train.${ending}, test: test.${ending} }\n`,
    files: { [`train.${ending}`]: written(train!), [`test.${ending}`]: written(test!) },
  };
}

/**
 * Rows of which the latest are kept aside, by numbers that differ by little: far below 1e-18, or in the last digit of a double. No
 * two are equal, and `price` tells rows apart.
 */
export function randomOrders(random: Random): Project {
  const rows = 20 + random.integer(40);
  const share = (10 + random.integer(40)) / 100;
  const exponent = [0, 3, 17, 19, 25, 300][random.integer(6)]!;
  const [start, isCsv] = [[0, 1e15][random.integer(2)]!, random.integer(2) === 0];
  const order = random.order(rows);
  const lines = Array.from(order, (place, i): Row => {
    const at = exponent === 0 ? start + place : Number(`${place + 1}e-${exponent}`);
    return { user_id: `u${i % 5}`, price: i, at, click: i % 2 };
  });
  const [file, written] = isCsv ? ["rows.csv", csv(lines)] : ["rows.jsonl", jsonLines(lines)];
  const part = random.integer(3) === 0 ? "rows: last" : "latest_by: at";
  const valid = random.integer(2) === 0 ? `, validate: { share: 0.2, ${part} }` : "";
  return {
    spec: `model orders
features user { user_id : id  embed 2 }
features item { price : number }
label click : binary
net { predict click = concat(user_id, price) |> dense(1) |> sigmoid }
`,
    config: `data: { train: ${file}, hold_out: { share: ${share}, ${part} }${valid} }\n`,
    files: { [file]: written },
  };
}

/** A text of the language. */
function inSpec(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}

function csv(rows: readonly Row[]): string {
  const cell = (value: Row[string]) => {
    const text = Array.isArray(value) ? value.join("|") : String(value ?? "");
    return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => Object.values(row).map(cell).join(","));
  return `${[Object.keys(rows[0]!).join(","), ...lines].join("\n")}\n`;
}

function jsonLines(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

const ZONES = Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "America/Coyhaique");

/** Every event is a row, so that none is drawn. */
export function randomLog(random: Random): Project {
  const zone = ZONES[random.integer(ZONES.length)]!;
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const first = Date.UTC(2026, random.integer(12), 1);
  const digits = random.integer(1_000_000_000);
  const nanoseconds = (at: number) => String((at * 7919 + digits) % 1_000_000_000).padStart(9, "0");
  const utc = (at: number) => new Date(at * 1000).toISOString().slice(0, 19);
  const notations: ((at: number) => string)[] = [
    (at) => local.format(at * 1000),
    (at) => local.format(at * 1000).replace(" ", "T"),
    (at) => `${utc(at)}Z`,
    (at) => `${utc(at + 19_800)}+05:30`,
    String,
    (at) => `${at}${nanoseconds(at)}`,
    // Within one second nanoseconds alone tell them apart.
    (at) => `1767225600${nanoseconds(at)}`,
    (at) => `2026-01-01T00:00:00.${nanoseconds(at)}Z`,
    (at) => `2026-01-01 00:00:00.000${nanoseconds(at).slice(-6)}+02:00`,
    (at) => String(1 / at),
  ];
  const notation = notations[random.integer(notations.length)]!;
  const times = new Map<string, Set<string>>();
  const rows = Array.from({ length: 100 }, (): Row => {
    const user = HOSTILE[random.integer(8)]!;
    const known = times.get(user) ?? new Set();
    times.set(user, known);
    let time: string;
    do time = notation(first / 1000 + random.integer(31 * 24 * 60) * 60);
    while (known.has(time));
    known.add(time);
    const [item, dwell] = [HOSTILE[random.integer(HOSTILE.length)]!, random.integer(20) / 4];
    return { user_id: user, item_id: item, "at `t`": time, dwell, stars: 1 + random.integer(5) };
  });
  return {
    spec: `model log
features user { user_id : id  embed 2 }
features item { item_id : id  embed 3 }
history seen(max: ${1 + random.integer(6)}) {
  item_id <-> past
  dwell : number
}
label stars : int(1..5)
net { predict stars = concat(user_id, item_id, mean(seen)) |> dense(5) |> softmax }
train { batch 16  epochs 1 }
`,
    config: `data:
  events: { path: events.csv, user: user_id, item: item_id, order: "at \`t\`", time_zone: ${zone} }
`,
    files: { "events.csv": csv(rows) },
  };
}
