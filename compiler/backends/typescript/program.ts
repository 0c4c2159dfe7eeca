// Writes a planned program down as TypeScript: the values of each phase as a class of buffers, the calls of each
// phase as a function. Both the ranking module and the op tests are made from what this adds.

import { InternalError, unreachable } from "../../common/internal-error.ts";
import { comment, quoted, typed } from "../../common/quoting.ts";
import { PAGE } from "../../serve/wasm.ts";
import { isWeight, type Plan, phaseOfRows, type ValueLocation } from "../serving/plan.ts";
import type { Phase, Slot } from "../serving/slots.ts";
import { storedTypes } from "../serving/table-storage.ts";
import { embedded, type WasmProgram } from "../wasm/program.ts";
import {
  allCalls,
  candidateCount,
  countText,
  locationText,
  loopStatements,
  number,
  product,
  scopeNames,
  statement,
} from "./statements.ts";
import type {
  ClassDeclaration,
  ConstantDeclaration,
  Constructor,
  Declaration,
  FunctionDeclaration,
  Parameter,
  Property,
} from "./writer.ts";

/** Functions of compiler/serve that the program calls, kernels included. */
export function usedFunctions(plan: Plan): Set<string> {
  return new Set<string>([
    ...allCalls(plan).map(({ kernel }) => kernel),
    ...[...plan.slots.request, ...plan.slots.candidate].map(growOf),
  ]);
}

/**
 * Classes `Weights`, `RequestValues`, `CandidateValues` and what works on them: `prepare(w)`, `share(w,
 * wasm)`, `reserveRequest(w, q)`, `computeRequest(w, q)`, `reserveCandidates(w, q, c, n)`,
 * `computeCandidates(w, q, c, n)`. Values are made with the `Wasm` that computes them, or with null where the
 * calls of `plan` do; a program that has no `wasm` takes none.
 */
export function programDeclarations(plan: Plan, wasm: WasmProgram | null): readonly Declaration[] {
  const w = { name: "w", type: "Weights" };
  const q = { name: "q", type: "RequestValues" };
  const c = { name: "c", type: "CandidateValues" };
  const n = { name: candidateCount, type: "number" };
  const does = (
    name: string,
    doc: string,
    parameters: readonly Parameter[],
    code: readonly string[],
  ): FunctionDeclaration => ({ kind: "function", name, doc, parameters, returns: "void", code });
  const projected = new Set(plan.projections.map(({ out }) => out));
  const calls = (phase: Phase) =>
    plan.calls[phase].flatMap((step) => {
      switch (step.kind) {
        case "loop":
          return loopStatements(step, plan);
        case "call":
          return statement(step, plan);
        case "fused":
          throw new InternalError("a TypeScript program with fused loops");
        default:
          return unreachable(step, "step");
      }
    });
  const gathers = (phase: Phase) => plan.gathers[phase].map((call) => statement(call, plan));
  const runs = (phase: "request" | "candidate") => {
    const steps = plan.histories.map((_, i) => `q.steps${i}`);
    const count = phase === "request" ? "1" : candidateCount;
    const wasmOf = `${scopeNames[phase]}.wasm`;
    const run = `${wasmOf}.run.${phase === "request" ? "request" : "candidates"}(${[count, ...steps].join(", ")})`;
    const outputs = plan.outputs.flatMap(({ location }, i) =>
      isFloat(location) ? [{ location, statement: `c.out${i} = ${locationText(location)};` }] : [],
    );
    const [known, computed] = [true, false].map((known) =>
      phase === "request"
        ? []
        : outputs.filter(({ location }) => isWeight(location) === known).map(({ statement }) => statement),
    ) as [string[], string[]];
    const plain = [...calls(phase), ...computed];
    const either = wasm === null ? plain : [`if (${wasmOf} !== null) ${run};`, "else {", ...plain, "}"];
    return [...gathers(phase), ...known, ...either];
  };
  return [
    weightsClass(plan),
    valuesClass(
      "RequestValues",
      "What a request computes once, for all its candidates.",
      "request",
      plan,
      wasm,
    ),
    valuesClass("CandidateValues", "What is computed for a block of candidates.", "candidate", plan, wasm),
    does(
      "prepare",
      "Computes what follows from the weights alone, but projected tables.",
      [w],
      [...fill(plan, (slot) => !projected.has(slot)), ...calls("load")],
    ),
    ...(projected.size === 0
      ? []
      : [
          does(
            "project",
            "Computes projected tables.",
            [w],
            [
              ...fill(plan, (slot) => projected.has(slot)),
              ...plan.projections.map(({ call }) => statement(call, plan)),
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
              ...wasm.arena.weights.map(
                ({ location, address }) => `wasm.put(${address}, ${locationText(location)});`,
              ),
              ...sharedTables(plan, wasm),
            ],
          ),
        ]),
    does(
      "reserveRequest",
      "Grows the request's buffers to its steps.",
      [w, q],
      [...(wasm === null ? [] : ["q.wasm?.own(q);"]), ...grow("request", plan, wasm)],
    ),
    does("computeRequest", "The work of a request that no candidate changes.", [w, q], runs("request")),
    does(
      "reserveCandidates",
      "Grows the buffers to n candidates of this request.",
      [w, q, c, n],
      grow("candidate", plan, wasm),
    ),
    does("computeCandidates", "The work of n candidates.", [w, q, c, n], runs("candidate")),
  ];
}

