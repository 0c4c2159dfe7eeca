// How long something takes, by the processor's time: what else the machine does is not counted.

export function measured<T>(run: () => T): { readonly result: T; readonly milliseconds: number } {
  const start = process.cpuUsage();
  const result = run();
  return { result, milliseconds: process.cpuUsage(start).user / 1000 };
}
