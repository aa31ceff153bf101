import type { AccountTest, AuthenticationDescriptor } from '../../../shared/contract/accounts';
import type { DoctorSubject } from '../../../shared/contract/doctor';
import { expiryText } from '../../../shared/expiry';
import { Avatar } from '../../components/Avatar';
import { Note } from '../../components/Note';
import { useNow } from '../../components/RelativeTime';
import type { EditDraft } from '../../errors/actions';
import { describeInOneLine } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './hosting-providers.module.css';

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** What signing in told: who, until when, with which scopes; or one failure with its next step. */
export function TestOutcome({
  test,
  authentication,
  subject,
  onEdit,
}: {
  test: AccountTest;
  authentication: AuthenticationDescriptor;
  /** What the Connection Doctor looks at when it failed. */
  subject?: DoctorSubject;
  onEdit?: EditDraft;
}) {
  const now = useNow();
  if (!test.ok) return <ErrorNotice error={test.error} form subject={subject} onEdit={onEdit} />;
  const { result } = test;
  const expiry = expiryText(result.expiresOn, now);
  const missing = result.missingScopes.map(
    (name) => authentication.scopes.find((scope) => scope.name === name) ?? { name, why: '' },
  );
  return (
    <div role="status">
      <Note tone={missing.length > 0 ? 'warn' : 'good'}>
        <div className={classes.who}>
          <Avatar name={result.user.name || result.user.login} picture={result.user.avatar} size={20} />
          <span>
            Signed in as <strong>{result.user.name || result.user.login}</strong>
            {result.user.name && result.user.login && result.user.name !== result.user.login
              ? ` (${result.user.login})`
              : ''}
          </span>
        </div>
        <dl className={classes.facts}>
          {expiry && result.expiresOn && (
            <>
              <dt>Token</dt>
              <dd>
                {expiry.text} ({dates.format(Date.parse(result.expiresOn))})
              </dd>
            </>
          )}
          {result.scopes && (
            <>
              <dt>Scopes</dt>
              <dd>{result.scopes.length > 0 ? result.scopes.join(', ') : 'none'}</dd>
            </>
          )}
          {result.installation && (
            <>
              <dt>Installation</dt>
              <dd>
                {result.installation.name || 'unnamed'} ({result.installation.id})
              </dd>
            </>
          )}
          {result.serverVersion && (
            <>
              <dt>Server</dt>
              <dd>{result.serverVersion}</dd>
            </>
          )}
          {missing.length > 0 && (
            <>
              <dt>Missing</dt>
              <dd>
                {missing.map((scope) => (
                  <div key={scope.name}>
                    <strong>{scope.name}</strong> {scope.why}
                  </div>
                ))}
              </dd>
            </>
          )}
        </dl>
        {result.warnings.map((warning) => (
          <div key={JSON.stringify(warning)}>{describeInOneLine(warning, { form: true })}</div>
        ))}
        {result.notes.map((note) => (
          <div key={note}>{note}</div>
        ))}
      </Note>
    </div>
  );
}
