/**
 * Reads what a client sent as a frame of the contract.
 */
import { Failure, reasonOf } from '../../contract/failure.ts';
import { CLIENT_FRAMES, type ClientFrame, type ClientFrameType, FRAME_BYTES } from '../../contract/websocket.ts';
import { asFailure } from '../problem.ts';
import { type Validate, validatorFor } from '../validate-input.ts';

const VALIDATORS: ReadonlyMap<unknown, Validate<ClientFrame>> = new Map(
  Object.entries(CLIENT_FRAMES).map(([type, schema]) => [type, validatorFor<ClientFrame>(schema)]),
);
const TYPES = Object.keys(CLIENT_FRAMES) as readonly ClientFrameType[];

/** A frame that cannot be taken, with the id that its answer repeats. */
export interface BadFrame {
  readonly type: 'bad';
  readonly failure: Failure;
  readonly id: string | number | undefined;
}

/** The frame in a message, or why it is none: `body_too_large`, `invalid_json`, `invalid_input`. */
export function readFrame(data: Buffer, isBinary: boolean): ClientFrame | BadFrame {
  if (data.length > FRAME_BYTES) return bad(new Failure('body_too_large', { limit: FRAME_BYTES }));
  if (isBinary) return bad(new Failure('invalid_json', { reason: 'frames are text, not binary' }));
  let frame: unknown;
  try {
    frame = JSON.parse(data.toString());
  } catch (error) {
    return bad(new Failure('invalid_json', { reason: reasonOf(error).slice(0, 200) }, error));
  }
  if (typeof frame !== 'object' || frame === null) return bad(new Failure('invalid_input', { issues: 'frame: must be a JSON object' }));
  const { type, id } = frame as { readonly type?: unknown; readonly id?: unknown };
  const known = typeof id === 'number' || (typeof id === 'string' && id.length <= 128) ? id : undefined;
  const validate = VALIDATORS.get(type);
  if (validate === undefined) return bad(new Failure('invalid_input', { issues: `type: must be ${TYPES.join(' or ')}` }), known);
  try {
    return validate(frame);
  } catch (error) {
    return bad(asFailure(error), known);
  }
}

function bad(failure: Failure, id?: string | number): BadFrame {
  return { type: 'bad', failure, id };
}
