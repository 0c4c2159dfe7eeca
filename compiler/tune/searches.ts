// The search methods. A separate file, because the command line loads no computing code.

export const searches = ["sobol", "random"] as const;
export type Search = (typeof searches)[number];
