// A thread of a training: it takes part in the steps of the worker that starts it.

import { takePart } from "../../compiler/train/index.ts";

addEventListener("message", ({ data }) => takePart(data));
