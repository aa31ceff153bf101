import { Button } from '@mantine/core';
import { Component, type ReactNode, useState } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { defaultSchema, type Options as Schema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { ExternalLink } from '../../components/ExternalLink';
import { visibleText } from '../../components/visible-text';
import styles from './Markdown.module.css';
import { inBlocks, limitMarkdown } from './markdown-limits';

/**
 * GitHub's own rules, tightened: no pictures or media are loaded, nothing takes the focus or a shortcut,
 * nothing names or points at an element of the page.
 */
const schema: Schema = {
  ...defaultSchema,
  tagNames: (defaultSchema.tagNames ?? []).filter((tag) => !['source', 'picture'].includes(tag)),
  attributes: {
    ...defaultSchema.attributes,
    input: [['disabled', true], ['type', 'checkbox'], 'checked'],
    '*': ['align', 'alt', 'colSpan', 'dir', 'lang', 'open', 'rowSpan', 'start', 'title'],
  },
  protocols: { ...defaultSchema.protocols, href: ['https'], src: ['https'], cite: ['https'], longDesc: [] },
};

const components: Components = {
  a: ({ href, children }) =>
    href?.startsWith('https://') ? (
      <ExternalLink url={href}>{children}</ExternalLink>
    ) : (
      <span>{children}</span>
    ),
  // Loading a picture would tell its server who reads this, and when.
  img: ({ src, alt }) => {
    const label = `Picture: ${alt === undefined || alt === '' ? 'without a description' : alt}`;
    return typeof src === 'string' && src.startsWith('https://') ? (
      <ExternalLink url={src}>{label}</ExternalLink>
    ) : (
      <span>{label}</span>
    );
  },
  input: ({ checked }) => (
    <input
      type="checkbox"
      checked={checked ?? false}
      readOnly
      disabled
      aria-label={checked ? 'Done' : 'To do'}
    />
  ),
  table: ({ children }) => (
    <div className={styles.table}>
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
};

/** A text the parser cannot take still shows, as written. */
class PlainOnFailure extends Component<{ text: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Plain text={this.props.text} /> : this.props.children;
  }
}

function Plain({ text }: { text: string }) {
  return (
    <div className={styles.plain}>
      {inBlocks(text).map(([at, block]) => (
        <div key={at} className={styles.block}>
          {block}
        </div>
      ))}
    </div>
  );
}

/** Untrusted Markdown: sanitised, without pictures, links only through the system's browser. */
export default function Markdown({ source, empty }: { source: string; empty?: string }) {
  const [all, setAll] = useState(false);
  const shown = limitMarkdown(source, all);
  const text = visibleText(shown.text);
  if (text.trim() === '') return <p className={styles.empty}>{empty ?? 'No text.'}</p>;
  return (
    <div className={styles.markdown}>
      {shown.as === 'plain' ? (
        <Plain text={text} />
      ) : (
        <PlainOnFailure key={text} text={text}>
          <ReactMarkdown
            remarkPlugins={[remarkGfm]}
            rehypePlugins={[rehypeRaw, [rehypeSanitize, schema]]}
            components={components}
          >
            {text}
          </ReactMarkdown>
        </PlainOnFailure>
      )}
      {shown.hidden > 0 && (
        <Button variant="default" size="compact-sm" onClick={() => setAll(true)}>
          Show all ({Math.ceil(source.length / 1000).toLocaleString()} kB)
        </Button>
      )}
    </div>
  );
}
