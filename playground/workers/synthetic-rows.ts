// Makes up rows for any spec, from its features, histories and labels alone, for specs whose columns none of the page's other rows
// have. There is something to learn: users like some groups of items, and clicked such items before.

import { appendTo } from "../../compiler/common/maps.ts";
import { Random } from "../../compiler/common/random.ts";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import { hasRawLists, hasRawValue, rawKindOf } from "../../compiler/frontend/kinds/registry.ts";
import {
  type Feature,
  type Label,
  rawFields,
  type SetOptions,
  UNKNOWN_ID,
} from "../../compiler/frontend/model/model.ts";
import type { Model } from "../../compiler/index.ts";
import { bestOf } from "../../examples/din-simulated/simulate.mjs";
import type { ShownCell } from "./messages.ts";
import type { PageData, Row } from "./rows-of-page.ts";
import { pairsIn } from "./weighted-cells.ts";

export const SYNTHETIC = "rows made up for this spec";

const USERS = 600;
/** Enough for 256 codes of their vectors. */
const ITEMS = 400;
const GROUPS = 8;
/** The visits of each user, of which the last is for the test, and the rows of each. */
const VISITS = 6;
const ROWS = 4;
/** The items that a user clicked before the first visit, and the most steps of a history. */
const BEFORE = 6;
const STEPS = 30;
/** The most values of a set. */
const VALUES = 4;
/** The share of missing labels, where a row may lack them. */
const MISSING = 0.1;
/** Seconds since 1970, and between two events of a user. */
const BEGIN = 1_750_000_000;
const PAUSE = 9_000;

const NOTHING_LEARNED = { vocabulary: [], transforms: [] };

/** A user, an item, a visit or a step. */
interface Thing {
  readonly index: number;
  readonly group: number;
  /** In seconds since 1970. */
  readonly time: number;
}

interface Item extends Thing {
  readonly quality: number;
  readonly cells: Row;
}

/** A row, and the worth of its item for its user, without noise. */
interface MadeRow {
  readonly row: Row;
  readonly worth: number;
  /** Uniform in [0, 1): a label with chances is 1 where this is below its chance. */
  readonly draw: number;
}

/** Rows of a model with columns of steps. `label` is the label for `best`. */
export function syntheticRows(model: Model, seed: number, label: string): PageData {
  const random = Random.of(seed, "synthetic rows");
  const values = new Values(model, random);
  const items = Array.from({ length: ITEMS }, (_, index): Item => {
    const thing = { index, group: random.integer(GROUPS), time: BEGIN - PAUSE * (1 + index) };
    return { ...thing, quality: random.normal(), cells: values.cells("item", thing) };
  });
  const users = Array.from({ length: USERS }, (_, user) => visitsOf(model, values, random, items, user));
  const rows = (part: readonly (readonly MadeRow[])[]) => part.flat().map(({ row }) => row);
  const train = users.flatMap((visits) => visits.slice(0, -1));
  const test = users.flatMap((visits) => visits.slice(-1));
  return { train: rows(train), test: rows(test), best: bestIn(model, test.flat(), label) };
}

function bestIn(model: Model, rows: readonly MadeRow[], label: string): PageData["best"] {
  const of = model.labels.get(label);
  if (of === undefined || of.type.kind !== "binary" || of.mayBeMissing) return null;
  const chance = chanceIn(model, of);
  return bestOf(
    rows.map(({ worth, draw }) => ({ chance: chance(worth), click: draw < chance(worth) ? 1 : 0 })),
  );
}

/** Later labels of a spec are rarer, and 1 only where the earlier ones are: orders among clicks, for example. */
function chanceIn({ labels }: Model, { name }: Label): (worth: number) => number {
  const place = [...labels.keys()].indexOf(name);
  return (worth) => sigmoid(worth - 0.8 * place);
}

function visitsOf(
  model: Model,
  values: Values,
  random: Random,
  items: readonly Item[],
  index: number,
): readonly (readonly MadeRow[])[] {
  const group = random.integer(GROUPS);
  const own = items.filter((item) => item.group === group);
  const drawn = (share: number) => {
    const pool = own.length > 0 && random.next() < share ? own : items;
    return pool[random.integer(pool.length)]!;
  };
  /** A step of each history, with what only steps have. */
  const clicked = (item: Item, time: number): Row => ({
    ...item.cells,
    ...values.cells("history", { ...item, time }),
  });
  const past = Array.from({ length: 1 + random.integer(2 * BEFORE) }, (_, i) =>
    clicked(drawn(0.7), BEGIN + PAUSE * i),
  );
  const user = values.cells("user", { index, group, time: BEGIN - PAUSE });
  return Array.from({ length: VISITS }, (_, visit) => {
    const time = BEGIN + PAUSE * (2 * BEFORE + ROWS * (1 + visit));
    const at = { index: VISITS * index + visit, group: random.integer(GROUPS), time };
    const context = values.cells("context", at);
    const before = past.slice();
    return Array.from({ length: Math.min(ROWS, model.requests?.max ?? ROWS) }, (_, i): MadeRow => {
      const item = drawn(0.4);
      const taste = item.group === group ? 1.4 : -0.6;
      const worth = taste + 0.8 * item.quality;
      const draw = random.next();
      if (draw < sigmoid(worth)) past.push(clicked(item, time + i));
      const about = { ...user, ...context, ...item.cells, ...values.cells("training", item) };
      const labels = values.labels(worth, draw);
      return { worth, draw, row: { ...about, ...stepsOf(model, before), ...labels } };
    });
  });
}

