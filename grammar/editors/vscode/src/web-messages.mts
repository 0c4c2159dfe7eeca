// The messages of the extension in a web editor to its language server, besides those of the protocol.

/** A spec of the workspace; without a text it was deleted. */
export interface WebFile {
  readonly uri: string;
  readonly text: string | null;
}

/** The first message that the worker gets, before those of the protocol. */
export interface WebStart {
  readonly files: readonly WebFile[];
  /** The folder that contains the standard library's `std/`, as a URI with a final slash. */
  readonly library: string;
  readonly version: string;
}

/** A notification with files that have changed. */
export const FILES_CHANGED = "dinc/filesChanged";
