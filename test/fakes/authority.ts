import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeyPair {
  /** PEM. */
  cert: string;
  key: string;
}

export interface PrivateAuthority extends KeyPair {
  /** A certificate for these names and addresses. `validity`: as openssl's dates, such as `20200101000000Z`. */
  server(names: string[], validity?: { from: string; until: string }): Promise<KeyPair>;
  client(name: string): Promise<KeyPair>;
}

/** A private authority of the machine's openssl. `directory`: absolute, its own. */
export async function makeAuthority(
  directory: string,
  name = 'Polyforge test authority',
): Promise<PrivateAuthority> {
  await mkdir(directory, { recursive: true });
  const at = (file: string) => path.join(directory, file);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory });
  const read = async (stem: string): Promise<KeyPair> => ({
    cert: await readFile(at(`${stem}.pem`), 'utf8'),
    key: await readFile(at(`${stem}.key`), 'utf8'),
  });
  await writeFile(
    at('ca.cnf'),
    `[ca]\ndefault_ca=own\n[own]\ndir=.\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\nrand_serial=yes\ndefault_md=sha256\npolicy=any\ncopy_extensions=copy\ncertificate=ca.pem\nprivate_key=ca.key\nunique_subject=no\n[any]\ncommonName=supplied\n`,
  );
  await writeFile(at('index.txt'), '');
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-noenc',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  let made = 0;
  const sign = async (subject: string, extensions: string[], validity?: { from: string; until: string }) => {
    made += 1;
    const stem = `made-${made}`;
    await openssl(
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-noenc',
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      `${stem}.key`,
      '-out',
      `${stem}.csr`,
      ...extensions.flatMap((one) => ['-addext', one]),
    );
    await openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      '-in',
      `${stem}.csr`,
      '-out',
      `${stem}.pem`,
      ...(validity ? ['-startdate', validity.from, '-enddate', validity.until] : ['-days', '30']),
    );
    return read(stem);
  };
  return {
    ...(await read('ca')),
    server: (names, validity) =>
      sign(
        names[0] ?? 'server',
        [
          `subjectAltName=${names.map((one) => (/^[\d.]+$/.test(one) ? `IP:${one}` : `DNS:${one}`)).join(',')}`,
        ],
        validity,
      ),
    client: (subject) => sign(subject, ['extendedKeyUsage=clientAuth']),
  };
}

/** A certificate nobody but itself vouches for. */
export async function makeSelfSigned(directory: string, names: string[]): Promise<KeyPair> {
  await mkdir(directory, { recursive: true });
  await run(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-noenc',
      '-days',
      '30',
      '-subj',
      `/CN=${names[0]}`,
      '-keyout',
      'own.key',
      '-out',
      'own.pem',
      '-addext',
      `subjectAltName=${names.map((one) => (/^[\d.]+$/.test(one) ? `IP:${one}` : `DNS:${one}`)).join(',')}`,
      '-addext',
      'basicConstraints=CA:FALSE',
    ],
    { cwd: directory },
  );
  return {
    cert: await readFile(path.join(directory, 'own.pem'), 'utf8'),
    key: await readFile(path.join(directory, 'own.key'), 'utf8'),
  };
}
