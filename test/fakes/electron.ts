/** Stand-in for the `electron` module; filled in with the desktop shell. */
export const app = {};
