// The options of a server, each described once: for `dinc serve`, and for the server in a folder of `--target server`.

/** The most that a server takes at once, and for how long. */
export interface ServerLimits {
  /** The most requests that wait or are scored at a time. */
  readonly maxRequests: number;
  /** The most candidates of a request, or of all requests of a batch together. */
  readonly maxCandidates: number;
  /** The most MiB of a body. */
  readonly maxBody: number;
  /** The most seconds until a body is complete, and then until its scores are there. */
  readonly timeout: number;
}

export interface ServerOptions extends ServerLimits {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** The number of threads that score. */
  readonly threads: number;
  /** A file with the token of those who may send patches of weights; empty if nobody may. */
  readonly patchToken: string;
}

/** Where the folder of a server has the library in C, if it has one. */
export const LIBRARY = "c";

export interface ServerOption {
  readonly value: string;
  readonly doc: string;
  /** Null if it depends on the machine. */
  readonly default: string | number | null;
}

export const serverOptions = {
  host: {
    value: "<address>",
    doc: "the address to listen at; 0.0.0.0 takes requests of other machines, too",
    default: "127.0.0.1",
  },
  port: { value: "<n>", doc: "the port; 0 for a free one", default: 8080 },
  threads: {
    value: "<n>",
    doc: "threads that score (default: as many as the machine runs at a time)",
    default: null,
  },
  maxRequests: {
    value: "<n>",
    doc: "the most requests that wait or are scored at a time; more get status 503",
    default: 1000,
  },
  maxCandidates: { value: "<n>", doc: "the most candidates of a request or a batch", default: 10_000 },
  maxBody: { value: "<MiB>", doc: "the size of the largest body", default: 4 },
  timeout: {
    value: "<seconds>",
    doc: "the most seconds until a body is complete, and then until its scores are there",
    default: 10,
  },
  patchToken: {
    value: "<file>",
    doc: "take patches of weights from those who send the text of this file as bearer token (default: from nobody)",
    default: "",
  },
} as const satisfies Readonly<Record<keyof ServerOptions, ServerOption>>;
