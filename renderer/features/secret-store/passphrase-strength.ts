export interface Strength {
  /** 0 to 1. */
  value: number;
  tone: 'bad' | 'warn' | 'good';
  text: string;
}

/** The vault refuses less. */
export const shortest = 8;

/**
 * A hint, not a gate: length counts most, and repeating or counting up adds
 * nothing. The passphrase is stretched with scrypt, so about 60 bits are plenty.
 */
export function passphraseStrength(passphrase: string): Strength {
  const characters = [...new Intl.Segmenter().segment(passphrase)].map((part) => part.segment);
  if (characters.length < shortest) {
    const missing = shortest - characters.length;
    return {
      value: characters.length / (shortest * 4),
      tone: 'bad',
      text: `${missing} more ${missing === 1 ? 'character' : 'characters'} needed`,
    };
  }
  let fresh = 0;
  for (let index = 0; index < characters.length; index++) {
    const step =
      (characters[index]?.codePointAt(0) ?? 0) - (characters[index - 1]?.codePointAt(0) ?? -1_000_000);
    if (Math.abs(step) > 1) fresh++;
  }
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) =>
    kind.test(passphrase),
  ).length;
  const bits = Math.min(fresh, new Set(characters).size * 2) * (2 + kinds);
  if (bits < 32)
    return { value: 0.35, tone: 'bad', text: 'Easy to guess. Several unrelated words are better.' };
  if (bits < 56) return { value: 0.65, tone: 'warn', text: 'Fair. A longer one is better.' };
  return { value: 1, tone: 'good', text: 'Good' };
}
