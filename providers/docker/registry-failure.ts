/** What a registry refused, in words, with what to do about it. */
import type { RegistryFailure } from './registry-client.ts';

/** A sentence behind "what happened" that says what can be done. */
export function registryRemedy({ kind, message }: RegistryFailure): string {
  switch (kind) {
    case 'denied':
      return 'The registry wants other credentials: see the registry_auth block of the provider, an auth_config block, or "docker login".';
    case 'absent':
      return 'The registry answers, but it has no such image; check the name and the tag. Some registries say so when credentials are missing.';
    case 'unreachable':
      if (/wrong version number|packet length|HTTP response|EPROTO/i.test(message))
        return 'It seems to speak plain http: give the registry_auth block an address that starts with "http://".';
      if (/certificate|self.signed|CERT_|verify/i.test(message))
        return 'Its certificate is not trusted: put the authority into /etc/docker/certs.d, or set insecure_skip_verify.';
      return 'Is the registry running, and can this machine reach it?';
    case 'refused':
      return '';
  }
}
