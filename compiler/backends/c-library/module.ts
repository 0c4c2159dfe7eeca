// Generates `model.h` and `model.c`: a ranking program as C99 with vector extensions, the parts of compiler/serve/c that it
// needs, and an API by sessions. The weights file holds the weights at their addresses, and the tables.

import { fingerprintOf } from "../../common/fingerprint.ts";
import { InternalError, invariant, unreachable } from "../../common/internal-error.ts";
import { fileAndLine } from "../../common/source-file.ts";
import { historiesTooLong } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { type Rows, sizeOf } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import { rankingProgram } from "../../middle/programs/ranking.ts";
import { channelsOf } from "../../middle/training/channels.ts";
import { CANDIDATES_AT_A_TIME } from "../code/arena.ts";
import { type Machine, machines } from "../code/machine.ts";
import { aligned } from "../code/memory.ts";
import { type RankingCode, rankingCode } from "../code/program.ts";
import type { EmitOptions } from "../contract/emit-options.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import {
  isWeight,
  type PlannedArgument,
  type PlannedCall,
  type PlannedOutput,
  type TableStorage,
  type ValueLocation,
} from "../serving/plan.ts";
import { asciiJson, type TensorArray } from "../serving/weights-file.ts";
import { withParts } from "../typescript/crosses.ts";
import { onlyScores } from "../typescript/module.ts";
import { type ReadInputs, readInputs, servedInputs } from "../typescript/read-inputs.ts";
import { encodersCode } from "./encoders.ts";
import type { LibraryColumn, LibraryFacts, LibraryLabel } from "./facts.ts";
import { fittedBlock } from "./fitted.ts";
import { headerText } from "./header.ts";
import { type CInputs, cInputs } from "./inputs.ts";
import { SessionLayout } from "./layout.ts";
import { apiC, rankerC, weightsC } from "./library.generated.ts";
import { LoadedValues, weightsImage } from "./load-phase.ts";
import { cComment, cString, identifiers, prefixOf } from "./names.ts";
import { NO_CONTRACTION, variantsText } from "./variants.ts";

export interface EmittedC extends LibraryFacts {
  readonly header: string;
  readonly code: string;
  readonly tensors: ReadonlyMap<string, TensorArray>;
  readonly quantised: readonly { readonly inner: number; readonly outer: number }[];
}

/** Bytes of the members of a session besides its lists. */
const SESSION_MEMBERS = 1024;
const ALIGNMENT = 64;
/** The tensor with the weights at their addresses. */
const IMAGE = "image";
/** The tensor with vocabularies, and with the fitted values of transforms. */
const FITTED = "fitted";

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
  const ranking = rankingProgram(model, trained.predict);
  const graph = onlyScores(model, withParts(model, ranking));
  const codeFor = (machine: Machine) =>
    rankingCode(graph, (history) => model.histories.get(history)!.max, mode, machine);
  const code = codeFor(machines.sse2);
  if (code === null) throw new DiagnosticError([diagnose(historiesTooLong, { target: "c" }, noLocation)]);
  return new ModuleEmitter(trained, graph, code, (machine) => codeFor(machine)!, storageOf, version).emitted(
    written,
  );
}

class ModuleEmitter {
  private readonly model: Model;
  private readonly graph: ValidGraph;
  private readonly code: RankingCode;
  /** The same for another machine: values have the same addresses. */
  private readonly codeFor: (machine: Machine) => RankingCode;
  private readonly layout: SessionLayout;
  private readonly read: ReadInputs;
  /** The table by which raw values are encoded. */
  private readonly table: CInputs;
  private readonly trained: CompiledSource;
  private readonly storageOf: (table: string) => TableStorage;
  private readonly version: string;
  private readonly values: LoadedValues;
  private readonly prefix: string;
  private readonly columns: Readonly<
    Record<"request" | "candidate", readonly (LibraryColumn & { input: string })[]>
  >;
  /** Logits that follow from the weights alone come after the weights. */
  private readonly constants: Float32Array[] = [];

