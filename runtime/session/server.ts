// A session: answers requests of a program in another language, such as Python, until it closes the pipe. Each request is one call
// of the driver, whose events are notifications; a cancelled request is stopped as Ctrl-C stops a command.

import {
  type CancellationToken,
  LSPErrorCodes,
  type MessageConnection,
  ResponseError,
} from "vscode-languageserver/node";
import { worded } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { refusalOf } from "../cli/system-refusal.ts";
import { Stopped } from "../driver/events.ts";
import type { TuneEvent } from "../tune/tune.ts";
import { methods, type SessionMethod, type SessionRequests } from "./methods.ts";
import { plain } from "./plain.ts";
import { pythonWords } from "./python-words.ts";
import { textsOf } from "./texts.ts";

/** The codes of errors, which `dinc/errors.py` makes exceptions of. */
const codes = { mistake: 1, usage: 2, internal: 3, stopped: LSPErrorCodes.RequestCancelled } as const;

/** Each request has a number of its own, which its events carry. */
type Request<M extends SessionMethod> = SessionRequests[M] & { readonly call: number };

/** Events that many steps a second make, at most once in this many milliseconds. */
const PAUSE = 100;
const FREQUENT: ReadonlySet<string> = new Set([
  "step",
  "scored",
  "measuring",
  "evaluation",
  "activity",
  "rows-written",
]);

export function serveSession(connection: MessageConnection): void {
  for (const method of Object.keys(methods) as SessionMethod[]) answer(connection, method);
  connection.listen();
}

function answer<M extends SessionMethod>(connection: MessageConnection, method: M): void {
  const handle = async (request: Request<M>, token: CancellationToken): Promise<unknown> => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    try {
      const events = new Events(connection, request.call);
      const watch = { signal: stop.signal, onEvent: (event: TuneEvent) => events.tell(event) };
      const result = await methods[method](request, watch);
      events.flush();
      return plain(result);
    } catch (error) {
      return errorFor(error);
    }
  };
  connection.onRequest(method, handle);
}

/** Sends events. A frequent one that comes too early waits for another kind of event; only the last of its kind is sent. */
class Events {
  private readonly connection: MessageConnection;
  private readonly call: number;
  private readonly sent = new Map<string, number>();
  private readonly waiting = new Map<string, TuneEvent>();

  constructor(connection: MessageConnection, call: number) {
    this.connection = connection;
    this.call = call;
  }

  tell(event: TuneEvent): void {
    if (!FREQUENT.has(event.kind)) {
      this.flush();
      this.send(event);
      return;
    }
    const now = performance.now();
    if (now - (this.sent.get(event.kind) ?? Number.NEGATIVE_INFINITY) < PAUSE) {
      this.waiting.set(event.kind, event);
      return;
    }
    this.sent.set(event.kind, now);
    this.waiting.delete(event.kind);
    this.send(event);
  }

  flush(): void {
    for (const event of this.waiting.values()) this.send(event);
    this.waiting.clear();
  }

  private send(event: TuneEvent): void {
    const text = event.kind === "diagnostics" ? textsOf(event.diagnostics) : {};
    void this.connection.sendNotification("event", {
      call: this.call,
      event: { ...(plain(event) as object), ...text },
    });
  }
}

function errorFor(error: unknown): ResponseError<unknown> {
  if (error instanceof Stopped)
    return new ResponseError(
      codes.stopped,
      error.message,
      plain({ at: error.at, checkpoint: error.checkpoint, run: error.run }),
    );
  if (error instanceof UsageError) return new ResponseError(codes.usage, worded(error.wording, pythonWords));
  const mistake = error instanceof DiagnosticError ? error : refusalOf(error);
  if (mistake !== null) {
    const { diagnostics } = mistake;
    return new ResponseError(codes.mistake, mistake.message, {
      diagnostics: plain(diagnostics),
      ...textsOf(diagnostics),
    });
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return new ResponseError(codes.internal, message, { stack: stack ?? null });
}
