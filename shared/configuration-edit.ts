import { z } from 'zod';

/**
 * Lines of a git configuration file that were replaced, so that exactly they
 * can be put back. Text is one character a byte: a file may hold any bytes.
 */
export const configurationEditSchema = z.object({
  /** Absolute, symbolic links resolved. */
  file: z.string(),
  /** Complete lines with their line ends. */
  removed: z.array(z.string()),
  added: z.array(z.string()),
  /** Line the change stands at, from 0. */
  at: z.number(),
  /** The header line of the section the change stands in. */
  section: z.string(),
  /** The file was made by this change. */
  created: z.boolean(),
});
export type ConfigurationEdit = z.infer<typeof configurationEditSchema>;
