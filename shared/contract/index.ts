import { accounts } from './accounts';
import { application } from './application';
import { bindings } from './bindings';
import { branches } from './branches';
import { clonePlan } from './clone-plan';
import { doctor } from './doctor';
import { history } from './history';
import { hostedRepositories } from './hosted-repositories';
import { network } from './network';
import { organizationMove } from './organization-move';
import { preferences } from './preferences';
import { prompts } from './prompts';
import { pullRequests } from './pull-requests';
import { remotes } from './remotes';
import { repositories } from './repositories';
import { savedCredentials } from './saved-credentials';
import { signInApps } from './sign-in-apps';
import { ssh } from './ssh';
import { terminalGit } from './terminal-git';
import { trust } from './trust';
import { workingTree } from './working-tree';

/** The whole surface between the page and the core. */
export const contract = {
  accounts,
  application,
  bindings,
  branches,
  clonePlan,
  doctor,
  history,
  hostedRepositories,
  network,
  organizationMove,
  preferences,
  prompts,
  pullRequests,
  remotes,
  repositories,
  savedCredentials,
  signInApps,
  ssh,
  terminalGit,
  trust,
  workingTree,
};
export type Contract = typeof contract;
