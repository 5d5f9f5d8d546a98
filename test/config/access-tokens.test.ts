/**
 * The secret of a data folder, and what is derived from it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AccessTokens, loadSecret, writeAdminToken } from '../../src/config/access-tokens.ts';
import { ROLES } from '../../src/contract/roles.ts';
import { temporaryFolder } from '../journal/temporary-folder.ts';

const MODULE = join(import.meta.dirname, '../../src/config/access-tokens.ts');
const tokens = new AccessTokens(Buffer.alloc(32, 7));
const others = new AccessTokens(Buffer.alloc(32, 8));

describe('a role token', () => {
  test('names its role, and is the same as long as the secret is', () => {
    for (const role of ROLES) {
      expect(tokens.tokenOf(role)).toMatch(new RegExp(`^tutti_${role}_[\\w-]{43}$`));
      expect(new AccessTokens(Buffer.alloc(32, 7)).tokenOf(role)).toBe(tokens.tokenOf(role));
      for (let again = 0; again < 2; again += 1) expect(tokens.roleOf(tokens.tokenOf(role))).toBe(role);
    }
  });

  test('of another secret, or changed in any place, is none', () => {
    const token = tokens.tokenOf('operator');
    expect(others.roleOf(token)).toBeNull();
    for (let at = 0; at < token.length; at += 1) {
      expect(tokens.roleOf(token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1))).toBeNull();
    }
    expect(tokens.roleOf(token.replace('operator', 'admin'))).toBeNull();
    for (const wrong of ['', 'tutti_', token.slice(1), `${token} `]) expect(tokens.roleOf(wrong)).toBeNull();
  });
});

describe('a session credential', () => {
  const session = { swarm: 'default', session_id: 'eng-1', incarnation: 17 };

  test('proves the session it was made for', () => {
    const credential = tokens.credentialOf(session);
    expect(credential).toMatch(/^tutti_session_[\w-]+\.[\w-]{43}$/);
    for (let again = 0; again < 2; again += 1) expect(tokens.sessionOf(credential)).toEqual(session);
    expect(tokens.credentialOf({ ...session, incarnation: 18 })).not.toBe(credential);
  });

  test('of another secret, or changed in any place, proves nothing', () => {
    const credential = tokens.credentialOf(session);
    expect(others.sessionOf(credential)).toBeNull();
    for (let at = 0; at < credential.length; at += 1) {
      expect(tokens.sessionOf(credential.slice(0, at) + (credential[at] === 'x' ? 'y' : 'x') + credential.slice(at + 1))).toBeNull();
    }
  });

  test('and a role token cannot stand for each other', () => {
    expect(tokens.roleOf(tokens.credentialOf(session))).toBeNull();
    expect(tokens.sessionOf(tokens.tokenOf('admin'))).toBeNull();
  });

  test('is remembered for many sessions, but not for any number', () => {
    const first = tokens.credentialOf({ ...session, incarnation: 1 });
    for (let incarnation = 1; incarnation <= 20_100; incarnation += 1) {
      const credential = tokens.credentialOf({ ...session, incarnation });
      if (tokens.sessionOf(credential)?.incarnation !== incarnation) throw new Error(`${incarnation} is not proved`);
    }
    expect(tokens.sessionOf(first)).toEqual({ ...session, incarnation: 1 });
  });
});

describe('the secret', () => {
  test('is made once, for the owner only, and stays', () => {
    const folder = join(temporaryFolder(), '.tutti');
    const secret = loadSecret(folder);
    expect(secret).toHaveLength(32);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(loadSecret(folder)).toEqual(secret);
    expect(loadSecret(join(temporaryFolder(), '.tutti'))).not.toEqual(secret);
  });

  test('is the same for all processes that make it at once', async () => {
    const folder = join(temporaryFolder(), '.tutti');
    const code = `import { loadSecret } from ${JSON.stringify(MODULE)}; process.stdout.write(Buffer.from(loadSecret(${JSON.stringify(folder)})).toString('hex'))`;
    const made = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
        await once(child, 'close');
        return text;
      }),
    );
    expect(new Set(made)).toEqual(new Set([readFileSync(join(folder, 'secret')).toString('hex')]));
    expect(readdirSync(folder).toSorted()).toEqual(['.gitignore', 'secret']);
  });

  test('that others could read is closed to them', () => {
    const folder = temporaryFolder();
    loadSecret(folder);
    chmodSync(join(folder, 'secret'), 0o644);
    loadSecret(folder);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  test('that is none is refused, and left alone', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'secret'), 'hello');
    expect(() => loadSecret(folder)).toThrow(expect.objectContaining({ code: 'secret_unusable' }) as Error);
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('hello');
  });

  test('in a folder that cannot be made is refused', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => loadSecret(join(file, '.tutti'))).toThrow(expect.objectContaining({ code: 'data_folder_unusable' }) as Error);
  });
});

describe("the admin's token", () => {
  test('is written for the owner only, whole, and again at every start', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'token');
    writeFileSync(file, 'an old one', { mode: 0o644 });
    writeAdminToken(folder, tokens);
    expect(readFileSync(file, 'utf8')).toBe(`${tokens.tokenOf('admin')}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['token']);
  });

  test('that cannot be written is an error', () => {
    expect(() => writeAdminToken(join(temporaryFolder(), 'absent'), tokens)).toThrow(
      expect.objectContaining({ code: 'secret_unusable' }) as Error,
    );
  });
});
