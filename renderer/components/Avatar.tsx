import classes from './components.module.css';

const segmenter = new Intl.Segmenter();
const lettersOf = (word: string) => Array.from(segmenter.segment(word), (part) => part.segment);

/** First letters of the first and last word; the first two letters of a single one. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._@-]+/u).filter(Boolean);
  const first = lettersOf(words[0] ?? '?');
  const last = words.length > 1 ? lettersOf(words[words.length - 1] ?? '') : [];
  return ((first[0] ?? '?') + (last[0] ?? first[1] ?? '')).toUpperCase();
}

/** A hue that stays the same for a name. */
function hueOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

/** A person's picture (a data: URL) or initials on a colour of their own. Decorative: the name stands beside it. */
export function Avatar({ name, picture, size = 22 }: { name: string; picture?: string; size?: number }) {
  const hue = hueOf(name);
  return (
    <span
      aria-hidden
      className={classes.initials}
      style={{
        width: size,
        height: size,
        fontSize: Math.round(size * 0.42),
        background: `hsl(${hue} 45% 32%)`,
        color: '#fff',
      }}
    >
      {picture?.startsWith('data:image/') ? <img src={picture} alt="" /> : initialsOf(name)}
    </span>
  );
}
