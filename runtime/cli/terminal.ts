// The streams of a command: standard output carries data, standard error carries messages. Colour and moving progress lines
// appear only on a terminal.

import { once } from "node:events";

export interface Terminal {
  /** Data, as it is. Whoever has much of it waits for the promise: the reader has room for more then. */
  out(text: string): void | Promise<void>;
  /** A message for the person, one line or several. */
  say(message: string): void;
  /** A line that the next message or line of progress replaces; shown on a terminal only. */
  progress(line: string): void;
  /** Whether messages may be coloured, and whether data may. */
  readonly color: { readonly messages: boolean; readonly data: boolean };
  /** Whether a person watches the messages. */
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
      // To those who do not wait `main` tells it.
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
