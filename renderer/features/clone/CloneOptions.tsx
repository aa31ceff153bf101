import { Button, NumberInput, Select, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { ClonePlan, CloneSurvey } from '../../../shared/contract/clone-plan';
import type { Ability } from '../../../shared/engine-abilities';
import { ExternalLink } from '../../components/ExternalLink';
import { Note } from '../../components/Note';
import { describeInOneLine } from '../../errors/describe';
import styles from './CloneOptions.module.css';
import { FolderTree } from './FolderTree';
import { LargeFilesField, SubmodulesField } from './RelatedFields';
import { type Can, useCan } from './use-can';
import { estimateWords, planWords, suggestionWords } from './plan-words';

export interface CloneOptionsProps {
  /** The address once it is understood. */
  url: string | undefined;
  /** Empty: none. */
  accountId: string;
  survey: CloneSurvey | undefined;
  /** The survey is on its way. */
  asking: boolean;
  /** Size as the list of repositories tells it. */
  listedSize: number | null;
  plan: ClonePlan;
  onPlan: (plan: ClonePlan) => void;
}

const startDepth = 100;
const startMegabytes = 1;
const megabyte = 1_000_000;

/** How much of a repository comes along: one line while closed. */
export function CloneOptions(props: CloneOptionsProps) {
  const { survey, plan, onPlan, listedSize } = props;
  const [opened, setOpened] = useState(false);
  const can = useCan();
  const id = useId();
  const suggestion = can('partial') === true ? suggestionWords(survey, plan, listedSize) : null;
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  const isKnown = props.url !== undefined;
  return (
    <div className={styles.options}>
      <div className={styles.head}>
        <UnstyledButton
          className={styles.toggle}
          aria-expanded={opened}
          aria-controls={id}
          onClick={() => setOpened(!opened)}
        >
          <Chevron size={15} aria-hidden />
          <strong>Options</strong>
          <span className={styles.quiet}>{planWords(plan)}</span>
        </UnstyledButton>
        <span className={styles.estimate} aria-live="polite">
          {isKnown && (props.asking ? 'Looking how large it is…' : estimateWords(survey, plan, listedSize))}
        </span>
      </div>
      {suggestion && (
        <Note tone="info">
          <span className={styles.suggestion}>
            {suggestion}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onPlan({ ...plan, filter: { kind: 'blobs' } })}
            >
              Without old contents
            </Button>
          </span>
        </Note>
      )}
      <div id={id} hidden={!opened} className={styles.fields}>
        {opened && <Fields {...props} can={can} />}
      </div>
    </div>
  );
}

function Fields({ url, accountId, survey, asking, plan, onPlan, can }: CloneOptionsProps & { can: Can }) {
  const change = (part: Partial<ClonePlan>) => onPlan({ ...plan, ...part });
  const unable = new Set<string>();
  const may = (ability: Ability) => {
    const answer = can(ability);
    if (answer !== true) unable.add(answer);
    return answer === true;
  };
  const history = plan.depth !== null ? 'last' : plan.singleBranch ? 'branch' : 'all';
  const contents = plan.filter?.kind ?? 'all';
  const top = survey?.top ?? null;
  const canShallow = may('shallow');
  const canOneBranch = may('singleBranch');
  const canPart = may('partial');
  const canSparse = may('sparse');
  return (
    <>
      <div className={styles.row}>
        <Select
          label="History"
          allowDeselect={false}
          value={history}
          data={[
            { value: 'all', label: 'All branches, all commits' },
            { value: 'branch', label: 'Only this branch', disabled: !canOneBranch },
            { value: 'last', label: 'Only the last commits', disabled: !canShallow },
          ]}
          onChange={(value) => {
            if (value === 'all') change({ depth: null, singleBranch: false });
            if (value === 'branch') change({ depth: null, singleBranch: true });
            // Other branches would each bring as many commits again.
            if (value === 'last') change({ depth: startDepth, singleBranch: canOneBranch });
          }}
        />
        {plan.depth !== null && (
          <NumberInput
            label="Commits"
            className={styles.figure}
            min={1}
            max={1_000_000}
            clampBehavior="strict"
            allowDecimal={false}
            allowNegative={false}
            value={plan.depth}
            onChange={(value) => {
              if (typeof value === 'number' && value >= 1) change({ depth: value });
            }}
          />
        )}
      </div>
      <div className={styles.row}>
        <Select
          label="Contents"
          allowDeselect={false}
          value={contents}
          data={[
            { value: 'all', label: 'Everything now' },
            { value: 'blobs', label: 'Old contents when they are needed', disabled: !canPart },
            { value: 'larger', label: 'Large old files when they are needed', disabled: !canPart },
          ]}
          onChange={(value) => {
            if (value === 'all') change({ filter: null });
            if (value === 'blobs') change({ filter: { kind: 'blobs' } });
            if (value === 'larger') change({ filter: { kind: 'larger', bytes: startMegabytes * megabyte } });
          }}
        />
        {plan.filter?.kind === 'larger' && (
          <NumberInput
            label="Above, in MB"
            className={styles.figure}
            min={1}
            max={100_000}
            clampBehavior="strict"
            allowDecimal={false}
            allowNegative={false}
            value={Math.round(plan.filter.bytes / megabyte)}
            onChange={(value) => {
              if (typeof value === 'number' && value >= 1)
                change({ filter: { kind: 'larger', bytes: value * megabyte } });
            }}
          />
        )}
      </div>
      <Select
        label="Folders"
        allowDeselect={false}
        value={plan.sparse === null ? 'all' : 'some'}
        data={[
          { value: 'all', label: 'All folders' },
          { value: 'some', label: 'Choose folders', disabled: !canSparse || top === null },
        ]}
        description={foldersWords(survey, asking, canSparse)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        onChange={(value) => change({ sparse: value === 'some' ? [] : null })}
      />
      {plan.sparse !== null && top !== null && url !== undefined && (
        <FolderTree
          key={`${url} ${accountId} ${top.id}`}
          url={url}
          accountId={accountId}
          top={top}
          chosen={plan.sparse}
          onChosen={(sparse) => change({ sparse })}
        />
      )}
      <SubmodulesField survey={survey} plan={plan} onPlan={change} can={can('submodules')} />
      <LargeFilesField survey={survey} plan={plan} onPlan={change} can={can('lfs')} />
      {(unable.size > 0 || can('submodules') !== true || can('lfs') !== true) && (
        <p>
          {[...unable].join(' ')} <ExternalLink url="https://git-scm.com/downloads">Get Git</ExternalLink>
        </p>
      )}
    </>
  );
}

/** Why folders cannot be chosen; undefined: they can. */
function foldersWords(survey: CloneSurvey | undefined, asking: boolean, can: boolean): string | undefined {
  if (!can) return undefined;
  if (asking) return 'Reading what is in the repository…';
  if (survey?.error) return `Its folders could not be read. ${describeInOneLine(survey.error)}`;
  if (survey?.top) return undefined;
  return survey?.asked
    ? 'There is nothing in it yet.'
    : 'Folders can be chosen with an account for this address.';
}
