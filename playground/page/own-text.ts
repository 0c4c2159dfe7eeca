// The reader's own text. The browser keeps it for the next visit, and a lesson gives it back. Texts of lessons, examples and
// links become the reader's own with the first change.

const KEY = "dinc.text";

export class OwnText {
  /** Null until there is one. */
  text: string | null;

  constructor() {
    this.text = kept();
  }

  keep(text: string): void {
    this.text = text;
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // A browser may forbid it; the text is then there until the page is closed.
    }
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
