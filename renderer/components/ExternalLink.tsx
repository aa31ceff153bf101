import { IconExternalLink } from '@tabler/icons-react';
import { createContext, type ReactNode, useContext } from 'react';
import classes from './components.module.css';

const OpenExternalContext = createContext<(url: string) => void>(() => undefined);

/** App gives the one function that opens addresses in the system's browser. */
export const OpenExternalProvider = OpenExternalContext.Provider;

export function useOpenExternal(): (url: string) => void {
  return useContext(OpenExternalContext);
}

/** Opens an address in the system's browser. Never navigates the page itself. */
export function ExternalLink({ url, children }: { url: string; children: ReactNode }) {
  const open = useOpenExternal();
  return (
    <a
      className={classes.link}
      href={url}
      title={url}
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault();
        open(url);
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {children}
      <IconExternalLink size={12} aria-label="(opens in your browser)" style={{ marginLeft: 3 }} />
    </a>
  );
}
