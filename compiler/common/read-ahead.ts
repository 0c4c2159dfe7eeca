// Reads items before they are wanted, so that a source and its consumer work at the same time.

/**
 * The items in their order; up to `most` further ones are read while the caller works on one. An error comes
 * after the items before it.
 */
export async function* readAhead<T>(items: AsyncGenerator<T>, most: number): AsyncGenerator<T> {
  const coming: Promise<IteratorResult<T>>[] = [];
  try {
    for (;;) {
      // A generator answers one request after the other.
      while (coming.length <= most) {
        const next = items.next();
        next.catch(() => {});
        coming.push(next);
      }
      const { done, value } = await coming.shift()!;
      if (done === true) return;
      yield value;
    }
  } finally {
    await items.return(undefined);
  }
}
