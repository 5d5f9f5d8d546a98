/**
 * What is shown to somebody the server does not know yet, and when it cannot be reached at all.
 */
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { type Arrival, signIn } from '../data/page-session.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';

/** Asks for a token. */
export function SignIn({
  reason,
  onArrival,
}: {
  readonly reason: string | null;
  readonly onArrival: (arrival: Arrival) => void;
}): ReactNode {
  const [token, setToken] = useState('');
  const [refused, setRefused] = useState(reason);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const arrival = await signIn(token);
    if (arrival.kind === 'known') onArrival(arrival);
    else setRefused(arrival.reason);
  };
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center gap-4 p-4">
      <h1 className="text-20 font-semibold">Tutti</h1>
      <p>
        Run <code className="rounded bg-raised px-1 font-mono">tutti open</code> in the project: it opens this page signed in. Or paste a
        token; <code className="rounded bg-raised px-1 font-mono">tutti token</code> prints one.
      </p>
      <form className="flex flex-col gap-3" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Token"
          type="password"
          autoComplete="off"
          required
          value={token}
          error={refused}
          onChange={(event) => setToken(event.target.value)}
        />
        <Button look="primary" type="submit">
          Sign in
        </Button>
      </form>
      <p className="text-12 text-muted">
        The token is exchanged for a cookie of this browser that no script can read. Nothing leaves this machine.
      </p>
    </main>
  );
}

/** The server does not answer. */
export function Unreachable({ reason, onRetry }: { readonly reason: string; readonly onRetry: () => void }): ReactNode {
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center gap-3 p-4">
      <h1 className="text-20 font-semibold">The server does not answer</h1>
      <p className="foreign text-muted">{reason}</p>
      <p>
        Is it running? <code className="rounded bg-raised px-1 font-mono">tutti doctor</code> tells what is wrong.
      </p>
      <Button look="primary" onClick={onRetry}>
        Try again
      </Button>
    </main>
  );
}
