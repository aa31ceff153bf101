import { test } from './fixtures';
import { stories, tellMainStory } from './main-story';

for (const story of stories)
  test(`${story.label}: add an account, test it, find a repository, clone it unasked, read a pull request`, async ({
    page,
    host,
    closing,
  }) => {
    const server = await story.start();
    closing.push(server);
    await tellMainStory(page, story, server, host.clones);
  });
