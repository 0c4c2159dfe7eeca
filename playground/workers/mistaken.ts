/** What stands in the place of what is made of a right spec. */
export const MISTAKEN = "The spec has mistakes: the editor shows where.";
