/** State formats before version 4. Says what to do with them; the values in them are of providers long gone. */
import { type Result, failed } from '../core/diag/diagnostic.ts';
import type { JsonObject } from '../core/value/json.ts';

/**
 * @returns the state in format version 4, or a diagnostic. Versions 1 to 3 hold attributes as flat text without types,
 * which only the provider that wrote them can make whole, so they are refused with the way to upgrade them.
 */
export function upgradeState(file: JsonObject, version: number, name: string): Result<JsonObject> {
  const writer =
    typeof file.terraform_version === 'string' ? `Terraform ${file.terraform_version}` : 'an old Terraform';
  return failed({
    severity: 'error',
    summary: 'State file has an old format',
    detail:
      `The state in ${name} has format version ${version}, written by ${writer}. Attributes are kept there as text ` +
      'without types, so it cannot be read without guessing. The file has been left as it is: run "terraform apply" ' +
      'with Terraform 0.13 or later once, which writes it in format version 4, and then come back.',
  });
}
