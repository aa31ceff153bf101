/**
 * What providers publish about the ssh keys of their hosts. Only what their
 * own pages say: a key that is not listed here is a key they do not publish
 * (GitHub's and Bitbucket's RSA keys that were replaced in 2023 are not).
 * A provider that adds a key needs a new line here.
 */
interface PublishedKeys {
  /** The provider's name, as a user knows it. */
  by: string;
  /** Its page that lists them. */
  url: string;
  hosts: readonly string[];
  /** As ssh writes them. */
  fingerprints: readonly string[];
}

const all: readonly PublishedKeys[] = [
  {
    by: 'GitHub',
    url: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints',
    // ssh.github.com: https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
    hosts: ['github.com', 'ssh.github.com'],
    fingerprints: [
      'SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s',
      'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM',
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    ],
  },
  {
    by: 'GitLab',
    url: 'https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints',
    hosts: ['gitlab.com'],
    fingerprints: [
      'SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw',
      'SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8',
      'SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ',
    ],
  },
  {
    by: 'Bitbucket',
    url: 'https://support.atlassian.com/bitbucket-cloud/docs/configure-ssh-and-two-step-verification/',
    hosts: ['bitbucket.org'],
    fingerprints: [
      'SHA256:FC73VB6C4OQLSCrjEayhMp9UMxS97caD/Yyi2bhW/J0',
      'SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM',
      'SHA256:46OSHA1Rmj8E8ERTC6xkNcmGOw9oFxYr0WF6zWW8l1E',
    ],
  },
  {
    by: 'Azure DevOps',
    url: 'https://learn.microsoft.com/azure/devops/repos/git/use-ssh-keys-to-authenticate',
    hosts: ['ssh.dev.azure.com'],
    fingerprints: ['SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og'],
  },
];

/** What is published for a host as ssh names it (`host` or `[host]:port`), or null. A fingerprint of another form than SHA256 cannot be compared: null. */
export function publishedHostKey(
  host: string,
  fingerprint: string,
): { by: string; url: string; matches: boolean } | null {
  if (!fingerprint.startsWith('SHA256:')) return null;
  const name = host.replace(/^\[(.*)\]:\d+$/, '$1').toLowerCase();
  const published = all.find(({ hosts }) => hosts.includes(name));
  if (!published) return null;
  return {
    by: published.by,
    url: published.url,
    matches: published.fingerprints.includes(fingerprint.replace(/=+$/, '')),
  };
}
