import path from 'node:path';
import type { Rule } from './rule';

const isBoolean = (value: string | null) =>
  value === null || /^(?:true|yes|on|false|no|off|-?\d+|)$/i.test(value);
const isShell = (value: string | null) => value?.trimStart().startsWith('!') === true;
const isElsewhere = (value: string | null) =>
  value !== null && (path.isAbsolute(value) || /^~|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(value));

const filterOff = (driver: string) =>
  [
    [`filter.${driver}.clean`, ''],
    [`filter.${driver}.smudge`, ''],
    [`filter.${driver}.process`, ''],
    [`filter.${driver}.required`, 'false'],
  ] as const;

const filter: Rule = {
  kind: 'program',
  does: 'Runs a program on the files when they are compared, staged or checked out.',
  off: filterOff('%'),
};
/** What git-lfs writes to be started, git-lfs-install(1): the user's own program, not one of the repository. */
const ofLargeFiles = (...args: string[]): Rule => ({
  ...filter,
  counts: (value) => !args.some((each) => value === `git-lfs ${each}`),
});
/** git-lfs, where the user has it, reads these itself: it is not started before trust. */
const largeFiles: Rule = {
  kind: 'program',
  does: 'Runs a program when large files are transferred.',
  off: filterOff('lfs'),
};
const mail: Rule = { kind: 'program', does: 'Runs a program when patches are sent by mail.' };
const tool = (what: string): Rule => ({ kind: 'program', does: `Runs a program when ${what}.` });
/** Section and key without subsection; with one, `*` stands for it. Lower case. */
export const programRules: Readonly<Record<string, Rule>> = {
  'core.fsmonitor': {
    kind: 'program',
    does: 'Runs a program whenever Git looks for changed files.',
    counts: (value) => !isBoolean(value),
  },
  'core.hookspath': {
    kind: 'program',
    does: 'Takes hooks from a folder: programs that run at commit, checkout, merge and push.',
    counts: (value) => value !== '' && value !== '/dev/null',
  },
  'hook.*.command': {
    kind: 'program',
    does: 'Is a hook: runs a program at commit, checkout, merge or push.',
    off: [['hook.%.enabled', 'false']],
  },
  'core.sshcommand': { kind: 'program', does: 'Runs this program in the place of ssh.' },
  'core.editor': { kind: 'program', does: 'Runs a program as the editor.' },
  'sequence.editor': { kind: 'program', does: 'Runs a program as the editor of a rebase.' },
  'core.pager': { kind: 'program', does: 'Runs a program to show output in a terminal.' },
  'pager.*': {
    kind: 'program',
    does: 'Runs a program to show output in a terminal.',
    counts: (value) => !isBoolean(value),
  },
  'core.askpass': { kind: 'program', does: 'Runs a program to ask for passwords.' },
  'core.gitproxy': { kind: 'program', does: 'Runs a program to connect to servers.' },
  'core.alternaterefscommand': {
    kind: 'program',
    does: 'Runs a program when commits are fetched.',
    off: [['core.alternaterefscommand', 'true']],
  },
  'filter.lfs.clean': ofLargeFiles('clean -- %f'),
  'filter.lfs.smudge': ofLargeFiles('smudge -- %f', 'smudge --skip -- %f'),
  'filter.lfs.process': ofLargeFiles('filter-process', 'filter-process --skip'),
  'filter.*.clean': filter,
  'filter.*.smudge': filter,
  'filter.*.process': filter,
  'diff.external': {
    kind: 'program',
    does: 'Runs a program when files are compared.',
    off: [['diff.external', '']],
  },
  'diff.*.command': {
    kind: 'program',
    does: 'Runs a program when files are compared.',
    off: [['diff.%.command', '']],
  },
  'diff.*.textconv': {
    kind: 'program',
    does: 'Runs a program on files before they are compared.',
    off: [['diff.%.textconv', 'cat']],
  },
  'merge.*.driver': {
    kind: 'program',
    does: 'Runs a program when files are merged.',
    // The merge git does by itself, as a driver: an empty one would leave "ours" and say it is merged.
    off: [['merge.%.driver', 'git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B']],
  },
  'gpg.program': {
    kind: 'program',
    does: 'Runs a program to sign commits and to check signatures.',
    off: [['gpg.program', 'gpg']],
  },
  'gpg.*.program': {
    kind: 'program',
    does: 'Runs a program to sign commits and to check signatures.',
    off: [
      ['gpg.openpgp.program', 'gpg'],
      ['gpg.x509.program', 'gpgsm'],
      ['gpg.ssh.program', 'ssh-keygen'],
    ],
  },
  'gpg.ssh.defaultkeycommand': {
    kind: 'program',
    does: 'Runs a program to find the key commits are signed with.',
    off: [['gpg.ssh.defaultkeycommand', '']],
  },
  'credential.helper': {
    kind: 'program',
    does: 'Runs a program that is asked for passwords, and told them.',
    counts: (value) => value !== '',
    off: [['credential.helper', '']],
  },
  'credential.*.helper': {
    kind: 'program',
    does: 'Runs a program that is asked for passwords, and told them.',
    counts: (value) => value !== '',
    off: [['credential.helper', '']],
  },
  'remote.*.uploadpack': {
    kind: 'program',
    does: 'Runs another program at the other end when it fetches.',
    off: [['remote.%.uploadpack', 'git-upload-pack']],
  },
  'remote.*.receivepack': {
    kind: 'program',
    does: 'Runs another program at the other end when it pushes.',
    off: [['remote.%.receivepack', 'git-receive-pack']],
  },
  'remote.*.url': {
    kind: 'program',
    does: 'Runs a program to reach this remote.',
    counts: (value) => /^[A-Za-z0-9]+::/.test(value ?? ''),
  },
  'remote.*.pushurl': {
    kind: 'program',
    does: 'Runs a program to reach this remote.',
    counts: (value) => /^[A-Za-z0-9]+::/.test(value ?? ''),
  },
  'alias.*': tool('this shortcut is used in a terminal'),
  'alias.*.command': tool('this shortcut is used in a terminal'),
  'interactive.difffilter': {
    kind: 'program',
    does: 'Runs a program when parts of files are staged.',
    off: [['interactive.difffilter', 'cat']],
  },
  'trailer.*.command': {
    kind: 'program',
    does: 'Runs a program when lines are added to a commit message.',
    off: [['trailer.%.command', 'true']],
  },
  'trailer.*.cmd': {
    kind: 'program',
    does: 'Runs a program when lines are added to a commit message.',
    off: [['trailer.%.cmd', 'true']],
  },
  'submodule.*.update': {
    kind: 'program',
    does: 'Runs a program when submodules are updated.',
    counts: isShell,
    off: [['submodule.%.update', 'checkout']],
  },
  'uploadpack.packobjectshook': tool('somebody fetches from here'),
  'gc.recentobjectshook': tool('old objects are cleared away'),
  'tar.*.command': tool('an archive is made'),
  'difftool.*.cmd': tool('files are compared from a terminal'),
  'difftool.*.path': tool('files are compared from a terminal'),
  'mergetool.*.cmd': tool('conflicts are solved from a terminal'),
  'mergetool.*.path': tool('conflicts are solved from a terminal'),
  'guitool.*.cmd': tool('this tool is chosen in git gui'),
  'browser.*.cmd': tool('a page is opened'),
  'browser.*.path': tool('a page is opened'),
  'web.browser': tool('a page is opened'),
  'help.browser': tool('a page is opened'),
  'man.*.cmd': tool('help is shown'),
  'man.*.path': tool('help is shown'),
  'instaweb.httpd': tool('git instaweb is started'),
  'instaweb.browser': tool('git instaweb is started'),
  'instaweb.modulepath': tool('git instaweb is started'),
  'imap.tunnel': mail,
  'sendemail.smtpserver': mail,
  'sendemail.*.smtpserver': mail,
  'sendemail.sendmailcmd': mail,
  'sendemail.*.sendmailcmd': mail,
  'sendemail.tocmd': mail,
  'sendemail.*.tocmd': mail,
  'sendemail.cccmd': mail,
  'sendemail.*.cccmd': mail,
  'sendemail.headercmd': mail,
  'sendemail.*.headercmd': mail,
  'lfs.customtransfer.*.path': largeFiles,
  'lfs.standalonetransferagent': largeFiles,
  'lfs.*.standalonetransferagent': largeFiles,
  'lfs.extension.*.clean': largeFiles,
  'lfs.extension.*.smudge': largeFiles,
  'include.path': { kind: 'place', does: 'Takes more settings from another file.' },
  'includeif.*.path': { kind: 'place', does: 'Takes more settings from another file.' },
  'core.attributesfile': {
    kind: 'place',
    does: 'Takes rules for files from elsewhere on this computer.',
    counts: isElsewhere,
    off: [['core.attributesfile', '/dev/null']],
  },
  'core.excludesfile': {
    kind: 'place',
    does: 'Takes the list of ignored files from elsewhere on this computer.',
    counts: isElsewhere,
    off: [['core.excludesfile', '/dev/null']],
  },
  'init.templatedir': {
    kind: 'place',
    does: 'Copies files, hooks too, into repositories that are made from here.',
    off: [['init.templatedir', '']],
  },
};
