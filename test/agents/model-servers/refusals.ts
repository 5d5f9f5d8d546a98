/**
 * How providers refuse a key, a bill and a model, word by word, on each of the wires.
 */
import type { ScriptedTurn } from './scripted-model.ts';
import type { Wire } from './model-wire.ts';

/** What is refused. */
export type Refused = 'key' | 'bill' | 'model';

const ANTHROPIC: Readonly<Record<Refused, ScriptedTurn>> = {
  key: { status: 401, body: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } } },
  bill: {
    status: 400,
    body: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      },
    },
  },
  model: { status: 404, body: { type: 'error', error: { type: 'not_found_error', message: 'model: no-such-model' } } },
};

const OPENAI: Readonly<Record<Refused, ScriptedTurn>> = {
  key: {
    status: 401,
    body: {
      error: {
        message: 'Incorrect API key provided: sk-proj-abcdef0123456789. You can find your API key in your account.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    },
  },
  bill: {
    status: 429,
    body: {
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    },
  },
  model: {
    status: 404,
    body: {
      error: {
        message: 'The model `no-such-model` does not exist or you do not have access to it.',
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      },
    },
  },
};

const GEMINI: Readonly<Record<Refused, ScriptedTurn>> = {
  key: {
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'API key not valid. Please pass a valid API key.',
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' }],
      },
    },
  },
  bill: {
    status: 403,
    body: { error: { code: 403, message: 'This API method requires billing to be enabled.', status: 'PERMISSION_DENIED' } },
  },
  model: {
    status: 404,
    body: {
      error: { code: 404, message: 'models/no-such-model is not found for API version v1beta.', status: 'NOT_FOUND' },
    },
  },
};

/** DeepSeek's own words on OpenAI's wire. */
export const DEEPSEEK: Readonly<Record<Refused, ScriptedTurn>> = {
  key: {
    status: 401,
    body: {
      error: {
        message: 'Authentication Fails, Your api key: ****cdef is invalid',
        type: 'authentication_error',
        param: null,
        code: 'invalid_request_error',
      },
    },
  },
  bill: {
    status: 402,
    body: { error: { message: 'Insufficient Balance', type: 'unknown_error', param: null, code: 'invalid_request_error' } },
  },
  model: {
    status: 400,
    body: { error: { message: 'Model Not Exist', type: 'invalid_request_error', param: null, code: 'invalid_request_error' } },
  },
};

const WIRES: Readonly<Record<Wire, Readonly<Record<Refused, ScriptedTurn>>>> = {
  anthropic: ANTHROPIC,
  responses: OPENAI,
  chat: OPENAI,
  gemini: GEMINI,
};

/** What the provider of a wire answers. */
export function refusalOn(wire: Wire, refused: Refused): ScriptedTurn {
  return WIRES[wire][refused];
}
