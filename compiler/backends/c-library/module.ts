// Generates `model.h` and `model.c`: a ranking program as C99 with vector extensions, the parts of compiler/serve/c that it
// needs, and an API by sessions. The weights file holds the weights at their addresses, and the tables.

import { fingerprintOf } from "../../common/fingerprint.ts";
import { historiesTooLong } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import type { Model } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { rankingProgram } from "../../middle/programs/ranking.ts";
import { CANDIDATES_AT_A_TIME } from "../code/arena.ts";
import { type Machine, machines } from "../code/machine.ts";
import { aligned } from "../code/memory.ts";
import { type RankingCode, rankingCode } from "../code/program.ts";
import type { EmitOptions, Mode } from "../contract/emit-options.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import { originTexts } from "../serving/origins.ts";
import { requireWhole, type TableStorage } from "../serving/plan.ts";
import type { TensorArray } from "../serving/weights-file.ts";
import { withParts } from "../typescript/crosses.ts";
import { type Explained, explainable } from "../typescript/explain.ts";
import { onlyScores } from "../typescript/module.ts";
import { type ReadInputs, readInputs } from "../typescript/read-inputs.ts";
import { ProgramColumns } from "./columns.ts";
import { encodersCode } from "./encoders.ts";
import { attentionCount, explainFunctions } from "./explain.ts";
import type { LibraryColumn, LibraryFacts } from "./facts.ts";
import { fittedBlock } from "./fitted.ts";
import { headerText } from "./header.ts";
import { type CInputs, cInputs } from "./inputs.ts";
import { labelFunctions, labelsOf, requestOutputsOf } from "./labels.ts";
import { apiC, rankerC, weightsC } from "./library.generated.ts";
import { cComment, cString, identifiers, prefixOf } from "./names.ts";
import { headBytes, SessionProgram, type SessionSubjects } from "./session-program.ts";
import { EXPLAINING_IMAGE, FITTED, IMAGE, tableLines, tensorLines } from "./tensors.ts";
import { NO_CONTRACTION, variantsText } from "./variants.ts";

export interface EmittedC extends LibraryFacts {
  readonly header: string;
  readonly code: string;
  readonly tensors: ReadonlyMap<string, TensorArray>;
  /** A text that is the same if requests hold the same values with the same encoding. */
  readonly encoding: string;
}

const ALIGNMENT = 64;
/** The input that a library depends on. */
type CompiledSource = Pick<
  TrainedModel,
  "model" | "predict" | "parameters" | "tables" | "fitted" | "padding"
>;

type Written = ReadonlyMap<string, readonly (readonly [name: string, values: TensorArray])[]>;

export function emitC(
  trained: CompiledSource,
  storageOf: (table: string) => TableStorage,
  written: Written,
  { mode = "exact" }: EmitOptions,
  version: string,
): EmittedC {
  const { model } = trained;
  const scores = onlyScores(model, withParts(model, rankingProgram(model, trained.predict)));
  const { predict, explained } = explainable(model, trained.predict);
  const explains = onlyExplains(
    withParts(model, rankingProgram(model, predict)),
    scores,
    explained.flatMap(({ from }) => (from.kind === "asked" ? [from.query, from.key] : from.outputs)),
  );
  const originText = originTexts();
  const codeFor = (graph: ValidGraph) => (machine: Machine) => {
    const longest = (history: string) => model.histories.get(history)!.max;
    const code = rankingCode(graph, longest, "exact", machine, undefined, originText);
    if (code === null) throw new DiagnosticError([diagnose(historiesTooLong, { target: "c" }, noLocation)]);
    return code;
  };
  const codes: Codes = {
    mode,
    scoring: codeFor(scores),
    explaining: explained.length === 0 ? null : codeFor(explains),
  };
  return new ModuleEmitter(trained, scores, codes, explained, storageOf, version).emitted(written);
}

