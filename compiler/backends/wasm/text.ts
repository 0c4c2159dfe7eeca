// Prints a WebAssembly module of dinc as text, for people. Supports only what `encode` writes.
// tests/serve/wasm compares it with the text of WABT, which would add 218 kB to a page and prints numbers in
// hexadecimal.

import { invariant } from "../../common/internal-error.ts";

const types: Readonly<Record<number, string>> = { 127: "i32", 125: "f32", 123: "v128" };

/** By operands: none, an index, a memory argument. */
const plain: Readonly<Record<number, string>> = {
  0: "unreachable",
  1: "nop",
  15: "return",
  26: "drop",
  27: "select",
  69: "i32.eqz",
  70: "i32.eq",
  71: "i32.ne",
  72: "i32.lt_s",
  73: "i32.lt_u",
  74: "i32.gt_s",
  75: "i32.gt_u",
  76: "i32.le_s",
  77: "i32.le_u",
  78: "i32.ge_s",
  79: "i32.ge_u",
  91: "f32.eq",
  92: "f32.ne",
  93: "f32.lt",
  94: "f32.gt",
  106: "i32.add",
  107: "i32.sub",
  108: "i32.mul",
  109: "i32.div_s",
  110: "i32.div_u",
  111: "i32.rem_s",
  112: "i32.rem_u",
  113: "i32.and",
  114: "i32.or",
  115: "i32.xor",
  116: "i32.shl",
  117: "i32.shr_s",
  118: "i32.shr_u",
  146: "f32.add",
  147: "f32.sub",
  148: "f32.mul",
  149: "f32.div",
  168: "i32.trunc_f32_s",
  178: "f32.convert_i32_s",
};
const indexed: Readonly<Record<number, string>> = {
  12: "br",
  13: "br_if",
  16: "call",
  32: "local.get",
  33: "local.set",
  34: "local.tee",
};
const placed: Readonly<Record<number, string>> = {
  40: "i32.load",
  42: "f32.load",
  54: "i32.store",
  56: "f32.store",
};
const vectors: Readonly<Record<number, string>> = {
  14: "i8x16.swizzle",
  17: "i32x4.splat",
  19: "f32x4.splat",
  65: "f32x4.eq",
  66: "f32x4.ne",
  67: "f32x4.lt",
  68: "f32x4.gt",
  69: "f32x4.le",
  70: "f32x4.ge",
  77: "v128.not",
  78: "v128.and",
  79: "v128.andnot",
  80: "v128.or",
  81: "v128.xor",
  82: "v128.bitselect",
  83: "v128.any_true",
  171: "i32x4.shl",
  172: "i32x4.shr_s",
  173: "i32x4.shr_u",
  174: "i32x4.add",
  177: "i32x4.sub",
  181: "i32x4.mul",
  182: "i32x4.min_s",
  183: "i32x4.min_u",
  184: "i32x4.max_s",
  185: "i32x4.max_u",
  186: "i32x4.dot_i16x8_s",
  224: "f32x4.abs",
  225: "f32x4.neg",
  227: "f32x4.sqrt",
  228: "f32x4.add",
  229: "f32x4.sub",
  230: "f32x4.mul",
  231: "f32x4.div",
  232: "f32x4.min",
  233: "f32x4.max",
  234: "f32x4.pmin",
  235: "f32x4.pmax",
  250: "f32x4.convert_i32x4_s",
};
const placedVectors: Readonly<Record<number, string>> = {
  0: "v128.load",
  9: "v128.load32_splat",
  10: "v128.load64_splat",
  11: "v128.store",
  92: "v128.load32_zero",
  93: "v128.load64_zero",
};
const placedLanes: Readonly<Record<number, string>> = {
  90: "v128.store32_lane",
  91: "v128.store64_lane",
};
const SHUFFLE = 0x0d;
const EXTRACT = 0x1f;

class Bytes {
  private readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    invariant(this.at < this.end, "a module ends early");
    return this.bytes[this.at++]!;
  }

  unsigned(): number {
    let [value, weight] = [0, 1];
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  }

  signed(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte < 128) return shift < 32 && (byte & 64) !== 0 ? value | (-1 << shift) : value;
    }
  }

  float(): number {
    const four = this.bytes.slice(this.at, this.at + 4);
    this.at += 4;
    return new DataView(four.buffer).getFloat32(0, true);
  }

  name(): string {
    const length = this.unsigned();
    return String.fromCharCode(...Array.from({ length }, () => this.byte()));
  }

  /** The next `length` bytes. */
  part(length: number): Bytes {
    const part = new Bytes(this.bytes, this.at, this.at + length);
    this.at += length;
    return part;
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.unsigned() }, read);
  }
}

/** Numbers of the sections in dinc's modules. */
const sections = { types: 1, imports: 2, functions: 3, memories: 5, exports: 7, code: 10 } as const;
const ofFunctions = 0x00;
const MEMORY = 0x02;

/**
 * One instruction a line. Functions have the names by which they are exported, and comments with their
 * descriptions.
 */
