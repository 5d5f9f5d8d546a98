/**
 * Operations of the capability registry (B3, B4): list, show, define, remove, detect, grant.
 */
import { z } from 'zod';
import { capability, commandId, sessionId } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { capabilityView, detectedCapability, detectionRule } from '../views/capability-view.ts';

/** Capabilities in the order they were defined, the ones that come with Tutti first. */
export const capabilityList = query(
  'List the capabilities of the registry, and those that are used without being in it.',
  {
    input: z.strictObject({}),
    output: z.object({
      capabilities: z.array(capabilityView),
      undefined: z.array(capability).describe('Names that sessions have or ready tasks need and that nobody defined; at most 100.'),
    }),
  },
  { role: 'viewer', paths: [get('/capability/list'), get('/api/capabilities')], tool: 'list_capabilities' },
);

/** One capability and who has it. */
export const capabilityShow = query(
  'Show one capability, the sessions that have it and the ready tasks that need it.',
  {
    input: z.strictObject({ capability }),
    output: z.object({
      capability: capabilityView,
      sessions: z.array(sessionId).describe('Members that have it; at most 1,000.'),
      ready_tasks: z.int().describe('Ready tasks that need it.'),
    }),
  },
  { role: 'viewer', paths: [get('/capability/{capability}'), get('/api/capabilities/{capability}')] },
);

/** Defining one that is there replaces it; one that comes with Tutti can be replaced too. */
export const capabilityDefine = command(
  'Define a capability, or define it anew.',
  {
    input: z.strictObject({
      capability,
      description: z.string().min(1).max(2000),
      skills: z.array(z.string().min(1).max(128)).max(100).optional(),
      time_multiplier: z.number().min(0.01).max(100).optional().describe('Default 1.'),
      detection: detectionRule.nullable().optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ capability: capabilityView }),
  },
  { role: 'operator', paths: [post('/capability/define')] },
);

/** Sessions and tasks that name it keep it; one that comes with Tutti is as it came again. */
export const capabilityRemove = command(
  'Remove a capability from the registry; one that comes with Tutti goes back to what it was.',
  {
    input: z.strictObject({ capability, command_id: commandId.optional() }),
    output: z.object({ capability, status: z.enum(['removed', 'restored']) }),
  },
  { role: 'operator', paths: [post('/capability/{capability}/remove')] },
);

/** B4. */
export const capabilityDetect = query(
  'What the histories of the sessions show that they can do and have not registered.',
  {
    input: z.strictObject({ session_id: sessionId.optional() }),
    output: z.object({ detected: z.array(detectedCapability) }),
  },
  { role: 'viewer', paths: [get('/capability/detected'), get('/api/capabilities/detected')] },
);

/** Follows a suggestion, or an own idea. It lasts until the session registers again. */
export const capabilityGrant = command(
  'Give a session a capability, without registering it again.',
  {
    input: z.strictObject({ session_id: sessionId, capability, command_id: commandId.optional() }),
    output: z.object({ session_id: sessionId, capabilities: z.array(z.string()) }),
  },
  { role: 'operator', paths: [post('/capability/grant')] },
);
