// Loops in a GraphDef: a frame of nodes that TensorFlow's executor runs repeatedly, without a function call
// (Yu et al., EuroSys 2018, section 4). A merge joins the first and the next value of a variable; a switch
// passes it into the body or out of the loop.

import { InternalError } from "../../common/internal-error.ts";
import {
  type LoopEmitter,
  outputOf,
  type TensorflowAttribute,
  type TensorflowEmitter,
  type TensorflowLoop,
  type TensorflowType,
  type TensorRef,
} from "./lowering.ts";

/**
 * `add` is `emit.node` with inputs that may grow later, as a merge needs: its second input is a node of the
 * body, which is made later. `frame` is the unique name of this loop.
 */
export function emitLoop(
  emit: TensorflowEmitter,
  add: (
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ) => TensorRef,
  frame: string,
  { variables, condition, body }: TensorflowLoop,
): readonly TensorRef[] {
  const inner = new FrameEmitter(emit, frame);
  const merges = variables.map(({ initial, dtype }) => {
    const inputs: string[] = [enter(emit, initial, dtype, frame, false)];
    const attributes = { T: typeOf(dtype), N: { kind: "int", value: 2 } } as const;
    return { inputs, dtype, merged: add("Merge", inputs, attributes) };
  });
  const proceeds = emit.node(
    "LoopCond",
    [
      condition(
        inner,
        merges.map(({ merged }) => merged),
      ),
    ],
    {},
  );
  const switches = merges.map(({ merged, dtype }) =>
    emit.node("Switch", [merged, proceeds], { T: typeOf(dtype) }),
  );
  const next = body(
    inner,
    switches.map((each) => outputOf(each, 1)),
  );
  merges.forEach(({ inputs, dtype }, i) => {
    inputs.push(emit.node("NextIteration", [next[i]!], { T: typeOf(dtype) }));
  });
  return switches.map((each, i) => emit.node("Exit", [each], { T: typeOf(merges[i]!.dtype) }));
}

function typeOf(dtype: TensorflowType): TensorflowAttribute {
  return { kind: "type", value: dtype };
}

function enter(
  emit: TensorflowEmitter,
  value: TensorRef,
  dtype: TensorflowType,
  frame: string,
  isConstant: boolean,
): TensorRef {
  return emit.node("Enter", [value], {
    T: typeOf(dtype),
    frame_name: { kind: "string", value: frame },
    is_constant: { kind: "bool", value: isConstant },
    parallel_iterations: { kind: "int", value: 10 },
  });
}

class FrameEmitter implements LoopEmitter {
  private readonly outer: TensorflowEmitter;
  private readonly frame: string;
  private readonly entered = new Map<TensorRef, TensorRef>();

  constructor(outer: TensorflowEmitter, frame: string) {
    this.outer = outer;
    this.frame = frame;
  }

  enter(outside: TensorRef, dtype: TensorflowType): TensorRef {
    const found = this.entered.get(outside);
    if (found !== undefined) return found;
    const made = enter(this.outer, outside, dtype, this.frame, true);
    this.entered.set(outside, made);
    return made;
  }

  node(
    op: string,
    inputs: readonly TensorRef[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ): TensorRef {
    return this.outer.node(op, inputs, attributes);
  }

  floats(values: readonly number[], dims: readonly number[]): TensorRef {
    return this.enter(this.outer.floats(values, dims), "float32");
  }

  ints(values: readonly number[], dims: readonly number[]): TensorRef {
    return this.enter(this.outer.ints(values, dims), "int32");
  }

  count = (): never => this.notHere("a number of rows");
  segments = (): never => this.notHere("the rows of steps");
  input = (): never => this.notHere("an input");
  parameter = (): never => this.notHere("a parameter");
  table = (): never => this.notHere("a table");
  loop = (): never => this.notHere("another loop");

  private notHere(what: string): never {
    throw new InternalError(`${what} is asked for inside a loop`);
  }
}
