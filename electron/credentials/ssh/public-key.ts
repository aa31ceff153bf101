import { createHash } from 'node:crypto';

/** What the public half of a key tells. */
export interface PublicKey {
  /** `ed25519`, `rsa 4096`, `ecdsa 256`, `ed25519-sk`. */
  type: string;
  /** `SHA256:...` */
  fingerprint: string;
  comment: string;
  /** The key itself, base64: the same in every file and in the agent. */
  blob: string;
}

/** A string of RFC 4251 at `offset`, and where the next one starts. */
function stringAt(data: Buffer, offset: number): { value: Buffer; next: number } | null {
  if (offset + 4 > data.length) return null;
  const length = data.readUInt32BE(offset);
  const next = offset + 4 + length;
  return next > data.length ? null : { value: data.subarray(offset + 4, next), next };
}

/** Bits of an RSA key: its modulus is the second number. */
function rsaBits(data: Buffer): number | null {
  const name = stringAt(data, 0);
  const exponent = name && stringAt(data, name.next);
  const modulus = exponent && stringAt(data, exponent.next);
  if (!modulus) return null;
  const digits = modulus.value[0] === 0 ? modulus.value.subarray(1) : modulus.value;
  const [first] = digits;
  return first === undefined ? null : digits.length * 8 - Math.clz32(first) + 24;
}

function words(name: string, data: Buffer): string {
  if (name === 'ssh-rsa') return ['rsa', rsaBits(data)].filter((part) => part !== null).join(' ');
  if (name === 'ssh-dss') return 'dsa';
  const curve = /^ecdsa-sha2-nistp(\d+)$/.exec(name)?.[1];
  if (curve !== undefined) return `ecdsa ${curve}`;
  const hardware = /^sk-(?:ssh-)?(ed25519|ecdsa)/.exec(name)?.[1];
  return hardware === undefined ? name.replace(/^ssh-/, '') : `${hardware}-sk`;
}

/** One line as in `id_ed25519.pub`; null: it is none. */
export function parsePublicKey(line: string): PublicKey | null {
  const match = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: (.*))?$/.exec(line.trim());
  if (!match) return null;
  const [, name = '', blob = '', comment = ''] = match;
  const data = Buffer.from(blob, 'base64');
  if (stringAt(data, 0)?.value.toString('latin1') !== name) return null;
  const digest = createHash('sha256').update(data).digest('base64').replace(/=+$/, '');
  return { type: words(name, data), fingerprint: `SHA256:${digest}`, comment, blob };
}
