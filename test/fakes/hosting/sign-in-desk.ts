import { createHash, randomBytes } from 'node:crypto';
import { type Call, html, json, type Reply } from './server';

/** An application somebody registered at the provider. */
export interface DeskClient {
  id: string;
  /** The registered app allows the flow. */
  deviceFlow: boolean;
  /** It has a secret, so that nobody without it may be it. */
  confidential: boolean;
  scopes: string[];
  /** GitHub: a GitHub App whose user tokens end. */
  expiring: boolean;
}

interface Grant {
  client: DeskClient;
  deviceCode: string;
  userCode: string;
  expiresAt: number;
  /** Seconds. */
  interval: number;
  lastPoll: number;
  state: 'pending' | 'denied' | { login: string };
}

interface Issued {
  client: DeskClient;
  login: string;
  access: string;
  refresh: string | null;
  /** Refresh token this pair was made with, good until `access` is first used. */
  previous: string | null;
  revoked: boolean;
}

/** What a stand-in does with the tokens given out. */
export interface DeskKeeper {
  issue(token: { secret: string; login: string; client: DeskClient }): void;
  revoke(secret: string): void;
}

const random = (prefix: string) => prefix + randomBytes(24).toString('hex');
const oauthError = (status: number, error: string, description = '', more: object = {}): Reply =>
  json({ error, error_description: description, ...more }, {}, status);

/** Where a provider's stand-in signs people in. Nothing here is shown to the program but the answers. */
export class SignInDesk {
  readonly clients = new Map<string, DeskClient>();
  readonly issued: Issued[] = [];
  readonly grants: Grant[] = [];
  /** Seconds between two polls, and of a code's life. */
  interval = 1;
  codeLife = 900;
  /** Seconds; null: as the provider does. */
  tokenLife: number | null = null;
  /** What happens to a refresh token that was used. Entra keeps it (`never`). */
  revokes: 'at-once' | 'on-first-use' | 'never' = 'at-once';
  /** Requests of the token endpoint that asked to renew, answered or not. */
  renewals = 0;
  /** Called when a renewal was granted, before its answer leaves. */
  onRenewed: () => void = () => undefined;

  constructor(private readonly keeper: DeskKeeper) {}

  register(id: string, more: Partial<DeskClient> = {}): DeskClient {
    const client = {
      id,
      deviceFlow: true,
      confidential: false,
      scopes: ['api', 'repo', 'read:org'],
      expiring: false,
      ...more,
    };
    this.clients.set(id, client);
    return client;
  }

  /** The person enters the code and agrees, or does not. */
  decide(userCode: string, decision: 'deny' | { login: string }): void {
    const grant = this.grants.find((one) => one.userCode === userCode);
    if (!grant) throw new Error(`nobody asked for the code ${userCode}`);
    grant.state = decision === 'deny' ? 'denied' : decision;
  }

  outlast(userCode: string): void {
    for (const grant of this.grants) if (grant.userCode === userCode) grant.expiresAt = 0;
  }

  /** The person, or an administrator, ends the sign-in. */
  revokeAll(): void {
    for (const one of this.issued) this.revoke(one);
  }

  protected revoke(one: Issued): void {
    one.revoked = true;
    this.keeper.revoke(one.access);
  }

  /** A token was used: with Doorkeeper's previous_refresh_token, its predecessor ends now. */
  used(authorization: string | undefined): void {
    const one = this.issued.find(
      ({ access }) =>
        authorization?.includes(access) ||
        authorization?.includes(Buffer.from(`oauth2:${access}`).toString('base64')),
    );
    if (!one || one.previous === null) return;
    const before = this.issued.find(({ refresh }) => refresh === one.previous);
    if (before) this.revoke(before);
    one.previous = null;
  }

  ask(client: DeskClient): Grant {
    const grant: Grant = {
      client,
      deviceCode: random('dc-'),
      userCode: `${randomBytes(2).toString('hex')}-${randomBytes(2).toString('hex')}`.toUpperCase(),
      expiresAt: Date.now() + this.codeLife * 1000,
      interval: this.interval,
      lastPoll: 0,
      state: 'pending',
    };
    this.grants.push(grant);
    return grant;
  }

