/**
 * Tabs whose choice lives in the address.
 */
import { Tabs as Base } from '@base-ui/react/tabs';
import { type ReactNode, useEffect, useRef } from 'react';

/** One tab. */
export interface Tab {
  readonly value: string;
  readonly label: ReactNode;
  readonly panel: ReactNode;
}

/** What tabs are given. */
interface TabsProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly tabs: readonly Tab[];
}

/** Tabs: arrow keys move, the panel of the chosen one is shown. */
export function Tabs({ label, value, onChange, tabs }: TabsProps): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  // Where tabs do not fit beside each other, the chosen one is in sight.
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const show = (): void =>
      element.querySelector(`[data-tab="${CSS.escape(value)}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const observer = new ResizeObserver(show);
    observer.observe(element);
    return () => observer.disconnect();
  }, [value]);
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(String(next))} className="flex min-h-0 flex-1 flex-col">
      <Base.List ref={list} aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            data-tab={tab.value}
            className="-mb-px h-8 shrink-0 border-b-2 border-transparent px-3 text-muted data-active:border-accent data-active:text-text"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="min-h-0 flex-1 py-3">
          {tab.panel}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
