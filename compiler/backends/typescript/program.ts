// Writes a planned program as TypeScript: the values of each phase as a class of buffers, the calls of each
// phase as a function. The ranking module and the op tests are built from the result.

import { comment, named, quoted } from "../../common/quoting.ts";
import { PAGE } from "../../serve/wasm.ts";
import { isWeight, type Plan, phaseOfRows, type ValueLocation } from "../serving/plan.ts";
import { isComputed, type Slot } from "../serving/slots.ts";
import { embedded, type WasmProgram } from "../wasm/program.ts";
import { PhaseText } from "./phase-text.ts";
import { allCalls, countText, number, statement, stepsText } from "./statements.ts";
import { candidateCount, scopeNames, type ValueNames } from "./value-names.ts";
import type {
  ClassDeclaration,
  CodeParameter,
  ConstantDeclaration,
  Constructor,
  Declaration,
  FunctionDeclaration,
  Property,
} from "./writer.ts";

/** Functions of compiler/serve that the program calls, including kernels. */
export function usedFunctions(plan: Plan): Set<string> {
  return new Set<string>([
    ...allCalls(plan).map(({ kernel }) => kernel),
    ...[...plan.slots.request, ...plan.slots.candidate].map(growOf),
    ...["NO_FLOATS", "NO_INTEGERS", "zeros"],
  ]);
}

/** The source of the numbers of `Weights`: its base class, and expressions over that class's members. */
export interface WeightsSource {
  readonly name: string;
  readonly parameter: (parameter: Plan["parameters"][number]) => string;
  readonly table: (table: Plan["tables"][number]) => string;
}

/**
 * The classes `Weights`, `RequestValues`, `CandidateValues` and their functions: `prepare(w, wasm)`,
 * `reserveRequest(q)`, `computeRequest(w, q)`, `reserveCandidates(q, c, n)`, `computeCandidates(w, q, c, n)`.
 * Values are made with the `Wasm` that computes them, or with null if the calls of `plan` do.
 */
export function programDeclarations(
  names: ValueNames,
  wasm: WasmProgram | null,
  source: WeightsSource,
): readonly Declaration[] {
  const { plan } = names;
  const w = { name: "w", type: "Weights" };
  const q = { name: "q", type: "RequestValues" };
  const c = { name: "c", type: "CandidateValues" };
  const n = { name: candidateCount, type: "number" };
  const does = (
    name: string,
    doc: string,
    parameters: readonly CodeParameter[],
    code: readonly string[],
  ): FunctionDeclaration => ({ kind: "function", name, doc, parameters, returns: "void", code });
  const projected = new Set(plan.projections.map(({ out }) => out));
  const runs = (phase: "request" | "candidate") => {
    const text = new PhaseText(names, phase);
    const wasmOf = `${scopeNames[phase]}.wasm`;
    const run = runText(phase, names, wasm);
    const outputs = plan.outputs.flatMap(({ location }, i) =>
      isFloat(location)
        ? [{ location, statement: `c.${names.outputProperty(i)} = ${names.location(location)};` }]
        : [],
    );
    const [known, computed] = [true, false].map((known) =>
      phase === "request"
        ? []
        : outputs.filter(({ location }) => isWeight(location) === known).map(({ statement }) => statement),
    ) as [string[], string[]];
    const gathers = text.gathers();
    const plain = [...text.calls(), ...computed];
    const either = wasm === null ? plain : [`if (${wasmOf} !== null) ${run};`, "else {", ...plain, "}"];
    return [...gathers, ...known, ...either];
  };
  // Only Graphs for training have values as long as a table; `w` knows how long it is.
  const counted = (phase: "request" | "candidate") =>
    plan.slots[phase].some(({ rows }) => rows.kind === "table") ? [w] : [];
  return [
    weightsClass(names, projected, source),
    valuesClass(
      "RequestValues",
      "The values that a request computes once, for all its candidates.",
      "request",
      names,
      wasm,
    ),
    valuesClass(
      "CandidateValues",
      "The values that are computed for a block of candidates.",
      "candidate",
      names,
      wasm,
    ),
    does(
      "prepare",
      "Computes the values that follow from the weights alone, in WebAssembly's memory if there is one.",
      [w, { name: "wasm", type: "Wasm | null" }],
      [
        ...plan.slots.load
          .filter((slot) => !projected.has(slot) && !isOfKnownLength(slot))
          .map((slot) => `w.${names.bufferProperty(slot)} = ${newBuffer(slot, names)};`),
        ...new PhaseText(names, "load").calls(),
        ...(wasm === null ? [] : ["if (wasm !== null) share(w, wasm);"]),
        ...(projected.size === 0 ? [] : [wasm === null ? "project(w);" : "else project(w);"]),
      ],
    ),
    ...(projected.size === 0
      ? []
      : [
          does(
            "project",
            "Computes projected tables.",
            [w],
            [
              ...[...projected].map((slot) => `w.${names.bufferProperty(slot)} = ${newBuffer(slot, names)};`),
              ...plan.projections.map(({ call }) => statement(call, names)),
            ],
          ),
        ]),
    ...(wasm === null
      ? []
      : [
          does(
            "share",
            "Gives WebAssembly the weights: before any values are made that it computes.",
            [w, { name: "wasm", type: "Wasm" }],
            [
              `wasm.put([${wasm.arena.weights.map(({ location, address }) => `[${address}, ${names.location(location)}]`).join(", ")}]);`,
              ...sharedTables(names, wasm),
            ],
          ),
        ]),
    does(
      "reserveRequest",
      "Grows the request's buffers to its steps.",
      [q, ...counted("request")],
      [...(wasm === null ? [] : ["q.wasm?.own(q);"]), ...grow("request", names, wasm)],
    ),
    does(
      "computeRequest",
      "The computations of a request that do not depend on candidates.",
      [w, q],
      runs("request"),
    ),
    does(
      "reserveCandidates",
      "Grows the buffers to n candidates of this request.",
      [q, c, n, ...counted("candidate")],
      grow("candidate", names, wasm),
    ),
    does("computeCandidates", "The work of n candidates.", [w, q, c, n], runs("candidate")),
  ];
}