/** The columns of the histories. Each further history has a part of the clicks of the one before it. */
function stepsOf({ histories }: Model, clicks: readonly Row[]): Row {
  return Object.fromEntries(
    [...histories.values()].flatMap((history, place) => {
      const steps = clicks.filter((_, i) => i % (1 + place) === 0).slice(-Math.min(history.max, STEPS));
      return rawFields(history).flatMap(({ column, feature }): [string, ShownCell][] => {
        const { set } = feature;
        const cells = (of: string) => steps.map((step) => step[of]!);
        const own = cells(feature.name);
        if (set?.weightsColumn === undefined) return [[column, own]];
        const weights = cells(set.weightsColumn);
        // Rows have the weights of a bound field beside its values, and those of an own one in their column.
        return feature.scope === "history"
          ? [
              [column, own],
              [set.weightsColumn, weights],
            ]
          : [[column, own.map((cell, i) => pairsIn(cell, weights[i]))]];
      });
    }),
  );
}

/** The values of features and labels. */
class Values {
  private readonly model: Model;
  private readonly random: Random;
  /** By scope, those with values of their own. */
  private readonly features = new Map<Feature["scope"], Feature[]>();
  /** By scope: the feature whose values name its things. */
  private readonly names = new Map<string, string>();

  constructor(model: Model, random: Random) {
    this.model = model;
    this.random = random;
    const ofSteps = [...model.histories.values()].flatMap(rawFields).map(({ feature }) => feature);
    const all = [...model.features.values(), ...ofSteps.filter(({ scope }) => scope === "history")];
    for (const feature of all.filter(hasRawValue)) appendTo(this.features, feature.scope, feature);
    for (const { name, scope, kind, set } of model.features.values())
      if (set === null && /id$/.test(kind.kind) && !this.names.has(scope)) this.names.set(scope, name);
  }

  cells(scope: Feature["scope"], thing: Thing): Row {
    return Object.fromEntries(
      (this.features.get(scope) ?? []).flatMap((feature): [string, ShownCell][] => {
        const { name, set } = feature;
        if (set === null || !set.weighted) return [[name, this.cell(feature, thing)]];
        const cell = this.set(feature, set, thing);
        const weights = cell.map(() => Number(this.random.next().toFixed(2)));
        return set.weightsColumn === undefined
          ? [[name, pairsIn(cell, weights)]]
          : [
              [name, cell],
              [set.weightsColumn, weights],
            ];
      }),
    );
  }

  private cell(feature: Feature, thing: Thing): ShownCell {
    const { kind, set } = feature;
    if (kind.kind === "time") return thing.time;
    if (kind.kind === "vector" || kind.kind === "codes")
      return Array.from({ length: kind.width }, (_, i) =>
        Number((Math.sin(1 + thing.group * (i + 2)) + 0.3 * this.random.normal()).toFixed(3)),
      );
    if (set === null) return this.single(feature, thing);
    const values = this.set(feature, set, thing);
    return hasRawLists(feature) ? values : values.join(" ");
  }

  private set(feature: Feature, set: SetOptions, thing: Thing): readonly (string | number)[] {
    const count = 1 + this.random.integer(Math.min(set.max, VALUES));
    return [...new Set(Array.from({ length: count }, () => this.single(feature, thing)))];
  }

  private single(feature: Feature, { index, group, time }: Thing): string | number {
    const { name, kind, shares } = feature;
    const { random } = this;
    const definition = rawKindOf(feature);
    if (definition.gives === "ids" && definition.takes === "times") return time;
    if (definition.gives === "number" || (definition.gives === "ids" && definition.takes === "numbers"))
      return Number(Math.exp(0.3 * (group % 4) + 0.4 * random.normal()).toFixed(3));
    const isName = this.names.get(feature.scope) === name || name === this.model.requests?.by;
    const place = isName ? index : 3 * group + random.integer(3);
    const isOpen = ["id", "hashed_id", "listed_id", "text"].includes(kind.kind);
    if (definition.gives !== "ids" || isOpen) return `${shares ?? name}_${place}`;
    const size = definition.size(kind, NOTHING_LEARNED) ?? 1;
    return definition.valueAt(kind, NOTHING_LEARNED, place % size, 0, () => UNKNOWN_ID);
  }

  labels(worth: number, draw: number): Row {
    return Object.fromEntries(
      [...this.model.labels.values()].map((label) => {
        const isMissing = label.mayBeMissing && this.random.next() < MISSING;
        return [label.name, isMissing ? null : this.label(label, worth, draw)];
      }),
    );
  }

  private label(label: Label, worth: number, draw: number): ShownCell {
    const { type } = label;
    const chance = chanceIn(this.model, label)(worth);
    const noise = () => 0.3 * this.random.normal();
    switch (type.kind) {
      case "binary":
        return draw < chance ? 1 : 0;
      case "share":
        return Number(chance.toFixed(3));
      case "number":
        return Number(Math.exp(0.5 * worth + noise()).toFixed(3));
      case "enum":
        return type.classes[placeIn(type.classes, worth + noise())]!;
      case "int":
        return type.low + placeIn(type.classes, worth + noise());
    }
  }
}

/** The class of a worth: each has about as many rows. */
function placeIn({ length }: readonly string[], worth: number): number {
  return Math.min(length - 1, Math.floor(length * sigmoid(1.5 * worth)));
}
