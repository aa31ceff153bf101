import { expect } from '@playwright/test';

/** What is expected of a page comes true some time; outside Playwright's own runner it would wait five seconds only. */
export const onPage = expect.configure({ timeout: 30_000 });
