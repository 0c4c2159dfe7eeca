// How tfjs computes ops on lists: the first of a value's dims.

import { placesOf } from "../../../middle/ops/scatter-list.op.ts";
import { axisOf } from "../../../middle/ops/support/shapes.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { tensorShape, unlessEmpty } from "../tensors.ts";

export const lists = {
  broadcast_list: unlessEmpty((context, [x]) => {
    const { tf, output: out } = context;
    return tf.broadcastTo(tf.expandDims(x!, axisOf(out, 0)), tensorShape(context, out));
  }),
  sum_list: unlessEmpty(({ tf, output: out }, [x]) => tf.sum(x!, axisOf(out, 0))),
  max_list: unlessEmpty(({ tf, output: out }, [x]) => tf.max(x!, axisOf(out, 0))),
  softmax_list: unlessEmpty(({ tf, output: out }, [x]) => {
    const axis = axisOf(out, 0);
    const exponentials = tf.exp(tf.sub(x!, tf.max(x!, axis, true)));
    return tf.div(exponentials, tf.sum(exponentials, axis, true));
  }),
  gather_list: unlessEmpty(({ tf, attributes: { indices }, output: out }, [x]) =>
    tf.gather(x!, tf.tensor1d([...indices], "int32"), axisOf(out, 0)),
  ),
  scatter_list: unlessEmpty((context, [x]) => {
    const { tf, attributes, output: out } = context;
    const axis = axisOf(out, 0);
    const { places, depth } = placesOf(attributes);
    const zero = tf.zeros(tensorShape(context, { ...out, dims: [1, ...out.dims.slice(1)] }));
    const gathered = tf.gather(tf.concat([x!, zero], axis), tf.tensor1d(places, "int32"), axis);
    const dims = [attributes.length, depth, ...out.dims.slice(1)];
    return tf.sum(tf.reshape(gathered, tensorShape(context, { ...out, dims })), axis + 1);
  }),
  transpose: unlessEmpty(({ tf, output: out }, [x]) =>
    tf.transpose(x!, out.rows.kind === "once" ? [1, 0] : [0, 2, 1]),
  ),
} satisfies Partial<TfjsLowerings>;
