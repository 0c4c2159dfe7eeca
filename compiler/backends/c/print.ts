// Prints code (backends/code) as C99 with the vector types of GCC and clang: functions of a memory, which hold no state of
// their own. Compiled without contraction of products and sums (`-ffp-contract=off`), they give WebAssembly's bits.

import { InternalError, invariant, unreachable } from "../../common/internal-error.ts";
import type {
  CodeExpression,
  CodeFunction,
  CodeModule,
  CodeStatement,
  CodeStatements,
  LocalVariable,
  OperationName,
  ValueType,
} from "../code/code.ts";

const cTypes: Readonly<Record<ValueType, string>> = { i32: "uint32_t", f32: "float", v128: "v4" };

/** Each operation of its operands' texts. */
const texts: Readonly<Record<OperationName, (...operands: readonly string[]) => string>> = {
  "i32.add": infix("+"),
  "i32.sub": infix("-"),
  "i32.mul": infix("*"),
  "i32.div": infix("/"),
  "i32.and": infix("&"),
  "i32.shl": infix("<<"),
  "i32.shr": infix(">>"),
  "i32.eq": compared("=="),
  "i32.ne": compared("!="),
  "i32.gt": (a, b) => `(uint32_t)((int32_t)${a} > (int32_t)${b})`,
  "i32.fromF32": (x) => `(uint32_t)(int32_t)${x}`,
  "i32.both": compared("&&"),
  "i32.select": (yes, no, condition) => `(${condition} ? ${yes} : ${no})`,
  "f32.eq": compared("=="),
  "f32.gt": compared(">"),
  "f32.fromI32": (x) => `(float)(int32_t)${x}`,
  "v128.and": called("v_and"),
  "v128.or": called("v_or"),
  "v128.xor": called("v_xor"),
  "v128.anyTrue": called("v_any"),
  "v128.select": called("v_select"),
  "f32x4.splat": called("f_splat"),
  "f32x4.first": (x) => `(${x})[0]`,
  "f32x4.eq": lanesCompared("=="),
  "f32x4.ne": lanesCompared("!="),
  "f32x4.lt": lanesCompared("<"),
  "f32x4.gt": lanesCompared(">"),
  "f32x4.ge": lanesCompared(">="),
  "f32x4.abs": called("f_abs"),
  "f32x4.neg": (x) => `(-${x})`,
  "f32x4.sqrt": called("f_sqrt"),
  "f32x4.add": infix("+"),
  "f32x4.sub": infix("-"),
  "f32x4.mul": infix("*"),
  "f32x4.div": infix("/"),
  "f32x4.max": called("f_max"),
  "f32x4.pmin": called("f_pmin"),
  "f32x4.pmax": called("f_pmax"),
  "f32x4.madd": (a, b, c) => `(${a} * ${b} + ${c})`,
  "i32x4.add": integers("+"),
  "i32x4.sub": integers("-"),
  "i32x4.shl": (x, by) => `(v4)((u4)${x} << ${by})`,
  "i32x4.shr": (x, by) => `(v4)((i4)${x} >> ${by})`,
  "i32x4.shrUnsigned": (x, by) => `(v4)((u4)${x} >> ${by})`,
  "i32x4.max": called("i_max"),
  "i32x4.minUnsigned": called("i_min_unsigned"),
  "i32x4.dot": called("i_dot"),
  "i32x4.toFloat": (x) => `__builtin_convertvector((i4)${x}, v4)`,
  "i16x8.narrow": called("i_narrow"),
};

function infix(operator: string): (a?: string, b?: string) => string {
  return (a, b) => `(${a} ${operator} ${b})`;
}

function compared(operator: string): (a?: string, b?: string) => string {
  return (a, b) => `(uint32_t)(${a} ${operator} ${b})`;
}

function lanesCompared(operator: string): (a?: string, b?: string) => string {
  return (a, b) => `(v4)(${a} ${operator} ${b})`;
}

function integers(operator: string): (a?: string, b?: string) => string {
  return (a, b) => `(v4)((u4)${a} ${operator} (u4)${b})`;
}

function called(name: string): (...operands: readonly string[]) => string {
  return (...operands) => `${name}(${operands.join(", ")})`;
}

