import type { Text } from '../../../base/messages/index.ts';

/**
 * Roles that infra.yml files on disk list because the system before had them. Those that anklume has under the same
 * name are none of these. A file that lists one still loads; what is said of it does not guess at a misspelling.
 */
const EARLIER: ReadonlySet<string> = new Set([
  ...['ollama_server', 'stt_server', 'open_webui', 'lobechat', 'opencode_server'],
  ...['code_sandbox', 'openclaw_server', 'dev_agent_runner'],
]);

/** What to say of a role that the system before had and anklume does not have; undefined for any other name. */
export function earlierRole(
  role: string,
): { readonly message: Text; readonly remedy: Text } | undefined {
  if (!EARLIER.has(role)) return undefined;
  return {
    message: {
      en: `'${role}' is a role of the Ansible-based anklume, and this version has none of that name.`,
      fr: `« ${role} » est un rôle de l'anklume fondé sur Ansible, et cette version n'en a pas de ce nom.`,
    },
    remedy: {
      en: `To go on with yours, copy it to roles_custom/${role}; or take it off the list.`,
      fr: `Pour garder le vôtre, copiez-le dans roles_custom/${role} ; ou retirez-le de la liste.`,
    },
  };
}
