import { Button } from '@mantine/core';
import { ProviderIcon } from '../../components/ProviderIcon';
import styles from './WelcomeView.module.css';

/** Shown until there is an account: the one thing to do first. */
export function FirstSteps({ onAddAccount, onClone }: { onAddAccount: () => void; onClone: () => void }) {
  return (
    <section className={styles.first} aria-labelledby="first-title">
      <div className={styles.marks}>
        <ProviderIcon provider="github" size={24} />
        <ProviderIcon provider="gitlab" size={24} />
        <ProviderIcon provider="bitbucket" size={24} />
        <ProviderIcon provider="azure-devops" size={24} />
      </div>
      <h2 id="first-title">Add a hosting provider account</h2>
      <p>
        With an account you see all its repositories in one list, clone them without being asked for a
        password, and read their pull requests. Several accounts work side by side.
      </p>
      <div className={styles.buttons}>
        <Button onClick={onAddAccount}>Add an account…</Button>
        <Button variant="default" onClick={onClone}>
          Clone an address without one…
        </Button>
      </div>
    </section>
  );
}
