// Answers: which sign stands beside a word? Line drawings on a 16 by 16 grid in the text's own colour, always decoration:
// the word next to them says the same. The page and the picture in a file draw the same ones.

/** The path of each sign. */
export const iconPaths = {
  pass: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0 -13M5 8.2l2.1 2.1L11.2 6',
  error: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0 -13M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8',
  warning: 'M8 2L14.6 13.6H1.4ZM8 6.2v3.6M8 11.2v1',
  question: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0 -13M6 6.3a2 2 0 1 1 2.9 1.8q-.9.5-.9 1.4M8 11.2v.9',
  shield: 'M8 1.5L13.5 3.6V8c0 3-2.2 5.3-5.5 6.5C4.7 13.3 2.5 11 2.5 8V3.6Z',
  'shield-pass': 'M8 1.5L13.5 3.6V8c0 3-2.2 5.3-5.5 6.5C4.7 13.3 2.5 11 2.5 8V3.6ZM5.5 7.8l1.8 1.8l3.2-3.4',
  'shield-deny': 'M8 1.5L13.5 3.6V8c0 3-2.2 5.3-5.5 6.5C4.7 13.3 2.5 11 2.5 8V3.6ZM6 5.8l4 4M10 5.8l-4 4',
  'shield-unknown':
    'M8 1.5L13.5 3.6V8c0 3-2.2 5.3-5.5 6.5C4.7 13.3 2.5 11 2.5 8V3.6ZM6.6 6.2a1.5 1.5 0 1 1 2.1 1.4q-.7.4-.7 1M8 10.3v.7',
  cross: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  rewrite: 'M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 8L4.5 10.5L7 13',
  swap: 'M2.5 5.5h10M10 3l2.5 2.5L10 8M13.5 10.5h-10M6 8L3.5 10.5L6 13',
  pause: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0 -13M6.3 5.6v4.8M9.7 5.6v4.8',
  container: 'M8 1.8L13.8 4.8V11.2L8 14.2L2.2 11.2V4.8ZM2.2 4.8L8 7.8L13.8 4.8M8 7.8v6.4',
  send: 'M2 8h11M9.5 4.5L13 8l-3.5 3.5',
  route:
    'M3 13V9.5q0-2 2-2h6q2 0 2-2V3M10.8 5.2L13 3l2.2 2.2M3 13m-1.2 0a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0 -2.4 0',
  bridge: 'M1.5 11.5h13M3.5 11.5V6M12.5 11.5V6M3.5 6q4.5 4.6 9 0',
  deliver: 'M2 2.5v11h12v-11M8 1.5v8M5 6.8L8 9.8l3-3',
  leave: 'M9.5 2.5h4v4M13.5 2.5L7.5 8.5M11 9.5v4H2.5V5H7',
  dot: 'M8 6.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 1 0 0 -3',
  skip: 'M3.5 8h9',
  wrap: 'M1.5 3.5h13v9h-13ZM4.5 6h7v4h-7Z',
  unwrap: 'M1.5 5.5v-3h4M10.5 2.5h4v3M14.5 10.5v3h-4M5.5 13.5h-4v-3M4.5 6h7v4h-7Z',
  proxy: 'M5 4.5h6v7H5ZM1 8h4M11 8h4M13.2 6.2L15 8l-1.8 1.8M8 6.8v2.4',
  gateway: 'M2 5.5h12v5H2ZM4.5 8h.1M7 8h.1M5 5.5V3M11 5.5V3M5 10.5V13M11 10.5V13',
  outside: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0 -13M1.5 8h13M8 1.5q-4 6.5 0 13M8 1.5q4 6.5 0 13',
} as const;

export type IconName = keyof typeof iconPaths;
