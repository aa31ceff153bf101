import { z } from 'zod';

/**
 * Azure DevOps in its own words as azure-devops-node-api hands it over (dates
 * as Date, enumerations as numbers): only what is used, and lenient.
 */
const text = z.string().nullish();
const moment = z.union([z.date(), z.string()]).nullish();
const number = z.number().nullish();

export const identity = z.object({
  id: text,
  displayName: text,
  uniqueName: text,
  isContainer: z.boolean().nullish(),
});
export type Identity = z.infer<typeof identity>;

export const project = z.object({
  id: z.string(),
  name: z.string(),
  visibility: z.union([z.number(), z.string()]).nullish(),
});

export const repository = z.object({
  id: z.string(),
  name: z.string(),
  project,
  defaultBranch: text,
  isDisabled: z.boolean().nullish(),
  isFork: z.boolean().nullish(),
  size: number,
  remoteUrl: text,
  sshUrl: text,
  url: text,
});
export type Repository = z.infer<typeof repository>;

export const reviewer = identity.extend({
  vote: z.number().nullish(),
  isRequired: z.boolean().nullish(),
});
export type Reviewer = z.infer<typeof reviewer>;

export const pullRequest = z.object({
  pullRequestId: z.number(),
  title: z.string(),
  description: text,
  status: number,
  mergeStatus: number,
  isDraft: z.boolean().nullish(),
  createdBy: identity.nullish(),
  creationDate: moment,
  closedDate: moment,
  sourceRefName: text,
  targetRefName: text,
  repository: z.object({ id: text, name: z.string(), project }),
  forkSource: z
    .object({ repository: z.object({ name: text, project: project.nullish() }).nullish() })
    .nullish(),
  reviewers: z.array(reviewer).nullish(),
  labels: z.array(z.object({ name: text, active: z.boolean().nullish() })).nullish(),
});
export type PullRequest = z.infer<typeof pullRequest>;

export const label = z.object({ name: z.string(), active: z.boolean().nullish() });

export const status = z.object({
  id: number,
  state: number,
  description: text,
  context: z.object({ name: text, genre: text }).nullish(),
  targetUrl: text,
});
export type Status = z.infer<typeof status>;

export const evaluation = z.object({
  status: number,
  configuration: z
    .object({
      isEnabled: z.boolean().nullish(),
      isBlocking: z.boolean().nullish(),
      isDeleted: z.boolean().nullish(),
      type: z.object({ displayName: text }).nullish(),
      settings: z
        .object({ displayName: z.unknown().optional(), statusName: z.unknown().optional() })
        .nullish(),
    })
    .nullish(),
});
export type Evaluation = z.infer<typeof evaluation>;

export const commit = z.object({
  commitId: z.string(),
  comment: text,
  author: z.object({ name: text, date: moment }).nullish(),
});
export type Commit = z.infer<typeof commit>;

export const iteration = z.object({ id: z.number() });

export const change = z.object({
  changeType: number,
  item: z
    .object({
      path: text,
      objectId: text,
      originalObjectId: text,
      isFolder: z.boolean().nullish(),
      gitObjectType: z.union([z.number(), z.string()]).nullish(),
    })
    .nullish(),
  originalPath: text,
  sourceServerItem: text,
});
export type Change = z.infer<typeof change>;

export const iterationChanges = z.object({
  changeEntries: z.array(change),
  nextSkip: number,
  nextTop: number,
});

const position = z.object({ line: number }).nullish();

export const thread = z.object({
  id: z.number(),
  isDeleted: z.boolean().nullish(),
  status: number,
  threadContext: z
    .object({
      filePath: text,
      leftFileStart: position,
      rightFileStart: position,
    })
    .nullish(),
  comments: z
    .array(
      z.object({
        id: z.number(),
        author: identity.nullish(),
        content: text,
        commentType: number,
        publishedDate: moment,
        isDeleted: z.boolean().nullish(),
      }),
    )
    .nullish(),
});
export type Thread = z.infer<typeof thread>;

/** `_apis/connectionData`: in no description; who the token belongs to. */
export const connectionData = z.object({
  authenticatedUser: z.object({
    id: z.string(),
    providerDisplayName: text,
    customDisplayName: text,
    properties: z.object({ Account: z.object({ $value: text }).nullish() }).nullish(),
  }),
});

export const profile = z.object({ id: z.string(), displayName: text, emailAddress: text });

export const organization = z.object({ accountName: z.string() });

export const listOf = <T extends z.ZodType>(item: T) => z.object({ value: z.array(item) });

/** Projects as the server lists them; `url` shows under which address it believes to be reached. */
export const listedProject = z.object({ id: z.string(), name: z.string(), url: text });
