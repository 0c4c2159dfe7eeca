// The worker thread that checks the open documents, so that an author never waits for the checker while typing.

import { workerData } from "node:worker_threads";
import { BackgroundChecker, type Question } from "./background-checker.ts";
import { answering } from "./thread.ts";

const checker = new BackgroundChecker(new URL((workerData as { readonly library: string }).library));
answering((question: Question, telling) => checker.answer(question, telling));
