import { command, type Declared } from '../../../kit/command.ts';
import { projectFlags } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { show } from './domain-show.ts';
import { domainExec } from './instance-exec.ts';

const list = command({
  brief: {
    en: 'Domains, their networks and machines',
    fr: 'Les domaines, leurs réseaux et leurs machines',
  },
  examples: [
    [
      'anklume domain list',
      { en: 'as the tree states them', fr: "tels que les décrit l'arborescence" },
    ],
  ],
  flags: projectFlags,
  async run(session, flags) {
    const { openWorld } = await import('../../../site/index.ts');
    const { renderDomains } = await import('../render/domains.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const domains = desired.domains.map(({ name, description, trustLevel, network, machines }) => ({
      name,
      description,
      trustLevel,
      network,
      machines: machines.map((machine) => machine.name),
    }));
    session.result({ type: 'domains', domains }, () =>
      session.fit(renderDomains(domains, session)),
    );
    return undefined;
  },
});

/** `anklume domain ...` */
export const domain: Declared = group(
  { en: 'Compartments', fr: 'Les compartiments' },
  { list, show, exec: domainExec },
);