  /** Where a poll stands; a grant is used up by its success. */
  poll(client: DeskClient, deviceCode: string | null): { login: string } | string {
    const grant = this.grants.find((one) => one.deviceCode === deviceCode);
    if (!grant || grant.client !== client) return 'unknown';
    if (Date.now() > grant.expiresAt) return 'expired_token';
    // Timers may fire a little early.
    const isEarly = Date.now() - grant.lastPoll < grant.interval * 1000 - 20;
    grant.lastPoll = Date.now();
    if (isEarly) return 'slow_down';
    if (grant.state === 'pending') return 'authorization_pending';
    if (grant.state === 'denied') return 'access_denied';
    this.grants.splice(this.grants.indexOf(grant), 1);
    return grant.state;
  }

  grant(client: DeskClient, login: string, prefix: string, refresh: string | null, previous: string | null) {
    const one: Issued = {
      client,
      login,
      access: random(prefix),
      refresh: refresh === null ? null : random(refresh),
      previous,
      revoked: false,
    };
    this.issued.push(one);
    this.keeper.issue({ secret: one.access, login, client });
    return one;
  }

  /** The pair a refresh token may be traded for; null: not this one, not any more. */
  renew(client: DeskClient | undefined, refresh: string | null, prefix: string, refreshPrefix: string) {
    this.renewals += 1;
    const before = this.issued.find((one) => one.refresh !== null && one.refresh === refresh);
    if (!before || before.revoked || before.client !== client) return null;
    const delayed = this.revokes === 'on-first-use';
    if (this.revokes === 'at-once') this.revoke(before);
    const made = this.grant(client, before.login, prefix, refreshPrefix, delayed ? refresh : null);
    this.onRenewed();
    return made;
  }
}

