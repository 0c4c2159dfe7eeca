// The single scope of a draft's names. A new name that is already in use is changed, so that no two things in
// a draft share a name.

export class FreshNames {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken);
  }

  /** `wanted`, or `wanted_2` and so on if it is taken. */
  free(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}_${n}`;
    this.taken.add(name);
    return name;
  }
}
