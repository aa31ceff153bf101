import { ActionIcon, Button, Loader, Menu } from '@mantine/core';
import {
  IconDots,
  IconFolder,
  IconPencil,
  IconPlus,
  IconRoute,
  IconServer2,
  IconSitemap,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { RuleScope, ShownRule } from '../../../shared/contract/bindings';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { EmptyState } from '../../components/EmptyState';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { ProviderIcon } from '../../components/ProviderIcon';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { identityWords, scopeWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './account-rules.module.css';
import { RuleDialog } from './RuleDialog';

const icons: Record<RuleScope['kind'], typeof IconFolder> = {
  folder: IconFolder,
  path: IconSitemap,
  host: IconServer2,
};
const kinds: Record<RuleScope['kind'], string> = { folder: 'Folder', path: 'Path', host: 'Host' };

const problems: Record<NonNullable<ShownRule['problem']>, { label: string; text: string }> = {
  'account-gone': { label: 'Account removed', text: 'Choose another account for this rule, or remove it.' },
  'other-host': {
    label: 'Other host',
    text: 'Its account is not on this host any more, so the rule does nothing. Choose an account of this host.',
  },
  'folder-missing': {
    label: 'Folder not there',
    text: 'It was moved, or is on a drive that is not connected. The rule stays.',
  },
};

type Open = { action: 'add' } | { action: 'edit' | 'remove'; rule: ShownRule } | null;

/** Preferences -> Account Rules: which account answers where, most specific first. */
export function AccountRules() {
  const rules = useQuery(query.bindings.rules.queryOptions());
  const accounts = useQuery(query.accounts.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  const pane = useRef<HTMLDivElement>(null);
  const failed = rules.error ?? accounts.error;
  const list = rules.data ?? [];
  const all = accounts.data ?? [];
  const close = () => setOpen(null);
  const canAdd = all.length > 0;
  const add = (
    <Button
      leftSection={<IconPlus size={15} aria-hidden />}
      disabled={!canAdd}
      onClick={() => setOpen({ action: 'add' })}
    >
      Add rule…
    </Button>
  );
  return (
    <div className={classes.pane} ref={pane} tabIndex={-1}>
      <div className={classes.head}>
        <p>
          The most specific rule wins: a repository’s own binding, then the deepest folder, the longest path,
          the host.
        </p>
        {list.length > 0 && add}
      </div>
      <div className={classes.list}>
        {failed ? (
          <ErrorNotice
            shape="panel"
            error={toAppError(failed)}
            onRetry={() => {
              void rules.refetch();
              void accounts.refetch();
            }}
          />
        ) : rules.isPending || accounts.isPending ? (
          <EmptyState icon={<Loader aria-label="Loading" />} title="Loading rules" />
        ) : list.length === 0 ? (
          <EmptyState
            icon={<IconRoute size={34} stroke={1.4} aria-hidden />}
            title="No rules yet"
            text={
              canAdd
                ? 'Without rules the account is found by the address. With several accounts on one host, a rule for a folder, an organization or the host saves you the question.'
                : 'Rules choose between accounts. Add an account under Hosting Providers first.'
            }
          >
            {add}
          </EmptyState>
        ) : (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Where</th>
                <th scope="col">Account</th>
                <th scope="col">Commits as</th>
                <th scope="col" className={classes.actions}>
                  Actions
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((rule) => (
                <RuleRow
                  key={rule.id}
                  rule={rule}
                  account={all.find((account) => account.id === rule.accountId)}
                  onOpen={(action) => setOpen({ action, rule })}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {open?.action === 'add' && <RuleDialog accounts={all} onClose={close} />}
      {open?.action === 'edit' && <RuleDialog accounts={all} rule={open.rule} onClose={close} />}
      {open?.action === 'remove' && (
        <RemoveRule
          rule={open.rule}
          onClose={close}
          onRemoved={() => {
            close();
            // The row's button goes with it: the focus must not go with them.
            pane.current?.focus();
          }}
        />
      )}
    </div>
  );
}

function RuleRow({
  rule,
  account,
  onOpen,
}: {
  rule: ShownRule;
  account: Account | undefined;
  onOpen: (action: 'edit' | 'remove') => void;
}) {
  const Icon = icons[rule.scope.kind];
  const where = visibleText(scopeWords(rule.scope));
  const problem = rule.problem && problems[rule.problem];
  const isBroken = rule.problem === 'account-gone' || rule.problem === 'other-host';
  return (
    <tr>
      <td>
        <div className={classes.where}>
          <Icon size={17} stroke={1.6} role="img" aria-label={kinds[rule.scope.kind]} />
          <div className={classes.two}>
            <MiddleEllipsis text={where} tail={22} />
            {problem && (
              <div className={classes.problem}>
                <StatusBadge tone="warn" title={problem.text}>
                  {problem.label}
                </StatusBadge>{' '}
                {isBroken && problem.text}
              </div>
            )}
          </div>
        </div>
      </td>
      <td>
        {account ? (
          <div className={classes.where}>
            <ProviderIcon provider={account.provider} size={17} />
            <span className={classes.cut} title={account.alias}>
              {visibleText(account.alias)}
            </span>
          </div>
        ) : (
          <span className={classes.quiet}>none</span>
        )}
      </td>
      <td className={classes.quiet}>
        <span className={classes.cut} title={rule.identity ? identityWords(rule.identity) : undefined}>
          {rule.identity ? visibleText(identityWords(rule.identity)) : 'Git’s own'}
        </span>
      </td>
      <td>
        <div className={classes.buttons}>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${isBroken ? 'Repair' : 'Edit'} the rule for ${where}`}
            onClick={() => onOpen('edit')}
          >
            {isBroken ? 'Repair…' : 'Edit…'}
          </Button>
          <Menu position="bottom-end" withinPortal={false} floatingStrategy="fixed">
            <Menu.Target>
              <ActionIcon aria-label={`More for the rule for ${where}`}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => onOpen('edit')}>
                Edit…
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={() => onOpen('remove')}>
                Remove…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </td>
    </tr>
  );
}

function RemoveRule({
  rule,
  onClose,
  onRemoved,
}: {
  rule: ShownRule;
  onClose: () => void;
  onRemoved: () => void;
}) {
  const remove = useMutation(query.bindings.removeRule.mutationOptions({ onSuccess: onRemoved }));
  return (
    <ConfirmDialog
      opened
      danger
      title="Remove this rule?"
      confirm="Remove rule"
      busy={remove.isPending}
      onCancel={onClose}
      onConfirm={() => remove.mutate({ id: rule.id })}
    >
      <p style={{ marginTop: 0, overflowWrap: 'anywhere' }}>
        Repositories in <strong>{visibleText(scopeWords(rule.scope))}</strong> that are not bound themselves
        are then answered by a less specific rule, or by the account that fits the address.
      </p>
      {remove.error && <ErrorNotice error={toAppError(remove.error)} />}
    </ConfirmDialog>
  );
}
