// The shells that have a completion script. This list is a file of its own because every start of dinc reads
// it.

export const completionShells = ["bash", "zsh", "fish"] as const;
export type CompletionShell = (typeof completionShells)[number];
