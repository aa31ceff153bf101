import { useEffect } from 'react';

const dot = "%3Ccircle cx='25' cy='7' r='7' fill='%23e8590c' stroke='%23fff' stroke-width='2'/%3E";

/** While questions wait, the tab or the task bar says so: their number in the title, a dot on the icon. */
export function useMarkedTitle(waiting: number): void {
  useEffect(() => {
    if (waiting === 0) return undefined;
    const title = document.title;
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    const href = icon?.getAttribute('href') ?? '';
    document.title = `(${waiting}) Git asks – ${title}`;
    icon?.setAttribute('href', href.replace('%3C/svg%3E', `${dot}%3C/svg%3E`));
    return () => {
      document.title = title;
      icon?.setAttribute('href', href);
    };
  }, [waiting]);
}
