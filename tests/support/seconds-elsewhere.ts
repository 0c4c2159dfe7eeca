// Processor time of processes that outlive a test file, by the file that started them, because the system
// counts a child only after it has ended. Stored in the global object, because vitest loads setup files again
// for each test file.

const counted = globalThis as typeof globalThis & { dincSecondsElsewhere?: number };

export function countSeconds(seconds: number): void {
  counted.dincSecondsElsewhere = secondsElsewhere() + seconds;
}

export function secondsElsewhere(): number {
  return counted.dincSecondsElsewhere ?? 0;
}
