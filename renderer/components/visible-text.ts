/**
 * Characters that reorder, hide or fake text: C0/C1 controls (not tab and line
 * ends), bidi controls, zero-width ones, fillers without a shape, tags. Not
 * joiners and variation selectors: words of some languages and emoji need them.
 */
// Each range stands for itself: none is meant to combine with the one before.
const deceptive =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The text with every deceptive character spelled out, so that what is read is what is there. */
export function visibleText(text: string): string {
  return text.replace(deceptive, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x0d) return '';
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** Alphabets whose letters look like each other's. Latin beside Chinese, Japanese or Korean is usual, and is not among them. */
const alike = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/**
 * A name somebody else chose, of a branch or the like. In a word that mixes
 * alphabets, letters that are not Latin are spelled out too: `mаin` with a
 * Cyrillic а is not `main`.
 */
export function visibleName(name: string): string {
  return visibleText(name).replaceAll(/[\p{L}\p{M}]+/gu, (word) => {
    const found = alike.filter((script) => script.test(word));
    if (found.length < 2) return word;
    return word.replaceAll(/\p{L}/gu, (letter) =>
      /\p{Script=Latin}/u.test(letter) || !alike.some((script) => script.test(letter))
        ? letter
        : `⟨U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
  });
}
