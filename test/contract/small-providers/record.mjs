// Records what real Terraform with the real providers plans and stores for the configurations beside this file, once
// with v = 1 and then with v = 2:
//   STOWAGE_PEER_MIRROR=DIRECTORY node test/contract/small-providers/record.mjs
// DIRECTORY has the built providers and a `terraformrc` that names it. The recordings are replaced.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const mirror = process.env.STOWAGE_PEER_MIRROR;
if (!mirror) throw new Error('STOWAGE_PEER_MIRROR names no directory');

for (const file of readdirSync(here).filter((name) => name.endsWith('.tf'))) {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-record-'));
  cpSync(join(here, file), join(directory, 'main.tf'));
  writeFileSync(join(directory, 'in.txt'), 'from outside\n');
  const run = (...args) =>
    execFileSync('terraform', args, {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, TF_CLI_CONFIG_FILE: join(mirror, 'terraformrc') },
    });
  run('init');
  const recordedAt = new Date().toISOString();
  const steps = [1, 2].map((v) => {
    run('plan', `-var=v=${v}`, '-out=plan');
    const changes = JSON.parse(run('show', '-json', 'plan')).resource_changes.map(slimChange);
    run('apply', 'plan');
    const { resources } = JSON.parse(readFileSync(join(directory, 'terraform.tfstate'), 'utf8'));
    return { changes, state: resources };
  });
  writeFileSync(join(here, file.replace(/\.tf$/, '.json')), `${JSON.stringify({ recordedAt, steps })}\n`);
  rmSync(directory, { recursive: true });
}

function slimChange({ address, change }) {
  const { actions, after, after_unknown: unknown, replace_paths: replacePaths = [] } = change;
  return { address, actions, after, unknown: slimUnknown(unknown), replacePaths };
}

/** `false` and absent are the same in after_unknown. */
function slimUnknown(value) {
  if (typeof value !== 'object' || value === null) return value || undefined;
  const entries = Object.entries(value).map(([name, entry]) => [name, slimUnknown(entry)]);
  const kept = entries.filter(([, entry]) => entry !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
