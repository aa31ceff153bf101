import { describe, expect, it } from 'vitest';
import { hindrances } from '../../renderer/features/remotes/hindrances';
import { abilities } from '../../shared/engine-abilities';

const remote = (name: string, url: string, pushUrl: string | null = null) => ({ name, url, pushUrl });
const https = remote('origin', 'https://example.com/team/app.git');
const ssh = remote('fork', 'git@example.com:ada/app.git');
const upstream = (name: string) => ({
  name: `${name}/main`,
  remote: name,
  branch: 'main',
  ahead: 0,
  behind: 0,
});
const onMain = { head: { state: 'branch' as const, branch: 'main', oid: '1' }, bare: false };
const nothing = { fetch: undefined, pull: undefined, push: undefined };

describe('what keeps fetching, pulling and pushing off', () => {
  it('is nothing on a branch that follows one of the server', () => {
    const known = { remotes: [https, ssh], branch: 'main', upstream: upstream('origin') };
    expect(hindrances(known, onMain, 'system')).toEqual(nothing);
    expect(hindrances(known, onMain, 'isomorphic')).toEqual(nothing);
    expect(hindrances(known, undefined, 'system')).toEqual(nothing);
  });

  it('is a branch without a commit for pushing, but not for fetching', () => {
    const known = { remotes: [https], branch: 'main', upstream: null };
    const unborn = { head: { state: 'unborn' as const, branch: 'main' }, bare: false };
    expect(hindrances(known, unborn, 'system')).toMatchObject({
      fetch: undefined,
      push: 'There is no commit to push yet.',
    });
  });

  it('is the lack of a branch', () => {
    const known = { remotes: [https], branch: null, upstream: null };
    const detached = { head: { state: 'detached' as const, oid: '1' }, bare: false };
    const why = 'No branch is checked out: switch to one to pull or push.';
    expect(hindrances(known, detached, 'system')).toEqual({ fetch: undefined, pull: why, push: why });
  });

  it('is a bare repository for pulling only', () => {
    const known = { remotes: [https], branch: 'main', upstream: upstream('origin') };
    const { fetch, pull, push } = hindrances(known, { ...onMain, bare: true }, 'system');
    expect([fetch, push]).toEqual([undefined, undefined]);
    expect(pull).toContain('bare repository');
  });

  it('is an address of ssh where the engine in use cannot ssh', () => {
    const known = { remotes: [ssh], branch: 'main', upstream: upstream('fork') };
    const why = abilities.ssh.isomorphic;
    expect(hindrances(known, onMain, 'system')).toEqual(nothing);
    expect(hindrances(known, onMain, 'isomorphic')).toEqual({ fetch: why, pull: why, push: why });
    const both = { ...known, remotes: [https, ssh] };
    expect(hindrances(both, onMain, 'isomorphic')).toEqual({ ...nothing, pull: why });
    const pushesBySsh = { ...known, remotes: [remote('fork', https.url, ssh.url)] };
    expect(hindrances(pushesBySsh, onMain, 'isomorphic')).toEqual({ ...nothing, push: why });
  });
});
