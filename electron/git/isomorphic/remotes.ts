import { fail } from '../../../shared/errors';
import { bytesOf } from '../configuration';
import { requireRemoteName } from '../ref-name';
import { type ConfigStep, editConfig, setting } from './config-edit';
import { withoutSection, withoutValues } from './config-text';
import { changeRefs } from './refs-transaction';
import { type RepositoryConfig, textOf } from './repository-config';
import type { WorkJobs } from './work-messages';
import { inRepository } from './workplace';

type Input<Name extends keyof WorkJobs> = WorkJobs[Name]['in'];

function requireAddress(url: string): void {
  if (url === '' || url.startsWith('-') || /[\0\r\n]/.test(url))
    fail({ kind: 'invalid-input', field: 'url', reason: 'This is no address of a repository.' });
}

function isRemote(config: RepositoryConfig, name: string): boolean {
  const subsection = bytesOf(name);
  return config.entries.some((entry) => entry.section === 'remote' && entry.subsection === subsection);
}

export async function addRemote({ directory, name, url }: Input<'addRemote'>): Promise<void> {
  requireRemoteName(name);
  requireAddress(url);
  return inRepository(directory, ({ config, gitdir }) => {
    if (isRemote(config, name)) fail({ kind: 'already-exists', name });
    editConfig(gitdir, [
      setting('remote', name, 'url', url),
      setting('remote', name, 'fetch', `+refs/heads/*:refs/remotes/${name}/*`),
    ]);
  });
}

export async function setRemoteUrl({ directory, name, url }: Input<'setRemoteUrl'>): Promise<void> {
  requireAddress(url);
  return inRepository(directory, ({ config, gitdir }) => {
    if (!isRemote(config, name)) fail({ kind: 'revision-not-found', name });
    if (config.all(['remote', name, 'url']).length > 1)
      fail({
        kind: 'unsupported',
        what: 'This remote',
        reason: 'It has several addresses. Change them in the repository’s configuration file.',
      });
    editConfig(gitdir, [setting('remote', name, 'url', url)]);
  });
}

/** git-remote(1): what other branches and settings say of it goes too, and the branches fetched from it. */
export function removeRemote({ directory, name }: Input<'removeRemote'>): Promise<void> {
  return inRepository(directory, (place) => {
    const { config, gitdir, refs } = place;
    if (!isRemote(config, name)) fail({ kind: 'revision-not-found', name });
    const following = new Set(
      config.entries
        .filter(
          ({ section, key, value }) => section === 'branch' && key === 'remote' && value === bytesOf(name),
        )
        .map(({ subsection }) => subsection),
    );
    const steps: ConfigStep[] = [
      (text, parsed) =>
        withoutValues(text, parsed, ({ section, subsection, key, value }) => {
          const isName = value !== null && textOf(value) === name;
          if (section === 'remote' && subsection === null && key === 'pushdefault') return isName;
          if (section !== 'branch') return false;
          if (key === 'pushremote') return isName;
          return following.has(subsection) && (key === 'remote' || key === 'merge');
        }),
      (text, parsed) => withoutSection(text, parsed, 'remote', bytesOf(name)),
    ];
    const gone = refs.list(`refs/remotes/${name}/`);
    changeRefs(
      refs,
      gone.map((ref) => ({ name: ref.name, to: null, itself: true as const })),
      place.logging('remote: remove'),
    );
    editConfig(gitdir, steps);
  });
}
