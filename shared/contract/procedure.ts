import { oc } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from '../errors';

/** Every procedure starts from this: one error code whose data is an AppError. */
export const procedure = oc.errors({
  APP_ERROR: { status: 422, message: 'The operation failed.', data: appErrorSchema },
});

/** Progress of long work. `fraction` is 0 to 1 over the whole operation, absent while unknown. */
export const progressSchema = z.object({
  phase: z.string(),
  fraction: z.number().min(0).max(1).optional(),
  /** Git's own words for what is going on, such as "1.2 MiB/s". */
  detail: z.string().optional(),
});
export type Progress = z.infer<typeof progressSchema>;
