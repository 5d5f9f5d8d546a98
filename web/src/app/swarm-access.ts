/**
 * Who this page is, for every part of it.
 */
import { createContext, useContext } from 'react';
import { ROUTES } from '../../../src/client/operation-routes.ts';
import type { Role } from '../../../src/contract/roles.ts';
import type { CommandName } from '../../../src/contract/operations.ts';
import type { PageSession } from '../../../src/contract/page-access.ts';
import { useMoment } from '../data/moment.ts';
import { mayDo } from '../data/page-session.ts';

/** The session of this page. */
export const PageSessionContext = createContext<PageSession>({ role: 'viewer', auth: true, swarms: [], instance: '' });

/** The role of this page. */
function useRole(): Role {
  return useContext(PageSessionContext).role;
}

/** Why this page may not do something now, in words; null when it may. `fromPast`: it is done from a moment of the past. */
export function useRefusal(operation: CommandName, { fromPast = false }: { readonly fromPast?: boolean } = {}): string | null {
  const role = useRole();
  const moment = useMoment();
  const needed = ROUTES[operation].role;
  if (moment !== null && !fromPast) return 'This is a moment of the past: it cannot be changed.';
  return mayDo(role, needed) ? null : `This needs the role ${needed}; this page is a ${role}.`;
}
