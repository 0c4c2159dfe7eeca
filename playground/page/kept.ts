// Texts that the browser keeps for the next visit, by name. Where it forbids that, they last until the page is closed.

const here = new Map<string, string | null>();

export function kept(name: string): string | null {
  const known = here.get(name);
  if (known !== undefined) return known;
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Null forgets it. */
export function keep(name: string, text: string | null): void {
  here.set(name, text);
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // Forbidden, or full.
  }
}
