// Judges what is open, so that whoever types does not wait for the checker.

import { workerData } from "node:worker_threads";
import { Judge, type Question } from "./judge.ts";
import { answering } from "./thread.ts";

const judge = new Judge(new URL((workerData as { readonly library: string }).library));
answering((question: Question, telling) => judge.answer(question, telling));