/** Memory is copied to and from variables, so no type needs an alignment, and none stands for another. */
const PRELUDE = `#ifndef DINC_CODE
#define DINC_CODE
#include <stdint.h>
#include <string.h>

typedef float v4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));
typedef uint32_t u4 __attribute__((vector_size(16)));

static inline uint32_t load_i32(const char *p) { uint32_t x; memcpy(&x, p, 4); return x; }
static inline float load_f32(const char *p) { float x; memcpy(&x, p, 4); return x; }
static inline v4 load_v128(const char *p) { v4 x; memcpy(&x, p, 16); return x; }
static inline v4 f_splat(float x) { return (v4){x, x, x, x}; }
static inline v4 load_splat(const char *p) { return f_splat(load_f32(p)); }
static inline void store_i32(char *p, uint32_t x) { memcpy(p, &x, 4); }
static inline void store_v128(char *p, v4 x) { memcpy(p, &x, 16); }
static inline void store_two(char *p, v4 x) { memcpy(p, &x, 8); }
static inline void store_lane(char *p, v4 x, int lane) { float y = x[lane]; memcpy(p, &y, 4); }
static inline v4 v_and(v4 a, v4 b) { return (v4)((i4)a & (i4)b); }
static inline v4 v_or(v4 a, v4 b) { return (v4)((i4)a | (i4)b); }
static inline v4 v_xor(v4 a, v4 b) { return (v4)((i4)a ^ (i4)b); }
static inline v4 v_select(v4 a, v4 b, v4 m) { return (v4)(((i4)m & (i4)a) | (~(i4)m & (i4)b)); }
static inline uint32_t v_any(v4 x) { i4 y = (i4)x; return (y[0] | y[1] | y[2] | y[3]) != 0; }
static inline v4 f_abs(v4 a) { return (v4)((i4)a & 0x7fffffff); }
static inline v4 f_sqrt(v4 a) {
  return (v4){__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])};
}
static inline v4 f_pmin(v4 a, v4 b) { return v_select(b, a, (v4)(b < a)); }
static inline v4 f_pmax(v4 a, v4 b) { return v_select(b, a, (v4)(a < b)); }
/* The larger one; 0 for 0 and -0; NaN if either is. */
static inline v4 f_max(v4 a, v4 b) {
  v4 larger = v_select(v_and(a, b), f_pmax(a, b), (v4)(a == b));
  return v_select(a + b, larger, v_or((v4)(a != a), (v4)(b != b)));
}
static inline v4 i_max(v4 a, v4 b) { return v_select(a, b, (v4)((i4)a > (i4)b)); }
static inline v4 i_min_unsigned(v4 a, v4 b) { return v_select(a, b, (v4)((u4)a < (u4)b)); }
/* The halves of each lane are two 16-bit numbers. */
static inline v4 i_dot(v4 a, v4 b) {
  i4 x = (i4)a, y = (i4)b, r;
  for (int k = 0; k < 4; k++) {
    int32_t low = (int16_t)x[k] * (int16_t)y[k], high = (x[k] >> 16) * (y[k] >> 16);
    r[k] = (int32_t)((uint32_t)low + (uint32_t)high);
  }
  return (v4)r;
}
static inline int16_t saturated(int32_t x) { return x > 32767 ? 32767 : x < -32768 ? -32768 : (int16_t)x; }
static inline v4 i_narrow(v4 a, v4 b) {
  int16_t r[8];
  v4 all;
  for (int k = 0; k < 4; k++) {
    r[k] = saturated(((i4)a)[k]);
    r[k + 4] = saturated(((i4)b)[k]);
  }
  memcpy(&all, r, 16);
  return all;
}
#endif
`;

/**
 * The functions that the module exports are called `<prefix><name>`, and take the memory first. Modules with different prefixes
 * can share a file.
 */
export function printC(module: CodeModule, prefix: string): string {
  invariant(/^[a-z_][a-z0-9_]*$/i.test(prefix), "a prefix of names in C");
  const functions = module.functions.map((each, i) => functionText(each, i, prefix));
  const exported = module.exports.map(({ name, index }) => {
    const { parameters } = module.functions[index]!;
    const values = ["M", ...Array.from({ length: parameters }, (_, i) => `x${i}`)].join(", ");
    return `void ${prefix}${name}(${parametersText(parameters)}) { ${prefix}f${index}(${values}); }`;
  });
  return `${[PRELUDE, ...functions, ...exported].join("\n")}\n`;
}

