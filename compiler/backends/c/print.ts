// Prints code (backends/code) as C99 with the vector types of GCC and clang: functions of a memory, which hold no state of
// their own. Compiled without contraction of products and sums (`-ffp-contract=off`), they give WebAssembly's bits: those of
// its plain form, or with `#define DINC_FUSED` before them those of its relaxed form, which rounds a product and its sum once.
//
// An address is a pointer plus a `uint32_t`. With an `int64_t` instead, gcc 12 at -O1 and -O2 dropped calls of functions that
// write through it; with these, training steps of the models in which it did so have the right bits at both levels.

import { InternalError, invariant, unreachable } from "../../common/internal-error.ts";
import type {
  CodeExpression,
  CodeFunction,
  CodeModule,
  CodeStatement,
  CodeStatements,
  LocalVariable,
  OperationName,
  Store,
  ValueType,
} from "../code/code.ts";
import { lanesOf, widest } from "../code/expressions.ts";
import { type LaneCount, widthsOf } from "../code/machine.ts";

const cTypes: Readonly<Record<ValueType, string>> = {
  ...{ i32: "uint32_t", f32: "float" },
  ...{ v4: "v4", v8: "v8", v16: "v16", splat: "v4" },
};

/** An operation of its operands' texts, which have that many lanes. */
type OperationText = (lanes: LaneCount, ...operands: readonly string[]) => string;

const texts: Readonly<Record<OperationName, OperationText>> = {
  "i32.add": infix("+"),
  "i32.sub": infix("-"),
  "i32.mul": infix("*"),
  "i32.div": infix("/"),
  "i32.and": infix("&"),
  "i32.shl": infix("<<"),
  "i32.shr": infix(">>"),
  "i32.eq": compared("=="),
  "i32.ne": compared("!="),
  "i32.gt": (_, a, b) => `(uint32_t)((int32_t)${a} > (int32_t)${b})`,
  "i32.fromF32": (_, x) => `(uint32_t)(int32_t)${x}`,
  "i32.both": compared("&&"),
  "i32.select": (_, yes, no, condition) => `(${condition} ? ${yes} : ${no})`,
  "f32.eq": compared("=="),
  "f32.gt": compared(">"),
  "f32.fromI32": (_, x) => `(float)(int32_t)${x}`,
  "vector.and": called("v_and"),
  "vector.or": called("v_or"),
  "vector.xor": called("v_xor"),
  "vector.anyTrue": called("v_any"),
  "vector.select": called("v_select"),
  "vector.splat": called("f_splat"),
  "vector.first": (_, x) => `(${x})[0]`,
  "vector.eq": lanesCompared("=="),
  "vector.ne": lanesCompared("!="),
  "vector.lt": lanesCompared("<"),
  "vector.gt": lanesCompared(">"),
  "vector.ge": lanesCompared(">="),
  "vector.abs": called("f_abs"),
  "vector.neg": (_, x) => `(-${x})`,
  "vector.sqrt": called("f_sqrt"),
  "vector.add": infix("+"),
  "vector.sub": infix("-"),
  "vector.mul": infix("*"),
  "vector.div": infix("/"),
  "vector.max": called("f_max"),
  "vector.pmin": called("f_pmin"),
  "vector.pmax": called("f_pmax"),
  "vector.madd": called("f_madd"),
  "integers.add": integers("+"),
  "integers.sub": integers("-"),
  "integers.shl": (n, x, by) => `(v${n})((u${n})${x} << ${by})`,
  "integers.shr": (n, x, by) => `(v${n})((i${n})${x} >> ${by})`,
  "integers.shrUnsigned": (n, x, by) => `(v${n})((u${n})${x} >> ${by})`,
  "integers.max": called("i_max"),
  "integers.minUnsigned": called("i_min_unsigned"),
  "integers.dot": called("i_dot"),
  "integers.toFloat": (n, x) => `__builtin_convertvector((i${n})${x}, v${n})`,
  "integers.nonzero": called("i_nonzero"),
  "integers.countNonzero": called("i_count_nonzero"),
};

function infix(operator: string): OperationText {
  return (_, a, b) => `(${a} ${operator} ${b})`;
}

function compared(operator: string): OperationText {
  return (_, a, b) => `(uint32_t)(${a} ${operator} ${b})`;
}

function lanesCompared(operator: string): OperationText {
  return (n, a, b) => `(v${n})(${a} ${operator} ${b})`;
}

