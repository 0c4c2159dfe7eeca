/** `before` each slice: some microseconds, more or fewer by chance. */
export function slowed(slices, before) {
  const functions = slices.slices;
  functions.forEach((compute, phase) => {
    functions[phase] = (slice, scratch) => {
      before();
      const until = performance.now() + Math.random() * 0.02;
      while (performance.now() < until);
      compute(slice, scratch);
    };
  });
}
