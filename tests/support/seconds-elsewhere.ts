// Processor time of processes that outlive a test file, by whoever started them: the system counts only that of a child that has
// ended. In the global object, as vitest loads the files of its setup anew for each test file.

const counted = globalThis as typeof globalThis & { dincSecondsElsewhere?: number };

export function countSeconds(seconds: number): void {
  counted.dincSecondsElsewhere = secondsElsewhere() + seconds;
}

export function secondsElsewhere(): number {
  return counted.dincSecondsElsewhere ?? 0;
}
