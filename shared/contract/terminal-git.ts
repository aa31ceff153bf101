import { z } from 'zod';
import { procedure } from './procedure';

/** Where git in a terminal asks Polyforge. */
export const terminalScopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  /** Repositories at or below an absolute folder (git-config(1), includeIf "gitdir:"). */
  z.object({ kind: z.literal('folder'), folder: z.string().min(1).max(4000) }),
  z.object({ kind: z.literal('repository'), repositoryId: z.string() }),
]);
export type TerminalScope = z.infer<typeof terminalScopeSchema>;

/** One helper git would ask for a host, in git's order. */
export const configuredHelperSchema = z.object({
  /** `polyforge`, or the known name of the program (`manager`, `store`, `cache`, `libsecret`, `osxkeychain`, `wincred`, `gh`, `glab`), or `other`. */
  name: z.string(),
  /** The value as it is configured, with anything that looks like a secret masked. */
  value: z.string(),
  /** File that sets it, or how else (`command line`). */
  source: z.string(),
});
export type ConfiguredHelper = z.infer<typeof configuredHelperSchema>;

/** Who answers git for one host, within one scope. */
export const terminalHostSchema = z.object({
  /** `scheme://host[:port]`. */
  origin: z.string(),
  accountIds: z.array(z.string()),
  /** In git's order; the first that has an answer wins. */
  helpers: z.array(configuredHelperSchema),
  winner: z.enum(['polyforge', 'other', 'nobody']),
  /** Who would be asked first once the lines of `enable` are written; `winner` where there is nothing to write. */
  after: z.enum(['polyforge', 'other', 'nobody']),
});
export type TerminalHost = z.infer<typeof terminalHostSchema>;

/** One file as it would be changed: whole lines, as they stand in it. */
export const configurationChangeSchema = z.object({
  file: z.string(),
  lines: z.array(z.string()),
  removed: z.array(z.string()),
});
export type ConfigurationChange = z.infer<typeof configurationChangeSchema>;

export const terminalScopeStateSchema = z.object({
  scope: terminalScopeSchema,
  /** Shown name: a folder, or the repository's. */
  name: z.string(),
  /**
   * `on`: every host with an account answers. `partly`: accounts were added or
   * removed since. `changed`: the lines were edited by somebody else.
   */
  state: z.enum(['off', 'on', 'partly', 'changed']),
  hosts: z.array(terminalHostSchema),
  /**
   * What turning it on, or bringing it up to date, would write; with state `on`
   * what puts Polyforge first again; null: nothing to do, or an obstacle.
   */
  enable: z.array(configurationChangeSchema).nullable(),
  /** What turning it off would take out and put back; null: it is off, or `changed`. */
  disable: z.array(configurationChangeSchema).nullable(),
  /** With state `changed`: what Polyforge wrote, for somebody who looks for what is left of it. */
  written: z.array(configurationChangeSchema),
  obstacle: z.enum(['no-git', 'no-file', 'no-accounts', 'folder-missing', 'no-helper']).nullable(),
});
export type TerminalScopeState = z.infer<typeof terminalScopeStateSchema>;

export const terminalGit = {
  /** All repositories first, then each folder and repository that is on or `changed`. */
  scopes: procedure.output(z.array(terminalScopeStateSchema)),
  /** One scope, on or not: what a new folder or repository would get. Rejects `invalid-input`, `gone`. */
  scope: procedure.input(z.object({ scope: terminalScopeSchema })).output(terminalScopeStateSchema),
  /** Makes exactly the changes last shown; rejects `invalid-input` (`change`) when the configuration changed meanwhile. */
  enable: procedure
    .input(z.object({ scope: terminalScopeSchema, changes: z.array(configurationChangeSchema) }))
    .output(terminalScopeStateSchema),
  /** Puts back what was there, to the byte. Rejects `invalid-input` (`change`) when the lines were changed since. */
  disable: procedure.input(z.object({ scope: terminalScopeSchema })).output(terminalScopeStateSchema),
};
