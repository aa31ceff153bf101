import type { RemoteUrl } from '../../../shared/remote-url';
import { parseRemoteUrl } from '../../../shared/remote-url';
import { shownRemote } from '../../../shared/shown-remote';
import type { SubmoduleNeed } from './transfer';

/** Submodules one commit may name: more is not a repository somebody works with. */
const mostSubmodules = 1000;

interface Section {
  name: string;
  values: Map<string, string[]>;
}

/**
 * A configuration file as git-config(1) has it, `[submodule "…"]` sections
 * only. Null: git could not read it either.
 */
function parseSections(text: string): Section[] | null {
  const sections = new Map<string, Section>();
  let at = 0;
  let current: Section | null = null;
  const rest = () => text.slice(at);
  while (at < text.length) {
    const blank = /^(?:\s|[#;][^\n]*(?:\n|$)|\uFEFF)+/.exec(rest());
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const header = /^\[([-.A-Za-z0-9]+)(?:[ \t]+"((?:\\[^\n]|[^"\\\n])*)")?\]/.exec(rest());
    if (header) {
      at += header[0].length;
      const [, section = '', quoted] = header;
      current = null;
      // `[submodule.name]` is an old way to write it, in lower case.
      const name =
        quoted?.replaceAll(/\\(.)/gs, '$1') ?? /^submodule\.(.*)$/i.exec(section)?.[1]?.toLowerCase();
      if (name === undefined || (quoted !== undefined && section.toLowerCase() !== 'submodule')) continue;
      current = sections.get(name) ?? { name, values: new Map() };
      sections.set(name, current);
      continue;
    }
    const key = /^([A-Za-z][-A-Za-z0-9]*)[ \t]*/.exec(rest());
    if (!key) return null;
    at += key[0].length;
    let value = 'true';
    if (text[at] === '=') {
      const read = readValue(text, at + 1);
      if (!read) return null;
      ({ value, at } = read);
    } else if (at < text.length && !/[\n\r#;]/.test(text[at] ?? '')) return null;
    const name = (key[1] ?? '').toLowerCase();
    if (current) current.values.set(name, [...(current.values.get(name) ?? []), value]);
  }
  return [...sections.values()];
}

const escapes: Record<string, string> = { n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"', '\n': '' };

/** A value from behind its `=`, quotes, escapes and comments read as git's config.c (parse_value) does. Null: git refuses it. */
function readValue(text: string, from: number): { value: string; at: number } | null {
  let value = '';
  let spaces = '';
  let isQuoted = false;
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    // A line may end in CR LF; a CR elsewhere is part of the value.
    if (character === '\r' && text[at + 1] === '\n') continue;
    if (character === '\n') break;
    if (!isQuoted && (character === ' ' || character === '\t')) {
      if (value !== '') spaces += character;
      continue;
    }
    if (!isQuoted && (character === '#' || character === ';')) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
      break;
    }
    value += spaces;
    spaces = '';
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\') {
      at += 1;
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      const escaped = escapes[text[at] ?? ''];
      if (escaped === undefined) return null;
      value += escaped;
    } else value += character;
  }
  return isQuoted ? null : { value, at };
}

const hasControls = /[\u0000-\u001f\u007f]/;

/** Why a name, under which git keeps the submodule below `.git/modules`, is refused; null: it is not. */
function nameRefused(name: string): string | null {
  if (name === '' || hasControls.test(name)) return 'Its name is empty or holds control characters.';
  // git's submodule-config.c, check_submodule_name (CVE-2018-11235).
  if (name.split(/[/\\]/).includes('..')) return 'Its name leads out of the repository.';
  return name.startsWith('-') ? 'Its name starts with a dash.' : null;
}

function pathRefused(path: string): string | null {
  if (path === '') return 'It has no folder.';
  if (path.startsWith('-')) return 'Its folder starts with a dash.';
  if (hasControls.test(path)) return 'Its folder holds control characters.';
  const parts = path.split('/');
  const leads = parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part));
  return leads ? 'Its folder leads out of the repository or into .git.' : null;
}

/** Whether git (submodule--helper, resolve_relative_url) puts the address behind that of the repository. */
export function isRelativeAddress(address: string): boolean {
  return /^\.\.?\//.test(address);
}

/**
 * Address of a submodule as git finds it (remote.c, relative_url): each `../`
 * takes the last part of the repository's own address away. Null: it leads
 * nowhere on the repository's own host.
 */
export function submoduleUrl(address: string, base: RemoteUrl | null): RemoteUrl | null {
  if (!isRelativeAddress(address)) {
    const parsed = parseRemoteUrl(address);
    return parsed.ok ? parsed.url : null;
  }
  if (base === null) return null;
  let remote = base.href.replace(/\/$/, '');
  let rest = address;
  let separator = '/';
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2);
    else if (rest.startsWith('../')) {
      rest = rest.slice(3);
      const slash = remote.lastIndexOf('/');
      const colon = remote.lastIndexOf(':');
      if (slash < 0 && colon < 0) return null;
      if (slash < 0) separator = ':';
      remote = remote.slice(0, slash < 0 ? colon : slash);
    } else break;
  }
  const parsed = parseRemoteUrl(`${remote}${separator}${rest.replace(/\/$/, '')}`);
  return parsed.ok && parsed.url.origin === base.origin ? parsed.url : null;
}

/** The rest of a line that git would take as a command, `update = !…` (CVE-2019-19604). */
function hasCommand(section: Section): boolean {
  return (section.values.get('update') ?? []).some((value) => value.startsWith('!'));
}

function needOf(section: Section, base: RemoteUrl | null): Omit<SubmoduleNeed, 'fetched'> {
  const { name, values } = section;
  const [path = '', ...otherPaths] = values.get('path') ?? [];
  const [address = '', ...otherAddresses] = values.get('url') ?? [];
  const url = submoduleUrl(address, base);
  const refused =
    nameRefused(name) ??
    pathRefused(path) ??
    (otherPaths.length + otherAddresses.length > 0 ? 'Its folder or address stands there twice.' : null) ??
    (hasCommand(section) ? 'It names a command to run.' : null) ??
    (url ? null : 'Its address cannot be used.');
  return { name, path, address: shownRemote(address), url: refused === null ? url : null, refused };
}

/**
 * The submodules a `.gitmodules` names, each with the address it comes from or
 * the reason it is never fetched. Pure, for both engines and for a text read
 * from a provider. `base`: the address of the repository itself; null: relative
 * addresses lead nowhere. Null: the file cannot be read.
 */
export function readGitmodules(
  text: string,
  base: RemoteUrl | null,
): Omit<SubmoduleNeed, 'fetched'>[] | null {
  const sections = parseSections(text);
  if (sections === null || sections.length > mostSubmodules) return null;
  const needs = sections
    .filter(({ values }) => values.has('path') || values.has('url'))
    .map((section) => needOf(section, base));
  const inside = (one: string, other: string) => one !== other && one.startsWith(`${other}/`);
  return needs.map((need) => {
    // Two git directories one in the other: what one holds could be read as the other's (CVE-2024-32002).
    const isNested = needs.some((other) => inside(need.name, other.name) || inside(need.path, other.path));
    return need.refused === null && isNested
      ? { ...need, url: null, refused: 'It lies inside another submodule.' }
      : need;
  });
}

/** Whether a `.gitattributes` gives paths to git-lfs. */
export function attributesUseLfs(text: string): boolean {
  return text.split('\n').some((line) => /^(?!\s*#).*\sfilter=lfs(?:\s|$)/.test(line));
}