/** The outputs of `scores`, and those from which weights of attentions are read. */
function onlyExplains(graph: ValidGraph, scores: ValidGraph, attentions: readonly string[]): ValidGraph {
  const outputs = [...graph.outputs].filter(
    ([name]) => scores.outputs.has(name) || attentions.includes(name),
  );
  return validate(dropDeadNodes({ ...graph, outputs: new Map(outputs) }));
}

interface Codes {
  readonly mode: Mode;
  readonly scoring: (machine: Machine) => RankingCode;
  readonly explaining: ((machine: Machine) => RankingCode) | null;
}

class ModuleEmitter {
  private readonly model: Model;
  private readonly codes: Codes;
  private readonly scoring: SessionProgram;
  private readonly explaining: SessionProgram | null;
  private readonly explained: readonly Explained[];
  private readonly read: ReadInputs;
  /** The table by which raw values are encoded. */
  private readonly table: CInputs;
  private readonly trained: CompiledSource;
  private readonly storageOf: (table: string) => TableStorage;
  private readonly version: string;
  private readonly prefix: string;
  private readonly columns: ProgramColumns;

  constructor(
    trained: CompiledSource,
    graph: ValidGraph,
    codes: Codes,
    explained: readonly Explained[],
    storageOf: (table: string) => TableStorage,
    version: string,
  ) {
    this.model = trained.model;
    this.codes = codes;
    this.explained = explained;
    this.storageOf = storageOf;
    this.version = version;
    this.trained = trained;
    const code = codes.scoring(machines.sse2);
    const { plan } = code;
    requireWhole(plan);
    this.read = readInputs(trained.model, plan, trained.padding, true);
    this.table = cInputs(this.read, "dinc_input_table");
    const subjects: SessionSubjects = {
      ...{ trained, storageOf, numbering: plan },
      originText: originTexts(),
      // The encoders need memory to find the distinct values of a set.
      scratchBytes: aligned(4 * this.table.scratch + 4),
      inputs: plan.inputs.map(({ name }) => name),
      tables: plan.tables.map(({ name }) => name),
      labels: labelsOf(trained.model),
      requestOutputs: requestOutputsOf(trained.model),
    };
    this.scoring = new SessionProgram("scoring", code, subjects);
    this.explaining =
      codes.explaining === null
        ? null
        : new SessionProgram("explaining", codes.explaining(machines.sse2), subjects);
    this.prefix = prefixOf(trained.model.name);
    this.columns = new ProgramColumns(trained.model, graph, this.scoring);
  }

  emitted(written: Written): EmittedC {
    const { model, prefix, scoring, explaining, version } = this;
    const { plan } = scoring.code;
    const names = identifiers(plan.histories);
    const facts: Omit<LibraryFacts, "program"> = {
      ...{ prefix, model: model.name, labels: labelsOf(model) },
      requestOutputs: requestOutputsOf(model),
      together: plan.together,
      sessionBytes: this.head + ALIGNMENT + scoring.bytes,
      explainingBytes: explaining === null ? 0 : this.head + ALIGNMENT + explaining.bytes,
      sharedBytes: scoring.sharedBytes,
      attentions: attentionCount(this.explained),
      stores: this.stores.map(({ name, width }) => ({ name, width })),
      parts: this.table.parts,
      candidates: this.table.candidates,
      histories: plan.histories.map((name, i) => ({
        ...{ name, identifier: names[i]! },
        max: model.histories.get(name)!.max,
      })),
      user: this.columns.request,
      candidate: this.columns.candidate,
    };
    const body = this.body(facts);
    const program = fingerprintOf([model.name, body].join("\n"));
    const tensors = new Map<string, TensorArray>([
      [IMAGE, scoring.image()],
      ...(explaining === null ? [] : [[EXPLAINING_IMAGE, explaining.image()] as const]),
      ...plan.tables.flatMap(({ name }) => (this.storageOf(name) === "source" ? [] : written.get(name)!)),
      [FITTED, new Int8Array(fittedBlock(this.table, this.trained.fitted).buffer)],
    ]);
    const known = { ...facts, program };
    return {
      ...known,
      header: headerText(known, model.doc, version),
      code: `${this.heading(program)}\n${body}`,
      tensors,
      encoding: fingerprintOf(
        JSON.stringify([
          this.table.code,
          { request: this.columns.request, candidate: this.columns.candidate },
        ]),
      ),
    };
  }

