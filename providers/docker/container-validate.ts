/**
 * Rules of a container that concern several arguments, or need more than a look at the value's form. Values may be
 * unknown: what is not known is not complained about.
 */
import type { AttributePath, Diagnostic, Diagnostics } from '../../core/diag/diagnostic.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { nanoCpus, parseGpus } from './container-notation.ts';
import {
  type Plain,
  type PlainObject,
  UNKNOWN_PLAIN,
  isZero,
  objectToPlain,
  plainList,
  plainNumber,
  plainObject,
  plainText,
} from './container-plain.ts';
import { parseDurationNs } from './duration.ts';
import { invalid } from './schema/notation.ts';

export function validateContainer(config: ObjectValue): Diagnostics {
  const plain = objectToPlain(config);
  return [
    ...texts(plain),
    ...limits(plain),
    ...blocks(plain.volumes, 'volumes', volume),
    ...blocks(plain.upload, 'upload', upload),
    ...blocks(plain.ports, 'ports', port),
    ...timeouts(plain),
  ];
}

function texts(plain: PlainObject): Diagnostics {
  const found: Diagnostic[] = [];
  for (const name of ['name', 'image']) if (plain[name] === '') found.push(invalid([name], 'The text is empty.'));
  const name = plainText(plain.name);
  if (name !== '' && !/^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    found.push(
      invalid(
        ['name'],
        `'${name}' is no container name: at least two letters, digits, _ . or -, beginning with a letter or digit.`,
      ),
    );
  }
  for (const argument of ['command', 'entrypoint']) {
    const index = plainList(plain[argument]).indexOf('');
    if (argument === 'command' && index >= 0)
      found.push(invalid([argument, index], 'An empty text cannot stand in a command.'));
  }
  const mode = plainText(plain.cgroupns_mode);
  if (!['', 'private', 'host'].includes(mode))
    found.push(invalid(['cgroupns_mode'], `'${mode}' is neither private nor host.`));
  return found;
}

function limits(plain: PlainObject): Diagnostics {
  const found: Diagnostic[] = [];
  const cpus = plainText(plain.cpus);
  if (cpus !== '' && nanoCpus(cpus) === undefined) {
    found.push(invalid(['cpus'], `'${cpus}' is not a decimal number of processors such as "1.5".`));
  }
  const gpus = plainText(plain.gpus);
  const request = gpus === '' ? undefined : parseGpus(gpus);
  if (typeof request === 'string') found.push(invalid(['gpus'], `${request}. Write it as for docker run --gpus.`));
  if (!isZero(plain.gpus) && plainList(plain.device_requests).length > 0) {
    found.push({
      severity: 'error',
      summary: 'Conflicting configuration arguments',
      detail: '"device_requests": conflicts with gpus. Leave one of them out.',
      path: ['device_requests'],
    });
  }
  return found;
}

/** `check` answers with what is wrong with a block, or nothing. Elements of a set have no place of their own. */
function blocks(
  plain: Plain | undefined,
  name: string,
  check: (block: PlainObject) => string | undefined,
): Diagnostics {
  return plainList(plain).flatMap((item, index) => {
    const wrong = check(plainObject(item));
    const path: AttributePath = name === 'ports' ? [name, index] : [name];
    return wrong === undefined ? [] : [invalid(path, wrong)];
  });
}

function volume(block: PlainObject): string | undefined {
  const { from_container: from, container_path: path } = block;
  if (from === UNKNOWN_PLAIN || path === UNKNOWN_PLAIN || isZero(from) !== isZero(path)) return undefined;
  return isZero(from)
    ? 'A volume needs container_path, or from_container to take over those of another container.'
    : 'A volume has either from_container or container_path, not both.';
}

/** Empty content is content: `content = ""` makes an empty file. */
function upload(block: PlainObject): string | undefined {
  const sources = [block.content, block.content_base64, block.source];
  const said = sources.filter((source) => source !== null && source !== undefined);
  const count = said.length > 1 ? said.filter((source) => source !== '').length : said.length;
  if (said.includes(UNKNOWN_PLAIN) || count === 1) return undefined;
  const file = plainText(block.file);
  return count === 0
    ? `The upload of '${file}' needs one of 'content', 'content_base64' and 'source'.`
    : `The upload of '${file}' has more than one of 'content', 'content_base64' and 'source'; only one can be set.`;
}

function port(block: PlainObject): string | undefined {
  for (const name of ['internal', 'external']) {
    const number = plainNumber(block[name]);
    if (number < 0 || number > 65535) return `${number} is no port: "${name}" is between 0 and 65535.`;
  }
  return undefined;
}

function timeouts(plain: PlainObject): Diagnostics {
  return Object.entries(plainObject(plain.timeouts)).flatMap(([name, text]) => {
    if (typeof text !== 'string' || parseDurationNs(text) !== undefined) return [];
    return [invalid(['timeouts', name], `'${text}' is not a duration; write it as in "10m".`)];
  });
}
