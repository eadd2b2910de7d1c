/**
 * The fastest script we know for the same world: raw requests over one keep-alive pool, two-phase networks,
 * a pipeline for each domain, a tuned limit on creations. No plan, no checks, no recovery.
 * Usage: bare.js apply|read SOCKET WORLD.json
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { BenchDomain, BenchWorld } from './world.ts';

const [mode, socketPath = '', worldFile = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let requests = 0;

interface Answer {
  readonly type: string;
  readonly operation: string;
  readonly error: string;
  readonly metadata: unknown;
}

function call(method: string, path: string, body?: unknown): Promise<Answer> {
  requests += 1;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = payload
      ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }
      : {};
    const sent = request({ socketPath, agent, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString()) as Answer;
        if (answer.type === 'error') reject(new Error(`${method} ${path}: ${answer.error}`));
        else resolve(answer);
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

async function operation(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await call(method, path, body);
  if (answer.type === 'async') await call('GET', `${answer.operation}/wait?timeout=-1`);
}

/** At most `limit` of the works run at once: 2 x cores is where creation stops gaining. */
function limiter(limit: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

const creating = limiter(8);

/** The daemon looks at the cards of every bridge while others come and go, and gives up when one went. */
async function untilUndisturbed(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      // Made at an earlier try that was told as a failure.
      if (tries > 1 && /already exists/.test(String(error))) return;
      if (tries === 20 || !/bridge children interfaces/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The options that we set, to the letter: what is compared is how, not what. */
const CONFIG = {
  'limits.memory': '90%',
  'limits.memory.enforce': 'soft',
  'limits.processes': '8192',
  'linux.sysctl.user.max_inotify_instances': '512',
  'linux.sysctl.user.max_inotify_watches': '262144',
  'security.idmap.isolated': 'true',
};
const PINS = {
  'security.ipv4_filtering': 'true',
  'security.ipv6_filtering': 'true',
  'security.mac_filtering': 'true',
};
const DNSMASQ =
  'dhcp-ignore=tag:!known\ndhcp-ignore-names\ndhcp-ignore-clid\nno-hosts\ndomain-needed\nbogus-priv\nno-ident';

async function domainPipeline(domain: BenchDomain): Promise<void> {
  const network = `net-${domain.name}`;
  const address = {
    'ipv4.address': `${domain.gateway}/24`,
    'ipv4.nat': 'true',
    'ipv6.address': 'none',
    'raw.dnsmasq': DNSMASQ,
  };
  const phases = async () => {
    await untilUndisturbed(() =>
      call('POST', '/1.0/networks', {
        name: network,
        type: 'bridge',
        config: { ...address, 'ipv4.dhcp': 'false', 'dns.mode': 'none' },
      }),
    );
    await untilUndisturbed(() =>
      call('PUT', `/1.0/networks/${network}`, { config: address, description: '' }),
    );
  };
  const project = async () => {
    await call('POST', '/1.0/projects', {
      name: domain.name,
      config: { 'features.images': 'false', 'features.networks': 'false' },
    });
  };
  const network1 = phases();
  await project();
  await network1;
  await call('PUT', `/1.0/profiles/default?project=${domain.name}`, {
    config: {},
    description: '',
    devices: {
      root: { type: 'disk', path: '/', pool: 'default', size: '45GiB' },
      eth0: { type: 'nic', network, name: 'eth0' },
    },
  });
  await Promise.all(
    domain.machines.map((machine) =>
      creating(() =>
        operation('POST', `/1.0/instances?project=${domain.name}`, {
          name: machine.name,
          type: 'container',
          start: true,
          source: { type: 'image', alias: 'probe' },
          profiles: ['default'],
          config: CONFIG,
          devices: {
            eth0: { type: 'nic', network, name: 'eth0', 'ipv4.address': machine.ip, ...PINS },
          },
        }),
      ),
    ),
  );
}

async function readAll(): Promise<void> {
  const lists = [
    '/1.0',
    '/1.0/networks?recursion=1',
    '/1.0/projects?recursion=1',
    '/1.0/profiles?recursion=1&all-projects=true',
    '/1.0/storage-pools?recursion=1',
    '/1.0/storage-pools/default/volumes/custom?recursion=1&all-projects=true',
    '/1.0/images?recursion=1',
    '/1.0/instances?recursion=1&all-projects=true',
  ];
  await Promise.all(lists.map((path) => call('GET', path)));
}

if (mode === 'apply') {
  const world = JSON.parse(readFileSync(worldFile, 'utf8')) as BenchWorld;
  await Promise.all(world.domains.map(domainPipeline));
} else {
  await readAll();
}
console.log(JSON.stringify({ requests }));
agent.destroy();
