/** Programs whose answer is not Terraform's, each with the reason. */
export const PROGRAM_GAPS: Readonly<Record<string, string>> = {};
