// The worker thread that computes the costs of models.

import { answerOf, type CostQuestion } from "./cost-answer.ts";
import { answering } from "./thread.ts";

answering((question: CostQuestion, telling) => {
  telling.at("cost");
  return answerOf(question);
});
