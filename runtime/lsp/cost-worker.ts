// Computes what models cost.

import { answerOf } from "./cost-thread.ts";
import { answering } from "./thread.ts";

answering(answerOf);
