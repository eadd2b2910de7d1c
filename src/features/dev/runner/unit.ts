import { CLONE } from './playbook.ts';

/** A run of tests in the runner: one service of its systemd, ended when the one who asked for it is gone. */
export interface UnitPlaces {
  readonly unit: string;
  /** Folder of its output: `results`, `events` and, when it ended by itself, `status`. */
  readonly folder: string;
}

/** Of the run with that id, which is made of hexadecimal digits. */
export function unitPlaces(id: string): UnitPlaces {
  return { unit: `anklume-test-${id}`, folder: `/run/anklume-test-runner/${id}` };
}

/**
 * A script that starts the tests once, however often it is run, and prints their events up to their end. As long as it
 * runs it shares a lock. A second service waits for that lock alone: when the script ends, also because it was killed
 * with the one who started it, the tests are interrupted, as Ctrl-C would, and their sandbox is removed.
 */
export function followScript(
  { unit, folder }: UnitPlaces,
  words: readonly string[],
  sandbox: string,
): string {
  const quoted = words.map(quote).join(' ');
  return `
set -eu
mkdir -p ${folder}
exec 9>>${folder}/lease
flock --shared 9
exec 8>>${folder}/start
flock 8
if [ ! -e ${folder}/started ]; then
  rm -rf /root/.anklume/role-tests
  cat > ${folder}/run <<'END'
trap : INT
./anklume ${quoted} > ${folder}/results 2> ${folder}/events
echo $? > ${folder}/status
END
  : > ${folder}/events
  systemd-run --quiet --collect --unit=${unit} --working-directory=${CLONE} \\
    --setenv=HOME=/root --setenv=ANKLUME_LANG=en --setenv=LC_ALL=C.UTF-8 \\
    --property=KillSignal=SIGINT --property=TimeoutStopSec=180 \\
    --property='ExecStopPost=-${CLONE}/anklume sandbox delete ${sandbox} --yes' \\
    sh ${folder}/run
  systemd-run --quiet --collect --unit=${unit}-lease \\
    flock ${folder}/lease systemctl stop ${unit}
  touch ${folder}/started
fi
exec 8>&-
pid=$(systemctl show --property MainPID --value ${unit})
if [ "\${pid:-0}" -gt 0 ]; then
  exec tail --lines=+1 --follow --sleep-interval=0.3 --pid="$pid" ${folder}/events
fi
exec cat ${folder}/events
`;
}

/** A script that ends when nothing of the run is left: the tests were stopped and their sandbox is gone. */
export function endScript({ unit }: UnitPlaces): string {
  return `systemctl stop ${unit} 2>/dev/null || test $? -eq 5`;
}

/** One word for sh. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
