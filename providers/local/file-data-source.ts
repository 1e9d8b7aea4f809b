/** The data sources `local_file` and `local_sensitive_file`: a file as it is. */
import { resolve } from 'node:path';
import { failed, ok } from '../../core/diag/diagnostic.ts';
import { STRING } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { computed, flatSchema, required } from '../kit/notation.ts';
import type { PlainDataSource } from '../kit/plain-provider.ts';
import { textAt, withEntries } from '../kit/values.ts';
import { checksumAttributes, checksumEntries, checksumsOf } from './checksums.ts';
import { readWhole } from './file-store.ts';

export const localFileData = fileDataSource('A file of this machine.', false);
export const localSensitiveFileData = fileDataSource('A file of this machine that is kept secret.', true);

function fileDataSource(description: string, sensitive: boolean): PlainDataSource {
  const secret = sensitive ? { sensitive } : {};
  const schema = flatSchema(0, description, {
    ...checksumAttributes,
    content: computed(STRING, 'The content as text; what is not UTF-8 is replaced.', secret),
    content_base64: computed(STRING, 'The content in base64.', secret),
    filename: required(STRING, 'Path of the file.'),
  });
  return {
    schema,
    source: ({ workingDirectory }) => ({
      async read(config) {
        const filename = textAt(config, 'filename') ?? '';
        const found = await readWhole(resolve(workingDirectory, filename));
        if ('reason' in found) {
          const detail = `The file "${filename}" cannot be read: ${found.reason}.`;
          return failed({
            severity: 'error',
            summary: 'Read local file data source error',
            detail,
            path: ['filename'],
            cause: found.reason,
          });
        }
        return ok(
          withEntries(config, [
            ...checksumEntries(checksumsOf(found.value)),
            ['content', stringValue(found.value.toString('utf8'))],
            ['content_base64', stringValue(found.value.toString('base64'))],
          ]),
        );
      },
    }),
  };
}
