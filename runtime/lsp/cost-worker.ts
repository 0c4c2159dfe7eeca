// Computes what models cost.

import { answerOf, type CostQuestion } from "./cost-thread.ts";
import { answering } from "./thread.ts";

answering((question: CostQuestion, telling) => {
  telling.at("cost");
  return answerOf(question);
});
