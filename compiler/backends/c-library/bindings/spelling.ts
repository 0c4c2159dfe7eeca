// Spells names of a spec as a language's conventions want them, each different and none a word that the language takes.

/** `item_id` and `itemId` are `item`, `id`. A name of underscores alone has no words, and is an `x`. */
export function wordsOf(name: string): readonly string[] {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? ["x"];
  return /^[0-9]/.test(words[0]!) ? ["x", ...words] : words;
}

export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}

export function snakeCase(name: string): string {
  return wordsOf(name)
    .map((word) => word.toLowerCase())
    .join("_");
}

export function pascalCase(name: string): string {
  return wordsOf(name).map(capital).join("");
}

export function camelCase(name: string): string {
  const [first, ...others] = wordsOf(name);
  return first!.toLowerCase() + others.map(capital).join("");
}

/** Words in one text, apart by spaces. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/** One spelling for each name: a taken word ends in `_`, and of equal ones all but the first end in `joint` and a number. */
export function spelled(
  names: readonly string[],
  spell: (name: string) => string,
  taken: ReadonlySet<string> = new Set(),
  joint = "_",
): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const plain = spell(name);
    const own = taken.has(plain) ? `${plain}_` : plain;
    let free = own;
    for (let i = 2; used.has(free.toLowerCase()); i++) free = `${own}${joint}${i}`;
    used.add(free.toLowerCase());
    return free;
  });
}

/** Fills the marks of a file of compiler/serve/bindings: words in capitals, each with its text. `ALL-UNNAMED` has no mark. */
export function filled(text: string, marks: Readonly<Record<string, string>>): string {
  const pattern = new RegExp(`(?<![A-Z])(?:${Object.keys(marks).join("|")})(?![A-Z])`, "g");
  return text.replace(pattern, (mark) => marks[mark]!);
}

/** `count` times `n` in a language like C. */
export function timesN(count: number): string {
  return count === 0 ? "0" : count === 1 ? "n" : `${count} * n`;
}

/** `count` times `n`, plus `more`. */
export function timesNPlus(count: number, more: number): string {
  return more === 0 ? timesN(count) : count === 0 ? String(more) : `${timesN(count)} + ${more}`;
}
