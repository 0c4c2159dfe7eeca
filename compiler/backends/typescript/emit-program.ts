// Makes the module of a model, and the facts its program depends on: one module serves two runs with the same
// program, each with its weights.

import { fingerprintOf } from "../../common/fingerprint.ts";
import { printGraph } from "../../middle/builder/print.ts";
import type { Calibration } from "../../middle/calibration/curve.ts";
import { projectedTables as projectedIn, tablesBeside } from "../../middle/passes/project-tables.ts";
import { rankingProgram } from "../../middle/programs/ranking.ts";
import { type EmitOptions, PROJECTED_MIB } from "../contract/emit-options.ts";
import type { EmitContext } from "../contract/emitted.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import type { TableStorage } from "../serving/plan.ts";
import { type Explained, explainable } from "./explain.ts";
import type { Heading } from "./finish-module.ts";
import { type EmittedModule, emitModule } from "./module.ts";
import type { UserVector } from "./user-vector.ts";

/** The input that a program depends on. */
export interface ProgramSource extends Pick<TrainedModel, "model" | "predict" | "calibration" | "padding"> {
  readonly rowsOf: (table: string) => number;
}

export interface EmittedProgram {
  readonly module: EmittedModule;
  readonly explained: readonly Explained[];
  readonly parts: ProgramParts;
}

/** Texts, by the part that a user may have changed; a text is the same if that part did not change. */
export interface ProgramParts {
  /** The version of dinc. */
  readonly version: string;
  readonly options: string;
  readonly model: string;
  /** The values in requests, and their encoding. */
  readonly features: string;
  readonly calibration: string;
  readonly network: string;
  /** Tables that are multiplied in advance, or copied next to those, with their numbers of rows. */
  readonly tables: string;
}

type PartsSource = Pick<ProgramSource, "model" | "predict" | "calibration">;

/** The parts of a program whose requests are encoded as `features` says. */
export function programParts(
  { model, predict, calibration }: PartsSource,
  options: EmitOptions,
  { version, features, tables }: Pick<ProgramParts, "version" | "features" | "tables">,
): ProgramParts {
  return {
    ...{ version, features, tables },
    options: optionsText(options),
    model: model.name,
    calibration: calibrationText(calibration),
    network: fingerprintOf(printGraph(predict)),
  };
}

export function emitProgram(
  { model, predict, calibration, padding, rowsOf }: ProgramSource,
  storageOf: (table: string) => TableStorage,
  options: EmitOptions,
  { version, run, checkAppends }: Pick<Heading, "version" | "run"> & Pick<EmitContext, "checkAppends">,
  userVector: UserVector | null = null,
): EmittedProgram {
  const { mode = "exact", sessions = "request", projectedTables = PROJECTED_MIB } = options;
  const { predict: explaining, explained } = explainable(model, predict);
  const sizes = {
    rowsOf: (table: string) => (storageOf(table) === "f32" ? rowsOf(table) : null),
    bytes: projectedTables * 2 ** 20,
  };
  const ranking = rankingProgram(model, explaining, new Set(), sizes);
  const beside = new Set(tablesBeside(ranking, sizes).map(({ table }) => table));
  const module = emitModule(
    model,
    ranking,
    explained,
    storageOf,
    { version, run },
    {
      ...{ mode, sessions, checkAppends, beside, userVector, padding },
    },
  );
  const projected = projectedIn(ranking).map(({ table }) => table);
  return {
    ...{ module, explained },
    parts: programParts({ model, predict, calibration }, options, {
      version,
      features: module.encoding,
      tables: JSON.stringify([projected, [...beside]]),
    }),
  };
}

/**
 * Compares the programs of two runs with the default options: the reasons for a difference, empty if they are
 * the same.
 */
export function sameProgram(a: ProgramSource, b: ProgramSource, version: string): readonly string[] {
  const [x, y] = [a, b].map((source) => emitProgram(source, () => "f32", {}, { version, run: null }));
  return x!.module.program === y!.module.program ? [] : whyOther(x!.parts, y!.parts);
}

/** The reasons why programs of these parts differ: at least one clause, to follow "as". */
export function whyOther(before: ProgramParts, now: ProgramParts): readonly string[] {
  const changed = (Object.keys(now) as (keyof ProgramParts)[]).filter((part) => before[part] !== now[part]);
  const differs = (part: keyof ProgramParts) => changed.includes(part);
  // Leaves out consequences: a calibration is part of the network, and the multiplied tables depend on
  // network, features and options.
  const told = changed.filter(
    (part) =>
      !(part === "network" && differs("calibration")) &&
      !(part === "tables" && (differs("network") || differs("features") || differs("options"))),
  );
  const clauses: Readonly<Record<keyof ProgramParts, string>> = {
    version: `dinc ${before.version} made one and dinc ${now.version} the other`,
    options: `it was compiled with ${before.options}, and now with ${now.options}`,
    model: `the model is called ${now.model} instead of ${before.model}`,
    features: "requests contain other values or encode them differently",
    calibration: `the calibration differs: ${before.calibration} before, ${now.calibration} now`,
    network: "the network differs",
    tables: "tables have other sizes, so other tables are projected (--projected-tables)",
  };
  if (told.length === 0) return ["the documentation of features differs, and the module contains it"];
  return told.map((part) => clauses[part]);
}

/** The options that are not the defaults, as on the command line. */
function optionsText({
  tables = "f32",
  withoutTable = [],
  mode = "exact",
  sessions = "request",
  projectedTables,
}: EmitOptions): string {
  const said = [
    ...(tables === "f32" ? [] : [`--tables ${tables}`]),
    ...withoutTable.map((table) => `--without-table ${table}`),
    ...(mode === "exact" ? [] : [`--mode ${mode}`]),
    ...(sessions === "request" ? [] : [`--sessions ${sessions}`]),
    ...(projectedTables === undefined || projectedTables === PROJECTED_MIB
      ? []
      : [`--projected-tables ${projectedTables}`]),
  ];
  return said.length === 0 ? "no options" : said.join(" ");
}

function calibrationText(calibration: Calibration | null): string {
  if (calibration === null) return "none";
  return calibration.by === null ? calibration.method : `${calibration.method} by ${calibration.by}`;
}
