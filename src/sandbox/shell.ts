import { AnklumeError } from '../base/messages/index.ts';
import { insideOf } from './holder.ts';
import { INCUS_DIR_INSIDE } from './places.ts';
import { statusOf } from './status.ts';

/** Arguments of an interactive shell inside the namespaces of a running sandbox, where `incus` is its own. */
export async function sandboxShell(name: string, env = process.env): Promise<string[]> {
  const status = await statusOf(name);
  if (status?.holder === undefined) throw notRunning(name);
  const variables = [`INCUS_DIR=${INCUS_DIR_INSIDE}`, `ANKLUME_SANDBOX=${name}`];
  return [...insideOf(status.holder).enter, 'env', ...variables, env.SHELL || '/bin/sh'];
}

function notRunning(name: string): AnklumeError {
  return new AnklumeError({
    code: 'sandbox-stopped',
    message: {
      en: `The sandbox '${name}' does not run.`,
      fr: `Le bac à sable « ${name} » n'est pas démarré.`,
    },
    remedy: {
      en: `Start it: anklume sandbox start ${name}`,
      fr: `Démarrez-le : anklume sandbox start ${name}`,
    },
  });
}
