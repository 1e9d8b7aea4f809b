/**
 * Which function lives in which family, and the loading of those that a configuration calls. A family, with whatever
 * library it needs, is imported when the first of its functions is asked for. Knows names, not what they do.
 */
import { invariant } from '../../diag/invariant.ts';
import type { FunctionDefinition, FunctionTable } from '../scope.ts';

interface Family {
  /** Separated by spaces. */
  readonly names: string;
  load(): Promise<readonly FunctionDefinition[]>;
}

/** Exported for the test that holds the names to the definitions. */
export const FAMILIES: readonly Family[] = [
  {
    names:
      'chomp endswith indent join lower split startswith strcontains strrev substr title trim trimprefix trimspace trimsuffix upper',
    load: async () => (await import('./string.ts')).stringFunctions,
  },
  {
    names:
      'alltrue anytrue chunklist compact concat contains distinct element flatten index length one range reverse slice sort',
    load: async () => (await import('./sequence.ts')).sequenceFunctions,
  },
  {
    names: 'keys lookup matchkeys merge transpose values zipmap',
    load: async () => (await import('./mapping.ts')).mappingFunctions,
  },
  {
    names: 'setintersection setproduct setsubtract setunion',
    load: async () => (await import('./set-algebra.ts')).setFunctions,
  },
  { names: 'coalesce coalescelist', load: async () => (await import('./fallback.ts')).fallbackFunctions },
  {
    names: 'tobool tolist tomap tonumber toset tostring',
    load: async () => (await import('./conversion.ts')).conversionFunctions,
  },
  {
    names: 'ephemeralasnull issensitive nonsensitive sensitive',
    load: async () => (await import('./marking.ts')).markingFunctions,
  },
  {
    names: 'abs ceil floor log max min parseint pow signum sum',
    load: async () => (await import('./numeric.ts')).numericFunctions,
  },
  { names: 'format formatlist', load: async () => (await import('./format.ts')).formatFunctions },
  { names: 'regex regexall replace', load: async () => (await import('./regex.ts')).regexFunctions },
  {
    names: 'abspath basename dirname file filebase64 fileexists pathexpand',
    load: async () => (await import('./filesystem.ts')).filesystemFunctions,
  },
  { names: 'fileset', load: async () => (await import('./fileset.ts')).filesetFunctions },
  {
    names: 'templatefile templatestring',
    load: async () => (await import('./template.ts')).templateFunctions,
  },
  {
    names:
      'base64sha256 base64sha512 filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 md5 sha1 sha256 sha512',
    load: async () => (await import('./hash.ts')).hashFunctions,
  },
  { names: 'uuid uuidv5', load: async () => (await import('./identifier.ts')).identifierFunctions },
  { names: 'bcrypt', load: async () => (await import('./bcrypt.ts')).bcryptFunctions },
  { names: 'rsadecrypt', load: async () => (await import('./rsa.ts')).rsaFunctions },
  {
    names: 'base64decode base64encode urldecode urlencode',
    load: async () => (await import('./encoding.ts')).encodingFunctions,
  },
  { names: 'base64gunzip base64gzip', load: async () => (await import('./compression.ts')).compressionFunctions },
  {
    names: 'textdecodebase64 textencodebase64',
    load: async () => (await import('./text-encoding.ts')).textEncodingFunctions,
  },
  { names: 'jsondecode jsonencode', load: async () => (await import('./json.ts')).jsonFunctions },
  { names: 'csvdecode', load: async () => (await import('./csv.ts')).csvFunctions },
  { names: 'yamldecode', load: async () => (await import('./yaml-decode.ts')).yamlDecodeFunctions },
  { names: 'yamlencode', load: async () => (await import('./yaml-encode.ts')).yamlEncodeFunctions },
  {
    names: 'formatdate plantimestamp timeadd timecmp timestamp',
    load: async () => (await import('./date.ts')).dateFunctions,
  },
  {
    names: 'cidrcontains cidrhost cidrnetmask cidrsubnet cidrsubnets',
    load: async () => (await import('./ip-network.ts')).ipNetworkFunctions,
  },
];

/** Functions of the built-in provider, under the source of the provider: a module gives that its own name. */
export const TERRAFORM_PROVIDER = 'terraform.io/builtin/terraform';

const PROVIDER_FAMILY: Family = {
  names: '',
  load: async () => {
    const { terraformFunctions } = await import('./terraform.ts');
    return terraformFunctions.map((each) => ({ ...each, name: `${TERRAFORM_PROVIDER}::${each.name}` }));
  },
};

const familyOf = new Map(FAMILIES.flatMap((family) => family.names.split(' ').map((name) => [name, family] as const)));

/** What a template calls is known only once it has been read, which is too late to load anything. */
const NEEDS_ALL = ['templatefile', 'templatestring'];

/**
 * The functions of these names, ready to be called; names of none are passed over. `core::upper` is `upper`. A function
 * that was not asked for must not be looked up.
 */
export async function loadFunctions(names: Iterable<string> | 'all'): Promise<FunctionTable> {
  const wanted = names === 'all' ? [...FAMILIES, PROVIDER_FAMILY] : familiesOf(names);
  const loaded = await Promise.all(Array.from(wanted, (family) => family.load()));
  const definitions = new Map(loaded.flat().map((definition) => [definition.name, definition] as const));
  return {
    get(name) {
      const plain = plainName(name);
      const definition = definitions.get(plain);
      invariant(definition !== undefined || !familyOf.has(plain), `function ${plain} is not loaded`);
      return definition;
    },
    names: () => familyOf.keys(),
  };
}

function familiesOf(names: Iterable<string>): Iterable<Family> {
  const families = new Set<Family>();
  for (const name of names) {
    const plain = plainName(name);
    if (NEEDS_ALL.includes(plain)) return [...FAMILIES, PROVIDER_FAMILY];
    if (plain.startsWith('provider::')) families.add(PROVIDER_FAMILY);
    const family = familyOf.get(plain);
    if (family !== undefined) families.add(family);
  }
  return families;
}

function plainName(name: string): string {
  return name.startsWith('core::') ? name.slice('core::'.length) : name;
}
