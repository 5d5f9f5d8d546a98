/**
 * A list to choose from, and beside it (below it, on a narrow screen) the one that is chosen, whole.
 */
import type { ReactNode } from 'react';

/** What the two halves are given. */
interface ListAndDetailProps {
  /** What is read out for the place of the chosen one. */
  readonly label: string;
  readonly list: ReactNode;
  /** The chosen one; null: nothing is chosen. */
  readonly detail: ReactNode;
  /** What stands there while nothing is chosen. */
  readonly nothing: string;
}

/** The two halves. */
export function ListAndDetail({ label, list, detail, nothing }: ListAndDetailProps): ReactNode {
  return (
    <div className="grid min-h-0 flex-1 gap-3 max-lg:content-start lg:grid-cols-[minmax(280px,2fr)_3fr]">
      <div className="flex min-h-0 min-w-0 flex-col gap-3 lg:overflow-auto">{list}</div>
      <section aria-label={label} className="min-h-48 min-w-0 overflow-auto rounded border bg-surface p-4">
        {detail ?? <p className="text-muted">{nothing}</p>}
      </section>
    </div>
  );
}

/** What a link of a list is given, so that the chosen one looks so and says so. */
interface ChoiceLook {
  readonly className: string;
  readonly 'aria-current': 'true' | undefined;
}

/** What a list is given. */
interface ChoiceListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly chosen: string | undefined;
  /** Draws the link to an item. */
  readonly renderLink: (item: T, look: ChoiceLook) => ReactNode;
}

/** Links of which one is chosen. */
export function ChoiceList<T>({ label, items, keyOf, chosen, renderLink }: ChoiceListProps<T>): ReactNode {
  return (
    <ul aria-label={label} className="divide-y">
      {items.map((item) => {
        const here = keyOf(item) === chosen;
        return (
          <li key={keyOf(item)}>
            {renderLink(item, {
              className: `flex flex-col gap-0.5 px-3 py-1.5 ${here ? 'bg-selected' : 'hover:bg-raised'}`,
              'aria-current': here ? 'true' : undefined,
            })}
          </li>
        );
      })}
    </ul>
  );
}
