import type { Socket } from 'node:net';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { type Answers, type CauseRow, gitRepository, type Place } from './causes';
import { pem } from './row-server';

const account = { kind: 'gitlab-self-managed' } as const;
const secret = 'glpat-4f1c9e2b7a6d8f3e5c0b';
const proxyPassword = 'Gk7-proxy+secret/91';

/** An account at an address that is not the stand-in's own. */
const elsewhere = (url: string) => ({
  account: { ...account, url, origins: { api: [url], git: [url] } },
  secret,
  secrets: [proxyPassword],
});
const here = () => ({ account, secret });
const trusting = () => ({ authorities: [pem('ca')] });
const https = (at: Place) => `https://${at.host}`;

/** A server nobody could reach without the proxy. */
const behindProxy = () => elsewhere('https://gitlab.corp.invalid');
const through = (at: Place) => ({
  proxy: { url: `http://${at.host}`, credential: { username: 'mira', password: proxyPassword } },
});

const draft = (more: Partial<AccountDraftInput>): AccountDraftInput => ({
  kind: 'gitlab-self-managed',
  alias: 'Work',
  authenticationType: 'personal',
  token: secret,
  ...more,
});

const healthy: Answers = {
  'GET /api/v4/metadata': { status: 401, body: { message: '401 Unauthorized' } },
  'GET /api/v4/user': { body: { id: 1, username: 'mira', name: 'Mira', avatar_url: null } },
  'GET /api/v4/personal_access_tokens/self': { body: { scopes: ['api'], expires_at: null } },
  'GET /api/v4/projects': { body: [] },
  'GET /api/v4/projects/acme%2Fwidgets': {
    body: { id: 5, path: 'widgets', path_with_namespace: 'acme/widgets' },
  },
  ...gitRepository('acme/widgets.git'),
};

