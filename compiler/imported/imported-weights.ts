// The fitted values, tables and weights of a model from a checkpoint of another library. Everything that does not
// fit is reported at once.

import type { ParameterValues } from "../backends/contract/session.ts";
import {
  checkpointUnreadable,
  normaliserMissing,
  vocabularyUnfit,
  weightMapMistake,
  weightWithoutSource,
  weightWithoutUse,
} from "../diagnostics/catalog/imported.ts";
import { type Diagnostic, DiagnosticError, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import { tablesOf } from "../frontend/kinds/model-queries.ts";
import { hasLearnedVocabulary } from "../frontend/kinds/registry.ts";
import { learnersOf, transformsOf } from "../frontend/kinds/transforms.ts";
import {
  allFeatures,
  type Fitted,
  featureNamed,
  type Model,
  type TableSpec,
} from "../frontend/model/model.ts";
import type { TrainingProgram } from "../middle/programs/program.ts";
import { initialParameters } from "../train/initial.ts";
import { type HostTable, tableOf } from "../train/tables.ts";
import { align, columnOf } from "./align.ts";
import { ExpressionError, evaluated, tensorsIn, type WeightExpression } from "./expression.ts";
import { CheckpointError } from "./files/random-access.ts";
import { type CheckpointTensor, shapeText } from "./files/tensors.ts";
import type { CheckpointLibrary, LibraryVocabulary, Normaliser } from "./libraries/library.ts";
import { gatheredRows, libraryRows, VocabularyError } from "./table-rows.ts";
import type { WeightMap } from "./weight-map.ts";

/** A checkpoint with the files beside it. */
export interface LibraryCheckpoint {
  readonly path: string;
  readonly library: CheckpointLibrary;
  readonly tensors: readonly CheckpointTensor[];
  /** By feature, and the file that they come from. */
  readonly vocabularies: ReadonlyMap<string, LibraryVocabulary>;
  readonly normalisers: ReadonlyMap<string, Normaliser>;
  /** The names of the library's files, for messages. */
  readonly files: string;
  /** The map of weights, and its path for messages. */
  readonly map: WeightMap;
  readonly mapPath: string;
}

export interface ImportedWeights {
  readonly fitted: Fitted;
  readonly tables: ReadonlyMap<string, HostTable>;
  readonly parameters: ParameterValues;
  /** Weights that were found by their order alone. */
  readonly byOrder: readonly string[];
}

/** Throws DiagnosticError with every misfit. */
export async function importedWeights(
  model: Model,
  program: TrainingProgram,
  checkpoint: LibraryCheckpoint,
): Promise<ImportedWeights> {
  return new Importer(model, program, checkpoint).imported();
}

class Importer {
  private readonly model: Model;
  private readonly program: TrainingProgram;
  private readonly checkpoint: LibraryCheckpoint;
  private readonly problems: Diagnostic[] = [];

  constructor(model: Model, program: TrainingProgram, checkpoint: LibraryCheckpoint) {
    this.model = model;
    this.program = program;
    this.checkpoint = checkpoint;
  }

  async imported(): Promise<ImportedWeights> {
    const { model, checkpoint, program } = this;
    const { predict, step } = program;
    const scored = [...predict.parameters.values()];
    const read = [...model.tables.values()].filter(({ name }) => program.tables.includes(name));
    this.refuseUnknownNames(new Set([...scored, ...read].map(({ name }) => name)));
    const given = {
      tables: this.given((name) => model.tables.has(name)),
      weights: this.given((name) => predict.parameters.has(name)),
      isLeftOut: checkpoint.map.isLeftOut,
    };
    const wanted = { model, graph: predict, parameters: scored, tables: read };
    const alignment = align(wanted, checkpoint.tensors, checkpoint.library, given);
    for (const { name, dims, span, candidates } of alignment.missing)
      this.report(weightWithoutSource, span, {
        weight: name,
        shape: dims[0] === -1 ? `[values, ${dims[1]}]` : shapeText(dims),
        library: checkpoint.library.title,
        candidates: candidates.map((tensor) => tensor.name),
      });
    // Those that a message names already need no message of their own.
    const named = new Set(alignment.missing.flatMap(({ candidates }) => candidates.map(({ name }) => name)));
    for (const { name, dims } of alignment.unused.filter((tensor) => !named.has(tensor.name)))
      this.report(weightWithoutUse, null, { path: checkpoint.path, weight: name, shape: shapeText(dims) });
    this.throwProblems();
    const fitted = this.fitted(alignment.tables);
    this.throwProblems();
    const tables = new Map<string, HostTable>();
    for (const spec of tablesOf(model, fitted)) {
      const expression = alignment.tables.get(spec.name);
      if (expression !== undefined) tables.set(spec.name, await this.table(spec, expression, fitted));
    }
    // Weights of auxiliary losses alone stay as a training would begin with them.
    const parameters = new Map(initialParameters(step, model.train.seed));
    for (const [name] of parameters) if (step.parameters.get(name)?.role === "slot") parameters.delete(name);
    for (const [name, expression] of alignment.weights) {
      const values = await this.evaluated(name, expression, step.parameters.get(name)!.dims);
      if (values !== null) parameters.set(name, values);
    }
    this.throwProblems();
    return { fitted, tables, parameters, byOrder: alignment.byOrder };
  }

  private given(isWanted: (name: string) => boolean): Map<string, WeightExpression> {
    return new Map([...this.checkpoint.map.weights].filter(([name]) => isWanted(name)));
  }

  private refuseUnknownNames(known: ReadonlySet<string>): void {
    for (const name of this.checkpoint.map.weights.keys())
      if (!known.has(name))
        this.mapMistake(
          `names "${name}", which is neither a weight nor a table that the spec's network reads`,
        );
    this.throwProblems();
  }

  /** Vocabularies and normalisers, for all features that learn any. */
  private fitted(tables: ReadonlyMap<string, WeightExpression>): Fitted {
    const vocabularies = new Map<string, readonly string[]>();
    const transforms = new Map<string, readonly (readonly number[])[]>();
    for (const feature of allFeatures(this.model)) {
      if (feature.shares !== null) continue;
      if (hasLearnedVocabulary(feature)) {
        const own = [...tables].find(([name]) => this.model.tables.get(name)!.feature === feature.name);
        const found = this.vocabulary(feature.name, own?.[1]);
        vocabularies.set(feature.name, [...(found?.rowOf.keys() ?? [])]);
      }
      const learners = learnersOf(feature.kind);
      if (!learners.some((learner) => learner !== null)) continue;
      const kinds = transformsOf(feature.kind).map(({ kind }) => kind);
      const normaliser = this.checkpoint.normalisers.get(columnOf(feature.name));
      const missing = learners.findIndex((learner, i) => learner !== null && kinds[i] !== normaliser?.kind);
      if (missing >= 0) {
        const transform = kinds[missing] ?? "quantiles";
        const { files } = this.checkpoint;
        this.report(normaliserMissing, feature.span, { feature: feature.name, transform, files });
      } else
        transforms.set(
          feature.name,
          learners.map((learner) => (learner === null ? [] : learnedBy(normaliser!))),
        );
    }
    return { vocabularies, transforms };
  }

  private async table(spec: TableSpec, expression: WeightExpression, fitted: Fitted): Promise<HostTable> {
    const feature = featureNamed(this.model, spec.feature);
    const [path, name] = [this.checkpoint.files, columnOf(spec.feature)];
    const nothing = tableOf(spec, new Float32Array(spec.rows * spec.width));
    // One number for every value needs no vocabulary.
    if (expression.kind === "number") return tableOf(spec, nothing.values.fill(expression.value, spec.width));
    try {
      const found = this.vocabulary(spec.feature, expression);
      if (found === null) throw new VocabularyError("is missing");
      const rows = libraryRows(feature, fitted, found, spec.rows);
      const [first] = tensorsIn(expression);
      const values = await this.evaluated(spec.name, expression, [first?.dims[0] ?? 0, spec.width]);
      return values === null ? nothing : tableOf(spec, gatheredRows(values, spec.width, rows));
    } catch (error) {
      if (!(error instanceof VocabularyError)) throw error;
      this.report(vocabularyUnfit, feature.span, { path, feature: name, reason: error.message });
      return nothing;
    }
  }

  /** The vocabulary of the feature whose rows the table's source has, or else of the feature of that name. */
  private vocabulary(feature: string, source: WeightExpression | undefined): LibraryVocabulary | null {
    const { library, vocabularies } = this.checkpoint;
    const named = (source === undefined ? [] : tensorsIn(source)).flatMap(
      ({ name }) => library.featureOf(name) ?? [],
    );
    return vocabularies.get(named[0] ?? columnOf(feature)) ?? vocabularies.get(columnOf(feature)) ?? null;
  }

  private async evaluated(
    name: string,
    expression: WeightExpression,
    dims: readonly number[],
  ): Promise<Float32Array | null> {
    try {
      return await evaluated(expression, dims);
    } catch (error) {
      const { path } = this.checkpoint;
      if (error instanceof CheckpointError)
        this.report(checkpointUnreadable, null, { path, reason: error.message });
      else if (!(error instanceof ExpressionError)) throw error;
      else if (this.checkpoint.map.weights.has(name)) this.mapMistake(`for "${name}" ${error.message}`);
      else
        this.report(checkpointUnreadable, null, {
          path,
          reason: `cannot fill "${name}": it ${error.message}`,
        });
      return null;
    }
  }

  private mapMistake(reason: string): void {
    this.report(weightMapMistake, null, { path: this.checkpoint.mapPath, reason });
  }

  private report<P>(
    kind: Parameters<typeof diagnose<P>>[0],
    span: Parameters<typeof diagnose<P>>[2] | null,
    parameters: P,
  ): void {
    this.problems.push(diagnose(kind, parameters, span ?? noLocation));
  }

  private throwProblems(): void {
    if (this.problems.length > 0) throw new DiagnosticError(this.problems);
  }
}

function learnedBy(normaliser: Normaliser): readonly number[] {
  switch (normaliser.kind) {
    case "standardize":
      return [normaliser.mean, normaliser.deviation];
    case "min_max": {
      const range = normaliser.high - normaliser.low;
      return [normaliser.low, range === 0 ? 1 : range];
    }
  }
}
