// The ways to draw settings. The command line has them by themselves, as it loads nothing that computes.

export const searches = ["sobol", "random"] as const;
export type Search = (typeof searches)[number];
