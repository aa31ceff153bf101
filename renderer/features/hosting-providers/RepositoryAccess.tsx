import { Radio, Switch } from '@mantine/core';
import type { AccountDraft, AuthenticationDescriptor } from '../../../shared/contract/accounts';
import classes from './hosting-providers.module.css';

const schemes = {
  basic: { label: 'Basic', description: 'The token as a password without a user name, Base64-encoded.' },
  bearer: { label: 'Bearer', description: 'The token as it is.' },
} as const;

/** How the account's secret serves git: as the answer to its question, or in a header. */
export function RepositoryAccess({
  authentication,
  draft,
  onChange,
}: {
  authentication: AuthenticationDescriptor;
  draft: AccountDraft;
  onChange: (draft: AccountDraft) => void;
}) {
  const { header } = authentication;
  const choices = header.choices.filter((choice) => choice !== 'off');
  const isHeader = draft.headerAuthentication !== 'off';
  // An app's tokens are minted for git as they are for the API: nothing to choose, unless it was chosen once.
  const isOffered = choices.length > 0 && (authentication.type !== 'app' || isHeader);
  const firstChoice = header.initial === 'off' ? choices[0] : header.initial;
  return (
    <fieldset className={classes.group} aria-label="Repositories">
      <div>
        <Switch
          label="Use token for repository authentication"
          checked={draft.useForRepositories}
          onChange={(event) => onChange({ ...draft, useForRepositories: event.currentTarget.checked })}
        />
        <div className={classes.explain}>
          When Git asks for a user name and password, Polyforge answers with this account:
          <ul>
            <li>a token can do less than your password, and can be revoked by itself;</li>
            <li>no second set of credentials has to be made, entered and renewed.</li>
          </ul>
        </div>
      </div>
      {isOffered && firstChoice && (
        <div>
          <Switch
            label="Use header-based authentication"
            checked={isHeader}
            disabled={!draft.useForRepositories || !header.choices.includes('off')}
            onChange={(event) =>
              onChange({ ...draft, headerAuthentication: event.currentTarget.checked ? firstChoice : 'off' })
            }
          />
          <div className={classes.explain}>{header.explanation}</div>
          {isHeader && (
            <Radio.Group
              mt={8}
              aria-label="Kind of header"
              value={draft.headerAuthentication}
              onChange={(value) => {
                const chosen = choices.find((choice) => choice === value);
                if (chosen) onChange({ ...draft, headerAuthentication: chosen });
              }}
            >
              {choices.map((choice) => (
                <Radio
                  key={choice}
                  mt={4}
                  value={choice}
                  disabled={!draft.useForRepositories}
                  label={schemes[choice].label}
                  description={schemes[choice].description}
                />
              ))}
            </Radio.Group>
          )}
        </div>
      )}
    </fieldset>
  );
}
