import { z } from 'zod';
import { procedure } from './procedure';

/** A certificate as a person compares it; all fields are shown as text. */
export const certificateSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** ISO timestamps. */
  validFrom: z.string(),
  validTo: z.string(),
  /** SHA-256, upper case hexadecimal pairs joined by colons. */
  fingerprint: z.string(),
  /** It may sign other certificates. */
  isAuthority: z.boolean(),
  selfSigned: z.boolean(),
});
export type Certificate = z.infer<typeof certificateSchema>;

/** `system`: what the operating system says (PAC included, in the desktop shell), or the environment's variables. */
export const proxyModeSchema = z.enum(['system', 'manual', 'none']);

export const proxySettingsSchema = z.object({
  mode: proxyModeSchema,
  /** `http://proxy.example.com:3128`, without user or password; used with `manual`. */
  url: z.string(),
  username: z.string(),
  /** A password is kept in the vault. */
  hasPassword: z.boolean(),
  /** Hosts reached without the proxy, as in NO_PROXY: comma separated names, `.suffix`, addresses, `host:port`. */
  noProxy: z.string(),
});
export type ProxySettings = z.infer<typeof proxySettingsSchema>;

/** A certificate trusted for one host besides the system's own: never for all hosts, never a switched-off check. */
export const authoritySchema = z.object({
  id: z.string(),
  /** `host` or `host:port`, exactly. */
  host: z.string(),
  certificate: certificateSchema,
  /** Epoch milliseconds. */
  addedAt: z.number(),
});
export type Authority = z.infer<typeof authoritySchema>;

/** A client certificate shown to one host. Its key is in the vault. */
export const clientCertificateSchema = z.object({
  id: z.string(),
  host: z.string(),
  certificate: certificateSchema,
  addedAt: z.number(),
});
export type ClientCertificate = z.infer<typeof clientCertificateSchema>;

export const networkSettingsSchema = z.object({
  proxy: proxySettingsSchema,
  authorities: z.array(authoritySchema),
  clientCertificates: z.array(clientCertificateSchema),
});
export type NetworkSettings = z.infer<typeof networkSettingsSchema>;

const pem = z.string().max(200_000);

/** What a server shows now, to be compared by a person before anything is trusted. */
export const shownCertificatesSchema = z.object({
  /** As the settings name it: `host` or `host:port`. */
  host: z.string(),
  /** Server's certificate first, its issuers after it, as far as the server sends them. */
  certificates: z.array(certificateSchema),
  /** The one to trust: the self-signed certificate itself, or the topmost issuer shown. Null: nothing was shown. */
  suggested: z.string().nullable(),
  /** The chain ends in an authority that signed itself; false: its root was not sent. */
  complete: z.boolean(),
  /** The connection is safe as things are. */
  trusted: z.boolean(),
});
export type ShownCertificates = z.infer<typeof shownCertificatesSchema>;

/** How the providers' APIs and both git engines reach their servers: one setting for all of them. */
export const network = {
  get: procedure.output(networkSettingsSchema),
  /**
   * `password`: absent keeps the stored one as long as the address stays, empty
   * removes it. In mode `system` address, user name and password are for
   * exactly that proxy, should the system name it. Rejects `invalid-input`
   * (`url`, `username`) and the vault's failures.
   */
  setProxy: procedure
    .input(
      z.object({
        mode: proxyModeSchema,
        url: z.string().max(2000).default(''),
        username: z.string().max(1000).default(''),
        password: z.string().max(1000).optional(),
        noProxy: z.string().max(10_000).default(''),
      }),
    )
    .output(networkSettingsSchema),
  /**
   * Trusts the certificates of a PEM text for exactly this host. Rejects
   * `invalid-input` (`pem`) for a text without a certificate.
   */
  addAuthority: procedure.input(z.object({ host: z.string().max(300), pem })).output(networkSettingsSchema),
  /** Connects, by proxy where that is set, and looks; sends nothing else. Rejects `invalid-input` (`host`) and `host-unreachable`. */
  shownCertificates: procedure.input(z.object({ host: z.string().max(300) })).output(shownCertificatesSchema),
  /**
   * Trusts the one of the certificates the server shows now whose SHA-256
   * fingerprint is the one the user saw; rejects
   * `invalid-input` (`fingerprint`) when it is not.
   */
  trustShown: procedure
    .input(z.object({ host: z.string().max(300), fingerprint: z.string().max(200) }))
    .output(networkSettingsSchema),
  removeAuthority: procedure.input(z.object({ id: z.string() })).output(networkSettingsSchema),
  /** Rejects `invalid-input` (`certificate`, `key` or `passphrase`) when they do not fit together. */
  addClientCertificate: procedure
    .input(
      z.object({ host: z.string().max(300), certificate: pem, key: pem, passphrase: z.string().max(1000) }),
    )
    .output(networkSettingsSchema),
  removeClientCertificate: procedure.input(z.object({ id: z.string() })).output(networkSettingsSchema),
};
