import { Fragment } from 'react';
import { visibleText } from './visible-text';

/** A host in full: who signs in where must be readable. It breaks after a dot, before anywhere else. */
export function HostName({ host }: { host: string }) {
  return visibleText(host)
    .split('.')
    .map((part, index) => (
      // The parts of one name never change places.
      <Fragment key={index}>
        {index > 0 && '.'}
        {index > 0 && <wbr />}
        {part}
      </Fragment>
    ));
}
