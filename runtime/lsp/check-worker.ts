// Checks what is open, so that whoever types does not wait for the checker.

import { workerData } from "node:worker_threads";
import { BackgroundChecker, type Question } from "./background-checker.ts";
import { answering } from "./thread.ts";

const checker = new BackgroundChecker(new URL((workerData as { readonly library: string }).library));
answering((question: Question, telling) => checker.answer(question, telling));
