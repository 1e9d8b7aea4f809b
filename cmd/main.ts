/**
 * The entry: the only file that touches the process. It turns argv, signals and streams into an `Io`, and whatever a
 * command answers into an exit code. Our own bugs end here, in one line.
 */
import { homedir } from 'node:os';
import process from 'node:process';
import type { ExitCode, Io } from './io.ts';
import { BUILD, VERSION, versionText } from './version.ts';

const PLATFORMS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const platform = `${process.platform}_${PLATFORMS[process.arch] ?? process.arch}`;

/** Answered without loading anything: scripts ask for it all the time. */
function isVersionQuestion(args: readonly string[]): boolean {
  const [first, ...rest] = args;
  return ['version', '-version', '--version', '-v'].includes(first ?? '') && rest.every((arg) => /^--?json$/.test(arg));
}

function makeIo(signal: AbortSignal): Io {
  const input = new Input();
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    terminal: {
      input: isTerminal(process.stdin),
      output: isTerminal(process.stdout),
      error: isTerminal(process.stderr),
    },
    // A terminal that does not know its width says 0.
    columns: process.stdout.columns || undefined,
    environment: process.env,
    workingDirectory: process.cwd(),
    homeDirectory: process.env.HOME ?? homedir(),
    signal,
    processes: { pid: process.pid, isAlive },
    platform,
    now: () => new Date(),
    readLine: () => input.line(),
    readInput: () => input.rest(),
  };
}

function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** A process of somebody else answers EPERM, and lives. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Opened when first asked for: an unread input must not keep the process alive. */
class Input {
  #text = '';
  #ended = false;

  async line(): Promise<string | undefined> {
    while (!this.#text.includes('\n') && !this.#ended) await this.#more();
    if (this.#text === '') return undefined;
    const end = this.#text.indexOf('\n');
    const line = end < 0 ? this.#text : this.#text.slice(0, end);
    this.#text = end < 0 ? '' : this.#text.slice(end + 1);
    return line.replace(/\r$/, '');
  }

  async rest(): Promise<string> {
    while (!this.#ended) await this.#more();
    const text = this.#text;
    this.#text = '';
    return text;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const { stdin } = process;
      const done = () => {
        stdin.off('data', onData);
        stdin.off('end', onEnd);
        stdin.off('error', onEnd);
        stdin.pause();
        resolve();
      };
      const onData = (chunk: Buffer | string) => {
        this.#text += String(chunk);
        done();
      };
      const onEnd = () => {
        this.#ended = true;
        done();
      };
      stdin.setEncoding('utf8').on('data', onData).on('end', onEnd).on('error', onEnd).resume();
    });
  }
}

const STOPPED_AT_ONCE =
  'Interrupted a second time: stopping at once. The journal beside the state says what was under way.';

/** The first signal asks for an orderly end, the second one is the end. */
function watchSignals(): AbortSignal {
  const controller = new AbortController();
  let count = 0;
  const onSignal = () => {
    count += 1;
    if (count > 1) {
      process.stderr.write(`\n${STOPPED_AT_ONCE}\n`);
      process.exit(1);
    }
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return controller.signal;
}

function reportBug(error: unknown): void {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(
    `\nStowage stopped because of a mistake of its own: ${words}\n` +
      `What had been done is in the state and its journal. Please report this line, the command and STOWAGE_TRACE=1's ` +
      `output (version ${VERSION}${BUILD === '' ? '' : ` ${BUILD}`}, Node ${process.version}, ${platform}).\n`,
  );
  if (process.env.STOWAGE_TRACE && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

/** Whoever reads our output may stop reading: that is no mistake. */
function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Last major version of Node whose V8 is known to have the flag below; it says so aloud when it does not know one. */
const LAST_KNOWN_NODE = 24;

/**
 * A command runs for a second, and half of its CPU time went into optimising functions that then were not called any
 * more. What is really hot, in a plan of thousands of resources, is still found, after twelve times as much work.
 */
function optimizeLater(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major <= LAST_KNOWN_NODE) process.getBuiltinModule('node:v8').setFlagsFromString('--interrupt-budget=800000');
}

async function run(args: readonly string[]): Promise<ExitCode> {
  if (isVersionQuestion(args)) {
    process.stdout.write(versionText(platform, args.length > 1));
    return 0;
  }
  optimizeLater();
  try {
    const { runCommandLine } = await import('./cli.ts');
    return await runCommandLine(args, makeIo(watchSignals()));
  } catch (error) {
    reportBug(error);
    // Whatever the mistake left open (a connection, a timer) must not keep the process.
    process.exit(1);
  }
}

tolerateClosedPipes();
process.exitCode = await run(process.argv.slice(2));
