// A type with a name that `dinc` exports for something else, for the test of docs/api.md.

export interface Position {
  readonly epoch: number;
}