  private heading(program: string): string {
    const { prefix, model, version } = this;
    const rounding =
      this.codes.mode === "fast"
        ? "Products and sums are rounded once where the processor can, and nowhere else"
        : "Products and sums are rounded one by one, as in training";
    return [
      `/* Ranks candidates by the model ${cComment(model.name)}. Generated by dinc ${cComment(version)}: edit the spec and compile it again.`,
      ` * ${rounding}: leave -ffast-math out. */`,
      "#if !defined(_WIN32) && !defined(_POSIX_C_SOURCE)",
      "#define _POSIX_C_SOURCE 200809L",
      "#endif",
      NO_CONTRACTION,
      "#define DINC_FUNCTION static __attribute__((unused))",
      `#include "${prefix}.h"`,
      `#define DINC_PROGRAM ${cString(program)}`,
      `#define DINC_VERSION ${cString(version)}`,
    ].join("\n");
  }

  /** All that follows from the program. */
  private body(facts: Omit<LibraryFacts, "program">): string {
    const { prefix: p, scoring, explaining, stores } = this;
    const { plan } = scoring.code;
    const { request, candidate } = this.columns;
    const histories = Math.max(1, plan.histories.length);
    const scoringText = scoring.text(p, 0, (name) => `s->model->program->${name}`);
    const explainingText =
      explaining === null ? [] : [explaining.text(p, 1, (name) => `dinc_explaining_run_${name}`)];
    const tensors = tensorLines(this.programs, this.storageOf);
    const places = (columns: readonly LibraryColumn[], name: string) => [
      `static const dinc_column_place ${name}[${Math.max(1, columns.length)}] = {`,
      ...(columns.length === 0
        ? ["  {0, 0, 0, 0, 0, 0, 0},"]
        : columns.map((column) => this.columns.placeLine(column))),
      "};",
    ];
    const hasOutputs = facts.requestOutputs.length > 0;
    return [
      "#include <stdlib.h>",
      "#include <string.h>",
      "#ifdef _WIN32",
      "#include <stdio.h>",
      "#else",
      "#define DINC_MAPS_FILES",
      "#include <fcntl.h>",
      "#include <sys/mman.h>",
      "#include <sys/stat.h>",
      "#include <unistd.h>",
      "#endif",
      "#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__",
      '#error "dinc writes code for machines whose numbers are little-endian"',
      "#endif",
      "#define DINC_LOCAL static __attribute__((unused))",
      `#define DINC_WIDEST_ROW ${Math.max(1, ...plan.tables.map(({ width }) => width))}`,
      ...(explaining === null ? [] : ["#define DINC_EXPLAINS"]),
      ...(stores.length === 0 ? [] : ["#define DINC_HAS_STORES"]),
      ...(hasOutputs ? ["#define DINC_HAS_OUTPUTS"] : []),
      ...(plan.together === null ? [] : [`#define DINC_TOGETHER "${plan.together}"`]),
      "",
      encodersCode(this.table).replace(/^#include "inputs.h"$/m, ""),
      `typedef ${p}_top dinc_best;`,
      stores.length === 0 ? "typedef void dinc_store;" : `typedef ${p}_store dinc_store;`,
      weightsC,
      rankerC,
      variantsText(
        this.codes.scoring,
        1 + plan.histories.length,
        explaining === null ? null : explaining.code.code,
        this.codes.mode,
      ),
      `struct ${p}_model {`,
      "  const unsigned char *bytes;",
      "  size_t size;",
      "  int is_mapped;",
      "  const dinc_program *program;",
      `  char run[64];`,
      `  dinc_tensor tensors[${tensors.length}];`,
      "  dinc_fitted fitted;",
      `  dinc_table tables[${Math.max(1, plan.tables.length)}];`,
      "};",
      "",
      "/* A program and the places of its values in a session's memory: bytes of it and offset of scratch, bytes of the weights",
      " * that begin it and their tensor, what a user fills. */",
      "typedef struct dinc_network {",
      "  size_t memory;",
      "  uint32_t scratch, weights;",
      "  int image;",
      "  uint32_t user_from, user_to, ids_from, ids_to;",
      "  const uint32_t *places;",
      `  int (*request)(${p}_session *);`,
      `  int (*candidate)(${p}_session *, uint32_t);`,
      `  int (*logits)(${p}_session *, float *, size_t, size_t, size_t, size_t);`,
      ...(hasOutputs ? [`  int (*outputs)(${p}_session *, float *);`] : []),
      "} dinc_network;",
      "",
      `struct ${p}_session {`,
      `  const ${p}_model *model;`,
      "  const dinc_network *network;",
      "  char *memory;",
      "  void *allocated;",
      "  int has_user;",
      `  void *of[${Math.max(1, plan.inputs.length)}];`,
      `  dinc_steps part_steps[${Math.max(1, this.table.parts.length)}];`,
      `  size_t first[${histories}];`,
      `  uint32_t steps[${histories}];`,
      `  uint32_t elements[${Math.max(1, plan.sets.length)}];`,
      "  dinc_said error;",
      "};",
      "",
      `typedef char dinc_head_fits[sizeof(struct ${p}_session) <= ${this.head} ? 1 : -1];`,
      "",
      ...places(request, "dinc_user_columns"),
      ...places(candidate, "dinc_candidate_columns"),
      `static const uint32_t dinc_most_steps[${histories}] = {${facts.histories.map(({ max }) => max).join(", ") || "0"}};`,
      `static const char *const dinc_history_names[${histories}] = {${facts.histories.map(({ name }) => cString(`history.${name}`)).join(", ") || "0"}};`,
      "",
      `enum { DINC_TENSORS = ${tensors.length} };`,
      `static const dinc_tensor dinc_tensors[${tensors.length}] = {`,
      ...tensors,
      "};",
      "",
      `static int dinc_open_tables(${p}_model *model, const dinc_store *stores) {`,
      ...tableLines(this.programs, this.storageOf),
      "  return DINC_CODE_OK;",
      "}",
      "",
      `static const unsigned char dinc_history_parts[${histories}] = {${plan.histories.map((name) => this.table.parts.findIndex((part) => part.kind === "history" && part.name === name)).join(", ") || "0"}};`,
      "",
      scoringText,
      ...explainingText,
      ...(explaining === null ? [] : explainFunctions(p, explaining, this.explained, plan.histories)),
      "/* Features that training alone knows: of the request if `n` is 0, else of candidates. */",
      "static void dinc_put_served(void *const *of, uint32_t n) {",
      "  (void)of;",
      "  (void)n;",
      ...this.columns.servedLines(),
      "}",
      "",
      ...labelFunctions(facts.labels),
      `enum { DINC_BLOCK = ${plan.together ?? CANDIDATES_AT_A_TIME}, DINC_ALL_SCORES = ${facts.labels.reduce((sum, { width }) => sum + width, 0)} };`,
      `enum { DINC_HISTORIES = ${plan.histories.length}, DINC_LABELS = ${facts.labels.length} };`,
      `enum { DINC_PLACES = ${plan.inputs.length} };`,
      `enum { DINC_USER_COLUMNS = ${request.length}, DINC_CANDIDATE_COLUMNS = ${candidate.length} };`,
      `enum { DINC_SESSION_BYTES = ${facts.sessionBytes}, DINC_SESSION_HEAD = ${this.head} };`,
      "",
      apiC.replaceAll("NAME", p),
    ].join("\n");
  }

  private get programs() {
    return { scoring: this.scoring, explaining: this.explaining };
  }

  /** The bytes before the values of a session: more than its struct takes. */
  private get head(): number {
    const { plan } = this.scoring.code;
    return headBytes(plan.inputs.length, this.table.parts.length, plan);
  }

  /** Tables that the weights leave out. */
  private get stores() {
    return this.scoring.code.plan.tables.filter(({ name }) => this.storageOf(name) === "source");
  }
}
