// The shells that dinc completes in, in a file of its own: every start of dinc reads it.

export const completionShells = ["bash", "zsh", "fish"] as const;
export type CompletionShell = (typeof completionShells)[number];
