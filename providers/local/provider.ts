/** The built-in `hashicorp/local`: files of the machine that Stowage runs on. */
import type { Provider } from '../../core/provider.ts';
import { plainProvider } from '../kit/plain-provider.ts';
import { localFileData, localSensitiveFileData } from './file-data-source.ts';
import { localFile } from './local-file.ts';
import { localSensitiveFile } from './local-sensitive-file.ts';

export const localProvider: Provider = plainProvider({
  source: 'registry.terraform.io/hashicorp/local',
  type: 'local',
  description: 'Files of the machine that Stowage runs on.',
  resources: { local_file: localFile, local_sensitive_file: localSensitiveFile },
  dataSources: { local_file: localFileData, local_sensitive_file: localSensitiveFileData },
});
