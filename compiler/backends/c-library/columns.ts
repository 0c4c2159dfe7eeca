// The columns of a library: the inputs of its program that a caller gives, and their places in the memory of a session.

import { invariant } from "../../common/internal-error.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { ValueLocation } from "../serving/plan.ts";
import { servedInputs } from "../typescript/read-inputs.ts";
import type { LibraryColumn } from "./facts.ts";
import { cString, identifiers } from "./names.ts";
import type { SessionProgram } from "./session-program.ts";

export class ProgramColumns {
  /** Those of a user with a context and histories. */
  readonly request: readonly LibraryColumn[];
  readonly candidate: readonly LibraryColumn[];

  private readonly model: Model;
  private readonly graph: ValidGraph;
  private readonly program: SessionProgram;

  constructor(model: Model, graph: ValidGraph, program: SessionProgram) {
    this.model = model;
    this.graph = graph;
    this.program = program;
    this.request = this.columnsOf("request");
    this.candidate = this.columnsOf("candidate");
  }

  private columnsOf(phase: "request" | "candidate"): readonly LibraryColumn[] {
    const { plan } = this.program.code;
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
        holds: isSet
          ? node.type.dtype === "i32"
            ? "sets"
            : "weights"
          : node.type.dtype === "i32"
            ? "ids"
            : "numbers",
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

  /** Lines that put the values of features that training alone knows: of the request if `n` is 0, else of candidates. */
  servedLines(): string[] {
    return servedInputs(this.model, this.program.code.plan).map(({ input, value }) => {
      const { slot } = input;
      const node = this.inputNode(input.name);
      const isItem = slot.phase === "candidate";
      const width = sizeOf(node.type.dims);
      const count = isItem ? (width === 1 ? "n" : `${width} * n`) : String(width);
      const [type, text] = slot.dtype === "f32" ? ["float", `(float)${value}`] : ["uint32_t", String(value)];
      const place = this.placeOf(input.name);
      return `  if (${isItem ? "n > 0" : "n == 0"}) for (uint32_t i = 0; i < ${count}; i++) { ${type} x = ${text}; memcpy((char *)of[${place}] + 4 * i, &x, 4); }`;
    });
  }

  private inputNode(name: string) {
    const node = this.graph.nodes.find((each) => each.op === "input" && each.attributes.name === name);
    invariant(node, `no input ${name}`);
    return node;
  }

  private placeOf(input: string): number {
    const place = this.program.code.plan.inputs.findIndex(({ name }) => name === input);
    invariant(place >= 0, `no input ${input}`);
    return place;
  }

  /** The entry of a column in the table of places. */
  placeLine(column: LibraryColumn): string {
    const { plan } = this.program.code;
    const { rows, slot } = plan.inputs[this.placeOf(column.input)]!;
    const rowOf = rows.kind === "elements" ? this.placeOf(inputNames.rowOf(rows.set)) : 0;
    const table =
      column.holds === "numbers"
        ? "DINC_NUMBERS_COLUMN"
        : column.holds === "weights"
          ? "DINC_WEIGHTS_COLUMN"
          : this.tableOf({ kind: "slot", slot });
    const set = rows.kind === "elements" ? this.program.layout.setOf(rows) : -1;
    return `  {${[
      ...[cString(column.field), this.placeOf(column.input), rowOf],
      ...[column.history, table, column.width, set],
    ].join(", ")}},`;
  }

  /** The table with the rows of these ids. */
  private tableOf(ids: ValueLocation): number | string {
    const { plan } = this.program.code;
    for (const { arguments: args } of [...plan.gathers.request, ...plan.gathers.candidate]) {
      const [, table, own] = args;
      if (table?.kind !== "value" || table.location.kind !== "table" || own?.kind !== "value") continue;
      if (own.location.kind === "slot" && ids.kind === "slot" && own.location.slot === ids.slot)
        return table.location.index;
    }
    return "DINC_NO_TABLE";
  }
}
