/**
 * The operations on terminals that go past the log. Invariant: nothing is typed and no size is changed but by who has the
 * keyboard, by the state as it is then.
 */
import { Failure } from '../../contract/failure.ts';
import type { InputOf, LiveName, OutputOf } from '../../contract/operations.ts';
import type { StyledLine } from '../../contract/views/terminal-view.ts';
import { holdsControl, showControl } from '../../views/terminal-view.ts';
import { asFailure } from '../problem.ts';
import { validatorOf } from '../validate-input.ts';
import type { RelayedTerminal, TerminalDesk } from './terminal-desk.ts';

type LiveCall<N extends LiveName> = (desk: TerminalDesk, input: InputOf<N>) => Promise<OutputOf<N>>;
type Shown = OutputOf<'terminal.list'>['terminals'][number];

const CALLS: { readonly [N in LiveName]: LiveCall<N> } = {
  'terminal.list': (desk) => shown(desk, [...desk.terminals.values()]).then((terminals) => ({ terminals })),

  'terminal.show': async (desk, { session_id, history: wanted = 0 }) => {
    const terminal = desk.named(session_id);
    const { screen, history = [] } = await terminal.host.order(session_id, { what: 'show', history: wanted });
    const [view] = await shown(desk, [terminal]);
    if (screen === undefined || view === undefined) throw new Failure('terminal_away', { session_id, reason: 'it answered nothing' });
    return { terminal: view, screen, history, text: textOf([...history, ...screen.lines]) };
  },

  'terminal.input': async (desk, { session_id, control, data }) => {
    const terminal = desk.named(session_id);
    await mustHold(desk, session_id, control);
    await terminal.host.order(session_id, { what: 'input', data });
    return { session_id, typed: data.length };
  },

  'terminal.resize': async (desk, { session_id, control, columns, rows }) => {
    const terminal = desk.named(session_id);
    await mustHold(desk, session_id, control);
    await terminal.host.order(session_id, { what: 'resize', columns, rows });
    return { session_id, columns, rows };
  },
};

/** Calls one. Rejects with Failure. */
export async function callLive<N extends LiveName>(desk: TerminalDesk, name: N, raw: unknown): Promise<OutputOf<N>> {
  try {
    return await CALLS[name](desk, validatorOf(name)(raw));
  } catch (error) {
    throw asFailure(error);
  }
}

async function mustHold({ engine }: TerminalDesk, session_id: string, control: number): Promise<void> {
  const holds = await engine.read((state) => holdsControl(state, session_id, control, engine.now()));
  if (!holds) throw new Failure('terminal_not_held', { session_id, reason: 'its time is over, it was given back or taken over' });
}

function shown({ engine }: TerminalDesk, terminals: readonly RelayedTerminal[]): Promise<Shown[]> {
  return engine.read((state) =>
    terminals.map(({ session_id, pid, started_at, host, viewers }) => ({
      session_id,
      host: host.name,
      pid,
      started_at,
      viewers: viewers.size,
      control: showControl(state, session_id, engine.now()),
    })),
  );
}

function textOf(lines: readonly StyledLine[]): string {
  const texts = lines.map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
  return texts.join('\n').trimEnd();
}
