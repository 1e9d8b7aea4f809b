/** Flags that several commands share, with Terraform's names and defaults. */
import type { Flags } from './arguments.ts';

export const COLOR: Flags = { 'no-color': { type: 'boolean', describe: 'No colours' } };

export const JSON_OUTPUT: Flags = { json: { type: 'boolean', describe: 'Machine-readable output' } };

export const INPUT: Flags = {
  input: { type: 'boolean', default: true, describe: 'Ask for what is missing when there is a terminal' },
};

export const LOCK: Flags = {
  lock: { type: 'boolean', default: true, describe: 'Lock the state while it is in use' },
  'lock-timeout': { type: 'string', default: '0s', describe: 'How long to wait for the lock of somebody else' },
};

export const STATE: Flags = { state: { type: 'string', describe: 'Path of the state file' } };

export const STATE_OUTPUT: Flags = {
  ...STATE,
  'state-out': { type: 'string', describe: 'Where to write the state, when that is another file' },
  backup: { type: 'string', describe: 'Where to keep the previous state; "-" for nowhere' },
};

export const VARIABLES: Flags = {
  var: { type: 'list', describe: "Value of a variable: -var 'name=value'; may be given several times" },
  'var-file': { type: 'list', describe: 'File with values of variables; may be given several times' },
};

/** What a plan is about. */
export const PLANNING: Flags = {
  ...VARIABLES,
  destroy: { type: 'boolean', describe: 'Plan to remove everything' },
  refresh: { type: 'boolean', default: true, describe: 'Look at what really exists before planning' },
  'refresh-only': { type: 'boolean', describe: 'Only record in the state what really exists' },
  target: { type: 'list', describe: 'Only this resource and what it depends on; may be given several times' },
  replace: { type: 'list', describe: 'Replace this resource instance; may be given several times' },
};

export const RUNNING: Flags = {
  ...COLOR,
  ...JSON_OUTPUT,
  ...INPUT,
  ...LOCK,
  ...STATE_OUTPUT,
  parallelism: { type: 'count', default: '10', describe: 'How many operations may run at the same time' },
  'compact-warnings': { type: 'boolean', describe: 'Show warnings in one line each' },
};
