// Puts back all that an upgrade had begun in the product's folder when it failed or was cut off. It is copied beside the
// upgrade's journal and started from there, by the launcher too: whatever half of a version lies around it, it needs
// nothing but Node and git. Usage: node undo.mjs [--mine]
import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const state = dirname(fileURLToPath(import.meta.url));
const journal = JSON.parse(readFileSync(join(state, 'journal'), 'utf8'));
const { root, gitFolder, from, to, steps, process: owner, copies } = journal;

if (process.argv[2] !== '--mine' && isAlive(owner)) {
  say(
    `an upgrade is going on (process ${owner.pid}). Run this again when it has ended.`,
    `une mise à niveau est en cours (processus ${owner.pid}). Relancez la commande quand elle sera finie.`,
  );
  process.exit(1);
}
putIndexBack();
if (git('rev-parse', 'HEAD') === to)
  git('update-ref', '-m', 'anklume upgrade: undone', 'HEAD', from);
for (const step of steps.toReversed()) undo(step);
rmSync(join(state, 'journal'));
rmSync(state, { recursive: true, force: true });
if (process.argv[2] !== '--mine') {
  const where =
    copies === undefined
      ? ['', '']
      : [
          ` Copies of what you had edited: ${copies}.`,
          ` Copies de ce que vous aviez modifié : ${copies}.`,
        ];
  say(
    `an upgrade was cut off; everything is as it was before it.${where[0]}`,
    `une mise à niveau a été interrompue ; tout est comme avant elle.${where[1]}`,
  );
}

/** A step moves what was there to `old` and puts `fresh` in its place, or makes a folder. Each half may be missing. */
function undo({ at, old, fresh, folder }) {
  if (folder) {
    try {
      rmdirSync(at);
    } catch {
      // It holds something else, or was never made.
    }
    return;
  }
  const wasPlaced = fresh !== undefined && isThere(at) && !isThere(fresh);
  if (old !== undefined && isThere(old)) {
    if (isThere(at) && !wasPlaced) return;
    if (wasPlaced) renameSync(at, fresh);
    renameSync(old, at);
  } else if (old === undefined && wasPlaced) renameSync(at, fresh);
}

/** The index is git's list of what it follows. A lock that holds what we were about to write there is ours. */
function putIndexBack() {
  const [ours, before] = [bytesOf(join(state, 'index.new')), bytesOf(join(state, 'index'))];
  const [lock, index] = [join(gitFolder, 'index.lock'), join(gitFolder, 'index')];
  const held = bytesOf(lock);
  if (ours === undefined || before === undefined) return;
  if (held?.equals(ours.subarray(0, held.length))) rmSync(lock);
  if (!bytesOf(index)?.equals(ours)) return;
  writeFileSync(lock, before, { flag: 'wx' });
  renameSync(lock, index);
}

function bytesOf(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function isThere(path) {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function isAlive({ pid, started }) {
  const stat = bytesOf(`/proc/${pid}/stat`)?.toString('latin1') ?? '';
  const [status, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[18] === started && status !== 'Z';
}

function git(...args) {
  return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
}

function say(en, fr) {
  const { ANKLUME_LANG, LC_ALL, LC_MESSAGES, LANG } = process.env;
  const language = ANKLUME_LANG || LC_ALL || LC_MESSAGES || LANG || '';
  console.error(`anklume: ${language.startsWith('fr') ? fr : en}`);
}
