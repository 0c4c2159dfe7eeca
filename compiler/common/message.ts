// Checks messages between threads where they arrive. A message that isn't of the protocol comes from a mistake in dinc, or
// from files of two versions. Whoever waits for an answer would otherwise wait for ever, or go on with nothing.

import { InternalError } from "./internal-error.ts";

/** Plain data; `kind` says which message of a protocol it is. */
interface Message {
  readonly kind: string;
}

/** Every kind of a protocol: it does not compile while one is missing. */
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
