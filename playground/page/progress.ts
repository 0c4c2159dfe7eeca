// Which lessons are done: in the page's address, so that a link carries it, and where the browser lets a page
// keep something, there too.

const KEY = "dinc.lessons.done";

export class Progress {
  private readonly names: Set<string>;
  private readonly known: readonly string[];

  /** `known` are the lessons that there are, in their order; others are forgotten. */
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

  /** Gives whether that is new. */
  add(name: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    try {
      localStorage.setItem(KEY, this.done.join(" "));
    } catch {
      // The address keeps it.
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
