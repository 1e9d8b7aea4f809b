/** The arguments of a `local-exec` provisioner. */
import type { BlockContents } from '../config/schema.ts';
import { BOOL, STRING, listType, mapType } from '../value/type.ts';

export const LOCAL_EXEC: BlockContents = {
  attributes: {
    command: { type: STRING, use: 'required', description: 'What is run.' },
    interpreter: { type: listType(STRING), use: 'optional', description: 'Program and arguments before the command.' },
    working_dir: { type: STRING, use: 'optional', description: 'Directory in which it is run.' },
    environment: { type: mapType(STRING), use: 'optional', description: 'Variables added to the environment.' },
    quiet: { type: BOOL, use: 'optional', description: 'Do not show the command.' },
  },
  blocks: {},
};
