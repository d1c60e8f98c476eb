// Answers: which text are these bytes? UTF-8 with or without a byte order mark, or UTF-16 as PowerShell's `>` writes it.
// Anything with NUL characters is no text.

// Part of every host (Node.js, browsers, web workers), and of no ECMAScript library that the pure folders see.
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };

/** @returns the text without byte order mark, or undefined when the bytes (or the string made of them) are no text. */
export function decodeText(content: string | Uint8Array): string | undefined {
  const text = typeof content === 'string' ? content : new TextDecoder(encodingOf(content)).decode(content);
  if (text.slice(0, 65_536).includes('\0')) return undefined;
  if (text.startsWith('\ufeff')) return text.slice(1);
  return isGarbled(text.slice(0, 4096)) ? undefined : text;
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** More than one character in twenty could not be decoded: an image or archive without NULs at its start. */
function isGarbled(start: string): boolean {
  let lost = 0;
  for (const character of start) if (character === '\ufffd') lost++;
  return lost * 20 > start.length;
}
