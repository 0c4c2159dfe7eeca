// The types of sources.mjs, for tests.

export const SPEC: string;
export function logOf(events: string, items: string, order: string, memory: number | string): string;
export function rowsOf(train: string, test: string, memory: number | string): string;
