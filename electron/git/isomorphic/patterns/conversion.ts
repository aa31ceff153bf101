import type { AttributeValue } from './attributes';
import { fail } from '../../../../shared/errors';

/** core.autocrlf and core.eol. */
export interface LineEndSettings {
  autocrlf: 'true' | 'input' | 'false';
  eol: 'lf' | 'crlf' | 'native';
}

/** How the content of a path changes between its object and its file: gitattributes(5), without filters, which are programs. */
export interface Conversion {
  lines: 'as-they-are' | 'text-crlf' | 'text-lf' | 'guess-crlf' | 'guess-lf';
  ident: boolean;
  /** working-tree-encoding; null: UTF-8, or nothing is said. */
  encoding: string | null;
}

type AttributesOfPath = ReadonlyMap<string, AttributeValue>;

export function conversionOf(attributes: AttributesOfPath, settings: LineEndSettings): Conversion {
  const encoding = attributes.get('working-tree-encoding');
  return {
    lines: linesOf(attributes, settings),
    ident: attributes.get('ident') === true,
    encoding: typeof encoding === 'string' && !/^utf-?8$/i.test(encoding) ? encoding : null,
  };
}

function linesOf(attributes: AttributesOfPath, settings: LineEndSettings): Conversion['lines'] {
  const said = action(attributes.get('text')) ?? action(attributes.get('crlf'));
  if (said === 'as-they-are') return said;
  const eol = attributes.get('eol');
  const usual = endsWithCrlf(settings) ? 'crlf' : 'lf';
  if (said === 'guess') return `guess-${eol === 'lf' || eol === 'crlf' ? eol : usual}`;
  if (eol === 'lf' || eol === 'crlf') return `text-${eol}`;
  if (said === 'text') return `text-${usual}`;
  if (said === 'input') return 'text-lf';
  return settings.autocrlf === 'false'
    ? 'as-they-are'
    : settings.autocrlf === 'true'
      ? 'guess-crlf'
      : 'guess-lf';
}

function action(value: AttributeValue | undefined): 'text' | 'as-they-are' | 'guess' | 'input' | null {
  if (value === true) return 'text';
  if (value === false) return 'as-they-are';
  return value === 'auto' ? 'guess' : value === 'input' ? 'input' : null;
}

function endsWithCrlf({ autocrlf, eol }: LineEndSettings): boolean {
  if (autocrlf !== 'false') return autocrlf === 'true';
  return eol === 'crlf' || (eol === 'native' && process.platform === 'win32');
}

/** `indexed`: what the index has for the path, asked only where git looks at it; null: nothing. */
export function toObject(content: Buffer, how: Conversion, indexed: () => Buffer | null): Buffer {
  let result = how.encoding === null ? content : decoded(content, how.encoding);
  if (how.lines !== 'as-they-are' && result.includes('\r\n')) {
    const guess = how.lines.startsWith('guess');
    const keeps = guess && (isBinary(counts(result)) || hasCrlf(indexed()));
    if (!keeps) result = Buffer.from(result.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  }
  if (how.ident && result.includes('$Id'))
    result = Buffer.from(result.toString('latin1').replaceAll(/\$Id:[^$\n]*\$/g, '$$Id$$'), 'latin1');
  return result;
}

/** `oid`: the object's. */
export function toFile(content: Buffer, how: Conversion, oid: string): Buffer {
  let result = content;
  if (how.ident && result.includes('$Id'))
    result = Buffer.from(
      result.toString('latin1').replaceAll(/\$Id(?::[^$\n]*)?\$/g, `$$Id: ${oid} $$`),
      'latin1',
    );
  const crlf = how.lines.endsWith('-crlf');
  if (crlf && result.includes('\n')) {
    const found = counts(result);
    const keeps = how.lines.startsWith('guess') && (found.loneCr > 0 || found.crlf > 0 || isBinary(found));
    if (!keeps && found.loneLf > 0)
      result = Buffer.from(result.toString('latin1').replaceAll(/(?<!\r)\n/g, '\r\n'), 'latin1');
  }
  return how.encoding === null ? result : encoded(result, how.encoding);
}

interface Counts {
  nul: number;
  loneCr: number;
  loneLf: number;
  crlf: number;
  printable: number;
  other: number;
}

function counts(data: Buffer): Counts {
  const found: Counts = { nul: 0, loneCr: 0, loneLf: 0, crlf: 0, printable: 0, other: 0 };
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at] ?? 0;
    if (byte === 0x0d) {
      if (data[at + 1] === 0x0a) {
        found.crlf += 1;
        at += 1;
      } else found.loneCr += 1;
    } else if (byte === 0x0a) found.loneLf += 1;
    else if (byte === 0) {
      found.nul += 1;
      found.other += 1;
    } else if (byte === 0x7f) found.other += 1;
    else if (byte >= 0x20 || byte === 0x08 || byte === 0x09 || byte === 0x1b || byte === 0x0c)
      found.printable += 1;
    // The end-of-file mark of old systems, where it is the last.
    else if (byte !== 0x1a || at !== data.length - 1) found.other += 1;
  }
  return found;
}

/** As git guesses before it touches line ends: convert.c. */
function isBinary({ nul, loneCr, printable, other }: Counts): boolean {
  return loneCr > 0 || nul > 0 || Math.floor(printable / 128) < other;
}

function hasCrlf(content: Buffer | null): boolean {
  if (content === null || !content.includes('\r')) return false;
  const found = counts(content);
  return found.crlf > 0 && !isBinary(found);
}

function unknown(encoding: string): never {
  return fail({
    kind: 'unsupported',
    what: `files in the encoding ${encoding}`,
    reason: 'The built-in engine cannot convert them; install git.',
  });
}

/** The file's encoding to UTF-8. What is no text of it stays as it is: git would refuse to add it. */
function decoded(content: Buffer, encoding: string): Buffer {
  const name = encoding.toLowerCase().replace(/-bom$/, '');
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(
      name === 'utf-16' ? (content[0] === 0xfe && content[1] === 0xff ? 'utf-16be' : 'utf-16le') : name,
      { fatal: true },
    );
  } catch {
    return unknown(encoding);
  }
  try {
    return Buffer.from(decoder.decode(content));
  } catch {
    return content;
  }
}

function encoded(content: Buffer, encoding: string): Buffer {
  const text = content.toString('utf8');
  const name = encoding.toLowerCase();
  if (/^(?:iso-?8859-1|latin-?1)$/.test(name)) return Buffer.from(text, 'latin1');
  const mark = name === 'utf-16' || name.endsWith('-bom') ? '\ufeff' : '';
  const little = Buffer.from(mark + text, 'utf16le');
  if (/^utf-16(?:le(?:-bom)?)?$/.test(name)) return little;
  if (name === 'utf-16be') return little.swap16();
  return unknown(encoding);
}
