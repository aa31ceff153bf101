export interface WelcomeViewProps {
  onOpenRepository: (id: string) => void;
  onClone: () => void;
  onBrowse: () => void;
  onAddAccount: () => void;
}

export function WelcomeView(_props: WelcomeViewProps) {
  return <h1>Repositories on this machine</h1>;
}