/** The values of requests and candidates alone, for code that reads inputs and computes nothing of them. */
export function bufferDeclarations(names: ValueNames): readonly Declaration[] {
  const q = { name: "q", type: "RequestValues" };
  const c = { name: "c", type: "CandidateValues" };
  return [
    {
      ...{ kind: "class", name: q.type, doc: "The values of a request.", methods: [] },
      properties: [longest, ...bufferProperties("request", names)],
    },
    {
      ...{ kind: "class", name: c.type, doc: "The values of its candidates.", methods: [] },
      properties: bufferProperties("candidate", names),
    },
    {
      ...{ kind: "function", name: "reserveRequest", returns: "void" },
      ...{ parameters: [q], code: grow("request", names, null) },
    },
    {
      ...{ kind: "function", name: "reserveCandidates", returns: "void" },
      parameters: [q, c, { name: candidateCount, type: "number" }],
      code: grow("candidate", names, null),
    },
  ];
}

/** The bytes after the last table that vector loads may read. */
const ROOM_OF_TABLES = 16;

/** Projected tables, and copies of others, are in WebAssembly's memory, where TypeScript reads them too. */
function sharedTables(names: ValueNames, { arena: { pages, tables, projected } }: WasmProgram): string[] {
  if (tables.length === 0) return [];
  const lengths = tables.map(({ location, projection }) =>
    projection === null ? `${names.location(location)}.length` : lengthOf(projection.out, names),
  );
  const room = `${lengths.join(" + ")} + ${ROOM_OF_TABLES}`;
  return [
    named(`const room = ${room};`, ""),
    `wasm.fill(${pages * PAGE}, ${named("room", room)}, () => {`,
    ...tables.map(({ location, cell, projection }, i) => {
      const place = names.location(location);
      const length = lengths[i]!;
      if (projection === null) return `wasm.place(${cell}, ${place}, ${length}, 0, 0, 0);`;
      const { table, inner } = projection;
      return `${place} = wasm.place(${[cell, names.location(table), length, i, inner, projected].join(", ")});`;
    }),
    "});",
  ];
}

function weightsClass(
  names: ValueNames,
  projected: ReadonlySet<Slot>,
  source: WeightsSource,
): ClassDeclaration {
  const { plan } = names;
  return {
    kind: "class",
    name: "Weights",
    extends: source.name,
    doc: "The model's weights and tables, and the values that follow from them alone.",
    properties: [
      ...plan.parameters.map((parameter, i) => ({
        ...{ name: names.parameterProperty(i), isReadonly: true, value: source.parameter(parameter) },
      })),
      ...plan.tables.flatMap((table, i) => [
        { name: names.tableProperty(i), isReadonly: true, value: source.table(table) },
        ...(hasCountedRows(table, names)
          ? [
              {
                name: names.rowsProperty(i),
                isReadonly: true,
                value: `this.${names.tableProperty(i)}.length / ${table.width}`,
              },
            ]
          : []),
      ]),
      ...plan.slots.load.map((slot) =>
        isOfKnownLength(slot) && !projected.has(slot)
          ? { name: names.bufferProperty(slot), isReadonly: true, value: newBuffer(slot, names) }
          : bufferProperty(slot, names),
      ),
    ],
    methods: [],
  };
}

