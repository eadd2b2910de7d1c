import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { command } from '../../../kit/command.ts';
import { domainNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';

/** `anklume domain show` */
export const show = command({
  brief: {
    en: 'One domain: its machines, its network and its policies',
    fr: 'Un domaine : ses machines, son réseau et ses politiques',
  },
  examples: [['anklume domain show pro', { en: 'one domain', fr: 'un domaine' }]],
  flags: { ...projectFlags, ...daemonFlags },
  words: [{ name: 'DOMAIN', brief: { en: 'A domain', fr: 'Un domaine' }, propose: domainNames }],
  async run(session, flags, name = '') {
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { showDomain } = await import('../show-domain.ts');
    const { renderDomain } = await import('../render/domain.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const { domains } = world.desired;
    const domain = domains.find((one) => one.name === name);
    if (!domain) throw unknownDomain(name, domains.map((one) => one.name).join(', '));
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const shown = await showDomain(world, daemon, domain);
    session.result({ type: 'domain', ...shown }, () =>
      session.fit(renderDomain(domain, shown.policies, shown.machines, session)),
    );
    return undefined;
  },
});

function unknownDomain(name: string, known: string): AnklumeError {
  const shown = printable(name).slice(0, 100);
  return new AnklumeError({
    code: 'unknown-domain',
    exit: ExitCode.usage,
    message: {
      en: `There is no domain '${shown}' in this infrastructure.`,
      fr: `Il n'y a pas de domaine « ${shown} » dans cette infrastructure.`,
    },
    remedy: { en: `Domains: ${known || 'none'}.`, fr: `Domaines : ${known || 'aucun'}.` },
  });
}
