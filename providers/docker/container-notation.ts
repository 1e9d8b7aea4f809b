/**
 * Notations that mean the same: each function turns a text as people or the engine write it into one form, so that two
 * of them can be compared. Knows no attribute and no engine.
 */

/** Billionths of a processor in "1.5"; undefined when it is no decimal number. */
export function nanoCpus(text: string): number | undefined {
  const match = /^\+?(\d*)(?:\.(\d*))?$/.exec(text.trim());
  if (match === null || (match[1] ?? '') + (match[2] ?? '') === '') return undefined;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > 9) return undefined;
  return Number(match[1] || '0') * 1e9 + Number(fraction.padEnd(9, '0'));
}

/** "0.5", "1.0", "1.25": always with a fraction, as the provider that people come from stores it. */
export function formatCpus(nano: number): string {
  const text = (nano / 1e9).toFixed(9).replace(/0+$/, '');
  return text.endsWith('.') ? `${text}0` : text;
}

const MOST_CPUS = 4096;

/** "0-2,4" as "0,1,2,4". */
export function cpuList(text: string): string {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (range === null) return text;
    const first = Number(range[1]);
    const last = Number(range[2] ?? first);
    if (last - first > MOST_CPUS) return text;
    for (let cpu = first; cpu <= last; cpu++) numbers.add(cpu);
  }
  return [...numbers].sort((a, b) => a - b).join(',');
}

/** Upper case without `CAP_`. */
export function capability(text: string): string {
  return text.trim().toUpperCase().replace(/^CAP_/, '');
}

export function macAddress(text: string): string {
  return text.trim().toLowerCase().replace(/-/g, ':');
}

/** An address in one notation: brackets off, IPv6 lower-cased and shortened; anything else as it is. */
export function ipAddress(text: string): string {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (!bare.includes(':')) return bare;
  try {
    return new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  } catch {
    return bare.toLowerCase();
  }
}

/** The host address of a published port: nothing and "0.0.0.0" both mean every IPv4 address. */
export function hostIp(text: string): string {
  return text === '' ? '0.0.0.0' : ipAddress(text);
}

/** Without slashes at the end and `.` in between. */
export function cleanPath(text: string): string {
  if (text === '') return '';
  const parts = text.split('/').filter((part, index) => (part !== '' || index === 0) && part !== '.');
  return parts.join('/') || '/';
}

/** `seccomp:x` is the old spelling of `seccomp=x`; `no-new-privileges` stands alone. */
export function securityOption(text: string): string {
  if (/^no-new-privileges(?:[:=]true)?$/.test(text)) return 'no-new-privileges';
  return text.replace(/^(label|apparmor|seccomp|systempaths|no-new-privileges):/, '$1=');
}

const ARCHITECTURES: ReadonlySet<string> = new Set(
  'amd64 arm64 arm 386 ppc64le s390x riscv64 mips64le loong64 i386'.split(' '),
);

/** Architecture under the name that images use. */
export function architecture(text: string): string {
  const known: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    'x86-64': 'amd64',
    aarch64: 'arm64',
    armhf: 'arm',
  };
  const lower = text.toLowerCase();
  return known[lower] ?? lower;
}

/** `linux`, `linux/amd64`, `amd64`, `linux/arm64/v8`: what each part says, where it says something. */
export function platform(text: string): { readonly os: string; readonly architecture: string } {
  const [first = '', second = ''] = text.toLowerCase().split('/');
  if (second !== '') return { os: first, architecture: architecture(second) };
  return ARCHITECTURES.has(architecture(first))
    ? { os: '', architecture: architecture(first) }
    : { os: first, architecture: '' };
}

/** Letters in order and once: "mrw" is "mrw". */
export function permissionLetters(text: string): string {
  return [...new Set(text.toLowerCase())].sort().join('');
}

/** The text in front of the first `=`. */
export function variableName(entry: string): string {
  const at = entry.indexOf('=');
  return at < 0 ? entry : entry.slice(0, at);
}

export interface GpuRequest {
  readonly driver: string;
  readonly count: number;
  readonly deviceIds: readonly string[];
  readonly capabilities: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/** The grammar of `docker run --gpus`; a text says what is wrong with it. */
export function parseGpus(text: string): GpuRequest | string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, '$2');
  let count: number | undefined;
  let driver = '';
  let deviceIds: readonly string[] = [];
  let capabilities: readonly string[] = ['gpu'];
  let options: Readonly<Record<string, string>> = {};
  for (const field of csvFields(bare)) {
    const at = field.indexOf('=');
    const [key, value] = at < 0 ? ['count', field] : [field.slice(0, at), field.slice(at + 1)];
    if (key === 'count') {
      count = value === 'all' ? -1 : Number(value);
      if (!Number.isInteger(count)) return `"${value}" is no number of GPUs`;
    } else if (key === 'driver') driver = value;
    else if (key === 'device') deviceIds = value.split(',');
    else if (key === 'capabilities') capabilities = [...new Set([...value.split(','), 'gpu'])];
    else if (key === 'options') options = Object.fromEntries(csvFields(value).map(splitOption));
    else return `"${key}" is not known`;
  }
  return { driver, count: count ?? (deviceIds.length > 0 ? 0 : 1), deviceIds, capabilities, options };
}

function splitOption(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Fields between commas; quotes around a field or within it keep its commas. */
function csvFields(text: string): readonly string[] {
  const fields = text.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return fields.map((field) => field.replaceAll('"', ''));
}
