/** Programs whose answer is not Terraform's, each with the reason. */
export const PROGRAM_GAPS: Readonly<Record<string, string>> = {
  'check-sensitive-message': 'Terraform says one warning twice in a plan and three times in an apply; we say it once each time.',
  'td-self-reference': 'Terraform reports the one reference twice; we report it once.',
  'td-computed-assigned': 'Terraform gives no place and no reason; we underline the argument and say why, under the summary that it has elsewhere.',
  'backend-variable': 'Terraform refuses variables in backend blocks; we take them as OpenTofu does, where they are known beforehand.',
};
