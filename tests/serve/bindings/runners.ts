// A runner for each binding. A binding without one does not compile.

import type { BindingName } from "../../../compiler/backends/contract/emit-options.ts";
import { cpp } from "./cpp.ts";
import { go } from "./go.ts";
import { java } from "./java.ts";
import { node } from "./node.ts";
import { python } from "./python.ts";
import type { BindingRunner } from "./runner.ts";
import { rust } from "./rust.ts";

export const runners: Readonly<Record<BindingName, BindingRunner>> = { cpp, python, node, go, rust, java };
