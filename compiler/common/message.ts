// Checks messages between threads on arrival. A message outside the protocol comes from a mistake in dinc, or
// from files of two versions. Without the check, the receiver would wait for ever, or continue without data.

import { InternalError } from "./internal-error.ts";

/** Plain data; `kind` tells the messages of a protocol apart. */
interface Message {
  readonly kind: string;
}

/** All kinds of a protocol; the build fails while one is missing. */
export type MessageKinds<M extends Message> = { readonly [Kind in M["kind"]]: true };

/** `received` as a message of the protocol with these kinds. Throws InternalError for anything else. */
export function messageOf<M extends Message>(received: unknown, kinds: MessageKinds<M>, sender: string): M {
  if (typeof received !== "object" || received === null || !("kind" in received))
    throw new InternalError(`${sender} sent a message without a kind`);
  const { kind } = received;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    throw new InternalError(`${sender} sent a message of an unknown kind: ${String(kind)}`);
  return received as M;
}
