/** `local_file`: a file of this machine. */
import { STRING } from '../../core/value/type.ts';
import { REPLACE, optional } from '../kit/notation.ts';
import { fileResource } from './file-resource.ts';

export const localFile = fileResource({
  noun: 'local file',
  description: 'A file of this machine with the given content.',
  permission: '0777',
  sensitive: false,
  contents: ['content', 'sensitive_content', 'content_base64', 'source'],
  extra: {
    sensitive_content: optional(STRING, 'The content, as text that is kept secret.', {
      ...REPLACE,
      sensitive: true,
      deprecated: 'Use the resource local_sensitive_file instead.',
    }),
  },
});
