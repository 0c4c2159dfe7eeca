// Names of parameters follow the path in the spec: `net.interest.activation_unit.dense_1.kernel`. A path gives every
// segment below it once, so that no two parameters share a name.

export class Path {
  readonly prefix: string;
  private readonly taken = new Set<string>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** For a `let`, a prediction or a block: its plain name, with a number from the second of that name on. */
  child(name: string): Path {
    return new Path(`${this.prefix}.${this.claim(name, [name], 2)}`);
  }

  /** For a layer: always numbered, `dense_1`. */
  layer(name: string): string {
    return `${this.prefix}.${this.claim(name, [], 1)}`;
  }

  private claim(name: string, first: readonly string[], from: number): string {
    let segment = first[0] ?? `${name}_${from++}`;
    while (this.taken.has(segment)) segment = `${name}_${from++}`;
    this.taken.add(segment);
    return segment;
  }
}
