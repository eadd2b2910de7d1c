import { AnklumeError, type Text, verbatim } from '../../base/messages/index.ts';
import { type HostFacts, printable, run } from '../../base/system/index.ts';
import { connect, locateSocket } from '../../incus/index.ts';
import { missingRequirements } from '../../sandbox/index.ts';
import { ABSENT, type Finding } from './finding.ts';

/** The daemon of this machine. */
export async function incus(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const name = { en: 'Incus daemon', fr: 'Démon Incus' };
  try {
    const client = await connect({ socket: await locateSocket(env) });
    try {
      const { environment } = await client.server();
      const words = `${printable(environment.server_version)}, ${client.where}`;
      return [{ id: 'incus', name, state: 'good', found: verbatim(words) }];
    } finally {
      await client.close();
    }
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return [
      {
        id: 'incus',
        name,
        state: 'warning',
        found: error.text,
        remedy: {
          en: 'Use the embedded one (--sandbox), or install and start Incus.',
          fr: 'Utilisez celui du bac à sable (--sandbox), ou installez et démarrez Incus.',
        },
      },
    ];
  }
}

/** Whether the embedded sandbox can start. */
export async function sandbox({ isRoot }: HostFacts): Promise<Finding[]> {
  const missing = await missingRequirements();
  const names = missing.map((one) => one.name).join(', ');
  return [
    {
      id: 'sandbox',
      name: { en: 'Embedded sandbox', fr: 'Bac à sable intégré' },
      state: missing.length === 0 ? 'good' : 'bad',
      found:
        missing.length === 0
          ? isRoot
            ? { en: 'ready to start', fr: 'prêt à démarrer' }
            : { en: 'ready to start, as root', fr: 'prêt à démarrer, en tant que root' }
          : { en: `lacks ${names}`, fr: `il manque ${names}` },
      ...(missing.length > 0 && {
        remedy: {
          en: `${isRoot ? '' : 'sudo '}anklume sandbox start --yes installs them where apt is at hand.`,
          fr: `${isRoot ? '' : 'sudo '}anklume sandbox start --yes les installe là où apt est disponible.`,
        },
      }),
    },
  ];
}

/** A program and its version. */
export async function program(
  id: string,
  argv: readonly [string, ...string[]],
  debianPackage: string,
  name: Text,
  without: 'warning' | 'bad',
): Promise<Finding[]> {
  try {
    const { stdout, stderr } = await run(argv, { timeout: 20_000 });
    const [first = ''] = (stdout || stderr).split('\n');
    return [{ id, name, state: 'good', found: verbatim(printable(first).slice(0, 60)) }];
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    const missing = error.code === 'program-missing';
    const remedy = missing
      ? verbatim(`apt install ${debianPackage}`)
      : verbatim(`apt install --reinstall ${debianPackage}`);
    return [{ id, name, state: without, found: missing ? ABSENT : error.text, remedy }];
  }
}