/** What is wrong before any provider is asked, and with any of them. */
export const rows: CauseRow[] = [
  // Address
  {
    name: 'the address of a form has another scheme',
    of: 'Address',
    subject: () => ({ draft: draft({ url: 'ftp://gitlab.example.com' }) }),
    expect: () => ({
      cause: 'address-malformed',
      step: 'address',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { reason: /https/ },
    }),
  },
  {
    name: 'the address of a form holds a password',
    of: 'Address',
    subject: () => ({
      draft: draft({ url: 'https://mira:hunter2@gitlab.example.com' }),
      secrets: ['hunter2'],
    }),
    expect: () => ({
      cause: 'address-malformed',
      step: 'address',
      remedy: { kind: 'edit-account', field: 'url' },
    }),
  },
  {
    name: 'an address to clone that git and browsers read differently',
    of: 'Address',
    subject: () => ({ url: 'https://good.example\\@evil.example/x.git' }),
    expect: () => ({ cause: 'address-malformed', step: 'address', remedy: { kind: 'try-again' } }),
  },
  {
    name: 'github.com stands in the form for another product',
    of: 'Address',
    subject: () => ({ draft: draft({ url: 'https://github.com' }) }),
    expect: () => ({
      cause: 'address-of-another-product',
      step: 'address',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { host: 'github.com', product: /GitHub/, expected: /GitLab/ },
    }),
  },
  {
    name: 'the chosen account is for another server than the repository is on',
    of: 'Address',
    subject: (at) => ({
      ...elsewhere('https://gitlab.corp.invalid'),
      url: `${at.origin}/acme/widgets.git`,
    }),
    expect: (at) => ({
      cause: 'git-server-differs',
      step: 'address',
      remedy: { kind: 'choose-account' },
      facts: { host: at.host, accountHost: 'gitlab.corp.invalid' },
    }),
  },
  {
    name: '2.9 two accounts fit an address equally well',
    of: 'Address',
    subject: (at) => ({
      ...here(),
      others: [{ ...account, alias: 'Home' }],
      chosen: false,
      url: `${at.origin}/acme/widgets.git`,
    }),
    expect: () => ({
      cause: 'several-accounts-one-host',
      step: 'address',
      remedy: { kind: 'choose-account' },
      facts: { count: '2' },
    }),
  },
  // Names
  {
    name: '4.9 no server is known under the name',
    of: 'Network',
    subject: () => elsewhere('https://gitlab.nowhere.invalid'),
    expect: () => ({
      cause: 'host-unknown',
      step: 'dns',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { host: 'gitlab.nowhere.invalid' },
    }),
  },
  // Connection
  {
    name: '4.9 nothing listens at the port',
    of: 'Network',
    subject: () => elsewhere('https://127.0.0.1:1'),
    expect: () => ({
      cause: 'connection-refused',
      step: 'connection',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { host: '127.0.0.1:1', port: '1' },
    }),
  },
  {
    name: '4.9 a firewall lets the connection through and then nothing',
    of: 'Network',
    raw: () => undefined,
    subject: (at) => elsewhere(https(at)),
    expect: () => ({
      cause: 'connection-timeout',
      step: 'certificate',
      remedy: { kind: 'network-preferences' },
    }),
  },
  {
    name: '4.9 a firewall cuts every connection',
    of: 'Network',
    raw: (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
    subject: (at) => elsewhere(https(at)),
    expect: () => ({
      cause: 'connection-reset',
      step: 'certificate',
      remedy: { kind: 'network-preferences' },
    }),
  },
  // Proxy
  {
    name: 'the proxy is not there',
    of: 'Proxy',
    route: () => ({ proxy: { url: 'http://127.0.0.1:1', credential: null } }),
    subject: behindProxy,
    expect: () => ({
      cause: 'proxy-unreachable',
      step: 'connection',
      remedy: { kind: 'network-preferences' },
      facts: { proxy: '127.0.0.1:1', host: 'gitlab.corp.invalid' },
    }),
  },
  {
    name: 'no proxy is known under the name',
    of: 'Proxy',
    route: () => ({ proxy: { url: 'http://proxy.nowhere.invalid:3128', credential: null } }),
    subject: behindProxy,
    expect: () => ({
      cause: 'proxy-unreachable',
      step: 'dns',
      remedy: { kind: 'network-preferences' },
      facts: { proxy: 'proxy.nowhere.invalid' },
    }),
  },
  {
    name: 'the proxy refuses the user name and password',
    of: 'Proxy',
    route: through,
    connect: (authorization) =>
      authorization === `Basic ${Buffer.from(`mira:${proxyPassword}`).toString('base64')}`
        ? 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\n\r\n'
        : 'HTTP/1.1 500 The password did not arrive\r\n\r\n',
    subject: behindProxy,
    expect: (at) => ({
      cause: 'proxy-wants-sign-in',
      step: 'connection',
      remedy: { kind: 'network-preferences' },
      facts: { proxy: at.host },
    }),
  },
  {
    name: 'the proxy’s rules forbid the server',
    of: 'Proxy',
    route: through,
    connect: () =>
      'HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Length: 0\r\n\r\n',
    subject: behindProxy,
    expect: () => ({
      cause: 'proxy-refuses',
      step: 'connection',
      remedy: { kind: 'network-preferences' },
      facts: { status: '403', host: 'gitlab.corp.invalid' },
    }),
  },
  {
    name: 'the proxy itself cannot reach the server',
    of: 'Proxy',
    route: through,
    connect: () => 'HTTP/1.1 502 Bad Gateway\r\n\r\n',
    subject: behindProxy,
    expect: () => ({ cause: 'proxy-refuses', step: 'connection', facts: { status: '502' } }),
  },
  {
    name: 'a SOCKS5 proxy takes nobody without a password',
    of: 'Proxy',
    route: (at) => ({ proxy: { url: `socks5://${at.host}`, credential: null } }),
    raw: (socket) => socket.once('data', () => socket.end(Buffer.from([5, 0xff]))),
    subject: behindProxy,
    expect: () => ({
      cause: 'proxy-wants-sign-in',
      step: 'connection',
      remedy: { kind: 'network-preferences' },
    }),
  },
  {
    name: 'a proxy wants a password for a server without encryption',
    of: 'Proxy',
    route: (at) => ({ proxy: { url: `http://${at.host}`, credential: null } }),
    subject: () => elsewhere('http://gitlab.corp.invalid'),
    answers: () => ({
      'GET http://gitlab.corp.invalid/*': {
        status: 407,
        headers: { 'Proxy-Authenticate': 'Basic realm="corp"' },
        body: '<html><title>ERR_CACHE_ACCESS_DENIED</title></html>',
      },
    }),
    expect: () => ({
      cause: 'proxy-wants-sign-in',
      step: 'product',
      remedy: { kind: 'network-preferences' },
    }),
  },
  // Certificates
  {
    name: 'a certificate that is signed by itself',
    of: 'TLS',
    tls: 'self-signed',
    subject: here,
    expect: (at) => ({
      cause: 'certificate-self-signed',
      step: 'certificate',
      remedy: { kind: 'trust-certificate', host: at.host },
      facts: { issuer: /self-signed/ },
    }),
  },
  {
    name: 'a certificate of an authority nobody here knows, which is not shown',
    of: 'TLS',
    tls: 'good',
    subject: here,
    expect: () => ({
      cause: 'certificate-unknown-issuer',
      step: 'certificate',
      remedy: { kind: 'network-preferences' },
      facts: { issuer: /Polyforge test authority/ },
    }),
  },
  {
    name: 'a certificate of an authority nobody here knows, with its chain',
    of: 'TLS',
    tls: 'good-with-authority',
    subject: here,
    expect: (at) => ({
      cause: 'certificate-unknown-issuer',
      step: 'certificate',
      remedy: { kind: 'trust-certificate', host: at.host },
    }),
  },
  {
    name: 'a certificate that has expired',
    of: 'TLS',
    tls: 'expired',
    route: trusting,
    subject: here,
    expect: () => ({
      cause: 'certificate-expired',
      step: 'certificate',
      remedy: { kind: 'tell-administrator' },
      facts: { validTo: /^2021-01-01/ },
    }),
  },
  {
    name: 'a certificate that is not valid yet',
    of: 'TLS',
    tls: 'not-yet-valid',
    route: trusting,
    subject: here,
    expect: () => ({
      cause: 'certificate-not-yet-valid',
      step: 'certificate',
      remedy: { kind: 'try-again' },
      facts: { validFrom: /^2110/ },
    }),
  },
  {
    name: 'a certificate for another name',
    of: 'TLS',
    tls: 'wrong-name',
    route: trusting,
    subject: here,
    expect: () => ({
      cause: 'certificate-wrong-name',
      step: 'certificate',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { names: 'other.example' },
    }),
  },
  {
    name: 'a server that wants to see a certificate of ours (TLS 1.3: said after the handshake)',
    of: 'TLS',
    tls: 'good',
    tlsOptions: { requestCert: true, rejectUnauthorized: true },
    route: trusting,
    subject: here,
    expect: (at) => ({
      cause: 'certificate-client-required',
      step: 'certificate',
      remedy: { kind: 'add-client-certificate', host: at.host },
    }),
  },
  {
    name: 'a server that wants to see a certificate of ours (TLS 1.2: said in the handshake)',
    of: 'TLS',
    tls: 'good',
    tlsOptions: { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
    route: trusting,
    subject: here,
    expect: () => ({ cause: 'certificate-client-required', step: 'certificate' }),
  },
  {
    name: 'nginx wants to see a certificate of ours, and says so with a status',
    of: 'TLS',
    tls: 'good',
    route: trusting,
    subject: here,
    answers: () => ({
      'GET /*': {
        status: 400,
        body: '<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body><center><h1>400 Bad Request</h1></center><hr><center>nginx/1.24.0</center></body></html>',
      },
    }),
    expect: () => ({
      cause: 'certificate-client-required',
      step: 'product',
      remedy: { kind: 'add-client-certificate' },
    }),
  },
  {
    name: 'a server that offers only TLS 1.0',
    of: 'TLS',
    tls: 'good',
    tlsOptions: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
    route: trusting,
    subject: here,
    expect: () => ({
      cause: 'encryption-too-old',
      step: 'certificate',
      remedy: { kind: 'tell-administrator' },
    }),
  },
  {
    name: 'https is asked of a port that speaks http',
    of: 'TLS',
    subject: (at) => elsewhere(https(at)),
    expect: () => ({
      cause: 'encryption-not-offered',
      step: 'certificate',
      remedy: { kind: 'edit-account', field: 'url' },
    }),
  },
  {
    name: 'https is asked of a port that speaks ssh',
    of: 'TLS',
    raw: (socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n'),
    subject: (at) => elsewhere(https(at)),
    expect: () => ({ cause: 'encryption-not-offered', step: 'certificate' }),
  },
  // What answers
  {
    name: 'a captive portal answers in the place of the server',
    of: 'Gateway',
    subject: () => ({
      account: { kind: 'github-enterprise' },
      secret: 'ghp_Ab3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD3fG6',
    }),
    answers: () => ({
      'GET /*': {
        status: 302,
        headers: { Location: 'http://login.corp.invalid/sso/saml?next=gitlab' },
        body: '',
      },
    }),
    expect: () => ({ cause: 'sign-in-portal', step: 'product', remedy: { kind: 'tell-administrator' } }),
  },
  {
    name: 'the server has moved to another host, and the token does not go there',
    of: 'Gateway',
    subject: here,
    answers: (at) => ({
      'GET /*': ({ path }) => ({ status: 301, headers: { Location: `${at.evil}${path}` }, body: '' }),
    }),
    expect: () => ({
      cause: 'server-moved',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'url' },
    }),
  },
  {
    name: 'the server is closed for maintenance',
    of: 'Gateway',
    subject: here,
    answers: () => ({ 'GET /*': { status: 503, body: '<html><title>Deploy in progress</title></html>' } }),
    expect: () => ({ cause: 'server-under-maintenance', step: 'product', remedy: { kind: 'try-again' } }),
  },
  {
    name: 'the gateway in front of the server reaches nothing behind it',
    of: 'Gateway',
    subject: here,
    answers: () => ({ 'GET /*': { status: 502, body: '<html><title>502 Bad Gateway</title></html>' } }),
    expect: () => ({ cause: 'server-error', step: 'product', facts: { status: '502' } }),
  },
  {
    name: '4.4 an answer that is no HTTP',
    of: 'Gateway',
    raw: (socket) => socket.once('data', () => socket.end('220 mail.corp.invalid ESMTP\r\n')),
    subject: (at) => elsewhere(`http://${at.host}`),
    expect: () => ({ cause: 'unexpected-answer', step: 'product', remedy: { kind: 'tell-administrator' } }),
  },
  {
    name: 'a refusal that quotes the token in every encoding shows none of them',
    of: 'Gateway',
    subject: here,
    answers: () => ({
      ...healthy,
      'GET /api/v4/user': ({ authorization }) => ({
        status: 500,
        body: {
          message: `no ${authorization} ${secret} ${encodeURIComponent(secret)} ${Buffer.from(`x:${secret}`).toString('base64')} ${Buffer.from(secret).toString('hex')} \u202egnp.exe`,
        },
      }),
    }),
    expect: () => ({ cause: 'server-error', step: 'sign-in', facts: { detail: /^(?!.*\u202e)/ } }),
  },
  // The secret
  {
    name: 'no token is stored for the account',
    of: 'Secret store',
    subject: () => ({ account, secret: null }),
    answers: () => healthy,
    expect: () => ({ cause: 'token-missing', step: 'token-form', remedy: { kind: 'replace-token' } }),
  },
  {
    name: 'the form’s token was left blank',
    of: 'Secret store',
    subject: (at) => ({ draft: draft({ url: at.origin, token: '' }) }),
    answers: () => healthy,
    expect: () => ({
      cause: 'token-missing',
      step: 'token-form',
      remedy: { kind: 'edit-account', field: 'token' },
    }),
  },
  {
    name: 'the token in the form is another provider’s, and is not sent',
    of: 'Secret store',
    subject: (at) => ({
      draft: draft({ url: at.origin, token: 'ghp_Ab3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD3fG6' }),
    }),
    answers: () => healthy,
    expect: () => ({
      cause: 'token-of-another-provider',
      step: 'token-form',
      remedy: { kind: 'edit-account', field: 'token' },
    }),
  },
  // Git
  {
    name: '2.11 a private repository, and no account',
    of: 'Git',
    subject: (at) => ({ url: `${at.origin}/acme/widgets.git` }),
    answers: () => healthy,
    expect: (at) => ({
      cause: 'token-missing',
      step: 'git',
      remedy: { kind: 'choose-account' },
      facts: { host: at.host, path: 'acme/widgets.git' },
    }),
  },
  {
    name: 'a repository open to everybody needs no account',
    of: 'Git',
    subject: (at) => ({ url: `${at.origin}/acme/open.git` }),
    answers: () => gitRepository('acme/open.git', { open: true }),
    expect: () => ({ cause: null }),
  },
  {
    name: '2.5 the account is not to be used for repositories',
    of: 'Git',
    subject: (at) => ({
      account: { ...account, useForRepositories: false },
      secret,
      url: `${at.origin}/acme/widgets.git`,
    }),
    answers: () => healthy,
    expect: () => ({
      cause: 'not-for-repositories',
      step: 'git',
      remedy: { kind: 'use-for-repositories' },
      facts: { account: 'Work' },
    }),
  },
  {
    name: '3.9 the chosen account works, and git in a terminal could not tell it from the other one',
    of: 'Git',
    subject: (at) => ({
      ...here(),
      others: [{ ...account, alias: 'Home' }],
      url: `${at.origin}/acme/widgets.git`,
    }),
    answers: () => healthy,
    expect: () => ({ cause: null, warnings: ['several-accounts-one-host'] }),
  },
  {
    name: 'an account’s row is examined with a repository it can see',
    of: 'Git',
    subject: here,
    answers: (at) => ({
      ...healthy,
      'GET /api/v4/projects': {
        body: [
          {
            id: 5,
            name: 'Widgets',
            path: 'widgets',
            path_with_namespace: 'acme/widgets',
            name_with_namespace: 'Acme / Widgets',
            namespace: { full_path: 'acme' },
            description: null,
            web_url: `${at.origin}/acme/widgets`,
            http_url_to_repo: `${at.origin}/acme/widgets.git`,
            ssh_url_to_repo: 'git@gitlab.example.com:acme/widgets.git',
            default_branch: 'main',
            visibility: 'private',
            archived: false,
            last_activity_at: '2026-11-01T09:00:00Z',
          },
        ],
      },
    }),
    expect: () => ({ cause: null }),
  },
];