function integers(operator: string): OperationText {
  return (n, a, b) => `(v${n})((u${n})${a} ${operator} (u${n})${b})`;
}

function called(name: string): OperationText {
  return (lanes, ...operands) => `${name}${lanes}(${operands.join(", ")})`;
}

/** Memory is copied to and from variables, so no type needs an alignment, and none stands for another. */
const PRELUDE = `#ifndef DINC_CODE
#define DINC_CODE
#include <stdint.h>
#include <string.h>
#ifndef __has_builtin
#define __has_builtin(name) 0
#endif

static inline uint32_t load_i32(const char *p) { uint32_t x; memcpy(&x, p, 4); return x; }
static inline float load_f32(const char *p) { float x; memcpy(&x, p, 4); return x; }
static inline void store_i32(char *p, uint32_t x) { memcpy(p, &x, 4); }
#endif
`;

/** Vectors without a register of that width are passed by two conventions, which no call here depends on. */
const WIDE = `#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif
`;

/**
 * A vector's square roots in one instruction, which compilers don't make from single ones: sixteen of those take four times
 * as long.
 */
const SQUARE_ROOTS: Readonly<Record<LaneCount, Builtin & { readonly inClang: string }>> = {
  4: { feature: "__SSE2__", builtin: "__builtin_ia32_sqrtps(a)", inClang: "__builtin_ia32_sqrtps(a)" },
  8: { feature: "__AVX__", builtin: "__builtin_ia32_sqrtps256(a)", inClang: "__builtin_ia32_sqrtps256(a)" },
  16: {
    feature: "__AVX512F__",
    builtin: "__builtin_ia32_sqrtps512_mask(a, (v16){0}, -1, 4)",
    inClang: "__builtin_ia32_sqrtps512(a, 4)",
  },
};

interface Builtin {
  readonly feature: string;
  readonly builtin: string;
}

/**
 * A product and its sum in one of GCC's. clang doesn't define `__AVX2__` for functions that an attribute compiles for it: DINC_AVX2
 * says so, and DINC_AVX512 for those of 16 lanes. Code with DINC_FUSED has both `avx2` and `fma`.
 */
const FUSED: Readonly<Record<LaneCount, { readonly condition: string; readonly builtin: string }>> = {
  4: { condition: "defined(__FMA__) || defined(DINC_AVX2)", builtin: "__builtin_ia32_vfmaddps(a, b, c)" },
  8: { condition: "defined(__FMA__) || defined(DINC_AVX2)", builtin: "__builtin_ia32_vfmaddps256(a, b, c)" },
  16: {
    condition: "defined(__AVX512F__) || defined(DINC_AVX512)",
    builtin: "__builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4)",
  },
};

