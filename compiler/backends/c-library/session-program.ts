// Prints a ranking program as functions of a session: rows of tables by ids, calls of its code, and the logits it gives. A
// module has one that scores, and where it attends to histories one that explains too.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { Model } from "../../frontend/model/model.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { perOf } from "../../middle/graph/types.ts";
import { channelsOf } from "../../middle/training/channels.ts";
import { aligned } from "../code/memory.ts";
import type { RankingCode } from "../code/program.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import type { OriginText } from "../serving/origins.ts";
import {
  isWeight,
  type PlannedArgument,
  type PlannedCall,
  type PlannedOutput,
  type TableStorage,
  type ValueLocation,
} from "../serving/plan.ts";
import type { LibraryLabel, RequestOutput } from "./facts.ts";
import { type Numbering, SessionLayout } from "./layout.ts";
import { LoadedValues, weightsImage } from "./load-phase.ts";
import { cComment } from "./names.ts";

export interface SessionSubjects {
  readonly trained: Pick<TrainedModel, "model" | "parameters" | "tables">;
  readonly storageOf: (table: string) => TableStorage;
  readonly originText: OriginText;
  /** Bytes that encoders need after the values. */
  readonly scratchBytes: number;
  /** The names of inputs, in the order of the places of the table of inputs. */
  readonly inputs: readonly string[];
  /** Tables in the order of the model's. */
  readonly tables: readonly string[];
  readonly numbering: Numbering;
  readonly labels: readonly LibraryLabel[];
  readonly requestOutputs: readonly RequestOutput[];
}

export class SessionProgram {
  readonly name: string;
  readonly code: RankingCode;
  readonly layout: SessionLayout;
  private readonly subjects: SessionSubjects;
  private readonly values: LoadedValues;
  /** Outputs that follow from the weights alone come after the weights. */
  private readonly constants: Float32Array[] = [];

  /** `name` begins the names of its functions: `scoring`. */
  constructor(name: string, code: RankingCode, subjects: SessionSubjects) {
    this.name = name;
    this.code = code;
    this.subjects = subjects;
    this.layout = new SessionLayout(code.plan, code.arena, subjects.numbering);
    this.values = new LoadedValues(code.plan, subjects.trained);
    const own = code.plan.inputs.map((input) => input.name);
    invariant(
      own.length === subjects.inputs.length && own.every((each) => subjects.inputs.includes(each)),
      "networks of a module have the same inputs",
    );
  }

  /** Bytes of the values of a session. */
  get bytes(): number {
    return this.layout.bytes + this.subjects.scratchBytes;
  }

  /** The weights at their addresses, and what follows from them alone. Only after `text`. */
  image(): Float32Array {
    const { arena, plan } = this.code;
    const weights = weightsImage(arena, plan, this.values);
    const all = new Float32Array(weights.length + this.constants.length);
    all.set(weights);
    for (const [i, [value]] of this.constants.entries()) all[weights.length + i] = value!;
    return all;
  }

  /** Where a value is: in the memory `M` of a session, or after the weights. */
  placeText(location: ValueLocation): string {
    if (!isWeight(location)) return `M + ${this.layout.placeOf(location)}`;
    const { arena } = this.code;
    const known = arena.weights.find(({ location: each }) => isSame(each, location));
    if (known !== undefined) return `M + ${known.address}`;
    const at = arena.request.from + 4 * this.constants.length;
    const values = this.values.of(location);
    for (const value of values) this.constants.push(Float32Array.of(value));
    return `s->model->tensors[s->network->image].bytes + ${at}`;
  }

