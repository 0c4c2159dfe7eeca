// Keeps the finished lessons in the page's address, so that links carry them, and in the browser's storage if
// that is allowed.

const KEY = "dinc.lessons.done";

export class Progress {
  private readonly names: Set<string>;
  private readonly known: readonly string[];

  /** `known` are the existing lessons in order; other names are dropped. */
  constructor(known: readonly string[], fromAddress: readonly string[]) {
    this.known = known;
    this.names = new Set([...kept(), ...fromAddress].filter((name) => known.includes(name)));
  }

  /** In the order of the lessons. */
  get done(): readonly string[] {
    return this.known.filter((name) => this.names.has(name));
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** Returns whether it is new. */
  add(name: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    try {
      localStorage.setItem(KEY, this.done.join(" "));
    } catch {
      // The address still contains it.
    }
    return true;
  }
}

function kept(): readonly string[] {
  try {
    return (localStorage.getItem(KEY) ?? "").split(" ");
  } catch {
    return [];
  }
}
