import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bridgeNames } from './bridge-name.ts';
import { parseBridgeName } from './names.ts';

describe('bridge names', () => {
  it('are net-<domain> where that fits', () => {
    expect(bridgeNames(['pro', 'homelab-abc']).get('homelab-abc')).toBe('net-homelab-abc');
  });

  // Matrix: IN-104
  it('a domain called print-service gets a stable short name', () => {
    const alone = bridgeNames(['print-service']).get('print-service');
    expect(alone).toBe('net-print-4f4b');
    expect(bridgeNames(['a', 'print-services', 'print-service']).get('print-service')).toBe(alone);
  });

  it('make room for the nesting prefix', () => {
    expect(bridgeNames(['perso'], '001-').get('perso')).toBe('001-net-perso');
    expect(bridgeNames(['homelabs'], '001-').get('homelabs')).toMatch(/^001-net-ho-[0-9a-f]{4}$/);
  });

  it('P18b-04: are valid and distinct, whatever the domains', () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
    const domains = fc.uniqueArray(name, { maxLength: 200 });
    fc.assert(
      fc.property(domains, fc.constantFrom('', '007-'), (all, prefix) => {
        const bridges = [...bridgeNames(all, prefix).values()];
        expect(new Set(bridges).size).toBe(all.length);
        for (const bridge of bridges) expect(parseBridgeName(bridge)).toBe(bridge);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});