  /** Definitions; `run` calls a function of its code. `prefix` is the model's. */
  text(prefix: string, image: number, run: (name: "request" | "candidates") => string): string {
    const { plan, arena } = this.code;
    const { name, layout } = this;
    const { inputs, numbering, labels } = this.subjects;
    const steps = plan.histories
      .map((history) => `, s->steps[${numbering.histories.indexOf(history)}]`)
      .join("");
    const places = inputs.map((input) =>
      layout.placeOf({ kind: "slot", slot: plan.inputs.find((each) => each.name === input)!.slot }),
    );
    const firstShared = Math.min(arena.request.from, ...arena.packed.map(({ address }) => address));
    const compute = (phase: "request" | "candidate", doc: string, parameters: string, n: string) => [
      `/* ${doc} */`,
      `static int dinc_${name}_${phase}(${parameters}) {`,
      "  char *M = s->memory;",
      "  int code = DINC_CODE_OK;",
      ...plan.gathers[phase].map((call) => this.gather(call)),
      `  if (code == DINC_CODE_OK) ${run(phase === "request" ? "request" : "candidates")}(M, ${n}${steps});`,
      "  return code;",
      "}",
      "",
    ];
    const session = `${prefix}_session *s`;
    const logits = this.logitLines(labels);
    const { requestOutputs } = this.subjects;
    return [
      `static const uint32_t dinc_${name}_places[${Math.max(1, places.length)}] = {${places.join(", ") || "0"}};`,
      "",
      ...compute("request", "Rows of tables, and all that candidates share.", session, "1"),
      ...compute("candidate", "The same for a block of candidates.", `${session}, uint32_t n`, "n"),
      "/* The logits of a block, label after label: `all` candidates, of which `from` came before. */",
      `static int dinc_${name}_logits(${session}, float *out, size_t all, size_t from, size_t n, size_t named) {`,
      "  const char *M = s->memory;",
      "  int code = DINC_CODE_OK;",
      "  (void)M;",
      ...logits,
      "  return code;",
      "}",
      "",
      ...(requestOutputs.length === 0
        ? []
        : [
            "/* The outputs of a request, one after the other. */",
            `static int dinc_${name}_outputs(${session}, float *out) {`,
            "  const char *M = s->memory;",
            "  int code = DINC_CODE_OK;",
            ...requestOutputs.map(({ name: of, width, before }) => {
              const at = this.placeText(this.output(outputNames.output(of)).location);
              return `  if (code == DINC_CODE_OK) code = dinc_put_output(&s->error, out + ${before}, "request", ${at}, 1, 0, ${width}, -1);`;
            }),
            "  return code;",
            "}",
            "",
          ]),
      `static const dinc_network dinc_${name} = {`,
      `  ${this.bytes}, ${layout.bytes}, ${arena.request.from}, ${image},`,
      `  ${firstShared}, ${arena.request.to}, ${layout.requestIds.from}, ${layout.requestIds.to},`,
      `  dinc_${name}_places, dinc_${name}_request, dinc_${name}_candidate, dinc_${name}_logits,`,
      ...(requestOutputs.length === 0 ? [] : [`  dinc_${name}_outputs,`]),
      "};",
      "",
    ].join("\n");
  }

  /** Bytes of the values that follow from a user. */
  get sharedBytes(): number {
    const { request, packed } = this.code.arena;
    const { from, to } = this.layout.requestIds;
    const first = Math.min(request.from, ...packed.map(({ address }) => address));
    return request.to - first + to - from;
  }

