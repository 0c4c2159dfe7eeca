// Begins with the rows of the first screen while the browser loads the rest of the worker, which is 50 times as long.

import { messageOf } from "../../compiler/common/message.ts";
import { trainingRequests, type WorkerRequest } from "./messages.ts";
import { simulateEarly } from "./simulated.ts";

// The page reports an error as it reports that of a worker that cannot be loaded.
const trainings = import("./trainings.ts").catch((error: unknown) => {
  reportError(error);
  return null;
});

addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  const request: WorkerRequest = messageOf(data, trainingRequests, "the page");
  if (request.kind === "simulate") simulateEarly(request.seed);
  else void trainings.then((loaded) => loaded?.take(request));
});
