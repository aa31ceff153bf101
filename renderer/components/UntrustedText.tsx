import { Anchor } from '@mantine/core';
import { useId, useState } from 'react';
import classes from './components.module.css';
import { visibleText } from './visible-text';

/** Characters and lines shown at first. */
const most = { characters: 400, lines: 8 };
/** Nobody reads more, and a page that lays it out stands still. */
const bound = 20_000;

/** What moves the cursor of a terminal is spelled out: many fonts have no pictures for it. */
function spelledOut(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const controls = text.replace(/[\u0000-\u0008\u000b-\u001f]/g, (each) => {
    return `⟨U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
  return visibleText(controls);
}

function beginningOf(text: string): string {
  const lines = text.split('\n');
  return lines.slice(0, most.lines).join('\n').slice(0, most.characters);
}

/** Words of a program or a server, as text: what they hide is visible, and they stay inside their box. */
export function UntrustedText({ label, text }: { label: string; text: string }) {
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const bounded = text.slice(0, bound);
  const beginning = beginningOf(bounded);
  const rest = bounded.length - beginning.length;
  return (
    <div>
      <div id={id} className={classes.untrustedLabel}>
        {label}
      </div>
      <div className={classes.untrusted} role="group" aria-labelledby={id} tabIndex={0} dir="ltr">
        {spelledOut(isWhole ? bounded : beginning)}
        {!isWhole && rest > 0 && '…'}
        {isWhole && text.length > bound && '… (cut here)'}
      </div>
      {rest > 0 && (
        <Anchor component="button" type="button" size="xs" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less' : `Show the rest (${rest.toLocaleString('en')} characters)`}
        </Anchor>
      )}
    </div>
  );
}
