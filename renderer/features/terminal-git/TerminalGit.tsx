import { Button, Loader, Switch } from '@mantine/core';
import { IconFolder, IconGitBranch, IconPlus, IconWorld } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TerminalScope, TerminalScopeState } from '../../../shared/contract/terminal-git';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { Note } from '../../components/Note';
import { StatusBadge } from '../../components/StatusBadge';
import { usePerformErrorAction } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { AddFolder, AddRepository } from './AddScope';
import { ScopeDialog } from './ScopeDialog';
import classes from './terminal-git.module.css';
import { obstacles, scopeName, stateWords, summary } from './words';

const icons: Record<TerminalScope['kind'], typeof IconFolder> = {
  all: IconWorld,
  folder: IconFolder,
  repository: IconGitBranch,
};

type Open = { show: 'scope'; scope: TerminalScope } | { show: 'folder' | 'repository' } | null;

function keyOf(scope: TerminalScope): string {
  if (scope.kind === 'all') return 'all';
  return scope.kind === 'folder' ? `folder ${scope.folder}` : `repository ${scope.repositoryId}`;
}

/** For Preferences -> Git: where git in a terminal asks Polyforge, and the way to turn it on and off. */
export function TerminalGit() {
  const scopes = useQuery(query.terminalGit.scopes.queryOptions({ staleTime: 0 }));
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const choose = (scope: TerminalScope) => setOpen({ show: 'scope', scope });
  const all = scopes.data?.[0];
  const obstacle = all?.obstacle ?? null;
  const isStuck = obstacle === 'no-git' || obstacle === 'no-accounts' || obstacle === 'no-helper';
  return (
    <section aria-labelledby="terminal-git-title" className={classes.section}>
      <h3 id="terminal-git-title">Use Polyforge accounts in terminal Git</h3>
      <p>
        Git in a terminal, or started by another program, then gets the account that belongs to each
        repository. You see the lines of configuration before they are written.
      </p>
      {scopes.isPending && <Loader size="sm" aria-label="Asking Git" />}
      {scopes.error && <ErrorNotice error={toAppError(scopes.error)} onRetry={() => void scopes.refetch()} />}
      {isStuck && obstacle && <Obstacle obstacle={obstacle} />}
      {scopes.data && (
        <ul className={classes.rows} aria-label="Where Polyforge answers">
          {scopes.data.map((state) => (
            <ScopeRow key={keyOf(state.scope)} state={state} onOpen={() => choose(state.scope)} />
          ))}
        </ul>
      )}
      {scopes.data && !isStuck && (
        <div className={classes.buttons}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setOpen({ show: 'folder' })}
          >
            Add folder…
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setOpen({ show: 'repository' })}
          >
            Add repository…
          </Button>
        </div>
      )}
      {open?.show === 'scope' && <ScopeDialog scope={open.scope} onClose={close} />}
      {open?.show === 'folder' && <AddFolder onChosen={choose} onClose={close} />}
      {open?.show === 'repository' && <AddRepository onChosen={choose} onClose={close} />}
    </section>
  );
}

function Obstacle({ obstacle }: { obstacle: 'no-git' | 'no-accounts' | 'no-helper' }) {
  const perform = usePerformErrorAction();
  return (
    <Note tone={obstacle === 'no-helper' ? 'warn' : 'info'}>
      {obstacles[obstacle]}
      {obstacle === 'no-accounts' && (
        <div style={{ marginTop: 6 }}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() =>
              perform({ kind: 'open-preferences', label: 'Accounts', section: 'hosting-providers' })
            }
          >
            Go to accounts
          </Button>
        </div>
      )}
    </Note>
  );
}

function ScopeRow({ state, onOpen }: { state: TerminalScopeState; onOpen: () => void }) {
  const Icon = icons[state.scope.kind];
  const name = scopeName(state);
  const words = stateWords(state);
  const below = summary(state);
  const isOn = state.state === 'on' || state.state === 'partly';
  const isEasy = state.state === 'on' || state.state === 'off';
  return (
    <li className={classes.row}>
      <Icon size={17} stroke={1.6} aria-hidden />
      <div className={classes.what}>
        <div className={classes.name}>
          <MiddleEllipsis text={name} tail={22} />
          <StatusBadge tone={words.tone}>{words.text}</StatusBadge>
        </div>
        {below && <div className={classes.quiet}>{below}</div>}
      </div>
      {isEasy ? (
        // Nothing is turned before its lines were seen: the switch shows them first.
        <Switch
          checked={isOn}
          disabled={state.enable === null && state.disable === null}
          aria-label={`Use Polyforge: ${name}`}
          onChange={onOpen}
        />
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${state.state === 'partly' ? 'Bring up to date' : 'Show'}: ${name}`}
          onClick={onOpen}
        >
          {state.state === 'partly' ? 'Bring up to date…' : 'Show…'}
        </Button>
      )}
    </li>
  );
}
