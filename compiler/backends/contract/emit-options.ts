// The options of `dinc compile` that only some targets take; each target lists its own
// (`CompileTarget.takes`).

/** The Graph that is written: the one with which all back ends rank, or the one of a training export. */
export const graphForms = ["optimised", "exported"] as const;
export type GraphForm = (typeof graphForms)[number];

/** The values that inputs take: ids and transformed numbers, or those of rows. */
export const inputValues = ["encoded", "raw"] as const;
export type InputValues = (typeof inputValues)[number];

/** The number format of embedding tables. */
export const tableTypes = ["f32", "f16", "i8"] as const;
export type TableType = (typeof tableTypes)[number];

/**
 * How a module computes: `exact` in f32 as in training; `fast` in TypeScript with 16-bit integer products for
 * candidates' steps, and in C with products and sums that round once.
 */
export const modes = ["exact", "fast"] as const;
export type Mode = (typeof modes)[number];

/** The life of a session: one request, or a user's whole time, to whose histories events are added. */
export const sessionLives = ["request", "append"] as const;
export type SessionLife = (typeof sessionLives)[number];

/** The languages that may call a library in C; `c-library/bindings/registry.ts` has an entry for each. */
export const bindingNames = ["cpp", "python", "node", "go", "rust", "java"] as const;
export type BindingName = (typeof bindingNames)[number];

/** The options of a target. */
export interface EmitOptions {
  readonly graph?: GraphForm;
  readonly inputs?: InputValues;
  readonly tables?: TableType;
  /** Tables that the weights omit because a store has their rows. */
  readonly withoutTable?: readonly string[];
  readonly mode?: Mode;
  readonly sessions?: SessionLife;
  /** The maximum memory, in MiB, of projected tables and of the tables copied next to them. */
  readonly projectedTables?: number;
  /** Languages whose code comes with the library: names of `bindingNames`, others are diagnostics. */
  readonly bindings?: readonly string[];
  /** Whether `model.ts` has the library in it. */
  readonly singleFile?: boolean;
}

/** The default, which takes some milliseconds when weights are loaded. */
export const PROJECTED_MIB = 64;

export type EmitOptionName = keyof EmitOptions;

export interface EmitOption {
  /** The placeholder in help; empty for a switch. */
  readonly value: string;
  readonly doc: string;
  /**
   * The possible values; or several of a list, with commas; or any names, with the option repeated; or a whole
   * number; or none, for a switch.
   */
  readonly choices:
    | readonly string[]
    | { readonly severalOf: readonly string[] }
    | "names"
    | "number"
    | "switch";
  /**
   * For targets without the option: the behaviour that makes it unnecessary; null if they refuse the option.
   */
  readonly everywhere: string | null;
}

export const emitOptions: { readonly [N in EmitOptionName]-?: EmitOption } = {
  graph: {
    value: "<form>",
    doc: "optimised, the default, computes the user's part once for all candidates; exported repeats it for each, as a training export does",
    choices: graphForms,
    everywhere: null,
  },
  inputs: {
    value: "<values>",
    doc: "encoded, the default, takes ids and transformed numbers, which code beside the model makes; raw takes texts and numbers as rows have them, with vocabularies and transforms in the model",
    choices: inputValues,
    everywhere: null,
  },
  tables: {
    value: "<type>",
    doc: "write embedding tables as 16-bit floats or bytes (default: f32)",
    choices: tableTypes,
    everywhere: "f32",
  },
  withoutTable: {
    value: "<name>",
    doc: "leave a table out of the weights; its rows come from a store; repeatable",
    choices: "names",
    everywhere: null,
  },
  mode: {
    value: "<mode>",
    doc: "exact, the default, computes in f32 as in training; fast computes the products of candidates and histories in 16-bit integers, with small differences, and in C a product and its sum in one instruction, which rounds once",
    choices: modes,
    everywhere: "exact",
  },
  sessions: {
    value: "<life>",
    doc: "request, the default; append: a session takes events, which are computed for the new steps alone where that gives the same bits, and is saved as bytes",
    choices: sessionLives,
    everywhere: null,
  },
  projectedTables: {
    value: "<MiB>",
    doc: `the most memory for small tables, whose rows are multiplied by their first weights when the weights are loaded; 0 for none (default: ${PROJECTED_MIB})`,
    choices: "number",
    everywhere: "0",
  },
  bindings: {
    value: "<names>",
    doc: "code of other languages that calls the library, with commas between them",
    choices: { severalOf: bindingNames },
    everywhere: null,
  },
  singleFile: {
    value: "",
    doc: "put kernels and encoders into `model.ts`, instead of `model.library.ts` beside it; `model.js` has them in it always",
    choices: "switch",
    everywhere: "false",
  },
};
