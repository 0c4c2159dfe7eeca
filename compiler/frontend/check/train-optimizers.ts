// Reads the settings that change weights: `optimizer` and `regularize`, each for the whole model or, with
// `for:`, for parts of it, and `average`.

import { duplicateSetting } from "../../diagnostics/catalog/model.ts";
import { optimizerForRest } from "../../diagnostics/catalog/parts.ts";
import {
  l2WithoutName,
  pullOfBatchRows,
  rowsWithoutEffect,
  tablesRegularizedTwice,
} from "../../diagnostics/catalog/training.ts";
import { optimizers } from "../../middle/training/optimizers/registry.ts";
import {
  everyRow,
  inside,
  notNegative,
  type Optioned,
  positive,
  ROWS,
} from "../../middle/training/options.ts";
import { hasAllRows } from "../../middle/training/parts.ts";
import type { Optimizer, Shrinkage, TrainSettings } from "../../middle/training/settings.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { isBroken, quoteExpression, spanOfArgument, withoutElement } from "../syntax/constants.ts";
import type { Argument, Expression, Identifier } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { FOR, type PartReader, type ReadPart, wholeOf } from "./named-parts.ts";
import { type Choice, TrainSettingReader } from "./train-values.ts";

type Regularizing = Partial<Pick<TrainSettings, "miniBatchAware" | "l2">> | Omit<Shrinkage, "part">;

export const REGULARIZERS: Readonly<Record<string, Optioned<Regularizing>>> = {
  mini_batch_aware: {
    doc: "Adds λ·w/n to the gradient of each table row in the batch, where n is the number of occurrences of its id in the training rows (Zhou et al., KDD 2018, section 5.1).",
    options: ["lambda"],
    read: (given) => ({ miniBatchAware: given.required("lambda", notNegative, "mini_batch_aware(1e-2)") }),
  },
  l2: {
    doc: "Adds λ·w to the gradient of w: `dense` is for the matrices of layers, `tables` for the table rows in the batch, or with `rows: all` for all rows in every step, before clipping, as if ½·λ·‖w‖² were a part of the loss.",
    options: ["dense", "tables", "rows"],
    read: (given) => {
      const [dense, tables] = [given.optional("dense", notNegative), given.optional("tables", notNegative)];
      if (dense === null && tables === null)
        given.required("dense", notNegative, "l2(dense: 1e-5, tables: 1e-6)");
      return { l2: { dense: dense ?? 0, tables: tables ?? 0, ...everyRow(given) } };
    },
  },
  l1: {
    doc: "After each step w ← sign(w)·max(0, |w| − η·λ), with the step's learning rate η: weights that the loss does not need become exactly 0. Applies to the matrices of layers, and to the table rows in the batch.",
    options: ["lambda"],
    read: (given) => ({ kind: "l1", lambda: given.required("lambda", positive, "l1(1e-4)") }),
  },
  group_lasso: {
    doc: "After each step w ← w·max(0, 1 − η·λ/‖w‖) for each table row w in the batch, with the step's learning rate η: the vector of an id that the loss does not need becomes 0 as a whole (Yuan & Lin, 2006).",
    options: ["lambda"],
    read: (given) => ({
      kind: "group_lasso",
      lambda: given.required("lambda", positive, "group_lasso(1e-3)"),
    }),
  },
};

/** Tells whether a choice may apply to parts of the model. */
export function takesParts(setting: string, choice: string): boolean {
  return setting === "optimizer" || setting === "tables" || (setting === "regularize" && isShrinkage(choice));
}

export const AVERAGES: Readonly<Record<string, Optioned<number>>> = {
  ema: {
    doc: "The exponential moving average of the weights after each step, (1 − d)/(1 − dᵀ)·Σ dᵀ⁻ᵗ·wₜ with the decay d, of layers and of every row of the tables.",
    options: ["decay"],
    read: (given) => given.number("decay", inside, 0.999),
  },
};

export const TABLES: Readonly<Record<string, Optioned<true>>> = {
  anew: {
    doc: "The tables begin again in each epoch, with their optimizer's state, and the layers go on: several epochs then teach the layers without learning ids by heart (MEDA, arXiv 2305.19531).",
    options: [],
    read: () => true,
  },
};

export class OptimizersReader extends TrainSettingReader {
  private readonly parts: PartReader;
  /** The first optimizer that changes all rows, and the pulls that are for the rows of a batch. */
  private everyRowBy: Identifier | null = null;
  private batchPulls: readonly Choice[] = [];

  constructor(declarations: Declarations, reporter: Reporter, parts: PartReader) {
    super(declarations, reporter);
    this.parts = parts;
  }

  optimizers(values: readonly Expression[]): Partial<TrainSettings> {
    let rest: { readonly optimizer: Optimizer; readonly name: Identifier } | null = null;
    const own: { readonly optimizer: Optimizer; readonly named: ReadPart }[] = [];
    for (const value of values) {
      const choice = this.choice("optimizer", value, Object.keys(optimizers));
      if (choice === null) continue;
      const { whole, part } = withoutPart(choice);
      const definitions: Readonly<Record<string, Optioned<Optimizer>>> = optimizers;
      const definition = definitions[choice.name.name]!;
      if (this.hasNeedlessRows(whole, definition)) continue;
      const optimizer = this.options(whole, definition);
      if (optimizer === null) continue;
      if (hasAllRows(optimizer)) this.everyRowBy ??= choice.name;
      if (part !== null) {
        const named = isBroken(part.value) ? null : this.parts.read(part);
        if (named !== null) own.push({ optimizer, named });
      } else if (rest === null) rest = { optimizer, name: choice.name };
      else {
        const facts = { first: rest.name.name, second: choice.name.name };
        this.reporter.report(optimizerForRest, facts, choice.name.span, {
          related: [at(rest.name.span, "already without `for:`")],
        });
      }
    }
    const partOptimizers = this.parts.settled(own);
    this.checkPulls();
    return rest === null ? { partOptimizers } : { optimizer: rest.optimizer, partOptimizers };
  }

