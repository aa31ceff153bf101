import { Button, CopyButton, Loader } from '@mantine/core';
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useOpenExternal } from '../../components/ExternalLink';
import classes from './page-sign-in.module.css';
import type { PageSignIn } from './use-page-sign-in';

/** Whole seconds left, counted down. */
function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** "14:05". */
const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** The host of a page, as the person will see it in the browser's address line. */
const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);

/** What the person has to do on the provider's page, as it stands. */
export function PageSignInSteps({ step }: { step: NonNullable<PageSignIn['step']> }) {
  switch (step.kind) {
    case 'opening':
      return <Waiting text="Asking the server…" />;
    case 'code':
      return <Code {...step} />;
    case 'browser':
      return <Browser url={step.url} />;
    case 'agreed':
      return <Waiting text="Agreed. Testing the account…" />;
    default:
      return step satisfies never;
  }
}

function Waiting({ text }: { text: string }) {
  return (
    <div className={classes.steps}>
      <p className={classes.waiting} role="status">
        <Loader size={16} aria-hidden /> {text}
      </p>
    </div>
  );
}

function Code({ userCode, url, expiresAt }: { userCode: string; url: string; expiresAt: number }) {
  const left = useSecondsLeft(expiresAt);
  const open = useOpenExternal();
  return (
    <div className={classes.steps}>
      <p>
        Enter this code on <b className={classes.host}>{hostOf(url)}</b>:
      </p>
      <div className={classes.codeLine}>
        <output className={classes.code} aria-label={`Code: ${userCode.split('').join(' ')}`}>
          {userCode}
        </output>
        <CopyButton value={userCode} timeout={3000}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy code'}
            </Button>
          )}
        </CopyButton>
      </div>
      <Button
        data-autofocus
        rightSection={<IconExternalLink size={15} aria-hidden />}
        onClick={() => open(url)}
      >
        Open page
      </Button>
      <p className={classes.address}>{url}</p>
      <p className={classes.waiting} role="status">
        <Loader size={16} aria-hidden /> Waiting until you agree there…
      </p>
      <p className={classes.left} role="timer" aria-live="off">
        {left > 0 ? `The code is good for ${clock(left)} more.` : 'The code is over.'}
      </p>
    </div>
  );
}

function Browser({ url }: { url: string }) {
  const open = useOpenExternal();
  return (
    <div className={classes.steps}>
      <p className={classes.waiting} role="status">
        <Loader size={16} aria-hidden /> Waiting for the page in your browser ({hostOf(url)})…
      </p>
      <p>Sign in there and agree; then come back here.</p>
      <Button
        data-autofocus
        variant="default"
        rightSection={<IconExternalLink size={15} aria-hidden />}
        onClick={() => open(url)}
      >
        Open the page again
      </Button>
    </div>
  );
}
