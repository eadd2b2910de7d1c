import { type Finding, type Path, warning } from './finding.ts';
import type { RawInfra, RawMachine, RawPolicy } from './schema.ts';
import { enabledMachines } from './walk.ts';

/** The domain that holds the firewall machine. */
export const FIREWALL_DOMAIN = 'anklume';
/** The machine that routes between domains when `firewall_mode` is vm. */
export const FIREWALL_MACHINE = 'sys-firewall';
/** The domain of the AI tools. */
export const AI_DOMAIN = 'ai-tools';
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
  if (raw.global?.ai_access_policy !== 'exclusive' || !from || aiPolicies(raw).length > 0)
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
  const letIn = new Set(aiPolicies(raw).flatMap((i) => endsOf(raw.network_policies?.[i])));
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

function endsOf(policy: RawPolicy | undefined): string[] {
  return [policy?.from ?? '', policy?.to ?? ''];
}

/** Positions of the policies in use that let somebody into the AI tools: the domain or one of its machines. */
export function aiPolicies(raw: RawInfra): number[] {
  const inside = new Set([AI_DOMAIN, ...Object.keys(raw.domains?.[AI_DOMAIN]?.machines ?? {})]);
  const off = switchedOff(raw);
  return (raw.network_policies ?? []).flatMap(({ from = '', to = '', bidirectional }, i) => {
    if (off.has(from) || off.has(to)) return [];
    const enters = inside.has(to) && !inside.has(from);
    const enteredFrom = bidirectional === true && inside.has(from) && !inside.has(to);
    return enters || enteredFrom ? [i] : [];
  });
}

/** Names that only domains left out hold. */
function switchedOff(raw: RawInfra): ReadonlySet<string> {
  const off = Object.entries(raw.domains ?? {}).filter(([, { enabled }]) => enabled === false);
  return new Set(off.flatMap(([name, { machines = {} }]) => [name, ...Object.keys(machines)]));
}
