import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/support/fixed-seed.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // vitest leaves a core to itself, which on two cores is half of the machine.
    maxWorkers: availableParallelism(),
  },
});
