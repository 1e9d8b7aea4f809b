/**
 * What a user has said about hosts: tokens and service addresses, in the configuration file of the command line and in
 * `TF_TOKEN_...` variables.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SourceFile } from '../diag/source.ts';
import type { Body } from '../hcl/ast.ts';
import { parseConfig } from '../hcl/parser.ts';
import type { FetchContext } from './fetch-context.ts';
import { staticMap } from './static-form.ts';
import { constantText } from './static-value.ts';

export interface HostSettings {
  token(host: string): string | undefined;
  /** Address of a service that is not to be asked for: `modules.v1`. */
  service(host: string, name: string): string | undefined;
}

/** A file that is not there or cannot be understood says nothing. */
export function readHostSettings({ environment, homeDirectory, workingDirectory }: FetchContext): HostSettings {
  const given = environment.TF_CLI_CONFIG_FILE ?? environment.TERRAFORM_CONFIG;
  const path = given ? resolve(workingDirectory, given) : join(homeDirectory, '.terraformrc');
  const body = readBody(path);
  const block = (type: string, host: string): Body | undefined =>
    body?.blocks.find((each) => each.type === type && each.labels[0]?.value.toLowerCase() === host)?.body;
  return {
    token: (host) => tokenVariable(host, environment) ?? text(block('credentials', host), 'token'),
    service: (host, name) => {
      const services = block('host', host)?.attributes.get('services');
      const pairs = services ? (staticMap(services.value).value ?? []) : [];
      const found = pairs.find((pair) => (pair.keyName ?? constantText(pair.key)) === name);
      return found && constantText(found.value);
    },
  };
}

function readBody(path: string): Body | undefined {
  try {
    return parseConfig(new SourceFile(path, readFileSync(path, 'utf8'))).value;
  } catch {
    return undefined;
  }
}

function text(body: Body | undefined, name: string): string | undefined {
  const attribute = body?.attributes.get(name);
  return attribute && constantText(attribute.value);
}

/** `TF_TOKEN_app_example_com`; a dash in a name may be written as two underscores. */
function tokenVariable(host: string, environment: FetchContext['environment']): string | undefined {
  const plain = host.replace(/:\d+$/, '');
  const spellings = [plain, plain.replaceAll('-', '__')].map((name) => `TF_TOKEN_${name.replaceAll('.', '_')}`);
  return spellings.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
}
