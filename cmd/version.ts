/** Which program this is. The build puts the numbers in; run from source there are none. */
declare const __STOWAGE_VERSION__: string | undefined;
declare const __STOWAGE_BUILD__: string | undefined;

export const VERSION = typeof __STOWAGE_VERSION__ === 'string' ? __STOWAGE_VERSION__ : '0.0.0-source';
export const BUILD = typeof __STOWAGE_BUILD__ === 'string' ? __STOWAGE_BUILD__ : '';

/** The Terraform whose language, state and plans these are; what files that both read say wrote them. */
export const TERRAFORM_VERSION = '1.11.4';

/** @param json as `version -json` prints it */
export function versionText(platform: string, json: boolean): string {
  if (!json) return `Stowage v${VERSION}\non ${platform}\n`;
  const fields = {
    stowage_version: VERSION,
    terraform_version: TERRAFORM_VERSION,
    platform,
    provider_selections: {},
    terraform_outdated: false,
  };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}
