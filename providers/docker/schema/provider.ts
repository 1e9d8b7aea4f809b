/** What a `provider "docker"` block may say. */
import type { Schema } from '../../../core/config/schema.ts';
import { BOOL, STRING, listType } from '../../../core/value/type.ts';
import { block, notEmpty, optional, required } from './notation.ts';

export const providerSchema: Schema = {
  version: 0,
  description: 'A Docker Engine and how to reach it.',
  attributes: {
    host: optional(
      STRING,
      'Where the engine listens: a unix, tcp, http, https or ssh address. `DOCKER_HOST`, then the current docker context, then the default socket when nothing is said.',
    ),
    context: optional(
      STRING,
      'Name of a docker context whose address is used instead of `host`. `DOCKER_CONTEXT` when nothing is said.',
    ),
    ssh_opts: optional(listType(STRING), 'More options for the ssh client, for an ssh address.'),
    ca_material: optional(STRING, 'Certificates of the authorities that may vouch for the engine, as PEM text.'),
    cert_material: optional(STRING, 'Client certificate, as PEM text.'),
    key_material: optional(STRING, 'Key of the client certificate, as PEM text.', { sensitive: false }),
    cert_path: optional(
      STRING,
      'Folder that holds ca.pem, cert.pem and key.pem. `DOCKER_CERT_PATH` when nothing is said.',
    ),
    disable_docker_daemon_check: optional(BOOL, 'Do not ask the engine whether it is there before the first call.'),
  },
  blocks: {
    registry_auth: block('set', 'Credentials for one registry.', {
      attributes: {
        address: required(STRING, 'Registry host, with or without a scheme.', { validate: notEmpty }),
        username: optional(STRING, 'Name to log in with. `DOCKER_REGISTRY_USER` when nothing is said.'),
        password: optional(STRING, 'Password or token. `DOCKER_REGISTRY_PASS` when nothing is said.', {
          sensitive: true,
        }),
        config_file: optional(
          STRING,
          "Docker client configuration to look credentials up in; the user's own when nothing is said.",
        ),
        config_file_content: optional(STRING, 'The same as text; looked into before `config_file`.'),
        auth_disabled: optional(BOOL, 'The registry asks for no credentials.'),
      },
    }),
  },
};
