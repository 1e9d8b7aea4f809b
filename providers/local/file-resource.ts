/**
 * What `local_file` and `local_sensitive_file` share. A file is what its sha1 says: one whose content is another is
 * not the file that was made, and is made again.
 */
import { resolve } from 'node:path';
import type { AttributeSchema } from '../../core/config/schema.ts';
import {
  type AttributePath,
  type Diagnostic,
  type Diagnostics,
  type Result,
  failed,
  ok,
} from '../../core/diag/diagnostic.ts';
import type { ConfigureContext, Outcome, PlanAsk, Step } from '../../core/provider.ts';
import { type JsonObject, isJsonObject } from '../../core/value/json.ts';
import { STRING } from '../../core/value/type.ts';
import type { ObjectValue, Value } from '../../core/value/value.ts';
import { REPLACE, flatSchema, optional, optionalComputed, required } from '../kit/notation.ts';
import type { PlainType } from '../kit/plain-resource.ts';
import { textAt } from '../kit/values.ts';
import { exactlyOneOf, problem } from '../kit/validators.ts';
import { checksumAttributes, checksumEntries, checksumsOf } from './checksums.ts';
import { type FileAnswer, readWhole, removeFile, writeWhole } from './file-store.ts';

export interface FileVariant {
  /** As in `Create local file error`. */
  readonly noun: string;
  readonly description: string;
  readonly permission: string;
  /** Whether the content is kept secret. */
  readonly sensitive: boolean;
  readonly extra: Readonly<Record<string, AttributeSchema>>;
  /** Of these exactly one is given. */
  readonly contents: readonly string[];
}

export function fileResource(variant: FileVariant): PlainType {
  const schema = fileSchema(variant);
  return {
    resource: { schema, validate: (config) => exactlyOneOf(config, variant.contents) },
    read: (prior, context) => read(variant, prior, context),
    makeSteps: (planned) => [writeStep(variant, planned)],
    retireSteps,
    create: (_planned, outcomes) => ok(checksumEntries(checksumsFrom(outcomes))),
    effects: { 'file.write': write, 'file.remove': remove },
  };
}

// ---- Schema ------------------------------------------------------------------------------------------------------

function fileSchema({ description, permission, sensitive, extra }: FileVariant) {
  const secret = sensitive ? { ...REPLACE, sensitive } : REPLACE;
  const mode = { ...REPLACE, default: permission, validate: checkPermission };
  return flatSchema(0, description, {
    ...checksumAttributes,
    ...extra,
    content: optional(STRING, 'The content, as text.', secret),
    content_base64: optional(STRING, 'The content, as bytes in base64.', secret),
    directory_permission: optionalComputed(STRING, 'Mode of directories that are made, in octal digits.', mode),
    file_permission: optionalComputed(STRING, 'Mode of the file, in octal digits.', mode),
    filename: required(STRING, 'Path of the file. Directories that are missing are made.', REPLACE),
    source: optional(STRING, 'Path of a file whose content is taken.', REPLACE),
  });
}

