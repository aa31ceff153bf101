import styles from './MiddleEllipsis.module.css';

/** A long name cut in its middle: both ends stay readable; the title holds it all. */
export function MiddleEllipsis({ text, tail = 12 }: { text: string; tail?: number }) {
  const cut = text.length > tail * 2 ? text.length - tail : text.length;
  return (
    <span className={styles.whole} title={text}>
      <span className={styles.head}>{text.slice(0, cut)}</span>
      {cut < text.length && <span className={styles.tail}>{text.slice(cut)}</span>}
    </span>
  );
}
