// Names and texts of a spec in C: identifiers that no keyword, macro or other name equals, string literals and comments that
// cannot end early.

import { identifierOf } from "../serving/identifiers.ts";

/** Words that C, C++ or their common macros take. */
const taken = new Set(
  `alignas alignof and and_eq asm assert atomic auto bitand bitor bool break case catch char class compl complex concept const
consteval constexpr constinit continue decltype default delete do double dynamic_cast else enum errno explicit export extern false
far float for friend goto i386 if imaginary inline int interface long mutable namespace near new noexcept noreturn not not_eq
nullptr offsetof operator or or_eq private protected public register reinterpret_cast requires restrict return short signed sizeof
small static static_assert static_cast stderr stdin stdout struct switch template this thread_local throw true try typedef typeid
typename typeof union unix unsigned using virtual void volatile wchar_t while xor xor_eq linux`.split(/\s+/),
);

/** The identifier of a name, which need not be unique. */
export function identifier(name: string): string {
  return identifierOf(name, taken);
}

/** Different identifiers for names, in their order. */
export function identifiers(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const own = identifier(name);
    let free = own;
    for (let i = 2; used.has(free.toLowerCase()); i++) free = `${own}_${i}`;
    used.add(free.toLowerCase());
    return free;
  });
}

/** The beginning of the names of a module and its files. Names of the library begin with `dinc`, and the test is `test.c`. */
export function prefixOf(model: string): string {
  const own = identifier(model);
  return /^dinc/i.test(own) || /^test$/i.test(own) ? `model_${own}` : own;
}

/** A string literal. A `?` could begin a trigraph. */
export function cString(text: string): string {
  let literal = "";
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    literal +=
      byte < 32 || byte > 126
        ? `\\${byte.toString(8).padStart(3, "0")}`
        : /["\\?]/.test(character)
          ? `\\${character}`
          : character;
  }
  return `"${literal}"`;
}

/** Text within a comment. */
export function cComment(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, " ")
    .replace(/\\/g, " ")
    .replace(/\?(?=\?)/g, "? ")
    .replace(/\*(?=\/)|\/(?=\*)/g, "$& ");
}

/** A constant of type double, with all of its bits. */
export function cDouble(x: number): string {
  if (Number.isNaN(x)) return "NAN";
  if (!Number.isFinite(x)) return x < 0 ? "-INFINITY" : "INFINITY";
  const text = Object.is(x, -0) ? "-0" : String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
