import type { Text } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import type { Packet } from '../model/explain.ts';
import type { FlowModel } from '../model/flows.ts';
import { tableNameOf } from '../model/infrastructures.ts';
import { CODES, type RuleCode } from '../rules/codes.ts';
import { decide } from '../rules/decide.ts';
import { onHost } from '../rules/nft.ts';
import { commentText } from '../rules/rule-text.ts';
import type { Family } from '../rules/rules.ts';
import { presentFamilies } from './listing.ts';

/** The rule that decides about a packet, as it is loaded. */
export interface LoadedRule {
  /** Its table: of the family bridge, frames on one bridge; of the family inet, what is routed or enters the host. */
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
  readonly code: RuleCode;
  readonly meaning: Text;
  /** As nft writes it, counter included; absent where the loaded rules lack it. */
  readonly text?: string;
  readonly packets?: number;
  readonly bytes?: number;
}

/**
 * Which rule decides about the first packet of a conversation, and its counter in the kernel. Undefined
 * where no rule of ours does: for what the host itself sends.
 */
export async function decidingRule(
  model: FlowModel,
  packet: Packet,
  host: Host,
): Promise<LoadedRule | undefined> {
  const { ruling } = decide(model, packet);
  if (!ruling) return undefined;
  const { family, chain, rule, nth } = ruling;
  const { code } = rule;
  const table = await tableNameOf(model.projectName, host);
  const found = { family, table, chain: chain.name, code, meaning: CODES[code].text };
  const lines = await chainLines(host, { family, table, chain: chain.name });
  const line = lines.filter((one) => one.endsWith(`comment "${commentText(rule)}"`))[nth];
  if (line === undefined) return found;
  const [, packets, bytes] = /\bcounter packets (\d+) bytes (\d+)\b/.exec(line) ?? [];
  return {
    ...found,
    text: line,
    ...(packets !== undefined && { packets: Number(packets) }),
    ...(bytes !== undefined && { bytes: Number(bytes) }),
  };
}

async function chainLines(
  host: Host,
  { family, table, chain }: Pick<LoadedRule, 'family' | 'table' | 'chain'>,
): Promise<string[]> {
  if (!(await presentFamilies(host, table)).includes(family)) return [];
  const { stdout } = await onHost(host, ['nft', 'list', 'table', family, table]);
  const lines = stdout.split('\n');
  const start = lines.indexOf(`\tchain ${chain} {`);
  if (start === -1) return [];
  const end = lines.indexOf('\t}', start);
  return lines.slice(start + 1, end).map((line) => line.trim());
}
