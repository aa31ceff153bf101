import { ActionIcon, Combobox, Loader, TextInput, useCombobox } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { AccountDraft, FieldDescriptor } from '../../../shared/contract/accounts';
import type { Installation } from '../../../shared/contract/installations';
import { StatusBadge } from '../../components/StatusBadge';
import { describeInOneLine } from '../../errors/describe';
import classes from './hosting-providers.module.css';
import { useInstallations } from './use-installations';

export interface InstallationFieldProps {
  field: FieldDescriptor;
  draft: AccountDraft;
  error?: string;
  onChange: (value: string) => void;
  onBlur: () => void;
}

const more = 'more';
const first = 'first';

/** What people search for: the owner's name or the number. */
function fits({ id, name }: Installation, typed: string): boolean {
  return id.includes(typed) || name.toLowerCase().includes(typed.toLowerCase());
}

/** A number or address as before, or one of the app's installations by the name of its owner. */
export function InstallationField({ field, draft, error, onChange, onBlur }: InstallationFieldProps) {
  const installations = useInstallations(draft);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const isReady =
    /^\d+$/.test(draft.appId.trim()) && (draft.privateKey.trim() !== '' || draft.accountId !== undefined);
  const { items } = installations;
  const typed = draft.installation.trim();
  const chosen = items?.find(({ id }) => id === typed);
  // What was chosen is no search: opening the list again shows all of it.
  const shown = items?.filter((one) => chosen || typed === '' || fits(one, typed)) ?? [];

  const open = () => {
    if (isReady && items === null) installations.load();
    combobox.openDropdown();
  };
  const submit = (value: string) => {
    if (value === more) {
      installations.load();
      return;
    }
    onChange(value === first ? '' : value);
    combobox.closeDropdown();
  };

  return (
    <Combobox store={combobox} onOptionSubmit={submit} position="bottom-start" middlewares={{ flip: true }}>
      <Combobox.Target>
        <TextInput
          label={field.label}
          description={chosen ? `Installed on ${chosen.name}.` : field.help}
          error={error}
          name={`account-${field.field}`}
          autoComplete="off"
          spellCheck={false}
          placeholder={field.placeholder}
          value={draft.installation}
          onChange={(event) => onChange(event.currentTarget.value)}
          onClick={open}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' && !combobox.dropdownOpened) open();
          }}
          onBlur={() => {
            combobox.closeDropdown();
            onBlur();
          }}
          rightSection={
            installations.isLoading ? (
              <Loader size={14} aria-label="Loading the installations" />
            ) : (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                tabIndex={-1}
                aria-label="Choose an installation"
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => (combobox.dropdownOpened ? combobox.closeDropdown() : open())}
              >
                <IconChevronDown size={14} aria-hidden />
              </ActionIcon>
            )
          }
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={200} style={{ overflowY: 'auto' }} aria-label="Installations">
          {isReady ? (
            <>
              <Combobox.Option value={first}>The first one found</Combobox.Option>
              {shown.map((one) => (
                <Combobox.Option
                  key={one.id}
                  value={one.id}
                  disabled={one.suspended}
                  // Not to be chosen, but to be read.
                  style={one.suspended ? { opacity: 0.8 } : undefined}
                >
                  <div className={classes.installation}>
                    <span className={classes.installationName}>{one.name}</span>
                    {one.suspended && <StatusBadge tone="warn">suspended</StatusBadge>}
                    <span className={classes.second}>
                      {one.owner}, {one.id}
                    </span>
                  </div>
                </Combobox.Option>
              ))}
              {installations.hasMore && !installations.isLoading && (
                <Combobox.Option value={more}>Load more</Combobox.Option>
              )}
              {installations.isLoading && <Combobox.Empty>Loading the installations…</Combobox.Empty>}
              {installations.error && (
                <Combobox.Empty role="alert">{describeInOneLine(installations.error)}</Combobox.Empty>
              )}
              {items?.length === 0 && (
                <Combobox.Empty>
                  This app is not installed anywhere yet. Install it on an organization or account first.
                </Combobox.Empty>
              )}
              {items && items.length > 0 && shown.length === 0 && (
                <Combobox.Empty>No installation of this name.</Combobox.Empty>
              )}
            </>
          ) : (
            <Combobox.Empty>Fill in the App ID and the private key first.</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
