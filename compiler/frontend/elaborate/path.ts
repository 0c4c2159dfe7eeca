// Names of parameters follow the path in the spec: `net.interest.activation_unit.dense_1.kernel`. A path gives every
// segment below it once, so that no two parameters share a name.

export class Path {
  readonly prefix: string;
  private readonly taken = new Set<string>();
  /** The last number used, by name. */
  private readonly children = new Map<string, number>();
  private readonly layers = new Map<string, number>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** For a `let`, a prediction or a block: the plain name, with a number from the second use on. */
  child(name: string): Path {
    const isFirst = !this.taken.has(name);
    if (isFirst) this.taken.add(name);
    return new Path(`${this.prefix}.${isFirst ? name : this.numbered(name, this.children, 2)}`);
  }

  /** For a layer: always numbered, `dense_1`. */
  layer(name: string): string {
    return `${this.prefix}.${this.numbered(name, this.layers, 1)}`;
  }

  private numbered(name: string, last: Map<string, number>, from: number): string {
    let number = last.has(name) ? last.get(name)! + 1 : from;
    while (this.taken.has(`${name}_${number}`)) number++;
    last.set(name, number);
    const segment = `${name}_${number}`;
    this.taken.add(segment);
    return segment;
  }
}
