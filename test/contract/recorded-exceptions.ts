/**
 * Where a plan of ours over a recorded state is not empty, and rightly so: the argument that differs, by case. Each
 * entry names the rule of ours that beats the recording.
 */
export const BETTER_THAN_RECORDED: Readonly<Record<string, readonly string[]>> = {};
