// Turns names of a spec into identifiers of generated code, which no keyword and no other name equals.

/** The identifier of a name in a language that reserves `taken`. It need not be unique. */
export function identifierOf(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replace(/[^A-Za-z0-9_]/gu, "_");
  const begun = /^[A-Za-z]/.test(plain) ? plain : `x${plain}`;
  return taken.has(begun) ? `${begun}_` : begun;
}

/** Different identifiers for names, in their order. Equal ones are numbered from 1. */
export function numbered(names: readonly string[], taken: ReadonlySet<string>): string[] {
  const bases = names.map((name) => identifierOf(name, taken));
  const count = new Map<string, number>();
  for (const base of bases) count.set(base, (count.get(base) ?? 0) + 1);
  const used = new Set(bases.filter((base) => count.get(base) === 1));
  const next = new Map<string, number>();
  return bases.map((base) => {
    if (count.get(base) === 1) return base;
    let i = next.get(base) ?? 1;
    while (used.has(`${base}_${i}`)) i++;
    next.set(base, i + 1);
    used.add(`${base}_${i}`);
    return `${base}_${i}`;
  });
}
