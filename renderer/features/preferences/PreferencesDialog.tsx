import { UnstyledButton } from '@mantine/core';
import {
  IconAdjustments,
  IconCloudLock,
  IconGitBranch,
  IconInfoCircle,
  IconKey,
  IconLock,
  IconNetwork,
  IconRoute,
} from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { Dialog } from '../../components/Dialog';
import type { NetworkRequest, PreferencesSection } from '../../errors/actions';
import { AboutPane } from './AboutPane';
import { GeneralPane } from './GeneralPane';
import { GitPane } from './GitPane';
import { NetworkPane } from './NetworkPane';
import classes from './preferences.module.css';
import { SecretsPane } from './SecretsPane';

const sections: { id: PreferencesSection; label: string; Icon: typeof IconLock }[] = [
  { id: 'hosting-providers', label: 'Hosting Providers', Icon: IconCloudLock },
  { id: 'account-rules', label: 'Account Rules', Icon: IconRoute },
  { id: 'saved-credentials', label: 'Saved Credentials', Icon: IconKey },
  { id: 'general', label: 'General', Icon: IconAdjustments },
  { id: 'git', label: 'Git', Icon: IconGitBranch },
  { id: 'network', label: 'Network', Icon: IconNetwork },
  { id: 'secrets', label: 'Secrets', Icon: IconLock },
  { id: 'about', label: 'About', Icon: IconInfoCircle },
];

/** Panes that fill the window and scroll by themselves. */
const full = new Set<PreferencesSection>(['hosting-providers', 'account-rules', 'saved-credentials']);

export interface PreferencesDialogProps {
  section: PreferencesSection;
  onSection: (section: PreferencesSection) => void;
  onClose: () => void;
  /** Panes and parts of other features. */
  hostingProviders: ReactNode;
  accountRules: ReactNode;
  savedCredentials: ReactNode;
  terminalGit: ReactNode;
  httpPathHosts: ReactNode;
  trustedFolders: ReactNode;
  /** Asks where secrets are kept, or for the passphrase. */
  onSecretStore: (choose: boolean) => void;
  /** Resolves to false when there is no place for a secret after all. */
  ensureSecretStore: () => Promise<boolean>;
  /** What a failure led to the network section for. */
  network: NetworkRequest | null;
  onNetworkDone: () => void;
}

/** The preferences window: sections at the side, one pane. Every change takes effect at once. */
export function PreferencesDialog(props: PreferencesDialogProps) {
  const id = useId();
  const index = sections.findIndex((each) => each.id === props.section);
  const current = sections[index];
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = sections[(index + step + sections.length) % sections.length];
    if (!next) return;
    props.onSection(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <Dialog
      opened
      onClose={props.onClose}
      title="Preferences"
      size={940}
      padding={0}
      styles={{
        header: { padding: '8px 12px 8px 18px', minHeight: 0, borderBottom: '1px solid var(--pf-border)' },
      }}
    >
      <div className={classes.window}>
        <div
          className={classes.sections}
          role="tablist"
          aria-label="Sections"
          aria-orientation="vertical"
          onKeyDown={move}
        >
          {sections.map(({ id: section, label, Icon }) => (
            <UnstyledButton
              key={section}
              id={`${id}-${section}`}
              className={classes.section}
              role="tab"
              aria-selected={section === props.section}
              aria-controls={`${id}-pane`}
              tabIndex={section === props.section ? 0 : -1}
              data-autofocus={(section === props.section && props.network === null) || undefined}
              onClick={() => props.onSection(section)}
            >
              <Icon size={17} stroke={1.7} aria-hidden />
              {label}
            </UnstyledButton>
          ))}
        </div>
        <div
          className={`${classes.pane} ${full.has(props.section) ? classes.paneFull : ''}`}
          role="tabpanel"
          id={`${id}-pane`}
          aria-labelledby={`${id}-${props.section}`}
          tabIndex={0}
        >
          <h2>{current?.label}</h2>
          {props.section === 'hosting-providers' && props.hostingProviders}
          {props.section === 'account-rules' && props.accountRules}
          {props.section === 'saved-credentials' && props.savedCredentials}
          {props.section === 'general' && <GeneralPane />}
          {props.section === 'git' && (
            <GitPane>
              {props.terminalGit}
              {props.httpPathHosts}
              {props.trustedFolders}
            </GitPane>
          )}
          {props.section === 'network' && (
            <NetworkPane
              request={props.network}
              onRequestDone={props.onNetworkDone}
              ensureSecretStore={props.ensureSecretStore}
            />
          )}
          {props.section === 'secrets' && <SecretsPane onSecretStore={props.onSecretStore} />}
          {props.section === 'about' && <AboutPane />}
        </div>
      </div>
    </Dialog>
  );
}