  constructor(
    trained: CompiledSource,
    graph: ValidGraph,
    code: RankingCode,
    codeFor: (machine: Machine) => RankingCode,
    storageOf: (table: string) => TableStorage,
    version: string,
  ) {
    this.model = trained.model;
    this.graph = graph;
    this.code = code;
    this.codeFor = codeFor;
    this.storageOf = storageOf;
    this.version = version;
    this.layout = new SessionLayout(code.plan, code.arena);
    this.read = readInputs(trained.model, code.plan, trained.padding, true);
    this.table = cInputs(this.read, "dinc_input_table");
    this.trained = trained;
    this.values = new LoadedValues(code.plan, trained);
    this.prefix = prefixOf(trained.model.name);
    this.columns = { request: this.columnsOf("request"), candidate: this.columnsOf("candidate") };
  }

  emitted(written: Written): EmittedC {
    const { model, prefix, code, layout } = this;
    const { plan, arena } = code;
    const labels = this.labels();
    const image = weightsImage(arena, plan, this.values);
    const names = identifiers(plan.histories);
    const facts = {
      ...{ prefix, model: model.name, labels },
      sessionBytes: this.head + ALIGNMENT + layout.bytes + this.scratchBytes,
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
    const all = new Float32Array(image.length + this.constants.length);
    all.set(image);
    for (const [i, [value]] of this.constants.entries()) all[image.length + i] = value!;
    const program = fingerprintOf([model.name, body].join("\n"));
    const tensors = new Map<string, TensorArray>([
      [IMAGE, all],
      ...plan.tables.flatMap(({ name }) => written.get(name)!),
      [FITTED, new Int8Array(fittedBlock(this.table, this.trained.fitted).buffer)],
    ]);
    const known = { ...facts, program };
    return {
      ...known,
      header: headerText(known, model.doc, this.version),
      code: `${this.heading(program)}\n${body}`,
      tensors,
      quantised: code.quantised.map(({ inner, outer }) => ({ inner, outer })),
    };
  }

  private heading(program: string): string {
    const { prefix, model, version } = this;
    return [
      `/* Ranks candidates by the model ${cComment(model.name)}. Generated by dinc ${cComment(version)}: edit the spec and compile it again.`,
      ` * Products and sums are rounded one by one, as in training: leave -ffast-math out. */`,
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
    const { plan, arena } = this.code;
    const { prefix: p, layout } = this;
    const { request, candidate } = this.columns;
    const histories = Math.max(1, plan.histories.length);
    const steps = plan.histories.map((_, i) => `, s->steps[${i}]`).join("");
    const tensors = this.tensorLines(arena.request.from / 4 + this.constantCount());
    const places = (columns: readonly LibraryColumn[], name: string) => [
      `static const dinc_column_place ${name}[${Math.max(1, columns.length)}] = {`,
      ...(columns.length === 0
        ? ["  {0, 0, 0, 0, 0, 0, 0},"]
        : columns.map((column) => this.placeLine(column))),
      "};",
    ];
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
      "",
      encodersCode(this.table).replace(/^#include "inputs.h"$/m, ""),
      `typedef ${p}_top dinc_best;`,
      weightsC,
      rankerC,
      variantsText(this.codeFor, 1 + plan.histories.length),
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
      `struct ${p}_session {`,
      `  const ${p}_model *model;`,
      "  char *memory;",
      "  void *allocated;",
      "  int has_user;",
      `  void *of[${Math.max(1, plan.inputs.length)}];`,
      `  dinc_steps part_steps[${Math.max(1, this.table.parts.length)}];`,
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
      `static int dinc_open_tables(${p}_model *model) {`,
      ...this.tableLines(),
      "  return DINC_CODE_OK;",
      "}",
      "",
      `static const uint32_t dinc_place_offsets[${Math.max(1, plan.inputs.length)}] = {${plan.inputs.map(({ slot }) => layout.placeOf({ kind: "slot", slot })).join(", ") || "0"}};`,
      `static const unsigned char dinc_history_parts[${histories}] = {${plan.histories.map((name) => this.table.parts.findIndex((part) => part.kind === "history" && part.name === name)).join(", ") || "0"}};`,
      "",
      "/* Rows of tables, and all that candidates share. */",
      `static void dinc_compute_user(${p}_session *s) {`,
      "  char *M = s->memory;",
      ...plan.gathers.request.map((call) => this.gather(call)),
      `  s->model->program->request(M, 1${steps});`,
      "}",
      "",
      "/* The same for a block of candidates. */",
      `static void dinc_compute_candidates(${p}_session *s, uint32_t n) {`,
      "  char *M = s->memory;",
      ...plan.gathers.candidate.map((call) => this.gather(call)),
      `  s->model->program->candidates(M, n${steps});`,
      "}",
      "",
      "/* Features that training alone knows: of the request if `n` is 0, else of candidates. */",
      "static void dinc_put_served(char *M, uint32_t n) {",
      "  (void)M;",
      "  (void)n;",
      ...this.servedLines(),
      "}",
      "",
      "/* The logits of a block, label after label: `all` candidates, of which `from` came before. */",
      `static int dinc_read_logits(${p}_session *s, float *out, size_t all, size_t from, size_t n) {`,
      "  const char *M = s->memory;",
      "  int code = DINC_CODE_OK;",
      "  (void)M;",
      ...this.logitLines(facts.labels),
      "  return code;",
      "}",
      "",
      "/* Logits to predictions. */",
      "static void dinc_predict(float *scores, size_t n) {",
      "  (void)scores;",
      "  (void)n;",
      ...facts.labels.flatMap(({ before, width, link }) => this.predictLines(before, width, link)),
      "}",
      "",
      "static int dinc_has_order(int label) {",
      "  switch (label) {",
      ...facts.labels.map(
        ({ link, low }, i) => `    case ${i}: return ${link !== "softmax" || low !== null ? 1 : 0};`,
      ),
      "    default: return 0;",
      "  }",
      "}",
      "",
      "/* The number by which a candidate is ordered, from its logits; NaN for a label without an order. */",
      "static float dinc_order(int label, const float *logits, float *score) {",
      "  switch (label) {",
      ...facts.labels.flatMap((label, i) => this.orderLines(label, i)),
      '    default: (void)logits; (void)score; return __builtin_nanf("");',
      "  }",
      "}",
      "",
      `enum { DINC_BLOCK = ${CANDIDATES_AT_A_TIME}, DINC_ALL_SCORES = ${facts.labels.reduce((sum, { width }) => sum + width, 0)} };`,
      `enum { DINC_HISTORIES = ${plan.histories.length}, DINC_LABELS = ${facts.labels.length} };`,
      `enum { DINC_PLACES = ${plan.inputs.length} };`,
      `enum { DINC_USER_COLUMNS = ${request.length}, DINC_CANDIDATE_COLUMNS = ${candidate.length} };`,
      `enum { DINC_SESSION_BYTES = ${facts.sessionBytes}, DINC_SESSION_HEAD = ${this.head}, DINC_SCRATCH = ${layout.bytes}, DINC_MEMORY = ${layout.bytes + this.scratchBytes}, DINC_WEIGHTS = ${arena.request.from} };`,
      `static const unsigned dinc_label_widths[] = {${facts.labels.map(({ width }) => width).join(", ")}};`,
      "",
      apiC.replaceAll("NAME", p),
    ].join("\n");
  }

  /** The bytes before the values of a session: more than its struct takes. */
  private get head(): number {
    const { plan } = this.code;
    const lists = 8 * plan.inputs.length + 16 * this.table.parts.length;
    return aligned(SESSION_MEMBERS + lists + 4 * (plan.histories.length + plan.sets.length));
  }

  /** The encoders need memory to find the distinct values of a set. */
  private get scratchBytes(): number {
    const words = this.table.code.join("\n").match(/\.scratch = (\d+)/);
    invariant(words, "a table without its scratch");
    return aligned(4 * Number(words[1]) + 4);
  }

  private constantCount(): number {
    return this.code.plan.outputs.filter(({ location }) => isWeight(location)).length;
  }

  private columnsOf(phase: "request" | "candidate"): readonly LibraryColumn[] {
    const { plan } = this.code;
    const rowInputs = new Set(plan.sets.map(({ set }) => inputNames.rowOf(set)));
    const inputs = plan.inputs.filter(
      ({ slot, name }) =>
        slot.phase === phase && !rowInputs.has(name) && !this.isServed(name) && !this.isPart(name),
    );
    const names = identifiers(inputs.map(({ name }) => name));
    return inputs.map(({ name, rows }, i): LibraryColumn => {
      const node = this.inputNode(name);
      const isSet = rows.kind === "elements";
      const of = isSet ? rows.of : rows;
      const history = of.kind === "steps" ? plan.histories.indexOf(of.history) : -1;
      return {
        input: name,
        field: history >= 0 ? `history.${name}` : phase === "candidate" ? `candidates.${name}` : name,
        identifier: names[i]!,
        holds: isSet ? "sets" : node.type.dtype === "i32" ? "ids" : "numbers",
        width: isSet ? rows.max : sizeOf(node.type.dims),
        history,
      };
    });
  }

  /** Whether only crosses read it: their ids are given instead. */
  private isPart(name: string): boolean {
    const { id } = this.inputNode(name);
    return (
      [...this.graph.outputs.values()].includes(id) &&
      !this.graph.nodes.some(({ inputs }) => inputs.includes(id))
    );
  }

  private isServed(name: string): boolean {
    return (this.model.features.get(name)?.served ?? null) !== null;
  }

  private servedLines(): string[] {
    return servedInputs(this.model, this.code.plan).map(({ input, value }) => {
      const { slot } = input;
      const node = this.inputNode(input.name);
      const isItem = slot.phase === "candidate";
      const width = sizeOf(node.type.dims);
      const count = isItem ? (width === 1 ? "n" : `${width} * n`) : String(width);
      const [type, text] = slot.dtype === "f32" ? ["float", `(float)${value}`] : ["uint32_t", String(value)];
      const place = this.layout.placeOf({ kind: "slot", slot });
      return `  if (${isItem ? "n > 0" : "n == 0"}) for (uint32_t i = 0; i < ${count}; i++) { ${type} x = ${text}; memcpy(M + ${place} + 4 * i, &x, 4); }`;
    });
  }

  private inputNode(name: string) {
    const node = this.graph.nodes.find((each) => each.op === "input" && each.attributes.name === name);
    invariant(node, `no input ${name}`);
    return node;
  }

  private placeLine(column: LibraryColumn): string {
    const { plan } = this.code;
    const input = plan.inputs.find(({ name }) => name === column.input)!;
    const { rows, slot } = input;
    const rowOf = rows.kind === "elements" ? this.rowsPlace(rows.set) : 0;
    const table = column.holds === "numbers" ? "DINC_NUMBERS_COLUMN" : this.tableOf({ kind: "slot", slot });
    const set = rows.kind === "elements" ? this.layout.setOf(rows) : -1;
    return `  {${[
      cString(column.field),
      this.layout.placeOf({ kind: "slot", slot }),
      rowOf,
      column.history,
      table,
      column.width,
      set,
    ].join(", ")}},`;
  }

  private rowsPlace(set: string): number {
    const input = this.code.plan.inputs.find(({ name }) => name === inputNames.rowOf(set));
    invariant(input, "a set has rows");
    return this.layout.placeOf({ kind: "slot", slot: input.slot });
  }

  /** The table with the rows of these ids. */
  private tableOf(ids: ValueLocation): number | string {
    const { plan } = this.code;
    for (const { arguments: args } of [...plan.gathers.request, ...plan.gathers.candidate]) {
      const [, table, own] = args;
      if (table?.kind !== "value" || table.location.kind !== "table" || own?.kind !== "value") continue;
      if (own.location.kind === "slot" && ids.kind === "slot" && own.location.slot === ids.slot)
        return table.location.index;
    }
    return "DINC_NO_TABLE";
  }

  private tensorLines(image: number): string[] {
    const line = (name: string, type: string, width: number, length: number) =>
      `  {${cString(asciiJson(name).slice(1, -1))}, "${type}", ${width}, ${length}, 0},`;
    return [
      line(IMAGE, "f32", 4, image),
      ...this.code.plan.tables.flatMap(({ name }) => {
        const table = `table.${name}`;
        switch (this.storageOf(name)) {
          case "f32":
            return [line(table, "f32", 4, 0)];
          case "f16":
            return [line(table, "f16", 2, 0)];
          case "i8":
            return [line(table, "i8", 1, 0), line(`scale.${name}`, "f32", 4, 0)];
          case "source":
            throw new InternalError("C has all tables in its weights");
          default:
            throw new InternalError("a storage of no kind");
        }
      }),
      line(FITTED, "i8", 1, 0),
    ];
  }

  private tableLines(): string[] {
    let tensor = 1;
    const { tables } = this.code.plan;
    return [
      "  const dinc_tensor *fitted = &model->tensors[DINC_TENSORS - 1];",
      "  if (!dinc_open_fitted(&dinc_input_table, fitted->bytes, (size_t)fitted->length, &model->fitted)) return DINC_CODE_OTHER_MODEL;",
      ...tables.flatMap(({ name, width }, i) => {
        const own = `model->tensors[${tensor}]`;
        const hasScales = this.storageOf(name) === "i8";
        const scales = hasScales ? `model->tensors[${tensor + 1}]` : null;
        tensor += hasScales ? 2 : 1;
        return [
          `  if (${own}.length % ${width} != 0 || ${own}.length / ${width} < 2 || ${own}.length / ${width} > INT32_MAX) return DINC_CODE_OTHER_MODEL;`,
          `  model->tables[${i}].rows = ${own}.bytes;`,
          `  model->tables[${i}].count = ${own}.length / ${width};`,
          ...(scales === null
            ? []
            : [
                `  if (${scales}.length != model->tables[${i}].count) return DINC_CODE_OTHER_MODEL;`,
                `  model->tables[${i}].scales = ${scales}.bytes;`,
              ]),
        ];
      }),
    ];
  }

  /** A call that reads ids, before all others of its phase. */
  private gather(call: PlannedCall): string {
    const { plan } = this.code;
    const args = call.arguments;
    const place = (i: number) => `M + ${this.layout.placeOf(this.located(args[i]).location)}`;
    const number = (i: number) => this.numberText(args[i]);
    const table = (i: number) => {
      const { location } = this.located(args[i]);
      invariant(location.kind === "table", "a lookup reads a table");
      const { name } = plan.tables[location.index]!;
      return { of: `&s->model->tables[${location.index}]`, read: `dinc_rows_${this.storageOf(name)}` };
    };
    const origin = call.origin === null ? "" : ` /* ${cComment(fileAndLine(call.origin))} */`;
    switch (call.kernel) {
      case "lookup":
        return `  ${table(1).read}(${place(0)}, ${table(1).of}, ${place(2)}, ${number(3)}, ${number(4)});${origin}`;
      case "sumOfElements":
      case "maxOfElements": {
        const largest = call.kernel === "maxOfElements" ? 1 : 0;
        return `  dinc_pool(${place(0)}, ${table(1).read}, ${table(1).of}, ${place(2)}, ${place(3)}, ${number(4)}, ${number(5)}, ${number(6)}, ${largest});${origin}`;
      }
      case "countElements":
        return `  dinc_count_elements(${place(0)}, ${place(1)}, ${number(2)}, ${number(3)});${origin}`;
      case "idNumber":
        return `  dinc_id_number(${place(0)}, ${place(1)}, ${number(2)}, ${number(3)}, ${number(4)}, ${number(5)});${origin}`;
      default:
        throw new InternalError(`C has no ${call.kernel}`);
    }
  }

  private located(argument: PlannedArgument | undefined): { readonly location: ValueLocation } {
    invariant(argument?.kind === "value", "a value");
    return argument;
  }

  private numberText(argument: PlannedArgument | undefined): string {
    invariant(argument, "an argument");
    if (argument.kind === "count") {
      const count = this.layout.countText(argument.rows);
      return argument.times === 1 ? count : `${argument.times} * ${count}`;
    }
    invariant(argument.kind === "number", "a number or a count");
    return String(argument.value);
  }

  private labels(): LibraryLabel[] {
    const { predictions, labels } = this.model;
    const names = identifiers(predictions.map(({ label }) => label));
    let before = 0;
    return predictions.map(({ label, width }, i) => {
      const { type } = labels.get(label)!;
      const { outcome } = labelKindOf({ type });
      const own: LibraryLabel = {
        ...{ name: label, identifier: names[i]!, width, before },
        link: outcome === "number" ? "number" : outcome === "class" ? "softmax" : "sigmoid",
        low: type.kind === "int" ? type.low : null,
      };
      before += width;
      return own;
    });
  }

  private outputOf(channel: string): PlannedOutput {
    const output = this.code.plan.outputs.find(({ name }) => name === outputNames.logit(channel));
    invariant(output?.size === 1, `the graph has no logit of ${channel}`);
    return output;
  }

  private logitLines(labels: readonly LibraryLabel[]): string[] {
    const { arena } = this.code;
    return this.model.predictions.flatMap((prediction, l) =>
      channelsOf(prediction).map((channel, place) => {
        const { location, rows } = this.outputOf(channel);
        const { before, width } = labels[l]!;
        let from: string;
        if (isWeight(location)) {
          from = `s->model->tensors[0].bytes + ${arena.request.from + 4 * this.constants.length}`;
          this.constants.push(this.values.of(location));
        } else from = `M + ${this.layout.placeOf(location)}`;
        const stride = isByCandidate(rows) ? 1 : 0;
        return `  if (code == DINC_CODE_OK) code = dinc_put_logits(&s->error, out + ${before} * all + ${width} * from, ${from}, n, ${stride}, ${width}, ${place}, from);`;
      }),
    );
  }

  private predictLines(before: number, width: number, link: LibraryLabel["link"]): string[] {
    switch (link) {
      case "number":
        return [];
      case "sigmoid":
        return [
          `  for (size_t i = 0; i < n; i++) scores[${before} * n + i] = dinc_sigmoid(scores[${before} * n + i]);`,
        ];
      case "softmax":
        return [
          `  for (size_t i = 0; i < n; i++) dinc_softmax(scores + ${before} * n + ${width} * i, ${width});`,
        ];
      default:
        return unreachable(link, "link");
    }
  }

  private orderLines({ before, width, link, low }: LibraryLabel, i: number): string[] {
    switch (link) {
      case "number":
        return [`    case ${i}: return *score = logits[${before}];`];
      case "sigmoid":
        return [`    case ${i}: *score = dinc_sigmoid(logits[${before}]); return logits[${before}];`];
      case "softmax":
        return low === null
          ? []
          : [
              `    case ${i}: {`,
              `      float shares[${width}];`,
              "      double sum = 0;",
              `      memcpy(shares, logits + ${before}, sizeof shares);`,
              `      dinc_softmax(shares, ${width});`,
              `      for (int k = 0; k < ${width}; k++) sum += (${low} + k) * (double)shares[k];`,
              "      return *score = (float)sum;",
              "    }",
            ];
      default:
        return unreachable(link, "link");
    }
  }
}

function isByCandidate(rows: Rows): boolean {
  return rows.kind === "each" && rows.per === "candidate";
}