export function wasmText(bytes: Uint8Array, functionTexts: readonly string[] = []): string {
  const all = new Bytes(bytes, 8);
  const parts = new Map<number, Bytes>();
  while (all.at < all.end) {
    const id = all.byte();
    parts.set(id, all.part(all.unsigned()));
  }
  const listOf = <T>(section: number, read: (from: Bytes) => T): T[] => {
    const part = parts.get(section);
    return part === undefined ? [] : part.list(() => read(part));
  };
  const arities = listOf(sections.types, (from) => {
    from.byte();
    const parameters = from.list(() => from.byte()).length;
    from.list(() => from.byte());
    return parameters;
  });
  const imported = listOf(sections.imports, (from) => {
    const [module, name] = [from.name(), from.name()];
    from.byte();
    return `  (import "${module}" "${name}" (memory ${limits(from)}))`;
  });
  const kinds = listOf(sections.functions, (from) => from.unsigned());
  const memories = listOf(sections.memories, (from) => `  (memory ${limits(from)})`);
  const names = new Map<number, string>();
  const exported = listOf(sections.exports, (from) => {
    const name = from.name();
    const kind = from.byte();
    const index = from.unsigned();
    if (kind === ofFunctions) names.set(index, name);
    return `  (export "${name}" (${kind === MEMORY ? "memory" : "func"} ${index}))`;
  });
  const functions = listOf(sections.code, (from) => from.part(from.unsigned())).map((body, i) => {
    const parameters = arities[kinds[i]!]!;
    const called = names.has(i) ? ` $${names.get(i)}` : "";
    const given = parameters === 0 ? "" : ` (param${" i32".repeat(parameters)})`;
    const locals = body.list(() => new Array<string>(body.unsigned()).fill(types[body.byte()]!)).flat();
    const own = locals.length === 0 ? [] : [`    (local ${locals.join(" ")})`];
    const does = (functionTexts[i] ?? "") === "" ? "" : ` ;; ${functionTexts[i]}`;
    return [`  (func${called} (;${i};)${given}${does}`, ...own, ...instructions(body), "  )"].join("\n");
  });
  return `${["(module", ...imported, ...functions, ...memories, ...exported, ")"].join("\n")}\n`;
}

function limits(from: Bytes): string {
  const flags = from.byte();
  const least = from.unsigned();
  const most = (flags & 1) === 0 ? "" : ` ${from.unsigned()}`;
  return `${least}${most}${(flags & 2) === 0 ? "" : " shared"}`;
}

/** Without the `end` of the function. */
function instructions(body: Bytes): string[] {
  const lines: string[] = [];
  let depth = 2;
  const say = (text: string) => lines.push("  ".repeat(depth) + text);
  while (body.at < body.end) {
    const opcode = body.byte();
    switch (opcode) {
      case 0x02:
      case 0x03:
      case 0x04: {
        const result = types[body.byte()];
        const word = { 2: "block", 3: "loop", 4: "if" }[opcode];
        say(result === undefined ? word : `${word} (result ${result})`);
        depth += 1;
        break;
      }
      case 0x05:
        depth -= 1;
        say("else");
        depth += 1;
        break;
      case 0x0b:
        depth -= 1;
        if (body.at < body.end) say("end");
        break;
      case 0x41:
        say(`i32.const ${body.signed()}`);
        break;
      case 0x43:
        say(`f32.const ${numberText(body.float())}`);
        break;
      case 0xfd:
        say(vector(body));
        break;
      default:
        say(scalar(opcode, body));
    }
  }
  return lines;
}

function scalar(opcode: number, body: Bytes): string {
  const alone = plain[opcode];
  if (alone !== undefined) return alone;
  const index = indexed[opcode];
  if (index !== undefined) return `${index} ${body.unsigned()}`;
  const place = placed[opcode];
  invariant(place !== undefined, `no text for the opcode ${opcode}`);
  return place + placeIn(body);
}

function vector(body: Bytes): string {
  const opcode = body.unsigned();
  const alone = vectors[opcode];
  if (alone !== undefined) return alone;
  if (opcode === SHUFFLE) return `i8x16.shuffle ${Array.from({ length: 16 }, () => body.byte()).join(" ")}`;
  if (opcode === EXTRACT) return `f32x4.extract_lane ${body.byte()}`;
  const place = placedVectors[opcode];
  if (place !== undefined) return place + placeIn(body);
  const lane = placedLanes[opcode];
  invariant(lane !== undefined, `no text for the vector opcode ${opcode}`);
  return `${lane}${placeIn(body)} ${body.byte()}`;
}

/** The alignment is 2^0: none is promised. */
function placeIn(body: Bytes): string {
  const alignment = 2 ** body.unsigned();
  const offset = body.unsigned();
  return `${offset === 0 ? "" : ` offset=${offset}`} align=${alignment}`;
}

function numberText(number: number): string {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number < 0 ? "-inf" : "inf";
  return Object.is(number, -0) ? "-0" : String(number);
}