/** What may be read after the last of them. */
const ROOM_OF_TABLES = 16;

/** Projected tables lie in the memory of WebAssembly, where TypeScript reads them too, and copies of others. */
function sharedTables(plan: Plan, { arena: { pages, tables, projected } }: WasmProgram): string[] {
  if (tables.length === 0) return [];
  const lengths = tables.map(({ location, projection }) =>
    projection === null ? `${locationText(location)}.length` : lengthOf(projection.out, plan),
  );
  return [
    `wasm.fill(${pages * PAGE}, ${lengths.join(" + ")} + ${ROOM_OF_TABLES}, () => {`,
    ...tables.map(({ location, cell, projection }, i) => {
      const place = locationText(location);
      const length = lengths[i]!;
      if (projection === null) return `wasm.place(${cell}, ${place}, ${length}, 0, 0, 0);`;
      const { table, inner } = projection;
      return `${place} = wasm.place(${[cell, locationText(table), length, i, inner, projected].join(", ")});`;
    }),
    "});",
  ];
}

function weightsClass(plan: Plan): ClassDeclaration {
  return {
    kind: "class",
    name: "Weights",
    doc: "The model's weights and tables, and what follows from them alone.",
    properties: [
      ...plan.parameters.map(({ name, dims }, i) => ({
        name: `p${i}`,
        isReadonly: true,
        type: "Float32Array",
        doc: comment(`${name} [${dims.join(", ")}]`),
      })),
      ...plan.tables.flatMap(({ name, width, storage }, i) => [
        {
          name: `t${i}`,
          isReadonly: true,
          type: storedTypes[storage],
          doc: comment(`Table ${name}, ${width} wide.`),
        },
        ...(storage === "f32" ? [{ name: `rows${i}`, isReadonly: true, type: "number" }] : []),
      ]),
      ...plan.slots.load.map((slot) => bufferProperty(slot)),
    ],
    methods: [],
    constructs: {
      doc: "In the order of the fields.",
      parameters: [
        { name: "parameters", type: "readonly Float32Array[]" },
        {
          name: "tables",
          type: `readonly [${plan.tables.map(({ storage }) => storedTypes[storage]).join(", ")}]`,
        },
      ],
      code: [
        ...plan.parameters.map((_, i) => `this.p${i} = parameters[${i}]${typed("!")};`),
        ...plan.tables.flatMap(({ width, storage }, i) => [
          `this.t${i} = tables[${i}];`,
          ...(storage === "f32" ? [`this.rows${i} = this.t${i}.length / ${width};`] : []),
        ]),
      ],
    },
  };
}

function valuesClass(
  name: string,
  doc: string,
  phase: "request" | "candidate",
  plan: Plan,
  wasm: WasmProgram | null,
): ClassDeclaration {
  return {
    kind: "class",
    name,
    doc,
    ...(wasm === null ? {} : { constructs: viewsConstructor(phase, plan, wasm) }),
    methods: [],
    properties: [
      ...(wasm === null
        ? []
        : [
            {
              name: "wasm",
              isReadonly: true,
              type: "Wasm | null",
              doc: "What computes them; null where TypeScript does.",
            },
          ]),
      ...(phase === "request" && wasm !== null
        ? [
            {
              name: "saved",
              type: "Float32Array | null",
              value: "null",
              doc: "What it has computed, while another request has the memory.",
            },
          ]
        : []),
      ...(phase === "candidate" ? plan.outputs : []).flatMap(({ location }, i) =>
        isFloat(location) ? [{ name: `out${i}`, type: "Float32Array", value: "new Float32Array(0)" }] : [],
      ),
      ...(phase === "request" ? plan.histories : []).map((history, i) => ({
        name: `steps${i}`,
        value: "0",
        doc: comment(`How many steps ${history} has.`),
      })),
      ...plan.sets.flatMap((rows, i) =>
        phaseOfRows(rows) === phase
          ? [
              {
                name: `elements${i}`,
                value: "0",
                doc: comment(`How many values all sets ${rows.set} have.`),
              },
            ]
          : [],
      ),
      ...plan.slots[phase].map((slot) => bufferProperty(slot)),
    ],
  };
}

/** Ids are outputs where crosses need them kept. */
function isFloat(location: ValueLocation): boolean {
  return location.kind !== "slot" || location.slot.dtype === "f32";
}

