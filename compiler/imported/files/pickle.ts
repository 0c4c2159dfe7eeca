// Reads a pickle of Python as inert data. A class or function is only its name, a call is a record of the name
// with its arguments: nothing is imported, called or made. Every instruction consumes bytes of the text, so a
// hostile one can neither loop nor take more memory than a multiple of its own length.

import { CheckpointError } from "./random-access.ts";

export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickledSequence
  | PickledMapping
  | PickledName
  | PickledObject
  | PickledReference;

export interface PickledSequence {
  readonly kind: "list" | "tuple" | "set";
  readonly items: Pickled[];
}

export interface PickledMapping {
  readonly kind: "dict";
  readonly entries: [Pickled, Pickled][];
}

/** A class or a function: `collections.OrderedDict`. */
export interface PickledName {
  readonly kind: "name";
  readonly name: string;
}

/** A call, or an instance of a class. */
export interface PickledObject {
  readonly kind: "object";
  readonly of: string;
  readonly args: readonly Pickled[];
  /** Items that were put into it, as into a dict. */
  readonly entries: [Pickled, Pickled][];
  /** Its attributes, or whatever else its class restores it from. */
  state: Pickled;
}

/** An object outside of the pickle: for torch the description of a storage. */
export interface PickledReference {
  readonly kind: "reference";
  readonly id: Pickled;
}

/** Throws CheckpointError for anything but one complete pickle. */
export function readPickle(bytes: Uint8Array): Pickled {
  return new Machine(bytes).run();
}

const DAMAGED = "has a damaged pickle";
const utf8 = new TextDecoder("utf-8", { fatal: true });

class Machine {
  private readonly bytes: Uint8Array;
  readonly view: DataView;
  private at = 0;
  private stack: Pickled[] = [];
  private readonly marks: Pickled[][] = [];
  readonly memo = new Map<number, Pickled>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Pickled {
    for (;;) {
      const code = this.byte();
      if (code === 0x2e) return this.pop();
      this.step(code);
    }
  }

  private step(code: number): void {
    const value = values[code];
    if (value !== undefined) {
      // The stack may be another one afterwards.
      const made = value(this);
      this.stack.push(made);
      return;
    }
    const action = actions[code];
    if (action === undefined)
      throw new CheckpointError(`has a pickle with the instruction 0x${code.toString(16)}`);
    action(this);
  }

  mark(): void {
    this.marks.push(this.stack);
    this.stack = [];
  }

  named(module: Pickled | undefined, name: Pickled | undefined): Pickled {
    if (typeof module !== "string" || typeof name !== "string") throw new CheckpointError(DAMAGED);
    return { kind: "name", name: `${module}.${name}` };
  }

  build(): void {
    const state = this.pop();
    const object = this.top();
    if (!isKind(object, "object")) throw new CheckpointError(DAMAGED);
    object.state = state;
  }

  called([callee, args]: readonly Pickled[]): Pickled {
    if (!(isKind(callee, "name") && isKind(args, "tuple"))) throw new CheckpointError(DAMAGED);
    return { kind: "object", of: callee.name, args: args.items, entries: [], state: null };
  }

  append(items: readonly Pickled[]): void {
    const list = this.top();
    if (!(isKind(list, "list") || isKind(list, "set"))) throw new CheckpointError(DAMAGED);
    for (const item of items) list.items.push(item);
  }

  put(items: readonly Pickled[]): void {
    const target = this.top();
    if (items.length % 2 !== 0 || !(isKind(target, "dict") || isKind(target, "object")))
      throw new CheckpointError(DAMAGED);
    for (let i = 0; i < items.length; i += 2) target.entries.push([items[i]!, items[i + 1]!]);
  }

  top(): Pickled {
    if (this.stack.length === 0) throw new CheckpointError(DAMAGED);
    return this.stack.at(-1)!;
  }

  pop(): Pickled {
    const top = this.top();
    this.stack.pop();
    return top;
  }

  popped(count: number): Pickled[] {
    if (this.stack.length < count) throw new CheckpointError(DAMAGED);
    return this.stack.splice(this.stack.length - count, count);
  }

  popMark(): Pickled[] {
    const before = this.marks.pop();
    if (before === undefined) throw new CheckpointError(DAMAGED);
    const items = this.stack;
    this.stack = before;
    return items;
  }

  keep(index: number): void {
    this.memo.set(index, this.top());
  }

  recalled(index: number): Pickled {
    const value = this.memo.get(index);
    if (value === undefined) throw new CheckpointError(DAMAGED);
    return value;
  }

  skip(length: number): number {
    const from = this.at;
    if (from + length > this.bytes.length) throw new CheckpointError("has a pickle that is cut short");
    this.at += length;
    return from;
  }

  byte(): number {
    return this.bytes[this.skip(1)]!;
  }

  take(length: number): Uint8Array {
    const from = this.skip(length);
    return this.bytes.subarray(from, from + length);
  }

