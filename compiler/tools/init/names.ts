// The one scope of a draft's names: what is in it was taken first, and every name that is made gives way to it. So no two things
// of a draft can have one name, whatever the columns are called.

export class Names {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken);
  }

  /** `wanted`, or where that is taken `wanted_2` and so on. */
  free(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}_${n}`;
    this.taken.add(name);
    return name;
  }
}