/** Functions of vectors of n lanes. */
function preludeOf(n: LaneCount): string {
  const bits = 32 * n;
  const lanes = Array.from({ length: n }, (_, k) => k);
  const [v, i, u] = [`v${n}`, `i${n}`, `u${n}`];
  const define = (result: string, name: string, parameters: string, body: string) =>
    `static inline ${result} ${name}${n}(${parameters}) { ${body} }`;
  return `
#ifndef DINC_LANES_${n}
#define DINC_LANES_${n}
typedef float ${v} __attribute__((vector_size(${bits / 8})));
typedef int32_t ${i} __attribute__((vector_size(${bits / 8})));
typedef uint32_t ${u} __attribute__((vector_size(${bits / 8})));
${[
  define(v, "load_v", "const char *p", `${v} x; memcpy(&x, p, ${bits / 8}); return x;`),
  define(v, "f_splat", "float x", `return (${v}){${lanes.map(() => "x").join(", ")}};`),
  define(v, "load_splat", "const char *p", `return f_splat${n}(load_f32(p));`),
  define("void", "store_v", `char *p, ${v} x`, `memcpy(p, &x, ${bits / 8});`),
  define(v, "v_and", `${v} a, ${v} b`, `return (${v})((${i})a & (${i})b);`),
  define(v, "v_or", `${v} a, ${v} b`, `return (${v})((${i})a | (${i})b);`),
  define(v, "v_xor", `${v} a, ${v} b`, `return (${v})((${i})a ^ (${i})b);`),
  define(
    v,
    "v_select",
    `${v} a, ${v} b, ${v} m`,
    `return (${v})(((${i})m & (${i})a) | (~(${i})m & (${i})b));`,
  ),
  define(
    "uint32_t",
    "v_any",
    `${v} x`,
    `${i} y = (${i})x; return (${lanes.map((k) => `y[${k}]`).join(" | ")}) != 0;`,
  ),
  define(v, "f_abs", `${v} a`, `return (${v})((${i})a & 0x7fffffff);`),
  define(v, "f_pmin", `${v} a, ${v} b`, `return v_select${n}(b, a, (${v})(b < a));`),
  define(v, "f_pmax", `${v} a, ${v} b`, `return v_select${n}(b, a, (${v})(a < b));`),
  define(v, "i_max", `${v} a, ${v} b`, `return v_select${n}(a, b, (${v})((${i})a > (${i})b));`),
  define(v, "i_min_unsigned", `${v} a, ${v} b`, `return v_select${n}(a, b, (${v})((${u})a < (${u})b));`),
].join("\n")}
static inline ${v} f_sqrt${n}(${v} a) {
#if __has_builtin(__builtin_elementwise_sqrt)
  return __builtin_elementwise_sqrt(a);
#elif defined(__clang__) && defined(${SQUARE_ROOTS[n].feature})
  return ${SQUARE_ROOTS[n].inClang};
#elif defined(${SQUARE_ROOTS[n].feature})
  return ${SQUARE_ROOTS[n].builtin};
#else
  return (${v}){${lanes.map((k) => `__builtin_sqrtf(a[${k}])`).join(", ")}};
#endif
}
static inline ${v} f_madd${n}(${v} a, ${v} b, ${v} c) {
#if !defined(DINC_FUSED)
  return a * b + c;
#elif __has_builtin(__builtin_elementwise_fma)
  return __builtin_elementwise_fma(a, b, c);
#elif ${FUSED[n].condition}
  return ${FUSED[n].builtin};
#else
  return (${v}){${lanes.map((k) => `__builtin_fmaf(a[${k}], b[${k}], c[${k}])`).join(", ")}};
#endif
}
/* The halves of each lane are two 16-bit numbers. */
static inline ${v} i_dot${n}(${v} a, ${v} b) {
  ${i} x = (${i})a, y = (${i})b;
  ${i} low = ((${i})((${u})x << 16) >> 16) * ((${i})((${u})y << 16) >> 16), high = (x >> 16) * (y >> 16);
  return (${v})((${u})low + (${u})high);
}
${n === 16 ? `${FACTOR_IN_MEMORY}${NONZERO}` : ""}/* The larger one; 0 for 0 and -0; NaN if either is. */
static inline ${v} f_max${n}(${v} a, ${v} b) {
  ${v} larger = v_select${n}(v_and${n}(a, b), f_pmax${n}(a, b), (${v})(a == b));
  return v_select${n}(a + b, larger, v_or${n}((${v})(a != a), (${v})(b != b)));
}
${n === 4 ? OF_FOUR : ""}#endif
`;
}

/**
 * The product's other factor is the number at p. As an operand in memory, it leaves the arithmetic of Zen 4 free for products and
 * sums (a quarter faster); Zen 5 reads memory too slowly for it, and compilers prefer one vector with the number in all lanes.
 * DINC_AVX512: see FUSED.
 */
const FACTOR_IN_MEMORY = `static inline v16 f_madd_at16(const char *p, v16 b, v16 c) {
#if defined(__x86_64__) && (defined(__AVX512F__) || defined(DINC_AVX512)) && !defined(DINC_FUSED) && !defined(__znver5__)
  v16 product;
  __asm__("vmulps %1%{1to16%}, %2, %0" : "=v"(product) : "m"(*(const char (*)[4])p), "v"(b));
  return product + c;
#else
  return f_madd16(load_splat16(p), b, c);
#endif
}
`;

/** Without a branch where the machine compresses vectors. DINC_AVX512: see FUSED. */
const NONZERO = `#if defined(__AVX512DQ__) || defined(DINC_AVX512)
#define DINC_NONZERO(x) __builtin_ia32_cvtd2mask512((i16)((i16)x != 0))
static inline v16 i_nonzero16(v16 x) {
  const i16 lanes = {${Array.from({ length: 16 }, (_, lane) => lane).join(", ")}};
  return (v16)__builtin_ia32_compresssi512_mask(lanes, (i16){0}, DINC_NONZERO(x));
}
static inline uint32_t i_count_nonzero16(v16 x) { return (uint32_t)__builtin_popcount(DINC_NONZERO(x)); }
#else
static inline uint32_t i_count_nonzero16(v16 x) {
  uint32_t count = 0;
  for (int k = 0; k < 16; k++) count += ((i16)x)[k] != 0;
  return count;
}
static inline v16 i_nonzero16(v16 x) {
  i16 found = {0};
  for (int k = 0, count = 0; k < 16; k++) if (((i16)x)[k] != 0) found[count++] = k;
  return (v16)found;
}
#endif
`;

