// Answers what the page asks about a spec.

import { messageOf } from "../../compiler/common/message.ts";
import { type ViewsRequest, viewsRequests } from "./messages.ts";
import { viewsOf } from "./views-of.ts";

/** Only the last text matters: what comes while one is looked at replaces what waits. */
let waiting: ViewsRequest | null = null;
/** What is looked at takes its time, too. */
let turn: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  const asked = messageOf(data, viewsRequests, "the page");
  const isIdle = waiting === null;
  waiting = asked;
  if (!isIdle) return;
  turn = turn
    .then(() => new Promise((done) => setTimeout(done)))
    .then(async () => {
      const request = waiting;
      waiting = null;
      if (request !== null) postMessage(await viewsOf(request));
    })
    // The next text has its turn all the same.
    .catch(reportError);
});