function parametersOf(call: Call): URLSearchParams {
  if (!call.headers['content-type']?.startsWith('application/json')) return new URLSearchParams(call.body);
  const body = JSON.parse(call.body || '{}') as Record<string, string>;
  return new URLSearchParams(body);
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** github.com/login/…: docs.github.com "Authorizing OAuth apps", "Refreshing user access tokens". */
export class GitHubDesk extends SignInDesk {
  isSignIn(path: string): boolean {
    return path === '/login/device/code' || path === '/login/oauth/access_token';
  }

  answer(call: Call, path: string, origin: string): Reply {
    if (call.method !== 'POST') return html('Not found', 404);
    const given = parametersOf(call);
    const reply = path === '/login/device/code' ? this.deviceCode(given, origin) : this.accessToken(given);
    // Without this header GitHub answers as a form.
    if (call.headers.accept?.includes('json')) return reply;
    const fields = Object.entries(reply.body as Record<string, unknown>).map(([name, value]) => [
      name,
      String(value),
    ]);
    return {
      ...reply,
      body: new URLSearchParams(fields).toString(),
      type: 'application/x-www-form-urlencoded',
    };
  }

  private deviceCode(given: URLSearchParams, origin: string): Reply {
    const client = this.clients.get(given.get('client_id') ?? '');
    if (!client) return json({ error: 'Not Found' }, {}, 404);
    if (!client.deviceFlow)
      return oauthError(400, 'device_flow_disabled', 'Device Flow must be explicitly enabled for this App', {
        error_uri: 'https://docs.github.com',
      });
    const grant = this.ask(client);
    return json({
      device_code: grant.deviceCode,
      user_code: grant.userCode,
      verification_uri: `${origin}/login/device`,
      expires_in: this.codeLife,
      interval: grant.interval,
    });
  }

  private accessToken(given: URLSearchParams): Reply {
    const client = this.clients.get(given.get('client_id') ?? '');
    const type = given.get('grant_type');
    // Refusals come with status 200 here.
    if (type === 'refresh_token') {
      const made = this.renew(client, given.get('refresh_token'), 'ghu_', 'ghr_');
      return made
        ? json(this.pair(made))
        : oauthError(200, 'bad_refresh_token', 'The refresh token passed is incorrect or expired.');
    }
    if (type !== deviceGrant)
      return oauthError(200, 'unsupported_grant_type', `The grant type must be ${deviceGrant}.`);
    if (!client) return oauthError(200, 'incorrect_client_credentials', 'The client_id passed is incorrect.');
    const found = this.poll(client, given.get('device_code'));
    if (found === 'unknown')
      return oauthError(200, 'incorrect_device_code', 'The device_code provided is not valid.');
    if (typeof found === 'string') {
      const grant = this.grants.find((one) => one.deviceCode === given.get('device_code'));
      if (found === 'slow_down' && grant) grant.interval += 5;
      return oauthError(200, found, '', found === 'slow_down' ? { interval: grant?.interval } : {});
    }
    return json(
      this.pair(
        client.expiring
          ? this.grant(client, found.login, 'ghu_', 'ghr_', null)
          : this.grant(client, found.login, 'gho_', null, null),
      ),
    );
  }

  private pair({ access, refresh, client }: Issued): object {
    if (refresh === null) return { access_token: access, token_type: 'bearer', scope: 'repo,read:org' };
    return {
      access_token: access,
      expires_in: this.tokenLife ?? 28_800,
      refresh_token: refresh,
      refresh_token_expires_in: 15_811_200,
      token_type: 'bearer',
      scope: client.expiring ? '' : 'repo,read:org',
    };
  }
}

const unknownClient =
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
const invalidGrant =
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.';

/** GitLab's Doorkeeper: doorkeeper-gem/doorkeeper and exop-group/doorkeeper-device_authorization_grant. */
export class GitLabDesk extends SignInDesk {
  /** False: a server before 17.1, or with the grant switched off. */
  hasDeviceGrant = true;

  isSignIn(path: string): boolean {
    return ['/oauth/token/info', '/oauth/authorize_device', '/oauth/token'].includes(path);
  }

  answer(call: Call, path: string, base: string): Reply {
    if (path === '/oauth/token/info' && call.method === 'GET') return this.info(call);
    if (call.method !== 'POST') return html('Not found', 404);
    if (path === '/oauth/authorize_device')
      return this.hasDeviceGrant
        ? this.deviceCode(parametersOf(call), base)
        : html('The page could not be found or you don’t have permission to view it.', 404);
    return this.token(parametersOf(call));
  }

  /** A confidential application without its secret is no client. */
  private clientOf(given: URLSearchParams): DeskClient | undefined {
    const client = this.clients.get(given.get('client_id') ?? '');
    return client?.confidential ? undefined : client;
  }

  private deviceCode(given: URLSearchParams, base: string): Reply {
    const client = this.clientOf(given);
    if (!client) return oauthError(401, 'invalid_client', unknownClient);
    const asked = (given.get('scope') ?? '').split(' ').filter(Boolean);
    if (asked.some((scope) => !client.scopes.includes(scope)))
      return oauthError(400, 'invalid_scope', 'The requested scope is invalid, unknown, or malformed.');
    const grant = this.ask(client);
    return json({
      device_code: grant.deviceCode,
      user_code: grant.userCode,
      verification_uri: `${base}/oauth/device`,
      verification_uri_complete: `${base}/oauth/device?user_code=${grant.userCode}`,
      expires_in: this.codeLife,
      interval: grant.interval,
    });
  }

  private token(given: URLSearchParams): Reply {
    const type = given.get('grant_type');
    if (!type) return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type.');
    const client = this.clientOf(given);
    if (type === 'refresh_token') {
      if (!client) return oauthError(401, 'invalid_client', unknownClient);
      const made = this.renew(client, given.get('refresh_token'), '', '');
      return made ? json(this.pair(made)) : oauthError(400, 'invalid_grant', invalidGrant);
    }
    if (type !== deviceGrant || !this.hasDeviceGrant)
      return oauthError(
        400,
        'unsupported_grant_type',
        'The authorization grant type is not supported by the authorization server.',
      );
    if (!client) return oauthError(401, 'invalid_client', unknownClient);
    const found = this.poll(client, given.get('device_code'));
    if (found === 'unknown') return oauthError(400, 'invalid_grant', invalidGrant);
    if (typeof found === 'string') return oauthError(400, found);
    return json(this.pair(this.grant(client, found.login, '', '', null)));
  }

  private pair({ access, refresh }: Issued): object {
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: this.tokenLife ?? 7200,
      refresh_token: refresh,
      scope: 'api',
      created_at: Math.floor(Date.now() / 1000),
    };
  }

  private info(call: Call): Reply {
    const one = this.issued.find(({ access }) => call.authorization === `Bearer ${access}`);
    return one && !one.revoked
      ? json({ resource_owner_id: 1, scope: ['api'], expires_in: 7200, application: { uid: one.client.id } })
      : oauthError(401, 'invalid_token', 'The access token is invalid');
  }
}

