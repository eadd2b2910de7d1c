import type { Choices } from './choices.ts';

/** What is known of domains that people often want. */
const KNOWN: Readonly<Record<string, { trust: string; about: string; machine: string }>> = {
  anklume: { trust: 'admin', about: 'Administration', machine: 'anklume-instance' },
  perso: { trust: 'trusted', about: 'Private life', machine: 'perso-desktop' },
  pro: { trust: 'trusted', about: 'Work', machine: 'pro-dev' },
  homelab: { trust: 'semi-trusted', about: 'Experiments at home', machine: 'homelab-main' },
  web: { trust: 'untrusted', about: 'Browsing', machine: 'web-browser' },
};

/** The domain of what is about artificial intelligence. */
const AI = 'ai-tools';

/** infra.yml as it follows from the answers. Without a card no model is in it: everything goes through an API. */
export function infraText(
  { domains, ai, models, openclaw }: Choices,
  { name, baseSubnet, gpu }: { name: string; baseSubnet: string; gpu: boolean },
): string {
  const plain = domains.filter((domain) => domain !== AI);
  const all = ai || openclaw ? [...plain, AI] : plain;
  const parts = all.map((domain, id) =>
    domain === AI ? aiDomain(id, { ai, models, openclaw, gpu }) : plainDomain(domain, id),
  );
  return [
    "# Written by 'anklume host bootstrap'. It is yours: edit it, then 'anklume up'.",
    `project_name: ${name}`,
    '',
    'global:',
    `  base_subnet: "${baseSubnet}"`,
    '  default_os_image: "images:debian/13"',
    '',
    'domains:',
    ...parts,
  ].join('\n');
}

function plainDomain(domain: string, id: number): string {
  const known = Object.hasOwn(KNOWN, domain) ? KNOWN[domain] : undefined;
  return lines([
    `  ${domain}:`,
    ...(known ? [`    description: ${known.about}`] : []),
    `    subnet_id: ${id}`,
    ...(known ? [`    trust_level: ${known.trust}`] : []),
    '    machines:',
    `      ${known?.machine ?? `${domain}-main`}: {}`,
  ]);
}

function aiDomain(
  id: number,
  { ai, models, openclaw, gpu }: Pick<Choices, 'ai' | 'models' | 'openclaw'> & { gpu: boolean },
): string {
  const model = models.length > 0 ? [`        # Models: ${models.join(', ')}`] : [];
  const server = [
    '      ai-server:',
    `        description: ${gpu ? 'Serves language models' : 'Uses language models through an API'}`,
    ...model,
    ...(gpu ? ['        gpu: true'] : []),
  ];
  return lines([
    `  ${AI}:`,
    '    description: Artificial intelligence',
    `    subnet_id: ${id}`,
    '    trust_level: semi-trusted',
    '    internet: true',
    '    machines:',
    ...(ai ? server : []),
    ...(openclaw ? ['      openclaw:', '        description: The assistant OpenClaw'] : []),
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