function checkPermission(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || /^[0-7]{3}$|^0[0-7]{3}$/.test(value.value)) return [];
  const detail = `A mode of three octal digits is needed, such as "0644", not "${value.value}".`;
  return [problem(path, 'Invalid File Permission String Value', detail)];
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function read(
  { noun }: FileVariant,
  prior: ObjectValue,
  { workingDirectory }: ConfigureContext,
): Promise<Result<ObjectValue | 'absent'>> {
  const filename = textAt(prior, 'filename') ?? '';
  const found = await readWhole(resolve(workingDirectory, filename));
  if ('value' in found) return ok(checksumsOf(found.value).id === textAt(prior, 'id') ? prior : 'absent');
  return found.absent ? ok('absent') : failed(fileFailure(`Read ${noun} error`, `read "${filename}"`, found));
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Attributes that decide what is written. Those that are null or not known yet are left out. */
const WRITTEN = ['content', 'content_base64', 'directory_permission', 'file_permission', 'sensitive_content', 'source'];

function writeStep({ noun }: FileVariant, planned: ObjectValue): Step {
  const filename = textAt(planned, 'filename');
  const given = WRITTEN.flatMap((name) => {
    const text = textAt(planned, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  const target = filename === undefined ? null : { name: filename };
  return { id: 'write', kind: 'file.write', phase: 'make', target, arguments: { ...Object.fromEntries(given), noun } };
}

/** When the new file is there first and has the same name, the old one is gone by then. */
function retireSteps(prior: ObjectValue, next: ObjectValue | null, { createBeforeDestroy }: PlanAsk): readonly Step[] {
  const filename = textAt(prior, 'filename') ?? '';
  const remove: Step = {
    id: 'remove',
    kind: 'file.remove',
    phase: 'retire',
    target: { name: filename },
    arguments: next && createBeforeDestroy ? { sha1: textAt(prior, 'id') ?? '' } : {},
  };
  return next && createBeforeDestroy && textAt(next, 'filename') === filename ? [] : [remove];
}

// ---- Create ------------------------------------------------------------------------------------------------------

async function write(step: Step, _: unknown, { workingDirectory }: ConfigureContext): Promise<Result<Outcome>> {
  const summary = `Create ${String(step.arguments.noun)} error`;
  const filename = nameOf(step);
  const content = await contentOf(step.arguments, workingDirectory);
  if ('reason' in content) return failed(fileFailure(summary, `have the content of "${filename}"`, content));
  const modes = { file: modeOf(step, 'file_permission'), directory: modeOf(step, 'directory_permission') };
  const written = await writeWhole(resolve(workingDirectory, filename), content.value, modes);
  if ('reason' in written) return failed(fileFailure(summary, `write "${filename}"`, written));
  const checksums = checksumsOf(content.value);
  return ok({ id: String(checksums.id), result: checksums });
}

async function contentOf(given: JsonObject, workingDirectory: string): Promise<FileAnswer<Buffer>> {
  const { source, content_base64: base64 } = given;
  if (typeof given.sensitive_content === 'string') return { value: Buffer.from(given.sensitive_content) };
  if (typeof base64 === 'string') return decoded(base64.replace(/[\r\n]/g, ''));
  if (typeof source === 'string') return readWhole(resolve(workingDirectory, source));
  return { value: Buffer.from(typeof given.content === 'string' ? given.content : '') };
}

function decoded(base64: string): FileAnswer<Buffer> {
  const sound = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64);
  return sound
    ? { value: Buffer.from(base64, 'base64') }
    : { absent: false, reason: '"content_base64" is not padded base64' };
}

function modeOf({ arguments: given }: Step, name: string): number {
  return Number.parseInt(String(given[name]), 8);
}

function nameOf({ target }: Step): string {
  return target && 'name' in target ? target.name : '';
}

function checksumsFrom(outcomes: readonly Outcome[]): JsonObject {
  const result = outcomes[0]?.result;
  return isJsonObject(result) ? result : {};
}

// ---- Delete ------------------------------------------------------------------------------------------------------

/** With `sha1`, the file goes only while it is still that one. */
async function remove(step: Step, _: unknown, { workingDirectory }: ConfigureContext): Promise<Result<Outcome>> {
  const path = resolve(workingDirectory, nameOf(step));
  const { sha1 } = step.arguments;
  if (sha1 !== undefined) {
    const found = await readWhole(path);
    if ('value' in found && checksumsOf(found.value).id !== sha1) return ok({});
  }
  const removed = await removeFile(path);
  if ('value' in removed) return ok({});
  return failed(fileFailure('Delete local file error', `remove "${nameOf(step)}"`, removed));
}

function fileFailure(summary: string, what: string, { reason }: { readonly reason: string }): Diagnostic {
  return { severity: 'error', summary, detail: `It was not possible to ${what}: ${reason}.`, cause: reason };
}
