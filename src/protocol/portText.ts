// Answers: which port did the user type? A number, the name of a port, or nothing for the one that is declared.
// Port names are IANA service names (RFC 6335): up to 15 letters, digits and dashes, with at least one letter.

export type TypedPort =
  | { readonly kind: 'port'; readonly port: number | string | undefined }
  | { readonly kind: 'invalid'; readonly why: string };

/** @returns what a trace query takes as its port, or why the text is none. */
export function parsePort(text: string): TypedPort {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'port', port: undefined };
  if (/^[0-9]+$/.test(trimmed)) {
    const port = Number(trimmed);
    return port >= 1 && port <= 65535
      ? { kind: 'port', port }
      : { kind: 'invalid', why: `${trimmed} is not a port: ports go from 1 to 65535.` };
  }
  const name = trimmed.toLowerCase();
  return /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name)
    ? { kind: 'port', port: name }
    : { kind: 'invalid', why: 'A port is a number from 1 to 65535 or the name of a declared port.' };
}

/** The text of the port field for these picks. */
export function portText(port: number | string | undefined): string {
  return port === undefined ? '' : String(port);
}
