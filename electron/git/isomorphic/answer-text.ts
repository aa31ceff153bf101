import type { Response } from 'undici';

/** As much of an answer as is ever shown of it: a server may never come to its end. */
export async function answerText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Leaving the loop ends the answer.
    for await (const part of response.body ?? []) {
      parts.push(part as Uint8Array);
      bytes += (part as Uint8Array).length;
      if (bytes > 16_384) break;
    }
  } catch {
    // What came before it broke off is still worth showing.
  }
  return Buffer.concat(parts).toString('utf8');
}
