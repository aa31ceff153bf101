import type { TrustFinding } from '../../../shared/contract/trust';
import { visibleText } from '../../components/visible-text';
import classes from './trust.module.css';
import { placeOf } from './words';

/** What was found, each with its place and what it would do. A stranger wrote the names and values. */
export function Findings({ findings, label }: { findings: readonly TrustFinding[]; label: string }) {
  return (
    <ul className={classes.findings} aria-label={label}>
      {findings.map((finding) => (
        <li key={`${finding.key} ${finding.file} ${finding.line}`}>
          <bdi className={classes.key}>{visibleText(finding.key)}</bdi> <span>{finding.does}</span>{' '}
          <bdi className={classes.place}>{placeOf(finding)}</bdi>
          {finding.value !== '' && finding.kind !== 'owner' && (
            <bdi className={classes.value} dir="ltr">
              {visibleText(finding.value)}
            </bdi>
          )}
        </li>
      ))}
    </ul>
  );
}
