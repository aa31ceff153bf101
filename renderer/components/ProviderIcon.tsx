import {
  IconBrandAzure,
  IconBrandBitbucket,
  IconBrandGithub,
  IconBrandGitlab,
  IconServer,
} from '@tabler/icons-react';

const icons = {
  github: IconBrandGithub,
  gitlab: IconBrandGitlab,
  bitbucket: IconBrandBitbucket,
  'azure-devops': IconBrandAzure,
};

const names = {
  github: 'GitHub',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket',
  'azure-devops': 'Azure DevOps',
};

/** The provider's mark. `label` false where its name stands beside it. */
export function ProviderIcon({
  provider,
  size = 16,
  label = true,
}: {
  provider: keyof typeof icons | null;
  size?: number;
  label?: boolean;
}) {
  const Icon = provider ? icons[provider] : IconServer;
  const name = provider ? names[provider] : 'Git server';
  return label ? (
    <Icon size={size} stroke={1.6} role="img" aria-label={name} />
  ) : (
    <Icon size={size} stroke={1.6} aria-hidden />
  );
}