  regularizers(values: readonly Expression[]): Partial<TrainSettings> {
    const chosen = new Map<string, Expression>();
    let settings: Partial<TrainSettings> = {};
    const shrinkages: Shrinkage[] = [];
    for (const value of values) {
      const choice = this.choice("regularizer", value, Object.keys(REGULARIZERS));
      if (choice === null) continue;
      const { name } = choice.name;
      const { whole, part } = isShrinkage(name) ? withoutPart(choice) : { whole: choice, part: null };
      const earlier = chosen.get(name);
      if (earlier !== undefined && part === null) {
        this.reporter.report(duplicateSetting, { name }, value.span, {
          related: [at(earlier.span, "already set here")],
        });
        continue;
      }
      chosen.set(name, value);
      const unnamed = choice.arguments.find((argument) => argument.name === null);
      if (name === "l2" && unnamed !== undefined) {
        const got = quoteExpression(unnamed.value);
        if (!isBroken(unnamed.value)) this.reporter.report(l2WithoutName, { got }, unnamed.value.span);
        continue;
      }
      const read = this.options<Regularizing>(whole, REGULARIZERS[name]!);
      if (read === null) continue;
      if ("l2" in read && read.l2.rows === "all" && read.l2.tables === 0) {
        const rows = choice.arguments.find((argument) => argument.name?.name === ROWS)!;
        const help = rowsWithoutEffect.helps.ofTables();
        this.reporter.report(rowsWithoutEffect, { in: name }, spanOfArgument(rows), { help });
      }
      if ("l2" in read ? read.l2.tables > 0 && read.l2.rows === undefined : "miniBatchAware" in read)
        this.batchPulls = [...this.batchPulls, choice];
      if (!("kind" in read)) settings = { ...settings, ...read };
      else if (part === null) shrinkages.push({ ...read, part: null });
      else if (!isBroken(part.value)) {
        const named = this.parts.read(part, read.kind === "group_lasso" ? name : null);
        if (named !== null) shrinkages.push({ ...read, part: wholeOf(named) });
      }
    }
    const tables = chosen.get("l2");
    const aware = chosen.get("mini_batch_aware");
    if (tables !== undefined && aware !== undefined && (settings.l2?.tables ?? 0) > 0)
      this.reporter.report(tablesRegularizedTwice, {}, tables.span, {
        related: [at(aware.span, "regularizes the same rows")],
      });
    this.checkPulls();
    return shrinkages.length === 0 ? settings : { ...settings, shrinkages };
  }

  /** All tables, or those of parts. */
  tables(value: Expression): Partial<TrainSettings> {
    const choice = this.choice("tables", value, Object.keys(TABLES));
    if (choice === null) return {};
    const { whole, part } = withoutPart(choice);
    if (this.options(whole, TABLES[choice.name.name]!) === null) return {};
    if (part === null) return { anew: this.parts.allTables() };
    const named = isBroken(part.value) ? null : this.parts.read(part, choice.name.name);
    return named === null ? {} : { anew: { ...wholeOf(named), weights: [] } };
  }

  /** Reports `rows` at an optimizer for which it means nothing. */
  private hasNeedlessRows({ name, arguments: given }: Choice, { options }: Optioned<Optimizer>): boolean {
    const rows = given.find((argument) => argument.name?.name === ROWS);
    if (rows === undefined || options.includes(ROWS)) return false;
    const span = spanOfArgument(rows);
    const details = { help: rowsWithoutEffect.helps.exact(), fixes: withoutElement(span) };
    this.reporter.report(rowsWithoutEffect, { in: name.name }, span, details);
    return true;
  }

  /** The optimizer and the pulls are for the same rows. Runs after each setting, because they come in any order. */
  private checkPulls(): void {
    if (this.everyRowBy === null) return;
    for (const { name, value } of this.batchPulls) {
      const end = { ...value.span, start: value.span.end - 1, end: value.span.end - 1 };
      const isL2 = name.name === "l2";
      const { helps } = pullOfBatchRows;
      this.reporter.report(pullOfBatchRows, { pull: name.name, optimizer: this.everyRowBy.name }, name.span, {
        help: isL2 ? helps.all() : helps.aware(),
        related: [at(this.everyRowBy.span, "changes all rows")],
        fixes: isL2 ? [{ title: "write `rows: all`", edits: [{ span: end, text: ", rows: all" }] }] : [],
      });
    }
    this.batchPulls = [];
  }

  average(value: Expression): Partial<TrainSettings> {
    const average = this.optioned("average", value, AVERAGES);
    return average === null ? {} : { average };
  }
}

function isShrinkage(name: string): boolean {
  return name === "l1" || name === "group_lasso";
}

/** Separates a choice from its `for:`. */
function withoutPart(choice: Choice): { readonly whole: Choice; readonly part: Argument | null } {
  const part = choice.arguments.find(({ name }) => name?.name === FOR.option) ?? null;
  return { whole: { ...choice, arguments: choice.arguments.filter((each) => each !== part) }, part };
}
