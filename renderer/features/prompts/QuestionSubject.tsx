import type { ReactNode } from 'react';
import { visibleText } from '../../components/visible-text';
import classes from './prompts.module.css';
import { operationWords } from './question-words';

export interface QuestionSubjectProps {
  operation: string;
  host: string;
  /** Empty: the whole host, or nothing is known. */
  path?: string;
  /** Where git works, if a terminal asks. */
  folder?: string;
  /** How the sentence ends. */
  children?: ReactNode;
}

/** What goes on: which operation, on which repository of which host, and in which folder if a terminal asks. */
export function QuestionSubject({ operation, host, path = '', folder, children }: QuestionSubjectProps) {
  return (
    <div className={classes.subject}>
      <div>
        {operationWords(operation)} {path === '' ? 'a repository' : <strong>{visibleText(path)}</strong>} on{' '}
        <strong>{visibleText(host)}</strong>
        {children}
      </div>
      {folder !== undefined && (
        <div className={classes.folder}>
          Folder in the terminal: <span>{visibleText(folder)}</span>
        </div>
      )}
    </div>
  );
}