function parametersText(parameters: number): string {
  return ["char *M", ...Array.from({ length: parameters }, (_, i) => `uint32_t x${i}`)].join(", ");
}

function functionText(
  { parameters, locals, body, does }: CodeFunction,
  index: number,
  prefix: string,
): string {
  const declared = locals.map(
    (type, i) => `  ${cTypes[type]} x${parameters + i} = ${type === "v128" ? "{0}" : "0"};`,
  );
  return [
    ...(does === "" ? [] : [`/* ${commentText(does)} */`]),
    `static void ${prefix}f${index}(${parametersText(parameters)}) {`,
    ...declared,
    ...linesOf(body, "  ", prefix),
    "}",
  ].join("\n");
}

/** Names of files and of the spec may contain anything: an end of the comment, an end of the line. */
function commentText(does: string): string {
  return does.replace(/[^A-Za-z0-9 _.,:;()[\]<>=+%/-]/g, "_");
}

function linesOf(statements: CodeStatements, indent: string, prefix: string): string[] {
  return statements.flatMap((statement) => linesOfOne(statement, prefix).map((line) => indent + line));
}

/** Without the indent, but with that of the statements inside. */
function linesOfOne(statement: CodeStatement, prefix: string): string[] {
  const inside = (body: CodeStatements) => linesOf(body, "  ", prefix);
  switch (statement.kind) {
    case "set":
      return [`${nameOf(statement.local)} = ${textOf(statement.value)};`];
    case "store": {
      const { access, address, offset, value, lane } = statement;
      const last = access === "lane" ? `, ${lane}` : "";
      return [`store_${access}(${placeText(address, offset)}, ${textOf(value)}${last});`];
    }
    case "repeat": {
      const left = nameOf(statement.left);
      const head = `for (${left} = ${textOf(statement.count)}; (int32_t)${left} > 0; ${left}--) {`;
      return [head, ...inside(statement.body), "}"];
    }
    case "until":
      return [
        "do {",
        ...inside(statement.body),
        `} while (${nameOf(statement.local)} != ${textOf(statement.end)});`,
      ];
    case "while":
      return [`while (${textOf(statement.condition)}) {`, ...inside(statement.body), "}"];
    case "if": {
      const no = statement.no === null ? [] : ["} else {", ...inside(statement.no)];
      return [`if (${textOf(statement.condition)}) {`, ...inside(statement.yes), ...no, "}"];
    }
    case "call":
      return [`${prefix}f${statement.callee}(${["M", ...statement.values.map(textOf)].join(", ")});`];
    default:
      return unreachable(statement, "statement");
  }
}

function nameOf({ index }: LocalVariable<ValueType>): string {
  return `x${index}`;
}

function textOf(x: CodeExpression): string {
  switch (x.kind) {
    case "constant":
      return constantText(x.type, x.constant);
    case "local":
      return nameOf(x);
    case "load":
      return `load_${x.access}(${placeText(x.address, x.offset)})`;
    case "shuffle":
      return `__builtin_shufflevector(${[...x.operands.map(textOf), ...x.lanes].join(", ")})`;
    case "operation":
      return texts[x.name](...x.operands.map(textOf));
    default:
      return unreachable(x, "expression");
  }
}

function placeText(address: CodeExpression, offset: number): string {
  return `M + ${textOf(address)}${offset === 0 ? "" : ` + ${offset}`}`;
}

function constantText(type: ValueType, number: number): string {
  if (type === "v128") throw new InternalError("a vector is a splat of a constant");
  if (type === "i32") {
    invariant(Number.isInteger(number), "an i32 is a whole number");
    return `${number >>> 0}u`;
  }
  if (Number.isNaN(number)) return '__builtin_nanf("")';
  const rounded = Math.fround(number);
  if (!Number.isFinite(rounded)) return rounded > 0 ? "__builtin_inff()" : "(-__builtin_inff())";
  if (Object.is(rounded, -0)) return "(-0.0f)";
  const text = rounded.toPrecision(9);
  return `(${/[.e]/.test(text) ? text : `${text}.0`}f)`;
}
