import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from '../../../cmd/io.ts';
import { plannedConfiguration, readPlanFile, unfitReason, writePlanFile } from '../../../cmd/saved-plan.ts';
import { loadConfiguration } from '../../../core/config/load.ts';
import { LocalStore } from '../../../state/local.ts';
import { Workspaces } from '../../../state/workspaces.ts';
import { emptyState } from '../../../state/codec.ts';
import { object, plan } from './plans.ts';

const stateOf = (serial: number, lineage = 'lineage') => ({ ...emptyState(lineage, '1.11.4'), serial });
const planFor = (serial: number, more = {}) => plan([], { priorState: stateOf(serial), ...more });

describe('a saved plan and the state it meets', () => {
  it.each([
    ['nothing, then nothing', planFor(0), null, undefined],
    ['the state it was made for', planFor(3), stateOf(3), undefined],
    ['a newer state', planFor(3), stateOf(4), 'Saved plan is stale'],
    ['a state where there was none', planFor(0), stateOf(1, 'other'), 'Saved plan is stale'],
    ['a state of something else', planFor(3), stateOf(3, 'other'), 'Saved plan does not match the given state'],
    ['no state where there was one', planFor(3), null, 'Saved plan is stale'],
    ['a plan that was not finished', planFor(3, { errored: true }), stateOf(3), 'Cannot apply incomplete plan'],
  ])('%s', (_, made, current, summary) => {
    expect(unfitReason(made, current, 'p')?.summary).toBe(summary);
  });
});

describe('a saved plan on disk', () => {
  let root: string;
  let io: Io;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stowage-saved-'));
    const workingDirectory = join(root, 'deep', 'work');
    await mkdir(join(workingDirectory, 'child'), { recursive: true });
    await mkdir(join(root, 'beside'));
    await writeFile(
      join(workingDirectory, 'main.tf'),
      'module "a" {\n  source = "./child"\n}\nmodule "b" {\n  source = "../../beside"\n}\n',
    );
    await writeFile(join(workingDirectory, 'child', 'main.tf'), 'output "o" {\n  value = "planned"\n}\n');
    await writeFile(join(root, 'beside', 'main.tf'), 'output "o" {\n  value = "beside"\n}\n');
    io = { workingDirectory, environment: {} } as Io;
  });
  afterEach(() => rm(root, { recursive: true }));

  it('holds the configuration as it was, modules beside it too, for its owner alone', async () => {
    const { value: configuration } = await loadConfiguration('.', { workingDirectory: io.workingDirectory });
    expect(configuration).toBeDefined();
    if (configuration === undefined) return;
    const locker = { version: 't', processes: { pid: 1, isAlive: () => true } };
    const place = {
      workspace: 'default',
      workspaces: new Workspaces({ directory: io.workingDirectory, dataDirectory: '.terraform' }),
      store: new LocalStore({ path: join(io.workingDirectory, 'terraform.tfstate'), locker }),
      path: 'terraform.tfstate',
    };
    const made = plan([], { variables: new Map([['v', object({ a: 1 })]]) });
    expect(await writePlanFile('p', made, configuration, place, io)).toEqual([]);
    expect((await stat(join(io.workingDirectory, 'p'))).mode & 0o777).toBe(0o600);
    await writeFile(join(io.workingDirectory, 'child', 'main.tf'), 'output "o" {\n  value = "changed"\n}\n');

    const { value: file } = await readPlanFile('p', io);
    expect(file?.plan).toEqual(made);
    expect([...(file?.files.keys() ?? [])].sort()).toEqual(['../../beside/main.tf', 'child/main.tf', 'main.tf']);
    if (file === undefined) return;
    const again = await plannedConfiguration(file, io);
    expect(again.diagnostics).toEqual([]);
    expect([...(again.value?.modules.keys() ?? [])].sort()).toEqual(['', 'module.a', 'module.b']);
    expect(again.value?.modules.get('module.a')?.outputs.get('o')?.range.file.text).toContain('planned');
    expect(again.value?.modules.get('module.b')?.directory).toBe('../../beside');
  });

  it('says why it cannot be read', async () => {
    expect((await readPlanFile('none', io)).diagnostics).toMatchObject([{ summary: 'Failed to read plan file' }]);
    await writeFile(join(io.workingDirectory, 'p'), await readFile(join(io.workingDirectory, 'main.tf')));
    expect((await readPlanFile('p', io)).diagnostics[0]?.detail).toContain('is not a saved plan');
  });
});
