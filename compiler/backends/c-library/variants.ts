// Prints a program for several machines into one file, each for vectors of its width. The widest that the processor has is
// chosen when weights are loaded. All give the same bits; with fused multiply-adds, all that have these do.

import { invariant } from "../../common/internal-error.ts";
import { printC } from "../c/print.ts";
import type { CodeModule } from "../code/code.ts";
import { type Machine, machines } from "../code/machine.ts";
import type { RankingCode } from "../code/program.ts";
import type { Mode } from "../contract/emit-options.ts";

interface Variant {
  readonly machine: Machine;
  /** GCC's name of the machine, and the test for it. */
  readonly target: string;
  /** Tells its code that it may use the target's instructions. */
  readonly macro: string;
  readonly isThere: string;
}

/** The widest first. In `fast`, they compute a product and its sum in one instruction, which rounds once. */
function widerIn(mode: Mode) {
  const isFused = mode === "fast";
  const fma = isFused ? ["fma"] : [];
  const isThere = (features: readonly string[]) =>
    features.map((feature) => `__builtin_cpu_supports("${feature}")`).join(" && ");
  const avx512 = ["avx512f", "avx512vl", "avx512dq", "avx512bw", ...fma];
  const avx2 = ["avx2", ...fma];
  return {
    avx512: {
      machine: { ...machines.avx512, isFused },
      target: [...avx512, "avx2"].join(),
      macro: "DINC_AVX512",
      isThere: isThere(avx512),
    },
    avx2: {
      machine: { ...machines.avx2, isFused },
      target: avx2.join(),
      macro: "DINC_AVX2",
      isThere: isThere(avx2),
    },
  } as const satisfies Readonly<Record<string, Variant>>;
}

/** Products and sums are rounded one by one, whatever the flags, except where the code fuses them itself. */
export const NO_CONTRACTION = `#if defined(__clang__)
#pragma clang fp contract(off)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif`;

/** A `dinc_program` is one of them, with the functions `request` and `candidates`. `counts` is the number of their parameters. */
export function variantsText(
  codeFor: (machine: Machine) => RankingCode,
  counts: number,
  explaining: CodeModule | null,
  mode: Mode,
): string {
  const types = Array.from({ length: counts }, () => "uint32_t").join(", ");
  const isX86 = "defined(__x86_64__) || defined(__i386__)";
  const printed = (name: string, code: CodeModule) => renamed(printC(code, "run_"), `dinc_${name}_`);
  const own = (name: string, machine: Machine) => {
    const text = printed(name, codeFor(machine).code);
    return machine.isFused ? `#define DINC_FUSED\n${text}\n#undef DINC_FUSED` : text;
  };
  const wider = widerIn(mode);
  const entry = (name: string) => `{"${name}", dinc_${name}_run_request, dinc_${name}_run_candidates}`;
  const names = Object.entries(wider) as [keyof typeof wider, Variant][];
  return [
    "/* All functions of a program take the same counts, whether they need them or not. */",
    "#if defined(__GNUC__)",
    "#pragma GCC diagnostic push",
    '#pragma GCC diagnostic ignored "-Wunused-parameter"',
    '#pragma GCC diagnostic ignored "-Wunused-function"',
    '#pragma GCC diagnostic ignored "-Wunused-but-set-variable"',
    "#endif",
    "",
    "/* ---- Vectors of 4 numbers ---- */",
    "",
    "#if defined(__aarch64__)",
    own("neon", { ...machines.neon, isFused: mode === "fast" }),
    "#else",
    own("plain", machines.sse2),
    "#endif",
    ...(explaining === null
      ? []
      : [
          "/* ---- The same, and the weights of histories' steps ---- */",
          "",
          printed("explaining", explaining),
        ]),
    `#if ${isX86}`,
    ...names
      .toReversed()
      .flatMap(([name, { machine, target, macro }]) => [
        `/* ---- Vectors of ${machine.lanes} numbers ---- */`,
        "",
        `#define ${macro}`,
        "#if defined(__clang__)",
        `#pragma clang attribute push(__attribute__((target("${target}"))), apply_to = function)`,
        "#else",
        "#pragma GCC push_options",
        `#pragma GCC target("${target}")`,
        "#endif",
        own(name, machine),
        "#if defined(__clang__)",
        "#pragma clang attribute pop",
        "#else",
        "#pragma GCC pop_options",
        "#endif",
      ]),
    "#endif",
    "#if defined(__GNUC__)",
    "#pragma GCC diagnostic pop",
    "#endif",
    "",
    "typedef struct {",
    "  const char *machine;",
    `  void (*request)(char *M, ${types});`,
    `  void (*candidates)(char *M, ${types});`,
    "} dinc_program;",
    "",
    "static const dinc_program dinc_programs[] = {",
    `#if ${isX86}`,
    ...names.map(([name]) => `  ${entry(name)},`),
    "#endif",
    "#if defined(__aarch64__)",
    `  ${entry("neon")},`,
    "#else",
    `  ${entry("plain")},`,
    "#endif",
    "};",
    "",
    "/* The widest that this processor has, or the one of a name. */",
    "static const dinc_program *dinc_program_of(const char *machine) {",
    "  size_t count = sizeof dinc_programs / sizeof *dinc_programs;",
    "  int is_there[sizeof dinc_programs / sizeof *dinc_programs] = {",
    `#if ${isX86}`,
    ...names.map(([, { isThere }]) => `    ${isThere},`),
    "#endif",
    "    1,",
    "  };",
    "  for (size_t i = 0; i < count; i++)",
    "    if (is_there[i] && (machine == 0 || strcmp(machine, dinc_programs[i].machine) == 0)) return dinc_programs + i;",
    "  return 0;",
    "}",
  ].join("\n");
}

/** The text with a prefix before every name that it defines, so that several can share a file. */
function renamed(text: string, prefix: string): string {
  const defined = new Set<string>();
  for (const pattern of [
    /^(?:static )?(?:inline )?(?:void|float|uint32_t|int16_t|[viu]\d+) (\w+)\(/gm,
    /^typedef \w+ (\w+) __attribute__/gm,
    /^static inline [\w]+ (\w+)\(/gm,
    /^#(?:define|ifndef) (DINC_\w+)/gm,
  ])
    for (const [, name] of text.matchAll(pattern)) defined.add(name!);
  invariant(defined.has("run_request") && defined.has("v4"), "the names of printed C");
  return text
    .replace(/\b[A-Za-z_]\w*\b/g, (name) => (defined.has(name) ? `${prefix}${name}` : name))
    .replace(new RegExp(`^void (?=${prefix}run_)`, "gm"), "static void ");
}
