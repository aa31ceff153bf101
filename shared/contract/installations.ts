import { z } from 'zod';
import { procedure } from './procedure';

/** Where a GitHub App is installed. */
export const installationSchema = z.object({
  id: z.string(),
  /** Login of the organization or person, slug of the enterprise. */
  name: z.string(),
  owner: z.enum(['organization', 'person', 'enterprise']),
  /** Its owner stopped it: no token can be made for it. */
  suspended: z.boolean(),
});
export type Installation = z.infer<typeof installationSchema>;

/** A hundred of an app's installations; `next` is the page to ask for after this one. */
export const installationsSchema = z.object({
  items: z.array(installationSchema),
  next: z.number().nullable(),
});

/**
 * The installations of a draft's app, whose blank key means the stored one
 * while editing. Pages count from 1. Rejects `invalid-input` while App ID, key
 * or address cannot be used, `unsupported` for accounts that are no app, and
 * with the provider's refusal.
 */
export const installationsOf = <Draft extends z.ZodType>(draft: Draft) =>
  procedure
    .input(z.object({ draft, page: z.number().int().min(1).max(10_000).default(1) }))
    .output(installationsSchema);