function viewsConstructor(phase: "request" | "candidate", plan: Plan, wasm: WasmProgram): Constructor {
  return {
    doc: "Views of the memory in which WebAssembly computes, if it does.",
    parameters: [{ name: "wasm", type: "Wasm | null" }],
    code: [
      "this.wasm = wasm;",
      "if (wasm === null) return;",
      ...viewsOf(phase, plan, wasm).map(
        ({ property, address, length, holds }) => `this.${property} = wasm.${holds}(${address}, ${length});`,
      ),
    ],
  };
}

/** Buffers that JavaScript and WebAssembly share: what goes in and what comes out. */
function viewsOf(
  phase: "request" | "candidate",
  plan: Plan,
  { plan: fused, arena }: WasmProgram,
): {
  readonly property: string;
  readonly address: number;
  readonly length: number;
  readonly holds: "floats" | "integers";
}[] {
  const ports = plan.ports.flatMap(({ id, slot }) => {
    const twin = fused.ports.find((port) => port.id === id);
    if (twin === undefined || slot.phase !== phase) return [];
    const location: ValueLocation = { kind: "slot", slot: twin.slot };
    return [
      {
        property: `s${slot.index}`,
        address: arena.addressOf(location),
        length: arena.lengthOf(twin.slot),
        holds: growOf(slot),
      },
    ];
  });
  const outputs = fused.outputs.flatMap(({ name, location, rows, size }) => {
    const place = plan.outputs.findIndex((output) => output.name === name);
    return isWeight(location) || !isFloat(location)
      ? []
      : [
          {
            property: `out${place}`,
            address: arena.addressOf(location),
            length: arena.rowsOf(rows) * size,
            holds: "floats" as const,
          },
        ];
  });
  return phase === "candidate" ? [...ports, ...outputs] : ports;
}

function bufferProperty(slot: Slot): Property {
  const array = arrayOf(slot);
  return { name: `s${slot.index}`, type: array, value: `new ${array}(0)` };
}

/** Buffers of the values that follow from the weights, constants filled in. */
function fill(plan: Plan, isWanted: (slot: Slot) => boolean): string[] {
  const constants = new Map(plan.constants.map(({ slot, value }) => [slot, value]));
  return plan.slots.load.filter(isWanted).map((slot) => {
    const value = constants.get(slot) ?? 0;
    const filled = value === 0 ? "" : `.fill(${number(value)})`;
    return `w.s${slot.index} = new ${arrayOf(slot)}(${lengthOf(slot, plan)})${filled};`;
  });
}

/** With WebAssembly only ids need room of their own. */
function grow(phase: "request" | "candidate", plan: Plan, wasm: WasmProgram | null): string[] {
  const statement = (slot: Slot) => {
    const buffer = `${scopeNames[phase]}.s${slot.index}`;
    return `${buffer} = ${growOf(slot)}(${buffer}, ${lengthOf(slot, plan)});`;
  };
  const slots = plan.slots[phase];
  return [
    ...slots.filter(({ dtype }) => dtype === "i32").map(statement),
    ...(wasm === null ? [] : [`if (${scopeNames[phase]}.wasm !== null) return;`]),
    ...slots.filter(({ dtype }) => dtype === "f32").map(statement),
  ];
}

/** Of sets it is known only once they are read how many values they have: there is room for all they may have. */
function lengthOf({ rows, width }: Slot, plan: Plan): string {
  if (rows.kind === "elements") return product(countText(rows.of, plan), rows.max * width);
  return product(countText(rows, plan), width);
}

function arrayOf(slot: Slot): string {
  return slot.dtype === "f32" ? "Float32Array" : "Int32Array";
}

function growOf(slot: Slot): "floats" | "integers" {
  return slot.dtype === "f32" ? "floats" : "integers";
}

/** Statements that compute what follows from the weights, in WebAssembly's memory where there is some. */
export function preparing(plan: Plan, w: string, hasWasm: boolean): string[] {
  const hasProjections = plan.projections.length > 0;
  const plain = hasProjections ? `project(${w});` : "";
  if (!hasWasm) return [`prepare(${w});`, ...(hasProjections ? [plain] : [])];
  return [
    `prepare(${w});`,
    `if (wasm !== null) share(${w}, wasm);`,
    ...(hasProjections ? [`else ${plain}`] : []),
  ];
}

/** The first arguments of `startWasm`: the code itself is in `binaryConstant`. */
export function startArguments(wasm: WasmProgram): string {
  const { from, to } = wasm.arena.request;
  return `WASM.code, WASM.fused, ${quoted(wasm.encoded.program)}, ${from}, ${to}`;
}

/** The constant that holds the WebAssembly: the last of a file, where its long lines are in nobody's way. */
export function binaryConstant(wasm: WasmProgram): ConstantDeclaration {
  const { code, fused } = embedded(wasm);
  return {
    ...{ kind: "constant", name: "WASM" },
    doc: "The WebAssembly, in hexadecimal; and where `relaxedForm` puts multiply-adds.",
    value: `{\ncode: ${quoted(code)},\nfused: ${quoted(fused)},\n}`,
  };
}
