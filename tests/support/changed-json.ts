// Makes JSON values with a random replacement for any of their parts.

import fc from "fast-check";

/** Replaces any part of a value by something else. */
export function changeOf(value: unknown): fc.Arbitrary<(given: unknown) => unknown> {
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1e300, 2 ** 53, "__proto__", [], {}));
  const paths = pathsOf(value);
  return fc.tuple(fc.constantFrom(...paths), junk, fc.boolean()).map(([path, other, removes]) => (given) => {
    const last = path.at(-1);
    if (last === undefined) return other;
    let at = given as Record<string, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    if (removes) delete at[last];
    else at[last] = other;
    return given;
  });
}

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, part]) => pathsOf(part).map((path) => [key, ...path]))];
}
