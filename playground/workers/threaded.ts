/** Decides whether threads share the steps of the page's trainings. */
export const isThreaded = globalThis.crossOriginIsolated && navigator.hardwareConcurrency > 1;
