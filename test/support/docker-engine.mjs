// Makes sure that a Docker Engine answers and that the image busybox:local is there. It changes a machine only when no
// engine answers, says on one line what it does, and never touches an engine that is already there.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { engine, engineHost, inspect } from './engine-api.mjs';
import { eventually } from './eventually.mjs';
import { tar } from './tar.mjs';

export const busyboxImage = 'busybox:local';
const daemonLog = '/var/log/stowage-dockerd.log';
const busyboxPath = ['/bin/busybox', '/usr/bin/busybox'];

/** What the image offers as commands; those that the machine's busybox lacks are left out. */
const applets =
  `[ ash awk base64 basename cat chmod chown chroot cmp cp cut date dd df diff dirname du echo env expr false
  find free grep gunzip gzip head hexdump hostname httpd id ifconfig ip kill killall less ln ls md5sum mkdir mkfifo mknod
  mktemp mount mv nc netstat nice nohup nproc nslookup od pgrep pidof ping pkill printenv printf ps pwd readlink realpath
  rm rmdir route sed seq setsid sh sha256sum sleep sort stat stty sync tail tar tee telnet test time timeout top touch tr
  true truncate tty umount uname uniq uptime usleep vi wc wget which whoami xargs yes`.split(/\s+/);

function say(text) {
  process.stdout.write(`${text}\n`);
}

let lastError = '';

async function answers() {
  try {
    const { status } = await engine('GET', '/_ping', undefined, { timeoutMs: 5000 });
    lastError = `it answers with status ${status}`;
    return status === 200;
  } catch (error) {
    lastError = error.message;
    return false;
  }
}

/** Returns once an engine answers; throws with what was tried and what to do when none can be had. */
export async function ensureEngine() {
  if (await answers()) return;
  const host = engineHost();
  if (host !== 'unix:///var/run/docker.sock') {
    throw new Error(
      `No Docker Engine answers at ${host} (from DOCKER_HOST or the docker context): ${lastError}. Start it, or unset DOCKER_HOST.`,
    );
  }
  refuseWithoutRights();
  installEngine();
  await startEngine();
}

function refuseWithoutRights() {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) return;
  throw new Error(
    `No Docker Engine answers at /var/run/docker.sock (${lastError}), and one can only be installed as root on Debian. ` +
      'Start Docker, or point DOCKER_HOST to an engine, and try again.',
  );
}

function onPath(program) {
  return (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/sbin', '/sbin')
    .some((folder) => existsSync(`${folder}/${program}`));
}

function installEngine() {
  const missing = [];
  if (!onPath('dockerd')) missing.push('docker.io');
  if (!onPath('iptables')) missing.push('iptables');
  if (!busyboxPath.some((file) => existsSync(file))) missing.push('busybox-static');
  if (missing.length) installPackages(missing);
}

function installPackages(names) {
  say(`No Docker Engine answers: installing ${names.join(', ')} with apt-get.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const install = () => apt('install', '-y', '--no-install-recommends', ...names);
  if (install().status === 0) return;
  apt('update');
  const second = install();
  if (second.status !== 0) throw new Error(`apt-get install ${names.join(' ')} failed:\n${second.stderr}`);
}

async function startEngine() {
  // The package's own service may have come up with the installation.
  if (await answers()) return;
  say(`Starting dockerd in the background (log: ${daemonLog}).`);
  const log = openSync(daemonLog, 'a');
  const child = spawn('setsid', ['dockerd'], { detached: true, stdio: ['ignore', log, log], env: daemonEnv() });
  closeSync(log);
  let ended;
  child.on('exit', (code) => {
    ended = code ?? 1;
  });
  child.on('error', (error) => {
    ended = error.message;
  });
  child.unref();
  const up = await eventually(async () => (await answers()) || (ended !== undefined && 'ended'), {
    deadlineMs: 60_000,
  });
  if (up === true) return;
  throw new Error(
    `dockerd did not come up${ended === undefined ? ' in 60 s' : ''}. The end of ${daemonLog}:\n${logTail()}`,
  );
}

function daemonEnv() {
  const { PATH = '' } = process.env;
  return { ...process.env, PATH: PATH.includes('/usr/sbin') ? PATH : `${PATH}:/usr/sbin:/sbin` };
}

function logTail() {
  return readFileSync(daemonLog, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

/** Makes the image busybox:local when it is not there: from the machine's static busybox, else by a pull. */
export async function ensureBusyboxImage() {
  if (await inspect('image', busyboxImage)) return;
  let file = staticBusybox();
  if (!file && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    tryInstallBusybox();
    file = staticBusybox();
  }
  if (file) await importBusybox(file);
  else await pullBusybox();
}

function tryInstallBusybox() {
  try {
    installPackages(['busybox-static']);
  } catch (error) {
    say(`${error.message}`);
  }
}

/** A busybox that needs no shared libraries: an ELF file without an interpreter. */
function staticBusybox() {
  return busyboxPath.find((file) => existsSync(file) && !readFileSync(file).subarray(0, 4096).includes('/ld-'));
}

async function importBusybox(file) {
  say(`Making the image ${busyboxImage} from ${file}.`);
  const there = new Set(spawnSync(file, ['--list'], { encoding: 'utf8' }).stdout.split('\n'));
  const binary = readFileSync(file);
  const entries = [
    { name: 'bin/', mode: 0o755 },
    { name: 'bin/busybox', mode: 0o755, content: binary },
    ...applets
      .filter((name) => there.has(name))
      .map((name) => ({ name: `bin/${name}`, mode: 0o755, link: 'bin/busybox' })),
    { name: 'tmp/', mode: 0o1777 },
  ];
  const query = new URLSearchParams([
    ['fromSrc', '-'],
    ['repo', 'busybox'],
    ['tag', 'local'],
    ['changes', 'ENV PATH=/bin'],
    ['changes', 'CMD ["sh"]'],
  ]);
  const { status, body } = await engine('POST', `/images/create?${query}`, tar(entries));
  if (status !== 200 || !(await inspect('image', busyboxImage))) {
    throw new Error(`The engine refused to import ${busyboxImage}: ${status} ${JSON.stringify(body)}`);
  }
}

async function pullBusybox() {
  say(`Pulling busybox for ${busyboxImage}: there is no static busybox on this machine.`);
  const pulled = await engine('POST', '/images/create?fromImage=busybox&tag=musl');
  const tagged = await engine('POST', '/images/busybox:musl/tag?repo=busybox&tag=local');
  if (tagged.status === 201) return;
  throw new Error(
    `There is no image ${busyboxImage} and none can be made. Install the package busybox-static, or let the engine reach a registry. ` +
      `The engine's answer to the pull: ${pulled.status} ${JSON.stringify(pulled.body)}`,
  );
}
