/**
 * Text frames as a server sends them (RFC 6455, 5.2): final, unmasked, uncompressed. Framing them here makes one buffer of
 * all that a connection gets in one turn of the loop, and one buffer for all connections of what many get.
 */

const LAST_TEXT_FRAGMENT = 0x81;

/** One text as a frame. */
export function textFrame(text: string): Buffer {
  return textFrames([text]);
}

/** Many texts as frames, one after the other. */
export function textFrames(texts: readonly string[]): Buffer {
  let room = 0;
  const sizes = texts.map((text) => {
    const size = Buffer.byteLength(text);
    room += size + headerSize(size);
    return size;
  });
  const frames = Buffer.allocUnsafe(room);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    const size = sizes[index] ?? 0;
    at = writeHeader(frames, at, size);
    frames.write(text, at);
    at += size;
  }
  return frames;
}

function headerSize(size: number): number {
  if (size < 126) return 2;
  return size < 65_536 ? 4 : 10;
}

function writeHeader(frames: Buffer, at: number, size: number): number {
  frames[at] = LAST_TEXT_FRAGMENT;
  if (size < 126) {
    frames[at + 1] = size;
    return at + 2;
  }
  if (size < 65_536) {
    frames[at + 1] = 126;
    frames.writeUInt16BE(size, at + 2);
    return at + 4;
  }
  frames[at + 1] = 127;
  frames.writeBigUInt64BE(BigInt(size), at + 2);
  return at + 10;
}
