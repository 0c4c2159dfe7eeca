// The process of a session, on standard input and output. It ends when the program that started it closes them or dies.

import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { undoOnSignals } from "../files/at-end.ts";
import { serveSession } from "./server.ts";

undoOnSignals();
// Standard output belongs to the protocol: whatever else is printed goes to standard error.
console.log = console.info = console.debug = console.warn = console.error;
process.stdin.on("close", () => process.exit());
process.stdout.on("error", () => process.exit());
serveSession(
  createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout)),
);
