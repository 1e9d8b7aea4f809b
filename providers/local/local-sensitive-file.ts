/** `local_sensitive_file`: a file of this machine whose content is kept secret. */
import { fileResource } from './file-resource.ts';

export const localSensitiveFile = fileResource({
  noun: 'local sensitive file',
  description: 'A file of this machine with the given content, which is kept secret.',
  permission: '0700',
  sensitive: true,
  contents: ['content', 'content_base64', 'source'],
  extra: {},
});
