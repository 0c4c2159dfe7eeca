// The worker thread that checks the open documents, so that an author never waits for the checker while typing.

import { workerData } from "node:worker_threads";
import { BackgroundChecker } from "./background-checker.ts";
import type { Question } from "./checking.ts";
import { ConfigViews } from "./config-views.ts";
import { WorkspaceDisk } from "./disk.ts";
import { answering } from "./thread.ts";

const library = new URL((workerData as { readonly library: string }).library);
const checker = new BackgroundChecker(new WorkspaceDisk([], library), new ConfigViews());
answering((question: Question, telling) => checker.answer(question, telling));