  unsigned(length: 2 | 4): number {
    const from = this.skip(length);
    return length === 2 ? this.view.getUint16(from, true) : this.view.getUint32(from, true);
  }

  long8(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  text(length: number): string {
    try {
      return utf8.decode(this.take(length));
    } catch (error) {
      throw error instanceof CheckpointError ? error : new CheckpointError(DAMAGED);
    }
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new CheckpointError("has a pickle that is cut short");
    const line = this.text(end - this.at);
    this.at = end + 1;
    return line;
  }
}

/** Instructions that put a value on the stack. */
const values: Readonly<Record<number, (machine: Machine) => Pickled>> = {
  78: () => null,
  136: () => true,
  137: () => false,
  // BININT1, BININT2, BININT, LONG1, BINFLOAT
  75: (machine) => machine.byte(),
  77: (machine) => machine.unsigned(2),
  74: (machine) => machine.unsigned(4) | 0,
  138: (machine) => long(machine.take(machine.byte())),
  71: (machine) => machine.view.getFloat64(machine.skip(8), false),
  // BINUNICODE and BINBYTES, with lengths of 1, 4 and 8 bytes
  140: (machine) => machine.text(machine.byte()),
  88: (machine) => machine.text(machine.unsigned(4)),
  141: (machine) => machine.text(machine.long8()),
  67: (machine) => machine.take(machine.byte()),
  66: (machine) => machine.take(machine.unsigned(4)),
  142: (machine) => machine.take(machine.long8()),
  // BINGET, LONG_BINGET
  104: (machine) => machine.recalled(machine.byte()),
  106: (machine) => machine.recalled(machine.unsigned(4)),
  // EMPTY_TUPLE, TUPLE1 to TUPLE3, TUPLE
  41: () => ({ kind: "tuple", items: [] }),
  133: (machine) => ({ kind: "tuple", items: machine.popped(1) }),
  134: (machine) => ({ kind: "tuple", items: machine.popped(2) }),
  135: (machine) => ({ kind: "tuple", items: machine.popped(3) }),
  116: (machine) => ({ kind: "tuple", items: machine.popMark() }),
  // EMPTY_LIST, EMPTY_SET, FROZENSET, EMPTY_DICT
  93: () => ({ kind: "list", items: [] }),
  143: () => ({ kind: "set", items: [] }),
  145: (machine) => ({ kind: "set", items: machine.popMark() }),
  125: () => ({ kind: "dict", entries: [] }),
  // GLOBAL, STACK_GLOBAL
  99: (machine) => machine.named(machine.line(), machine.line()),
  147: (machine) => {
    const [module, name] = machine.popped(2);
    return machine.named(module, name);
  },
  // REDUCE, NEWOBJ, NEWOBJ_EX, BINPERSID
  82: (machine) => machine.called(machine.popped(2)),
  129: (machine) => machine.called(machine.popped(2)),
  146: (machine) => machine.called(machine.popped(3)),
  81: (machine) => ({ kind: "reference", id: machine.pop() }),
};

/** Instructions that change what is there. */
const actions: Readonly<Record<number, (machine: Machine) => void>> = {
  // PROTO, FRAME
  128: (machine) => machine.take(1),
  149: (machine) => machine.take(8),
  40: (machine) => machine.mark(),
  48: (machine) => machine.pop(),
  // BINPUT, LONG_BINPUT, MEMOIZE
  113: (machine) => machine.keep(machine.byte()),
  114: (machine) => machine.keep(machine.unsigned(4)),
  148: (machine) => machine.keep(machine.memo.size),
  // APPEND, APPENDS, ADDITEMS
  97: (machine) => machine.append(machine.popped(1)),
  101: (machine) => machine.append(machine.popMark()),
  144: (machine) => machine.append(machine.popMark()),
  // SETITEM, SETITEMS, BUILD
  115: (machine) => machine.put(machine.popped(2)),
  117: (machine) => machine.put(machine.popMark()),
  98: (machine) => machine.build(),
};

/** A whole number of up to 8 bytes; a larger one isn't a size, and becomes infinite. */
function long(bytes: Uint8Array): number {
  if (bytes.length > 8) return Number.POSITIVE_INFINITY;
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * i);
  return bytes.length === 0 ? 0 : Number(BigInt.asIntN(8 * bytes.length, value));
}

type Composite = PickledSequence | PickledMapping | PickledName | PickledObject | PickledReference;

export function isKind<K extends Composite["kind"]>(
  value: Pickled | undefined,
  kind: K,
): value is Extract<Composite, { readonly kind: K | PickledSequence["kind"] }> & { readonly kind: K } {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** The value of a key of a dict, or of an attribute of an object; undefined if there is none. */
export function pickledAt(value: Pickled | undefined, key: string): Pickled | undefined {
  if (isKind(value, "object")) return pickledAt(value.state ?? undefined, key);
  if (!isKind(value, "dict")) return undefined;
  return value.entries.find(([name]) => name === key)?.[1];
}
