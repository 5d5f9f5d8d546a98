/**
 * What keys do while one is attached to a terminal through the server. Pure.
 */

/** How one moves through what scrolled off. */
export type ViewKey = 'page_up' | 'page_down' | 'up' | 'down' | 'top' | 'live';

/** What keys do. */
export interface AttachedKeys {
  readonly detach: () => void;
  readonly type: (data: string) => void;
  readonly view: (key: ViewKey) => void;
  /** Keys move the view, as nothing is typed. */
  readonly looks: () => boolean;
  /** `q` detaches; else it returns from what scrolled off. */
  readonly leavesByQ: () => boolean;
}

const PREFIX = '\u0002';
const DETACH = 'd';
const BACK = '[';
const VIEW_KEYS: Readonly<Record<string, ViewKey>> = {
  '\u001b[5~': 'page_up',
  '\u001b[6~': 'page_down',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[H': 'top',
  '\u001b[F': 'live',
  '\u001b': 'live',
};
const LEAVE = ['q', '\u0003'];

/**
 * Takes what comes from the terminal. Ctrl-b d detaches, Ctrl-b [ looks back, Ctrl-b twice is Ctrl-b; everything else is
 * typed, or moves the view where nothing is typed.
 */
export function attachedKeys(keys: AttachedKeys): (data: string | Buffer) => void {
  let prefixed = false;
  const plain = (text: string): boolean => {
    if (text === '') return true;
    if (!keys.looks()) keys.type(text);
    else if (LEAVE.includes(text)) {
      if (keys.leavesByQ()) {
        keys.detach();
        return false;
      }
      keys.view('live');
    } else if (VIEW_KEYS[text] !== undefined) keys.view(VIEW_KEYS[text]);
    return true;
  };
  return (data) => {
    let text = '';
    for (const key of String(data)) {
      if (prefixed && (key === DETACH || key === BACK)) {
        prefixed = false;
        if (!plain(text)) return;
        text = '';
        if (key === DETACH) {
          keys.detach();
          return;
        }
        keys.view('page_up');
        continue;
      }
      if (key === PREFIX && !prefixed) {
        prefixed = true;
        continue;
      }
      text += prefixed && key !== PREFIX ? PREFIX + key : key;
      prefixed = false;
    }
    plain(text);
  };
}
