/** Programs whose answer is not Terraform's, each with the reason. */
export const PROGRAM_GAPS: Readonly<Record<string, string>> = {
  'check-sensitive-message': 'Terraform says one warning twice in a plan and three times in an apply; we say it once each time.',
  'td-self-reference': 'Terraform reports the one reference twice; we report it once.',
  'td-computed-assigned': 'Terraform gives no place and no reason; we underline the argument and say why, under the summary that it has elsewhere.',
  'backend-variable': 'Not done yet: variables in backend blocks.',
  'builtin-provider-functions': 'Not done yet: the functions of the terraform provider.',
  'builtin-provider-functions-errors': 'Not done yet: the functions of the terraform provider.',
  'check-scoped-data': 'Not done yet: the data source terraform_remote_state.',
  'check-scoped-data-outside': 'Not done yet: the data source terraform_remote_state.',
  'import-null-id': 'Not done yet: a null import ID is found when planning, not when validating.',
  'remote-state-local': 'Not done yet: the data source terraform_remote_state.',
  'remote-state-missing-file': 'Not done yet: the data source terraform_remote_state.',
};