function valuesClass(
  name: string,
  doc: string,
  phase: "request" | "candidate",
  names: ValueNames,
  wasm: WasmProgram | null,
): ClassDeclaration {
  const { plan } = names;
  return {
    kind: "class",
    name,
    doc,
    constructs: viewsConstructor(phase, names, wasm),
    methods: [],
    properties: [
      {
        name: "wasm",
        isReadonly: true,
        type: "Wasm | null",
        doc: "The module that computes them; null if TypeScript does.",
      },
      ...(phase === "request"
        ? [
            {
              name: "saved",
              type: "Float32Array | null",
              value: "null",
              doc: "Its values, while another request has the memory.",
            },
            longest,
          ]
        : []),
      ...(phase === "candidate" ? plan.outputs : []).flatMap(({ location }, i) =>
        isFloat(location) ? [{ name: names.outputProperty(i), value: "NO_FLOATS" }] : [],
      ),
      ...bufferProperties(phase, names),
    ],
  };
}

const longest: Property = { name: "longest", value: "0", doc: "The most steps that a history has." };

/** The counts of steps and of sets' values, and the buffers. */
function bufferProperties(phase: "request" | "candidate", names: ValueNames): Property[] {
  const { plan } = names;
  return [
    ...(phase === "request" ? plan.histories : []).map((history, i) => ({
      name: names.stepsProperty(i),
      value: "0",
      doc: comment(`How many steps ${history} has.`),
    })),
    ...plan.sets.flatMap((rows, i) =>
      phaseOfRows(rows) === phase
        ? [
            {
              name: names.elementsProperty(i),
              value: "0",
              doc: comment(`How many values all sets ${rows.set} have.`),
            },
          ]
        : [],
    ),
    ...plan.slots[phase].map((slot) => bufferProperty(slot, names)),
  ];
}

/** Ids are outputs if crosses need them. */
function isFloat(location: ValueLocation): boolean {
  return location.kind !== "slot" || location.slot.dtype === "f32";
}

function viewsConstructor(
  phase: "request" | "candidate",
  names: ValueNames,
  wasm: WasmProgram | null,
): Constructor {
  const views = wasm === null ? [] : viewsOf(phase, names, wasm);
  return {
    doc: "Views of the memory in which WebAssembly computes, if it does.",
    parameters: [{ name: "wasm", type: "Wasm | null" }],
    code: [
      "this.wasm = wasm;",
      ...(views.length === 0 ? [] : ["if (wasm === null) return;"]),
      ...views.map(
        ({ property, address, length, holds }) => `this.${property} = wasm.${holds}(${address}, ${length});`,
      ),
    ],
  };
}

/** Buffers that JavaScript and WebAssembly share: inputs, outputs, and values that a session keeps. */
function viewsOf(
  phase: "request" | "candidate",
  names: ValueNames,
  { plan: fused, arena, saved }: WasmProgram,
): {
  readonly property: string;
  readonly address: number;
  readonly length: number;
  readonly holds: "floats" | "integers";
}[] {
  const { plan } = names;
  const twins = new Map(fused.ports.map(({ id, slot }) => [id, slot] as const));
  const shared = new Map(plan.ports.map(({ id, slot }) => [id, slot] as const));
  for (const id of saved ?? []) {
    const [slot, twin] = [plan.kept.get(id), fused.kept.get(id)];
    if (slot === undefined || twin === undefined || !isComputed(twin)) continue;
    shared.set(id, slot);
    twins.set(id, twin);
  }
  const ports = [...shared].flatMap(([id, slot]) => {
    const twin = twins.get(id);
    if (twin === undefined || slot.phase !== phase) return [];
    const location: ValueLocation = { kind: "slot", slot: twin };
    return [
      {
        property: names.bufferProperty(slot),
        address: arena.addressOf(location),
        length: arena.lengthOf(twin),
        holds: growOf(slot),
      },
    ];
  });
  const outputs = fused.outputs.flatMap(({ name, location, rows, size }) => {
    const place = plan.outputs.findIndex((output) => output.name === name);
    return place === -1 || isWeight(location) || !isFloat(location)
      ? []
      : [
          {
            property: names.outputProperty(place),
            address: arena.addressOf(location),
            length: arena.rowsOf(rows) * size,
            holds: "floats" as const,
          },
        ];
  });
  return phase === "candidate" ? [...ports, ...outputs] : ports;
}

