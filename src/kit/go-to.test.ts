import { expect, it } from 'vitest';
import { goTo } from './go-to.ts';

it.each([
  ['/home/me', ''],
  ['/home/me/', ''],
  ['/home/me/lab', 'cd lab && '],
  ['/home/me/my lab', "cd 'my lab' && "],
  ['/home/lab', 'cd ../lab && '],
  ['/srv/lab', 'cd /srv/lab && '],
  ['/home/me/a\u001b[2J', "cd 'a\\x1b[2J' && "],
])('in /home/me, a command for %j begins with %j', (folder, words) => {
  expect(goTo(folder, '/home/me')).toBe(words);
});
