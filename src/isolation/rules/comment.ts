/** What the kernel keeps of a rule's comment, in bytes, without the closing zero. */
const LONGEST = 127;

/**
 * A person's words as the inside of an nft comment: letters, digits and plain punctuation survive,
 * everything else (quotes, backslashes, control characters, line ends) becomes a space.
 */
export function nftComment(untrustedWords: string): string {
  const plain = untrustedWords
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} .,:;/_+()@#%=<>'\u2019-]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
  let kept = '';
  let bytes = 0;
  for (const character of plain) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST) break;
    kept += character;
  }
  return kept.trim();
}
