/** Finds and reads test files: those of the root module's directory, and those of the directory of tests. */
import { readdirSync } from 'node:fs';
import { isAbsolute, join, normalize, resolve } from 'node:path';
import { type Diagnostic, type Result, errorAt, warningAt } from '../diag/diagnostic.ts';
import { parseFile } from './module-files.ts';
import { decodeTestFile } from './test-file-decode.ts';
import { decodeMockFile } from './test-file-mock.ts';
import type { MockData, StandInValues, TestFile } from './test-file.ts';

/**
 * @param workingDirectory absolute
 * @param testDirectory relative to it, as typed; undefined for `tests`, which need not be there
 * @returns files in the order of their names; no value when the directory of tests is not acceptable
 */
export function loadTestFiles(workingDirectory: string, testDirectory: string | undefined): Result<TestFile[]> {
  const diagnostics: Diagnostic[] = [];
  const wanted = normalize(testDirectory ?? 'tests').replace(/\/$/, '');
  if (isAbsolute(wanted) || wanted === '..' || wanted.startsWith('../')) {
    const detail =
      'The testing directory must be a relative path pointing to a directory local to the configuration directory.';
    return { value: undefined, diagnostics: [errorAt(undefined, 'Invalid testing directory', detail)] };
  }
  const directories = wanted === '.' ? ['.'] : ['.', wanted];
  const files: TestFile[] = [];
  const readMocks = (directory: string, problems: Diagnostic[]) => mocksIn(workingDirectory, directory, problems);
  for (const directory of directories) {
    const absolute = resolve(workingDirectory, directory);
    const names = namesIn(absolute);
    if (names === undefined && testDirectory !== undefined) diagnostics.push(missingDirectory(testDirectory));
    for (const name of (names ?? []).filter((each) => /\.tftest\.(?:hcl|json)$/.test(each))) {
      const body = parseFile(directory, absolute, name, diagnostics);
      if (body) files.push(decodeTestFile({ name: join(directory, name), directory }, body, readMocks, diagnostics));
    }
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { value: files, diagnostics };
}

function missingDirectory(name: string): Diagnostic {
  const detail = `Requested test directory ${name} does not exist.`;
  return warningAt(undefined, 'Test directory does not exist', detail);
}

function mocksIn(workingDirectory: string, directory: string, diagnostics: Diagnostic[]): MockData {
  const absolute = resolve(workingDirectory, directory);
  const names = namesIn(absolute);
  if (names === undefined) {
    const detail = `The directory ${directory} that "source" of a mock provider names cannot be read. Check the path, which starts from the working directory.`;
    diagnostics.push(errorAt(undefined, 'Failed to read mock data', detail));
  }
  const resources = new Map<string, StandInValues>();
  const dataSources = new Map<string, StandInValues>();
  const overrides: MockData['overrides'][number][] = [];
  for (const name of (names ?? []).filter((each) => /\.tfmock\.(?:hcl|json)$/.test(each))) {
    const body = parseFile(directory, absolute, name, diagnostics);
    const mocks = body && decodeMockFile(body, diagnostics);
    for (const [type, values] of mocks?.resources ?? []) resources.set(type, values);
    for (const [type, values] of mocks?.dataSources ?? []) dataSources.set(type, values);
    overrides.push(...(mocks?.overrides ?? []));
  }
  return { resources, dataSources, overrides };
}

/** In order; undefined when there is no such directory. */
function namesIn(directory: string): string[] | undefined {
  try {
    return readdirSync(directory).sort();
  } catch {
    return undefined;
  }
}