/** Operations that only vectors of four lanes have. */
const OF_FOUR = `static inline void store_two(char *p, v4 x) { memcpy(p, &x, 8); }
static inline void store_lane(char *p, v4 x, int lane) { float y = x[lane]; memcpy(p, &y, 4); }
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
  return `${[preludeFor(module), ...functions, ...exported].join("\n")}\n`;
}

/** For the widths of vectors of the module's machine. */
function preludeFor({ machine }: CodeModule): string {
  const widths = widthsOf(machine.lanes);
  const wide = widths.length > 1 ? WIDE : "";
  return `${PRELUDE}${wide}${widths.toReversed().map(preludeOf).join("")}`;
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
    (type, i) => `  ${cTypes[type]} x${parameters + i} = ${type === "i32" || type === "f32" ? "0" : "{0}"};`,
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
      return [`${nameOf(statement.local)} = ${textOf(statement.value, statement.local.type)};`];
    case "store":
      return [storeText(statement)];
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
      return [
        `${prefix}f${statement.callee}(${["M", ...statement.values.map((value) => textOf(value))].join(", ")});`,
      ];
    default:
      return unreachable(statement, "statement");
  }
}

function nameOf({ index }: LocalVariable<ValueType>): string {
  return `x${index}`;
}

function storeText({ access, address, offset, value, lane }: Store): string {
  const place = placeText(address, offset);
  switch (access) {
    case "i32":
      return `store_i32(${place}, ${textOf(value)});`;
    case "two":
      return `store_two(${place}, ${textOf(value)});`;
    case "lane":
      return `store_lane(${place}, ${textOf(value)}, ${lane});`;
    case "v4":
    case "v8":
    case "v16":
      return `store_${access}(${place}, ${textOf(value, access)});`;
    default:
      return unreachable(access, "store");
  }
}

/** A splat has four lanes, or as many as the type that it is wanted in. */
function textOf(x: CodeExpression, wanted: ValueType = x.type): string {
  const lanes = x.type === "splat" ? (lanesOf(wanted) ?? 4) : 4;
  switch (x.kind) {
    case "constant":
      return constantText(x.type, x.constant);
    case "local":
      return lanes === 4 ? nameOf(x) : `f_splat${lanes}(${nameOf(x)}[0])`;
    case "load":
      return `load_${x.type === "splat" ? `splat${lanes}` : x.type}(${placeText(x.address, x.offset)})`;
    case "shuffle":
      return `__builtin_shufflevector(${[...x.operands.map((each) => textOf(each)), ...x.lanes].join(", ")})`;
    case "operation": {
      if (x.name === "vector.splat") return texts[x.name](lanes, textOf(x.operands[0]!));
      const type = widest(x.operands);
      const [factor, ...others] = x.operands;
      if (x.name === "vector.madd" && type === "v16" && factor?.kind === "load" && factor.type === "splat") {
        const values = others.map((each) => textOf(each, type));
        return `f_madd_at16(${[placeText(factor.address, factor.offset), ...values].join(", ")})`;
      }
      const operands = x.operands.map((each) => textOf(each, each.type === "splat" ? type : each.type));
      const text = texts[x.name](lanesOf(type) ?? 4, ...operands);
      return lanes === 4 ? text : `f_splat${lanes}((${text})[0])`;
    }
    default:
      return unreachable(x, "expression");
  }
}

function placeText(address: CodeExpression, offset: number): string {
  return `M + ${textOf(address)}${offset === 0 ? "" : ` + ${offset}`}`;
}

function constantText(type: ValueType, number: number): string {
  if (type === "i32") {
    invariant(Number.isInteger(number), "an i32 is a whole number");
    return `${number >>> 0}u`;
  }
  if (type !== "f32") throw new InternalError("a vector is a splat of a constant");
  if (Number.isNaN(number)) return '__builtin_nanf("")';
  const rounded = Math.fround(number);
  if (!Number.isFinite(rounded)) return rounded > 0 ? "__builtin_inff()" : "(-__builtin_inff())";
  if (Object.is(rounded, -0)) return "(-0.0f)";
  const text = rounded.toPrecision(9);
  return `(${/[.e]/.test(text) ? text : `${text}.0`}f)`;
}
