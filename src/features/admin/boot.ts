import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import {
  foreignFile,
  type Host,
  type HostFile,
  readHostFile,
  run,
  runsSystemd,
  writeHostFile,
} from '../../base/system/index.ts';
import { ownerOfService, SERVICE, type ServiceSetting, serviceFile } from './service.ts';

/** Where the service can be; the path does not hang on what it runs. */
const UNIT_PATH = serviceFile({ node: '', program: '', root: '', socket: '' }).path;

/** The file that switching the service on would write; undefined when it stands so already. */
export async function planService(
  setting: ServiceSetting,
  host: Host,
): Promise<HostFile | undefined> {
  if (!(await runsSystemd(host))) throw noSystemd();
  const wanted = serviceFile(setting);
  const present = await readHostFile(host, wanted.path);
  if (present !== undefined && ownerOfService(present) !== 'ours')
    throw foreignFile('service-file-foreign', wanted.path);
  return present === wanted.text ? undefined : wanted;
}

/** Writes it, and starts it now and at every boot. */
export async function enableService(setting: ServiceSetting, host: Host): Promise<void> {
  const file = await planService(setting, host);
  if (file) await writeHostFile(host, file);
  await run([...host.enter, 'systemctl', 'daemon-reload']);
  await run([...host.enter, 'systemctl', 'enable', '--quiet', SERVICE]);
  await run([...host.enter, 'systemctl', file ? 'restart' : 'start', SERVICE]);
}

/** Stops it and takes its file away. True when there was one. A file that is not ours stays. */
export async function disableService(host: Host): Promise<boolean> {
  const text = await readHostFile(host, UNIT_PATH);
  if (text === undefined) return false;
  if (ownerOfService(text) !== 'ours') throw foreignFile('service-file-foreign', UNIT_PATH);
  await run([...host.enter, 'systemctl', 'disable', '--now', '--quiet', SERVICE]);
  await run([...host.enter, 'rm', '-f', '--', UNIT_PATH]);
  await run([...host.enter, 'systemctl', 'daemon-reload']);
  return true;
}

function noSystemd(): AnklumeError {
  return new AnklumeError({
    code: 'no-systemd',
    exit: ExitCode.environment,
    message: {
      en: 'The service is one of systemd, which does not run on this host.',
      fr: 'Ce service est un service de systemd, qui ne tourne pas sur cet hôte.',
    },
    remedy: {
      en: "The socket comes back by itself at each start of the machine; where it does not, 'anklume host admin on' binds it anew.",
      fr: 'Le socket revient de lui-même à chaque démarrage de la machine ; sinon, « anklume host admin on » le rétablit.',
    },
  });
}
