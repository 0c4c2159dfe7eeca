// The streams of a command: data goes to standard output, messages to standard error. Colour and moving
// progress lines appear only on a terminal.

import { once } from "node:events";

export interface Terminal {
  /**
   * Writes data unchanged. Callers that write much should wait for the promise, which resolves when the
   * reader has room for more.
   */
  out(text: string): void | Promise<void>;
  /** Shows a message of one or several lines. */
  say(message: string): void;
  /** Shows a line on a terminal until the next message or progress replaces it. */
  progress(line: string): void;
  /** Whether messages and data may be coloured. */
  readonly color: { readonly messages: boolean; readonly data: boolean };
  /** Whether messages go to a terminal. */
  readonly interactive: boolean;
}

const CLEAR_LINE = "\r\u001b[2K";

export function processTerminal(): Terminal {
  const interactive = process.stderr.isTTY === true;
  let progressShown = false;
  const clear = () => {
    if (progressShown) process.stderr.write(CLEAR_LINE);
    progressShown = false;
  };
  return {
    out(text) {
      if (process.stdout.write(text)) return;
      const drained = once(process.stdout, "drain").then(() => {});
      // `main` reports the error if nobody waits for the promise.
      drained.catch(() => {});
      return drained;
    },
    say(message) {
      clear();
      process.stderr.write(`${message}\n`);
    },
    progress(line) {
      if (!interactive) return;
      clear();
      process.stderr.write(line.slice(0, (process.stderr.columns ?? 80) - 1));
      progressShown = true;
    },
    color: { messages: wantsColor(interactive), data: wantsColor(process.stdout.isTTY === true) },
    interactive,
  };
}

/** https://no-color.org and https://force-color.org: set and not empty; NO_COLOR wins. */
function wantsColor(isTerminal: boolean): boolean {
  if (process.env["NO_COLOR"]) return false;
  if (process.env["FORCE_COLOR"]) return process.env["FORCE_COLOR"] !== "0";
  return isTerminal && process.env["TERM"] !== "dumb";
}