interface Code {
  client: DeskClient;
  code: string;
  redirect: string;
  challenge: string;
  login: string;
}

const entraPath = /^\/([^/]+)\/oauth2\/v2\.0\/(authorize|devicecode|token)$/;

/** Microsoft Entra: learn.microsoft.com "OAuth 2.0 authorization code flow" and "device authorization grant". */
export class EntraDesk extends SignInDesk {
  /** Directories it knows, beside `organizations`. */
  readonly tenants = ['organizations', 'harbour-vans.example'];
  /** Who agrees on its page; null: they cancel. */
  visitor: string | null = 'mira.keller@harbour-vans.example';
  private readonly codes: Code[] = [];
  /** Code verifiers programs have sent: nobody else may have seen them. */
  readonly verifiers: string[] = [];
  override revokes: SignInDesk['revokes'] = 'never';

  isSignIn(path: string): boolean {
    return entraPath.test(path);
  }

  answer(call: Call, path: string, origin: string): Reply {
    const [, tenant = '', endpoint] = entraPath.exec(path) ?? [];
    if (!this.tenants.includes(tenant))
      return this.refuse(
        400,
        'invalid_request',
        `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
      );
    if (endpoint === 'authorize') return this.authorize(call.query);
    const given = parametersOf(call);
    if (endpoint === 'devicecode') return this.deviceCode(given, origin);
    return this.token(given, tenant);
  }

  private refuse(status: number, error: string, description: string): Reply {
    const numbers = /AADSTS(\d+)/.exec(description)?.[1];
    const trace =
      '\r\nTrace ID: 1a2b3c4d-0000-4000-8000-000000000000\r\nCorrelation ID: 5e6f\r\nTimestamp: 2026-11-21 09:00:00Z';
    return oauthError(status, error, description + trace, { error_codes: [Number(numbers)] });
  }

  private unknown(id: string | null): Reply {
    return this.refuse(
      400,
      'unauthorized_client',
      `AADSTS700016: Application with identifier '${id}' was not found in the directory.`,
    );
  }

  /** The page a person sees; its button posts the answer to the program. */
  private authorize(query: URLSearchParams): Reply {
    const client = this.clients.get(query.get('client_id') ?? '');
    const redirect = query.get('redirect_uri') ?? '';
    if (!client) return html('AADSTS700016: Application was not found in the directory.', 400);
    // Any port is fine behind http://localhost, nothing else is registered.
    if (!/^http:\/\/localhost(:\d+)?\/?$/.test(redirect))
      return html('AADSTS50011: The redirect URI does not match.', 400);
    if (query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge'))
      return html('AADSTS9002325: Proof Key for Code Exchange is required.', 400);
    if (query.get('response_mode') !== 'form_post') return html('AADSTS900144', 400);
    const state = query.get('state') ?? '';
    const fields: [string, string][] = [];
    if (this.visitor === null)
      fields.push(
        ['error', 'access_denied'],
        ['error_description', 'AADSTS65004: User declined to consent.'],
      );
    else {
      const code = random('1.code-');
      const challenge = query.get('code_challenge') ?? '';
      this.codes.push({ client, code, redirect, challenge, login: this.visitor });
      fields.push(['code', code], ['client_info', clientInfo(this.visitor)]);
    }
    const inputs = [...fields, ['state', state] as const]
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
      .join('');
    return {
      status: 200,
      type: 'text/html; charset=utf-8',
      body: `<!DOCTYPE html><title>Sign in to your account</title><form method="post" action="${redirect}">${inputs}<button>Continue</button></form>`,
    };
  }

  private deviceCode(given: URLSearchParams, origin: string): Reply {
    const client = this.clients.get(given.get('client_id') ?? '');
    if (!client) return this.unknown(given.get('client_id'));
    if (!given.get('scope'))
      return this.refuse(400, 'invalid_request', "AADSTS900144: The request body must contain 'scope'.");
    const grant = this.ask(client);
    return json({
      user_code: grant.userCode.replace('-', ''),
      device_code: grant.deviceCode,
      verification_uri: `${origin}/devicelogin`,
      expires_in: this.codeLife,
      interval: grant.interval,
      message: 'To sign in, use a web browser.',
    });
  }

  override decide(userCode: string, decision: 'deny' | { login: string }): void {
    const shown = this.grants.find((one) => one.userCode.replace('-', '') === userCode);
    super.decide(shown?.userCode ?? userCode, decision);
  }

  override outlast(userCode: string): void {
    super.outlast(this.grants.find((one) => one.userCode.replace('-', '') === userCode)?.userCode ?? '');
  }

  private token(given: URLSearchParams, tenant: string): Reply {
    const client = this.clients.get(given.get('client_id') ?? '');
    const type = given.get('grant_type');
    if (!client) return this.unknown(given.get('client_id'));
    if (client.confidential)
      return this.refuse(
        401,
        'invalid_client',
        "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    if (type === 'refresh_token') {
      const made = this.renew(client, given.get('refresh_token'), 'eyJ0.', '1.refresh-');
      return made
        ? json(this.pair(made, tenant))
        : this.refuse(
            400,
            'invalid_grant',
            'AADSTS50173: The provided grant has expired due to it being revoked.',
          );
    }
    if (type === 'authorization_code') return this.redeem(client, given, tenant);
    // Microsoft's own library still sends the grant's older name.
    if (type !== deviceGrant && type !== 'device_code')
      return this.refuse(400, 'unsupported_grant_type', `AADSTS70003: The app requested '${type}'.`);
    const found = this.poll(client, given.get('device_code'));
    if (typeof found !== 'string')
      return json(this.pair(this.grant(client, found.login, 'eyJ0.', '1.refresh-', null), tenant));
    const answers: Record<string, [string, string]> = {
      unknown: ['bad_verification_code', "AADSTS70000: The 'device_code' parameter is invalid."],
      expired_token: [
        'expired_token',
        'AADSTS70020: The provided value for the device code is not valid: expired.',
      ],
      access_denied: ['authorization_declined', 'AADSTS70017: The user declined.'],
      slow_down: ['slow_down', 'Polling too fast.'],
    };
    const [error, description] = answers[found] ?? [
      'authorization_pending',
      'AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    ];
    return this.refuse(400, error, description);
  }

  private redeem(client: DeskClient, given: URLSearchParams, tenant: string): Reply {
    this.verifiers.push(given.get('code_verifier') ?? '');
    const at = this.codes.findIndex(({ code }) => code === given.get('code'));
    const [found] = at < 0 ? [] : this.codes.splice(at, 1);
    if (!found || found.client !== client)
      return this.refuse(400, 'invalid_grant', 'AADSTS54005: The code was already redeemed.');
    const proof = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    if (proof !== found.challenge)
      return this.refuse(400, 'invalid_grant', 'AADSTS501481: The Code_Verifier does not match.');
    if (given.get('redirect_uri') !== found.redirect)
      return this.refuse(400, 'invalid_client', 'AADSTS50011: The redirect URI does not match.');
    return json(this.pair(this.grant(client, found.login, 'eyJ0.', '1.refresh-', null), tenant));
  }

  private pair({ access, refresh, login, client }: Issued, tenant: string): object {
    const now = Math.floor(Date.now() / 1000);
    const life = this.tokenLife ?? 3599;
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const idToken = [
      encode({ alg: 'RS256', typ: 'JWT' }),
      encode({
        aud: client.id,
        iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        iat: now,
        exp: now + 3600,
        oid: objectId,
        tid: tenantId,
        sub: 'subject',
        ver: '2.0',
        preferred_username: login,
        name: login,
      }),
      'signature',
    ].join('.');
    return {
      token_type: 'Bearer',
      scope: '499b84ac-1321-427f-aa17-267ca6975798/user_impersonation',
      expires_in: life,
      ext_expires_in: life,
      access_token: access,
      refresh_token: refresh,
      id_token: idToken,
      client_info: clientInfo(login),
      foci: undefined,
      tenant,
    };
  }
}

const tenantId = '7e57ab1e-0000-4000-8000-00000000d17e';
const objectId = '0b1ec7ab-0000-4000-8000-00000000a11e';

function clientInfo(_login: string): string {
  return Buffer.from(JSON.stringify({ uid: objectId, utid: tenantId })).toString('base64url');
}
