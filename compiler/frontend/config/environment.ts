// Environment variables in paths: `${NAME}` and `${NAME:-default}`; an empty variable takes the default, as in a shell.

/** The value of a variable; undefined or empty where it is not set. */
export type EnvironmentVariables = (name: string) => string | undefined;

/**
 * Fills in the variables of a path, and returns the names of those that have neither a value nor a default.
 */
export function filledIn(
  written: string,
  environment: EnvironmentVariables,
): { readonly path: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  // No bracket closes after the last one, so the search stops there.
  const end = written.lastIndexOf("}") + 1;
  const filled = written
    .slice(0, end)
    .replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, otherwise: string | undefined) => {
      const value = environment(name) || otherwise;
      if (value === undefined) missing.push(name);
      return value ?? "";
    });
  return { path: filled + written.slice(end), missing };
}
