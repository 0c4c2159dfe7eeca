// The exit codes of the process. Scripts and editors rely on them.

export const exitCodes = {
  clean: 0,
  /** Errors in what the user gave: a spec, data, a run. */
  findings: 1,
  /** Of `dinc diff`, as of diff(1): the two differ. What it cannot read ends it with `usage`. */
  differ: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** dinc broke one of its own promises. */
  internal: 3,
  /** Stopped by Ctrl-C: 128 + SIGINT, as shells have it. */
  interrupted: 130,
  /** Stopped by SIGTERM, as service managers do: 128 + SIGTERM. */
  terminated: 143,
} as const;
