// The exit codes of the process. Scripts and editors rely on them.

export const exitCodes = {
  clean: 0,
  /** The user's spec, data or run has errors. */
  findings: 1,
  /** `dinc diff`: the two differ, as in diff(1). Inputs that it cannot read are `usage`. */
  differ: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** An internal error of dinc. */
  internal: 3,
  /** Stopped by Ctrl-C: 128 + SIGINT, as in shells. */
  interrupted: 130,
  /** Stopped by SIGTERM, for example by a service manager: 128 + SIGTERM. */
  terminated: 143,
} as const;
