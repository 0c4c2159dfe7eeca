/** The text that replaces views of a spec with errors. */
export const MISTAKEN = "The spec has mistakes: the editor shows where.";
