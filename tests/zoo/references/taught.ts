// Models a part of which learns from what another part made, in losses that read the label.

import { add, denseOf, inner, mlpOf, type Network, scale, type Vector } from "../../support/network.ts";
import { fieldsOf, labelOf } from "./fields.ts";
import type { Reference } from "./reference.ts";

function rocket(network: Network, example: number) {
  const x = fieldsOf(network, example).flat();
  const of = (name: string, layers: number) =>
    denseOf(network, `net.${name}.dense_1`, mlpOf(network, `net.${name}.mlp`, x, layers))[0]!;
  return { light: of("light", 1), booster: of("booster", 2) };
}

const rocket_launching: Reference = (network, example) => ({ like: rocket(network, example).light });

/** H(y, q) of the booster, and ‖l(x) − z(x)‖² of the two logits (Zhou et al., AAAI 2018, equation 3). */
const rocketLoss: Reference = (network, example) => {
  const { light, booster } = rocket(network, example);
  const loss = Math.max(booster, 0) + Math.log1p(Math.exp(-Math.abs(booster)));
  return { boosted: loss - labelOf(network, example) * booster, hint: (light - booster) ** 2 };
};

/** p = h / ‖h‖ of user and item, each with its augmented vector. */
function towers(network: Network, example: number) {
  const fields = fieldsOf(network, example);
  const augmented = (id: string) => network.vector(example, id, `${id}.embed_8.augmented`);
  const tower = (name: string, x: Vector) => {
    const h = denseOf(network, `${name}.h.dense_1`, mlpOf(network, `${name}.h.mlp`, x, 1));
    return scale(1 / Math.sqrt(inner(h, h) + 1e-6), h);
  };
  const [ofUser, ofItem] = [augmented("user_id"), augmented("item_id")];
  const u = tower("net.u.tower", [...fields.slice(0, 4).flat(), ...ofUser]);
  const v = tower("net.v.tower", [...fields.slice(4).flat(), ...ofItem]);
  return { ofUser, ofItem, u, v };
}

/** ⟨pᵤ, pᵥ⟩, five times, as cosines are small logits (Yu et al., DLP-KDD 2021, equation 4). */
const dat: Reference = (network, example) => {
  const { u, v } = towers(network, example);
  return { like: 5 * inner(u, v) };
};

/** ‖y aᵤ + (1 − y) pᵥ − pᵥ‖², and likewise of the item (Yu et al., DLP-KDD 2021, equations 5 and 6). */
const datLoss: Reference = (network, example) => {
  const { ofUser, ofItem, u, v } = towers(network, example);
  const y = labelOf(network, example);
  const far = (a: Vector, p: Vector) => {
    const less = add(a, scale(-1, p));
    return y * inner(less, less);
  };
  return { user_mimics: far(ofUser, v), item_mimics: far(ofItem, u) };
};

export const references = { rocket_launching, dat };
export const losses = { rocket_launching: rocketLoss, dat: datLoss };
