/** The Electron binary by its files, or null. */
export function electronBinary(): string | null;
/** Why a window cannot be shown here at all, or null. */
export function noWindowReason(): string | null;