function bufferProperty(slot: Slot, names: ValueNames): Property {
  return { name: names.bufferProperty(slot), value: slot.dtype === "f32" ? "NO_FLOATS" : "NO_INTEGERS" };
}

/** Tells whether any length depends on the number of a table's rows. */
function hasCountedRows({ name, storage }: Plan["tables"][number], names: ValueNames): boolean {
  const { slots, calls, outputs, tables } = names.plan;
  const values = [...slots.load, ...slots.request, ...slots.candidate, ...outputs];
  const count = names.rowsProperty(tables.findIndex((table) => table.name === name));
  const isCounted = [...calls.load, ...calls.request, ...calls.candidate].some(
    (step) => step.kind === "call" && statement(step, names).includes(count),
  );
  const hasValue = values.some(({ rows }) => rows.kind === "table" && rows.table === name);
  return storage === "f32" && (hasValue || isCounted);
}

/** Tells whether the length of a buffer is independent of all tables' rows. */
function isOfKnownLength({ rows }: Slot): boolean {
  return rows.kind === "once";
}

/** A buffer for a value derived from the weights, filled with its constant. */
function newBuffer(slot: Slot, names: ValueNames): string {
  const value = names.plan.constants.find((constant) => constant.slot === slot)?.value ?? 0;
  const filled = value === 0 ? "" : `.fill(${number(value)})`;
  const length = lengthOf(slot, names);
  return `${slot.dtype === "f32" ? `zeros(${length})` : `new Int32Array(${length})`}${filled}`;
}

/** With WebAssembly, only ids and the weights of sets' values need buffers of their own. */
function grow(phase: "request" | "candidate", names: ValueNames, wasm: WasmProgram | null): string[] {
  // A session that takes events keeps the content of its buffers.
  const keeps = phase === "request" && names.plan.kept.size > 0;
  const statement = (slot: Slot) => {
    const buffer = `${scopeNames[phase]}.${names.bufferProperty(slot)}`;
    return `${buffer} = ${keeps ? longerOf(slot) : growOf(slot)}(${buffer}, ${lengthOf(slot, names)});`;
  };
  const slots = names.plan.slots[phase];
  return [
    ...slots.filter((slot) => !isComputed(slot)).map(statement),
    ...(wasm === null ? [] : [`if (${scopeNames[phase]}.wasm !== null) return;`]),
    ...slots.filter(isComputed).map(statement),
  ];
}

/** Runs a function of WebAssembly. */
function runText(phase: "request" | "candidate", names: ValueNames, wasm: WasmProgram | null): string {
  const steps = (wasm?.plan ?? names.plan).histories.map((history) => stepsText(history, names));
  const [name, count] = phase === "request" ? ["request", "1"] : ["candidates", candidateCount];
  return `${scopeNames[phase]}.wasm.run.${name}(${[count, ...steps].join(", ")})`;
}

/** The number of values of sets is known only once they are read, so there is room for the maximum. */
function lengthOf({ rows, width }: Slot, names: ValueNames): string {
  if (rows.kind === "elements") return countText(rows.of, names, rows.max * width);
  return countText(rows, names, width);
}

function growOf(slot: Slot): "floats" | "integers" {
  return slot.dtype === "f32" ? "floats" : "integers";
}

function longerOf(slot: Slot): "longerFloats" | "longerIntegers" {
  return slot.dtype === "f32" ? "longerFloats" : "longerIntegers";
}

/** `WASM`, the last in the file because it has many lines. */
export function binaryConstant(wasm: WasmProgram | null): ConstantDeclaration {
  const declared = { kind: "constant", name: "WASM", type: "WasmBinary | null" } as const;
  if (wasm === null) return { ...declared, doc: "Histories are too long for WebAssembly.", value: "null" };
  const { code, fused } = embedded(wasm);
  const { from, to } = wasm.arena.request;
  return {
    ...declared,
    doc: "The WebAssembly, in hexadecimal; and where `relaxedForm` puts multiply-adds.",
    value: `{\nprogram: ${quoted(wasm.encoded.program)},\nfrom: ${from},\nto: ${to},\ncode:${inPieces(code)},\nfused:${inPieces(fused)},\n}`,
  };
}

/** The characters of hexadecimal code on a line. */
const PIECE = 96;

/** A literal after a colon, on several lines if it is long. */
function inPieces(hexadecimal: string): string {
  const whole = ` ${quoted(hexadecimal)}`;
  if (hexadecimal.length <= PIECE) return whole;
  const pieces: string[] = [];
  for (let at = 0; at < hexadecimal.length; at += PIECE)
    pieces.push(`\n  ${quoted(hexadecimal.slice(at, at + PIECE))}`);
  return named(pieces.join(" +"), whole);
}
