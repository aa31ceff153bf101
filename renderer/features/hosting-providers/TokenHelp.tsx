import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { AuthenticationDescriptor } from '../../../shared/contract/accounts';
import { ExternalLink } from '../../components/ExternalLink';
import { StatusBadge } from '../../components/StatusBadge';
import classes from './hosting-providers.module.css';

export interface TokenHelpProps {
  authentication: AuthenticationDescriptor;
  /** Null while the address does not lead to a page yet. */
  page: string | null;
  onOpen: (url: string) => void;
}

/** How the token is made, beside the form. */
export function TokenHelp({ authentication, page, onOpen }: TokenHelpProps) {
  const isOAuth = authentication.type === 'oauth';
  const title = isOAuth
    ? 'How to sign in'
    : `How to make ${authentication.type === 'app' ? 'the application' : 'the token'}`;
  return (
    <section className={classes.help} aria-label={title} tabIndex={0}>
      {authentication.steps.length > 0 && (
        <>
          <h3>{title}</h3>
          <ol>
            {authentication.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      {!isOAuth && (
        <>
          <Button
            variant="default"
            fullWidth
            rightSection={<IconExternalLink size={14} aria-hidden />}
            disabled={page === null}
            onClick={() => page !== null && onOpen(page)}
          >
            {authentication.type === 'app' ? 'Open page' : 'Open token page'}
          </Button>
          {page === null && <p className={classes.explain}>Fill in the address first.</p>}
        </>
      )}
      {authentication.documentation && (
        <p className={classes.explain}>
          <ExternalLink url={authentication.documentation.url}>
            {authentication.documentation.label}
          </ExternalLink>
        </p>
      )}
      {authentication.scopes.length > 0 && (
        <>
          <h3>
            {isOAuth ? 'What Polyforge asks for' : authentication.type === 'app' ? 'Permissions' : 'Scopes'}
          </h3>
          <ul className={classes.scopes}>
            {authentication.scopes.map((scope) => (
              <li key={scope.name}>
                <code>{scope.name}</code>{' '}
                {scope.required ? (
                  <StatusBadge tone="info">needed</StatusBadge>
                ) : (
                  <StatusBadge>optional</StatusBadge>
                )}
                <div className={classes.second}>{scope.why}</div>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