  /** A call that reads ids, before all others of its phase. */
  private gather(call: PlannedCall): string {
    const args = call.arguments;
    const place = (i: number) => `M + ${this.layout.placeOf(located(args[i]))}`;
    const number = (i: number) => this.numberText(args[i]);
    const table = (i: number) => {
      const location = located(args[i]);
      invariant(location.kind === "table", "a lookup reads a table");
      const { name } = this.code.plan.tables[location.index]!;
      const index = this.subjects.tables.indexOf(name);
      const storage = this.subjects.storageOf(name);
      return {
        of: `&s->model->tables[${index}]`,
        read: storage === "source" ? "dinc_rows_of_store" : `dinc_rows_${storage}`,
      };
    };
    const origin = call.origin === null ? "" : ` /* ${cComment(this.subjects.originText(call.origin))} */`;
    const may = (text: string) => `  if (code == DINC_CODE_OK) code = ${text}${origin}`;
    switch (call.kernel) {
      case "lookup":
        return may(
          `${table(1).read}(&s->error, ${place(0)}, ${table(1).of}, ${place(2)}, ${number(3)}, ${number(4)});`,
        );
      case "sumOfElements":
      case "maxOfElements": {
        const largest = call.kernel === "maxOfElements" ? 1 : 0;
        return may(
          `dinc_pool(&s->error, ${place(0)}, ${table(1).read}, ${table(1).of}, ${place(2)}, ${place(3)}, ${number(4)}, ${number(5)}, ${number(6)}, ${largest});`,
        );
      }
      case "weightedSumOfElements":
        return may(
          `dinc_pool_weighted(&s->error, ${place(0)}, ${table(1).read}, ${table(1).of}, ${place(2)}, ${place(3)}, ${number(4)}, ${number(5)}, ${number(6)}, ${place(7)});`,
        );
      case "listOfElements":
        return may(
          `dinc_list_rows(&s->error, ${place(0)}, ${table(1).read}, ${table(1).of}, ${place(2)}, ${place(3)}, ${number(4)}, ${number(5)}, ${number(6)}, ${number(7)});`,
        );
      case "countElements":
        return `  dinc_count_elements(${place(0)}, ${place(1)}, ${number(2)}, ${number(3)});${origin}`;
      case "idNumber":
        return `  dinc_id_number(${place(0)}, ${place(1)}, ${number(2)}, ${number(3)}, ${number(4)}, ${number(5)});${origin}`;
      default:
        throw new InternalError(`C has no ${call.kernel}`);
    }
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

  output(name: string): PlannedOutput {
    const output = this.code.plan.outputs.find((each) => each.name === name);
    invariant(output, `the graph has no ${name}`);
    return output;
  }

  private logitLines(labels: readonly LibraryLabel[]): string[] {
    const { predictions } = this.model;
    const predicted = predictions.flatMap((prediction, l) =>
      channelsOf(prediction).map((channel, place) => {
        const { location, rows, size } = this.output(outputNames.logit(channel));
        invariant(size === 1, `the logit of ${channel} is one number`);
        const { before, width } = labels[l]!;
        const stride = perOf(rows) === "candidate" ? 1 : 0;
        return `  if (code == DINC_CODE_OK) code = dinc_put_logits(&s->error, out + ${before} * all + ${width} * from, ${this.placeText(location)}, n, ${stride}, ${width}, ${place}, named);`;
      }),
    );
    const outputs = labels.slice(predictions.length).map(({ name, before, width }) => {
      const { location, rows, size } = this.output(outputNames.output(name));
      invariant(size === width, `the output ${name} has ${width} numbers`);
      const stride = perOf(rows) === "candidate" ? width : 0;
      return `  if (code == DINC_CODE_OK) code = dinc_put_output(&s->error, out + ${before} * all + ${width} * from, "candidates", ${this.placeText(location)}, n, ${stride}, ${width}, (int64_t)named);`;
    });
    return [...predicted, ...outputs];
  }

  private get model(): Model {
    return this.subjects.trained.model;
  }
}

function located(argument: PlannedArgument | undefined): ValueLocation {
  invariant(argument?.kind === "value", "a value");
  return argument.location;
}

function isSame(a: ValueLocation, b: ValueLocation): boolean {
  if (a.kind === "slot") return b.kind === "slot" && a.slot === b.slot;
  return b.kind === a.kind && a.index === b.index;
}

/** The bytes before the values of a session: more than its struct takes. */
export function headBytes(inputs: number, parts: number, numbering: Numbering): number {
  return aligned(1024 + 8 * inputs + 16 * parts + 4 * (numbering.histories.length + numbering.sets.length));
}
