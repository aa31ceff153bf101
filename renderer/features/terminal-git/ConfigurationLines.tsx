import type { ConfigurationChange } from '../../../shared/contract/terminal-git';
import { visibleText } from '../../components/visible-text';
import classes from './terminal-git.module.css';

/** A tab is part of the lines as they are written, and no trick. */
function shownLine(line: string): string {
  return line.split('\t').map(visibleText).join('\t');
}

/** Whole lines by file: those that go, and those that come. `isPast`: they were written, and nothing happens to them. */
export function ConfigurationLines({
  changes,
  isPast = false,
}: {
  changes: readonly ConfigurationChange[];
  isPast?: boolean;
}) {
  return (
    <>
      {changes.map((change) => (
        <div key={change.file}>
          <div className={classes.file}>
            In <strong>{visibleText(change.file)}</strong>
          </div>
          <pre className={classes.change} tabIndex={0} aria-label={`Lines in ${visibleText(change.file)}`}>
            {[
              ...change.removed.map((line) => `${isPast ? '' : '- '}${shownLine(line)}`),
              ...change.lines.map((line) => `+ ${shownLine(line)}`),
            ].join('\n')}
          </pre>
        </div>
      ))}
    </>
  );
}
