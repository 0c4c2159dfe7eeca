/** Whether threads share the steps of this page's trainings. */
export const isThreaded = globalThis.crossOriginIsolated && navigator.hardwareConcurrency > 1;
