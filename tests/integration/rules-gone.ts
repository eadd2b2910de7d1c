import { afterAll } from 'vitest';
import { inSandbox } from './support.ts';

/** After each file: rules that it leaves would be those of another infrastructure to the next one. */
afterAll(async () => {
  const tables = (await inSandbox('nft', 'list', 'tables')).split('\n');
  for (const table of tables.filter((one) => / anklume\S*$/.test(one)))
    await inSandbox('nft', 'delete', ...table.split(' '));
});
