import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type HTMLAttributes, type KeyboardEvent, type ReactNode, type Ref, useEffect, useRef } from 'react';
import { useImperativeHandle } from 'react';
import { lineAfterKey } from './list-keys';
import styles from './VirtualList.module.css';

export interface VirtualListHandle {
  /** Lets another field (a search box) steer the list; true when the key was used. */
  key: (event: KeyboardEvent) => boolean;
  focus: () => void;
}

export interface VirtualListProps {
  /** Prefix of the lines' element ids; `${id}-${line}` is what aria-activedescendant names. */
  id: string;
  label: string;
  /** `grid` and `treegrid`: lines hold buttons in gridcells. `listbox`: lines hold text only. */
  role: 'grid' | 'treegrid' | 'listbox';
  count: number;
  /** Pixels. */
  lineHeight: (line: number) => number;
  /** The current line; -1: none. */
  active: number;
  onActive: (line: number) => void;
  /** Enter or double click. */
  onOpen?: (line: number) => void;
  /** Keys beside moving and opening; true when used. */
  onKey?: (event: KeyboardEvent, line: number) => boolean;
  /** The last lines came into view. */
  onEnd?: () => void;
  /** A click opens too (lists that show a detail beside them). */
  openOnClick?: boolean;
  renderLine: (line: number) => ReactNode;
  lineKey: (line: number) => string;
  lineAttributes?: (line: number) => HTMLAttributes<HTMLDivElement>;
  ref?: Ref<VirtualListHandle>;
}

/** A list of any length: only lines in view exist; one tab stop, arrows move within. */
export function VirtualList(props: VirtualListProps) {
  const { id, count, active, role, lineKey, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // Nothing here is memoized by a compiler, so the library's changing functions do no harm.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: props.lineHeight,
    getItemKey: lineKey,
    overscan: 3,
    // The current line stays in the page even when scrolled away: aria-activedescendant must name an element.
    rangeExtractor: (range) => {
      const lines = defaultRangeExtractor(range);
      if (active >= 0 && active < count && !lines.includes(active)) lines.push(active);
      return lines.sort((left, right) => left - right);
    },
  });
  const { lineHeight } = props;
  const measuredKey = useRef(lineKey);
  useEffect(() => {
    // New keys are measured while drawing; measuring again would draw a list that just changed once more.
    if (measuredKey.current === lineKey) virtual.measure();
    measuredKey.current = lineKey;
  }, [lineHeight, lineKey, virtual]);

  const lines = virtual.getVirtualItems();
  const lastInView = virtual.range?.endIndex ?? -1;
  useEffect(() => {
    if (onEnd && count > 0 && lastInView >= count - 10) onEnd();
  }, [lastInView, count, onEnd]);

  const move = (line: number) => {
    props.onActive(line);
    virtual.scrollToIndex(line, { align: 'auto' });
  };
  const key = (event: KeyboardEvent): boolean => {
    if (event.altKey || event.metaKey || event.ctrlKey) return false;
    const height = scroller.current?.clientHeight ?? 400;
    const page = Math.max(1, Math.floor(height / props.lineHeight(Math.max(0, active))) - 1);
    const next = lineAfterKey(event.key, active, count, page);
    if (next !== null) {
      move(next);
      return true;
    }
    if (event.key === 'Enter' && active >= 0 && props.onOpen) {
      props.onOpen(active);
      return true;
    }
    return props.onKey?.(event, active) ?? false;
  };
  useImperativeHandle(props.ref, () => ({ key, focus: () => scroller.current?.focus() }));

  const inGrid = role !== 'listbox';
  return (
    <div
      ref={scroller}
      id={id}
      role={role}
      aria-label={props.label}
      aria-rowcount={inGrid ? count : undefined}
      aria-activedescendant={active >= 0 && active < count ? `${id}-${active}` : undefined}
      tabIndex={0}
      className={styles.scroller}
      onKeyDown={(event) => {
        if (event.target === event.currentTarget && key(event)) event.preventDefault();
      }}
    >
      <div
        role={inGrid ? 'rowgroup' : 'presentation'}
        className={styles.content}
        style={{ height: virtual.getTotalSize() }}
      >
        {lines.map((item) => (
          <div
            key={item.key}
            id={`${id}-${item.index}`}
            role={inGrid ? 'row' : 'option'}
            aria-selected={item.index === active}
            aria-rowindex={inGrid ? item.index + 1 : undefined}
            aria-posinset={inGrid ? undefined : item.index + 1}
            aria-setsize={inGrid ? undefined : count}
            data-active={item.index === active || undefined}
            className={styles.line}
            style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            onClick={() => {
              props.onActive(item.index);
              if (props.openOnClick) props.onOpen?.(item.index);
            }}
            onDoubleClick={() => {
              if (!props.openOnClick) props.onOpen?.(item.index);
            }}
            {...props.lineAttributes?.(item.index)}
          >
            {props.renderLine(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
