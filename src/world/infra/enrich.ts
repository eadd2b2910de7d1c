import { AI_DOMAIN, aiOpenings } from './ai-clients.ts';
import { type Finding, type Path, warning } from './finding.ts';
import type { RawInfra, RawMachine, RawPolicy } from './schema.ts';
import { enabledMachines } from './walk.ts';

/** The domain that holds the firewall machine. */
export const FIREWALL_DOMAIN = 'anklume';
/** The machine that routes between domains when `firewall_mode` is vm. */
export const FIREWALL_MACHINE = 'sys-firewall';
/** Where Ollama listens unless told otherwise. */
const OLLAMA_PORT = 11434;

/** Adds what follows from the settings: the firewall machine, and the policies of AI access. Expects a valid document. */
export function enrich(raw: RawInfra): {
  readonly raw: RawInfra;
  readonly findings: readonly Finding[];
} {
  const guarded = withAiAccess(withFirewall(raw));
  return withAiCoding(guarded);
}

function withFirewall(raw: RawInfra): RawInfra {
  const domain = raw.domains?.[FIREWALL_DOMAIN];
  if (raw.global?.firewall_mode !== 'vm' || !domain) return raw;
  if (enabledMachines(raw).some(({ name }) => name === FIREWALL_MACHINE)) return raw;
  const machine: RawMachine = {
    description: 'Firewall between the domains',
    type: 'vm',
    ephemeral: false,
    roles: ['base_system', 'firewall_router'],
    config: { 'limits.cpu': '2', 'limits.memory': '2GiB' },
  };
  const machines = { ...domain.machines, [FIREWALL_MACHINE]: machine };
  return { ...raw, domains: { ...raw.domains, [FIREWALL_DOMAIN]: { ...domain, machines } } };
}

/** In exclusive mode with nobody let in yet, the default domain is. */
function withAiAccess(raw: RawInfra): RawInfra {
  const from = raw.global?.ai_access_default;
  if (raw.global?.ai_access_policy !== 'exclusive' || !from || aiOpenings(raw).length > 0)
    return raw;
  return withPolicy(raw, {
    description: `Exclusive AI access of ${from}`,
    from,
    to: AI_DOMAIN,
    ports: 'all',
    protocol: 'tcp',
  });
}

/**
 * A machine with `ai_coding: true` reaches Ollama in the AI tools, where there are any and no policy says more.
 * In exclusive mode it does only when its domain has the access: the flag does not break the promise of one
 * domain at a time. What runs inside (role, mounts) is declared like that of any other machine.
 */
function withAiCoding(raw: RawInfra): { raw: RawInfra; findings: Finding[] } {
  const findings: Finding[] = [];
  let result = raw;
  const tools = raw.domains?.[AI_DOMAIN];
  if (!tools || tools.enabled === false) return { raw, findings };
  const letIn = new Set(aiOpenings(raw).map(({ client }) => client));
  for (const { name, domain, path, body } of enabledMachines(raw)) {
    if (body.ai_coding !== true || domain === AI_DOMAIN) continue;
    if (letIn.has(name) || letIn.has(domain)) continue;
    if (raw.global?.ai_access_policy === 'exclusive')
      findings.push(withoutAccess(name, domain, path));
    else
      result = withPolicy(result, {
        description: `Ollama for ${name}`,
        from: name,
        to: AI_DOMAIN,
        ports: [OLLAMA_PORT],
        protocol: 'tcp',
      });
  }
  return { raw: result, findings };
}

function withoutAccess(name: string, domain: string, path: Path): Finding {
  return warning(
    'ai-coding-without-access',
    [...path, 'ai_coding'],
    {
      en: `'${name}' is an AI coding machine, but its domain '${domain}' does not have the exclusive AI access.`,
      fr: `« ${name} » est une machine de codage par IA, mais son domaine « ${domain} » n'a pas l'accès exclusif à l'IA.`,
    },
    {
      remedy: {
        en: `Write 'ai_access_default: ${domain}', or 'ai_access_policy: open'.`,
        fr: `Écrivez « ai_access_default: ${domain} », ou « ai_access_policy: open ».`,
      },
    },
  );
}

function withPolicy(raw: RawInfra, policy: RawPolicy): RawInfra {
  return { ...raw, network_policies: [...(raw.network_policies ?? []), policy] };
}
