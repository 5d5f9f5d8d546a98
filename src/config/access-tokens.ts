/**
 * Owns who is who: a secret of 32 bytes in the data folder, the role tokens that follow from it, and the credentials of
 * sessions. Nothing is stored but the secret and the admin's token; what was not made with the secret is nobody's.
 * Invariant: both files are readable by their owner only, and the secret is made once, whole, and never changes.
 */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, reasonOf } from '../contract/failure.ts';
import { ROLES, type Role } from '../contract/roles.ts';
import { dataFiles, makeDataFolder } from './data-folder.ts';

/** A session at one of its incarnations, in one swarm. */
export interface SessionCredential {
  readonly swarm: string;
  readonly session_id: string;
  readonly incarnation: number;
}

const SECRET_BYTES = 32;
const CREDENTIALS_REMEMBERED = 20_000;
const LONGEST_CREDENTIAL = 2048;

/** Makes and checks tokens and credentials. */
export class AccessTokens {
  readonly #secret: Uint8Array;
  readonly #tokens: ReadonlyMap<Role, string>;
  readonly #roles = new Map<string, Role>();
  readonly #credentials = new Map<string, SessionCredential>();

  constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.#tokens = new Map(ROLES.map((role) => [role, `tutti_${role}_${this.#sign(`role:${role}`)}`]));
  }

  /** The token of a role. */
  tokenOf(role: Role): string {
    return this.#tokens.get(role) ?? '';
  }

  /** The role of a token, or null when it is none of ours. */
  roleOf(token: string): Role | null {
    const known = this.#roles.get(token);
    if (known !== undefined) return known;
    let found: Role | null = null;
    for (const [role, expected] of this.#tokens) if (isSame(token, expected)) found = role;
    if (found !== null) this.#roles.set(token, found);
    return found;
  }

  /** The credential that proves to be this session. */
  credentialOf({ swarm, session_id, incarnation }: SessionCredential): string {
    const claim = Buffer.from(JSON.stringify([swarm, session_id, incarnation])).toString('base64url');
    return `tutti_session_${claim}.${this.#sign(`session:${claim}`)}`;
  }

  /** Whom a credential proves, or null when it is none of ours. */
  sessionOf(credential: string): SessionCredential | null {
    const known = this.#credentials.get(credential);
    if (known !== undefined) return known;
    const session = this.#checked(credential);
    if (session === null) return null;
    this.#credentials.set(credential, session);
    const [oldest] = this.#credentials.size > CREDENTIALS_REMEMBERED ? this.#credentials.keys() : [];
    if (oldest !== undefined) this.#credentials.delete(oldest);
    return session;
  }

  /** What a browser keeps in its cookie: a role and when it ends, ms since 1970. */
  pageSessionOf(role: Role, expiresAt: number): string {
    const claim = `${role}.${expiresAt}.${randomBytes(9).toString('base64url')}`;
    return `${claim}.${this.#sign(`page:${claim}`)}`;
  }

  /** The role of such a value, or null when it is none of ours or has ended. */
  roleOfPageSession(value: string, now: number): Role | null {
    const [, claim, role, expires, mac] = /^((\w+)\.(\d{1,15})\.[\w-]+)\.([\w-]+)$/.exec(value) ?? [];
    if (claim === undefined || mac === undefined || !isSame(mac, this.#sign(`page:${claim}`))) return null;
    return Number(expires) > now ? (ROLES.find((each) => each === role) ?? null) : null;
  }

  #checked(credential: string): SessionCredential | null {
    if (credential.length > LONGEST_CREDENTIAL) return null;
    const [, claim, mac] = /^tutti_session_([\w-]+)\.([\w-]+)$/.exec(credential) ?? [];
    if (claim === undefined || mac === undefined || !isSame(mac, this.#sign(`session:${claim}`))) return null;
    const [swarm, session_id, incarnation] = JSON.parse(Buffer.from(claim, 'base64url').toString()) as [string, string, number];
    return { swarm, session_id, incarnation };
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64url');
  }
}

/**
 * The secret of a data folder; made when there is none. Of several processes that make it at once, all get the same one.
 * Throws Failure `secret_unusable` or `data_folder_unusable`.
 */
export function loadSecret(folder: string): Uint8Array {
  const path = join(folder, 'secret');
  try {
    makeDataFolder(folder);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) makeSecret(path);
    // A copied folder may have lost its modes.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    const secret = readFileSync(path);
    if (secret.length === SECRET_BYTES) return secret;
    throw new Failure('secret_unusable', { path, reason: `it has ${secret.length} bytes, not ${SECRET_BYTES}` });
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('secret_unusable', { path, reason: reasonOf(error) }, error);
  }
}

/** Puts the admin's token where the owner of the data folder finds it. Throws Failure `secret_unusable`. */
export function writeAdminToken(folder: string, tokens: AccessTokens): void {
  const path = dataFiles(folder).token;
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${tokens.tokenOf('admin')}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Failure('secret_unusable', { path, reason: reasonOf(error) }, error);
  }
}

/** A link either makes the whole file or finds one there. */
function makeSecret(path: string): void {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, randomBytes(SECRET_BYTES), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Compares in a time that says nothing about where they differ. */
function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
