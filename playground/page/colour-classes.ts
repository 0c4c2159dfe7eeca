/** The classes of a token in the style sheet, by the names of its type and its modifiers. */
export function colourClasses(names: readonly (string | undefined)[]): string {
  return names.map((name) => `din-${name}`).join(" ");
}
