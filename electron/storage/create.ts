import path from 'node:path';
import { z } from 'zod';
import { configurationEditSchema } from '../../shared/configuration-edit';
import { accountSchema } from '../../shared/contract/accounts';
import { accountRuleSchema, commitIdentitySchema } from '../../shared/contract/bindings';
import { type Preferences, preferencesSchema } from '../../shared/contract/preferences';
import { signInAppSchema } from '../../shared/contract/sign-in-apps';
import type { Platform } from '../platform';
import { createCollection } from './records';
import { createRepositoryCache } from './repository-cache';
import { openSettings } from './settings';
import { createUnfinishedClones } from './unfinished-clones';
import type {
  AccountSshKey,
  AllowedHost,
  NoticeRecord,
  SavedCredential,
  SavedPassphrase,
  Storage,
  StoredAuthority,
  StoredClientCertificate,
  StoredProxy,
  StoredRepository,
  TransferRate,
  TrustedFolder,
  WrittenConfiguration,
} from './storage';

const storedRepositorySchema: z.ZodType<StoredRepository> = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  accountId: z.string().nullable().catch(null),
  lastOpened: z.number().catch(0),
  hostedKey: z.string().nullable().catch(null),
  identity: commitIdentitySchema.optional().catch(undefined),
  sshKey: z.string().optional().catch(undefined),
});

const writtenConfigurationSchema: z.ZodType<WrittenConfiguration> = z.object({
  id: z.string(),
  edits: z.array(configurationEditSchema),
});

const savedCredentialSchema: z.ZodType<SavedCredential> = z.object({
  id: z.string(),
  origin: z.string(),
  path: z.string(),
  username: z.string(),
  state: z.enum(['working', 'refused', 'unchecked']).catch('unchecked'),
  lastUsed: z.number().catch(0),
  source: z.enum(['application', 'terminal']).catch('application'),
  expiresAt: z.number().nullable().catch(null),
});

const allowedHostSchema: z.ZodType<AllowedHost> = z.object({
  id: z.string(),
  origin: z.string(),
  path: z.string(),
  otherOrigin: z.string(),
  addedAt: z.number().catch(0),
});

const accountSshKeySchema: z.ZodType<AccountSshKey> = z.object({ id: z.string(), path: z.string() });

const savedPassphraseSchema: z.ZodType<SavedPassphrase> = z.object({
  id: z.string(),
  state: z.enum(['working', 'refused']).catch('working'),
  lastUsed: z.number().catch(0),
});

/** Each field falls back to its own default. */
const storedProxySchema: z.ZodType<StoredProxy> = z.object({
  mode: z.enum(['system', 'manual', 'none']).catch('system'),
  url: z.string().catch(''),
  username: z.string().catch(''),
  hasPassword: z.boolean().catch(false),
  noProxy: z.string().catch(''),
});

const storedAuthoritySchema: z.ZodType<StoredAuthority> = z.object({
  id: z.string(),
  host: z.string(),
  pem: z.string(),
  addedAt: z.number().catch(0),
});

const storedClientCertificateSchema: z.ZodType<StoredClientCertificate> = z.object({
  id: z.string(),
  host: z.string(),
  pem: z.string(),
  addedAt: z.number().catch(0),
});

const transferRateSchema: z.ZodType<TransferRate> = z.object({
  id: z.string(),
  bytesPerSecond: z.number().positive(),
});

const noticeRecordSchema: z.ZodType<NoticeRecord> = z.object({
  id: z.string(),
  dismissed: z.string().nullable().catch(null),
  announced: z.string().nullable().catch(null),
});

/** A yes whose folder or mark cannot be read is none. */
const trustedFolderSchema: z.ZodType<TrustedFolder> = z.object({
  id: z.string(),
  mark: z.string(),
  trustedAt: z.number().catch(0),
});

const recentLimit = 50;

/** Opens everything kept in the data directory. Never throws for damaged content; `notices` says what happened. */
export function createStorage(platform: Pick<Platform, 'dataDirectory' | 'openSettings'>): Storage {
  const settings = openSettings(platform);
  const readPreferences = (): Preferences => {
    const value = settings.value('preferences');
    return preferencesSchema.parse(typeof value === 'object' && value !== null ? value : {});
  };
  const readProxy = (): StoredProxy => {
    const value = settings.value('proxy');
    return storedProxySchema.parse(typeof value === 'object' && value !== null ? value : {});
  };
  const strings = (key: string) => settings.list(key).filter((entry) => typeof entry === 'string');
  let preferences = readPreferences();
  let proxy = readProxy();
  let favourites = strings('favourites');
  let recent = strings('recentlyCloned');

  return {
    accounts: createCollection(settings, 'accounts', accountSchema),
    repositories: createCollection(settings, 'repositories', storedRepositorySchema),
    savedCredentials: createCollection(settings, 'savedCredentials', savedCredentialSchema),
    allowedHosts: createCollection(settings, 'allowedHosts', allowedHostSchema),
    sshKeys: createCollection(settings, 'sshKeys', accountSshKeySchema),
    sshPassphrases: createCollection(settings, 'sshPassphrases', savedPassphraseSchema),
    signInApps: createCollection(settings, 'signInApps', signInAppSchema),
    authorities: createCollection(settings, 'authorities', storedAuthoritySchema),
    clientCertificates: createCollection(settings, 'clientCertificates', storedClientCertificateSchema),
    proxy: {
      get: () => proxy,
      set(next) {
        settings.write('proxy', next);
        proxy = next;
      },
    },
    rules: createCollection(settings, 'accountRules', accountRuleSchema),
    writtenConfiguration: createCollection(settings, 'writtenConfiguration', writtenConfigurationSchema),
    accountNotices: createCollection(settings, 'accountNotices', noticeRecordSchema),
    transferRates: createCollection(settings, 'transferRates', transferRateSchema),
    trustedFolders: createCollection(settings, 'trustedFolders', trustedFolderSchema),
    preferences: {
      get: () => preferences,
      set(patch) {
        const next = preferencesSchema.parse({ ...preferences, ...patch });
        settings.write('preferences', next);
        preferences = next;
        return next;
      },
    },
    favourites: {
      list: () => favourites,
      set(key, favourite) {
        const next = favourites.filter((existing) => existing !== key);
        if (favourite) next.push(key);
        settings.write('favourites', next);
        favourites = next;
      },
    },
    recentlyCloned: {
      list: () => recent,
      add(key) {
        const next = [key, ...recent.filter((existing) => existing !== key)].slice(0, recentLimit);
        settings.write('recentlyCloned', next);
        recent = next;
      },
    },
    unfinishedClones: createUnfinishedClones(path.join(platform.dataDirectory, 'unfinished-clones.json')),
    repositoryCache: createRepositoryCache(path.join(platform.dataDirectory, 'cache', 'repositories')),
    notices: settings.notices,
  };
}
