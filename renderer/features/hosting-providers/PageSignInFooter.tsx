import { Button } from '@mantine/core';
import type { SignInFlow } from '../../../shared/contract/accounts';
import classes from './hosting-providers.module.css';

export interface PageSignInFooterProps {
  flows: readonly SignInFlow[];
  /** False: no client id is set up for this server. */
  enabled: boolean;
  running: boolean;
  onStop: () => void;
  onCancel: () => void;
  onStart: (flow: SignInFlow) => void;
}

/** The buttons of a form that ends on the provider's page instead of with a token. Its own button submits the form. */
export function PageSignInFooter({ flows, enabled, running, ...on }: PageSignInFooterProps) {
  const others = flows.slice(1);
  return (
    <div className={classes.footer}>
      <span className={classes.space} />
      <Button variant="default" onClick={running ? on.onStop : on.onCancel}>
        {running ? 'Stop' : 'Cancel'}
      </Button>
      {!running &&
        others.map((flow) => (
          <Button key={flow} variant="default" disabled={!enabled} onClick={() => on.onStart(flow)}>
            {flow === 'device' ? 'Use a code' : 'Use the browser'}
          </Button>
        ))}
      {!running && (
        <Button type="submit" disabled={!enabled}>
          Sign in
        </Button>
      )}
    </div>
  );
}
