// Answers the page's requests about a spec.

import { messageOf } from "../../compiler/common/message.ts";
import { type ViewsRequest, viewsRequests } from "./messages.ts";
import { viewsOf } from "./views-of.ts";

/** Only the latest text matters: a request that arrives during another replaces the waiting one. */
let waiting: ViewsRequest | null = null;
/** Handles one request after the other, because each takes some time. */
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
    // The next text is handled nevertheless.
    .catch(reportError);
});
